package secret

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/internal/delivery"
	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/kustomize"
	"github.com/whiskops/whiskops/internal/sops"
)

// Maker makes the files of an environment.
type Maker struct {
	values *derived.Values
	given  map[string]string
	random io.Reader
	hide   func(string)
	encrypt
}

// encrypt is one of the two ways.
type encrypt interface {
	// secret is a Secret's manifest.
	secret(v *derived.Values, name string, data map[string]string) ([]byte, error)
	// changed is the manifest of a file with some other values.
	changed(v *derived.Values, name string, d document, data map[string]string) ([]byte, error)
}

// Options of a Maker.
type Options struct {
	// Given are values that are not made, by <field>/<key>.
	Given map[string]string
	// Hide is told of each value before anything is done with it.
	Hide func(string)
	// Timeout of each run of sops.
	Timeout time.Duration
	// Now is when this happens.
	Now time.Time
}

// NewMaker finds what encrypts for an environment whose Secrets are files.
// Findings say that it cannot be used.
func NewMaker(ctx context.Context, root fs.FS, v *derived.Values, o Options) (*Maker, error) {
	m := &Maker{values: v, given: o.Given, random: rand.Reader, hide: o.Hide}
	if sealed := v.Env.Secrets.Source.Sealed; sealed != nil {
		c, found := Certificate(root, v, o.Now)
		if len(found) > 0 && !c.Until.After(o.Now) {
			return nil, Findings(found)
		}
		m.encrypt = sealer{c}
		return m, nil
	}
	program, err := sops.Find(ctx, o.Timeout)
	if err != nil {
		return nil, refusal(v, err)
	}
	m.encrypt = encrypter{ctx, program}
	return m, nil
}

// refusal is a finding of what sops cannot do; other errors stay.
func refusal(v *derived.Values, err error) error {
	refused := (*sops.Error)(nil)
	if !errors.As(err, &refused) {
		return err
	}
	at := v.Env.Source.Position("secrets.source.sops")
	f := wrong(codeSOPS, at.File, at.Line, refused.Message, refused.Help)
	f.Position, f.Hidden, f.Path = at, false, v.Env.Name+".secrets.source.sops"
	return Findings{f}
}

// Refused is a finding of why sops cannot be used.
func Refused(v *derived.Values, err error) []finding.Finding {
	found := (Findings)(nil)
	errors.As(refusal(v, err), &found)
	return found
}

// Create returns the files of Secrets that the folder does not have, or of all if
// anew is set, and of those that lack keys: their contents by their paths
// below the root.
func (m *Maker) Create(have *Folder, anew bool) (map[string][]byte, error) {
	files := map[string][]byte{}
	if lacks := m.notGiven(have, anew); len(lacks) > 0 {
		return nil, lacks
	}
	for _, s := range m.values.Secrets() {
		at := file(m.values, s.Name)
		if o, ok := have.Secret(m.values, s.Name); ok {
			if !anew {
				if err := m.complete(have, s, o, files); err != nil {
					return nil, err
				}
				continue
			}
			at, _ = have.at(m.values, o)
		} else if slices.Contains(have.names, at) {
			return nil, Findings{wrong(codeDamaged, at, 0, "the file is there, and the folder does not build the Secret "+s.Name+" of it",
				fmt.Sprintf("list it in %s, or move it away", path.Join(delivery.SecretsOf(m.values.Env.Name), Kustomization)))}
		}
		data := map[string]string{}
		for _, k := range sortedKeys(s.Values) {
			text, err := m.value(s, k)
			if err != nil {
				return nil, err
			}
			data[k] = text
		}
		for name, text := range m.given {
			if field, k, _ := strings.Cut(name, "/"); field == s.Field {
				data[k] = text
			}
		}
		text, err := m.secret(m.values, s.Name, data)
		if err != nil {
			return nil, refusal(m.values, err)
		}
		files[at] = text
	}
	return files, m.proven(files)
}

// complete adds the keys that came since the file was made, tenants' or those of a
// field that was written, and leaves the others.
func (m *Maker) complete(have *Folder, s derived.Secret, o kustomize.Object, files map[string][]byte) error {
	lacks := len(lacking(s, o)) > 0
	d, ok := have.files[key(o.Kind, o.Namespace, o.Name)]
	if !lacks || !ok || !d.only {
		return nil
	}
	data := map[string]string{}
	for _, k := range lacking(s, o) {
		text, err := m.value(s, k)
		if err != nil {
			return err
		}
		data[k] = text
	}
	changed, err := m.changed(m.values, s.Name, d, data)
	if err != nil {
		return refusal(m.values, err)
	}
	files[d.file] = changed
	return nil
}

