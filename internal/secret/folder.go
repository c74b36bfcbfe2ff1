package secret

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/whiskops/whiskops/internal/delivery"
	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/kustomize"
	"github.com/whiskops/whiskops/internal/value"
)

// Folder is what an environment's folder has.
type Folder struct {
	// Objects are what it builds.
	Objects []kustomize.Object
	// Findings about it, without those about Secrets that are missing from it.
	Findings []finding.Finding
	// Missing are findings about those.
	Missing []finding.Finding
	// Exists tells that there is a folder.
	Exists bool

	names  []string // of files, below the root
	listed []string // resources of the kustomization
	// kustomization is its text.
	kustomization string
	files         map[string]document // by kind, namespace and name
}

// document is an object as it stands in a file.
type document struct {
	file string
	node *yaml.RNode
	only bool   // the file has no other
	text []byte // of the whole file
}

// mostFiles of a folder.
const mostFiles = 256

// Read builds the folder, and judges what is in it. The error is a fault of the
// machine.
func Read(root fs.ReadLinkFS, v *derived.Values) (*Folder, error) {
	dir := delivery.SecretsOf(v.Env.Name)
	f := &Folder{files: map[string]document{}}
	repository := kustomize.NewTree(stubs(root, v)).Over(root, nil)
	entries, err := fs.ReadDir(root, dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		f.missing(v)
		return f, nil
	case err != nil:
		return nil, fmt.Errorf("read %s: %w", dir, err)
	}
	listed := false
	for _, e := range entries {
		listed = listed || e.Name() == Kustomization
		f.Exists = f.Exists || !e.IsDir()
	}
	switch {
	case !f.Exists:
		f.missing(v)
		return f, nil
	case !listed:
		f.add(wrong(codeDamaged, dir, 0, "the folder has no "+Kustomization+", and nothing of it is built",
			"write one with `resources:` and the names of its files"))
		return f, nil
	}
	for _, e := range entries[:min(len(entries), mostFiles)] {
		name := path.Join(dir, e.Name())
		if ext := path.Ext(name); ext != ".yaml" && ext != ".yml" || e.Name() == Kustomization {
			continue
		}
		text, err := repository.ReadFile(name)
		if bound := (*kustomize.BoundError)(nil); errors.As(err, &bound) {
			f.add(wrong(codeDamaged, name, 0, "the file is too large for Secrets", "leave encrypted Secrets alone in this folder"))
			return f, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		f.names = append(f.names, name)
		if line, ok := f.index(name, text); !ok {
			f.add(wrong(codeDamaged, name, line, "the file is no YAML", restore))
		}
	}
	if len(f.Findings) > 0 {
		// What does not parse would be quoted by whoever builds it.
		return f, nil
	}
	if text, err := repository.ReadFile(path.Join(dir, Kustomization)); err == nil {
		f.kustomization = string(text)
		var k struct{ Resources []string }
		_ = yaml.Unmarshal(text, &k) // the build says what is wrong with it
		for _, name := range k.Resources {
			f.listed = append(f.listed, path.Clean(name))
		}
	}
	f.Objects, err = kustomize.Build(repository, dir)
	if reference := (*kustomize.ReferenceError)(nil); errors.As(err, &reference) {
		f.add(wrong(codeDamaged, reference.File, reference.Line, fmt.Sprintf("%s refers to %q: %v", reference.Field, reference.Reference, reference.Why),
			"leave files of this folder alone in it"))
		return f, nil
	}
	if err != nil {
		f.add(wrong(codeDamaged, dir, 0, "the folder does not build: "+clean(err), "`kustomize build "+dir+"` says the same"))
		return f, nil
	}
	for _, o := range f.Objects {
		f.judge(v, o)
	}
	f.missing(v)
	return f, nil
}

// Mendable tells that all findings are about who can open the files: to encrypt
// them anew ends that.
func (f *Folder) Mendable() bool {
	return !slices.ContainsFunc(f.Findings, func(found finding.Finding) bool { return found.Code != codeRecipients })
}

// Unlisted are those of files, by their names in the folder, that the folder's
// kustomization does not have.
func (f *Folder) Unlisted(files []string) []string {
	var all []string
	for _, name := range files {
		if !slices.Contains(f.listed, path.Clean(path.Base(name))) {
			all = append(all, path.Base(name))
		}
	}
	return all
}

// Extended is the folder's kustomization with files that it does not list yet; ok
// is false if it is not as whiskops made it, and so somebody's own.
func (f *Folder) Extended(v *derived.Values, files map[string][]byte) (name string, text []byte, ok bool) {
	all := map[string][]byte{}
	for _, listed := range f.listed {
		all[path.Join(delivery.SecretsOf(v.Env.Name), listed)] = nil
	}
	if _, made := Listing(v, all); string(made) != f.kustomization {
		return "", nil, false
	}
	maps.Copy(all, files)
	name, text = Listing(v, all)
	return name, text, true
}

// stubs stand for files that were deleted, and that the kustomization still has:
// `whiskops secrets create` makes them again.
func stubs(root fs.ReadLinkFS, v *derived.Values) map[string][]byte {
	all := map[string][]byte{}
	for _, s := range v.Secrets() {
		if _, err := root.Lstat(file(v, s.Name)); errors.Is(err, fs.ErrNotExist) {
			all[file(v, s.Name)] = []byte("# not there\n")
		}
	}
	return all
}

func (f *Folder) add(found ...finding.Finding) { f.Findings = append(f.Findings, found...) }

// clean is a complaint of kustomize's without what it quotes of a file.
func clean(err error) string {
	message, _, _ := strings.Cut(err.Error(), "\n")
	const most = 300
	if len(message) > most {
		message = message[:most] + "..."
	}
	return message
}

// judged says what is wrong with a file that would stand in the folder.
func judged(v *derived.Values, name string, text []byte) ([]finding.Finding, error) {
	f := &Folder{files: map[string]document{}}
	dir := delivery.SecretsOf(v.Env.Name)
	at, list := Listing(v, map[string][]byte{name: text})
	objects, err := kustomize.Build(kustomize.NewTree(map[string][]byte{path.Join(dir, path.Base(name)): text, at: list}), dir)
	if err != nil || len(objects) != 1 {
		return nil, fmt.Errorf("what was encrypted for %s is no object", name)
	}
	f.index(name, text)
	f.judge(v, objects[0])
	return f.Findings, nil
}

// index remembers where objects stand. If the text is no YAML it returns the
// line, as far as that is known.
func (f *Folder) index(name string, text []byte) (line int, ok bool) {
	var all []*yaml.RNode
	d := yaml.NewDecoder(bytes.NewReader(text))
	for {
		var n yaml.Node
		err := d.Decode(&n)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			if m := yamlLine.FindStringSubmatch(err.Error()); m != nil {
				line, _ = strconv.Atoi(m[1])
			}
			return line, false
		}
		if r := yaml.NewRNode(&n); yaml.ErrorIfInvalid(r, yaml.MappingNode) == nil {
			all = append(all, r)
		}
	}
	for _, n := range all {
		f.files[key(n.GetKind(), n.GetNamespace(), n.GetName())] = document{file: name, node: n, only: len(all) == 1, text: text}
	}
	return 0, true
}