// notGiven says of all values that Create would make, and that only somebody else
// knows, at once: each is asked for elsewhere.
func (m *Maker) notGiven(have *Folder, anew bool) Findings {
	var all Findings
	for _, s := range m.values.Secrets() {
		keys := sortedKeys(s.Values)
		if o, ok := have.Secret(m.values, s.Name); ok && !anew {
			keys = lacking(s, o)
		}
		for _, k := range keys {
			if f, ok := m.elsewhere(s, k); ok {
				all = append(all, f)
			}
		}
	}
	return all
}

// elsewhere is a finding about a value that was not given, and that the server
// outside has already.
func (m *Maker) elsewhere(s derived.Secret, k string) (finding.Finding, bool) {
	_, given := m.given[s.Field+"/"+k]
	made := Form(s, k)
	if given || !m.values.Elsewhere(made) {
		return finding.Finding{}, false
	}
	at := m.values.Env.Source.Position(made.Outside)
	f := wrong(codeGiven, at.File, at.Line, fmt.Sprintf("%s/%s is a value of the server that %s names: it is known there, and cannot be made", s.Field, k, made.Outside),
		fmt.Sprintf("give it on standard input, with --stdin and a line %s/%s=... for it", s.Field, k))
	f.Position, f.Hidden = at, false
	return f, true
}

// value of a key: given, or made.
func (m *Maker) value(s derived.Secret, k string) (string, error) {
	if text, ok := m.given[s.Field+"/"+k]; ok {
		return text, nil
	}
	if f, ok := m.elsewhere(s, k); ok {
		return "", Findings{f}
	}
	made := Form(s, k)
	text, err := Make(made, m.random)
	if made.Fixed == "" {
		m.hide(text)
	}
	return text, err
}

// user is a new name for a user: given, or the usual one with an ending.
func (m *Maker) user(s derived.Secret, k string) (string, error) {
	if name, ok := m.given[s.Field+"/"+k]; ok {
		return name, nil
	}
	const ending = 6 // letters: names are few, and no secret
	end, err := Make(catalog.Value{Length: ending}, m.random)
	return s.Values[k].Fixed + "-" + strings.ToLower(end), err
}

// Form of a key's value. Keys that the catalogue does not name are as the others
// are.
func Form(s derived.Secret, k string) catalog.Value {
	if v, ok := s.Values[k]; ok || !s.Open {
		return v
	}
	for _, v := range s.Values {
		return v
	}
	return catalog.Value{}
}

// Rotate returns the file of a Secret with one value made anew, and the others as
// they are. A password whose user has to stay until pods have rolled is that of a
// new user.
func (m *Maker) Rotate(have *Folder, s derived.Secret, k string) (map[string][]byte, error) {
	o, ok := have.Secret(m.values, s.Name)
	if !ok {
		return nil, Findings(have.Missing)
	}
	d, ok := have.files[key(o.Kind, o.Namespace, o.Name)]
	if !ok || !d.only {
		at, line := have.at(m.values, o)
		return nil, Findings{wrong(codeDamaged, at, line, fmt.Sprintf("the Secret %s does not stand in a file of its own", s.Name),
			"put it into "+file(m.values, s.Name)+" alone")}
	}
	text, err := m.value(s, k)
	if err != nil {
		return nil, err
	}
	data := map[string]string{k: text}
	if login := s.Values[k].Login; login != "" && have.Has(m.values, s.Name, k) {
		if data[login], err = m.user(s, login); err != nil {
			return nil, err
		}
	}
	changed, err := m.changed(m.values, s.Name, d, data)
	if err != nil {
		return nil, refusal(m.values, err)
	}
	files := map[string][]byte{d.file: changed}
	return files, m.proven(files)
}

// proven looks at what was made as generate does: nothing that sops got wrong,
// or was told by somebody's configuration, comes to the disk.
func (m *Maker) proven(files map[string][]byte) error {
	var wrong Findings
	for _, name := range sortedKeys(files) {
		f, err := judged(m.values, name, files[name])
		if err != nil {
			return err
		}
		wrong = append(wrong, f...)
	}
	if len(wrong) > 0 {
		for i := range wrong {
			wrong[i].Message = "nothing was written: " + wrong[i].Message
			wrong[i].Line, wrong[i].Column = 0, 0
		}
		return wrong
	}
	return nil
}

// Listing is the folder's kustomization over files, which are below the root.
func Listing(v *derived.Values, files map[string][]byte) (name string, text []byte) {
	var b strings.Builder
	fmt.Fprintf(&b, "# Made by `whiskops secrets create %s`; yours to change.\napiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n", v.Env.Name)
	for _, f := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(&b, "- %s\n", path.Base(f))
	}
	return path.Join(delivery.SecretsOf(v.Env.Name), Kustomization), []byte(b.String())
}