var yamlLine = regexp.MustCompile(`^yaml: line ([0-9]{1,9}):`)

func key(kind, namespace, name string) string { return kind + " " + namespace + "/" + name }

// at is where an object stands, or a field of it.
func (f *Folder) at(v *derived.Values, o kustomize.Object, fields ...string) (string, int) {
	d, ok := f.files[key(o.Kind, o.Namespace, o.Name)]
	if !ok {
		return path.Join(delivery.SecretsOf(v.Env.Name), Kustomization), 0
	}
	n := d.node.YNode()
	line := n.Line
	for _, field := range fields {
		found := false
		for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == field {
				line, n, found = n.Content[i].Line, n.Content[i+1], true
				break
			}
		}
		if !found {
			break
		}
	}
	return d.file, line
}

// say adds a finding about an object, or a field of it.
func (f *Folder) say(v *derived.Values, code string, o kustomize.Object, message, help string, fields ...string) {
	file, line := f.at(v, o, fields...)
	f.add(wrong(code, file, line, message, help))
}

// missing says which Secrets and keys are not there.
func (f *Folder) missing(v *derived.Values) {
	dir := delivery.SecretsOf(v.Env.Name)
	create := fmt.Sprintf("run `whiskops secrets create %s`, which leaves what is there", v.Env.Name)
	for _, s := range v.Secrets() {
		o, ok := f.Secret(v, s.Name)
		if !ok {
			f.Missing = append(f.Missing, wrong(codeMissing, file(v, s.Name), 0,
				fmt.Sprintf("the Secret %s of environment %s is not in %s", s.Name, v.Env.Name, dir), create))
			continue
		}
		if o.Kind == kindSecret && value.Map(o.Value, "sops") == nil {
			continue // it has to be made anew
		}
		if s.Tenants {
			f.missingTenants(v, s, o, create)
			continue
		}
		for _, k := range lacking(s, o) {
			at, line := f.at(v, o, "stringData")
			f.Missing = append(f.Missing, wrong(codeMissing, at, line,
				fmt.Sprintf("the Secret %s has no key %s, and pods that read it do not start", s.Name, k),
				create))
		}
	}
}

// lacking are the keys of a Secret that its object does not have, sorted.
func lacking(s derived.Secret, o kustomize.Object) []string {
	have := values(o)
	var all []string
	for _, k := range sortedKeys(s.Values) {
		if _, ok := have[k]; !ok {
			all = append(all, k)
		}
	}
	return all
}

// missingTenants says in one finding which tenants have no key yet: they may be many.
func (f *Folder) missingTenants(v *derived.Values, s derived.Secret, o kustomize.Object, create string) {
	const most = 5
	names := lacking(s, o)
	if len(names) == 0 {
		return
	}
	text := strings.Join(names[:min(most, len(names))], ", ")
	if n := len(names) - most; n > 0 {
		text += fmt.Sprintf(" and %d more", n)
	}
	at, line := f.at(v, o, "stringData")
	f.Missing = append(f.Missing, wrong(codeMissing, at, line,
		fmt.Sprintf("the Secret %s has no key for namespaces of tenants, who are not let in: %s", s.Name, text), create))
}

// Has tells whether a Secret has a key.
func (f *Folder) Has(v *derived.Values, name, k string) bool {
	o, ok := f.Secret(v, name)
	_, has := values(o)[k]
	return ok && has
}

// Secret is the object that holds a Secret that the installation expects.
func (f *Folder) Secret(v *derived.Values, name string) (kustomize.Object, bool) {
	i := slices.IndexFunc(f.Objects, func(o kustomize.Object) bool {
		return o.Name == name && o.Namespace == v.Env.Namespace && (o.Kind == kindSecret || o.Kind == kindSealed)
	})
	if i < 0 {
		return kustomize.Object{}, false
	}
	return f.Objects[i], true
}
