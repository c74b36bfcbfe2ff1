// Package lockfile owns images.lock.yaml: what registries said of the images of
// a repository's environments, by which generation pins them.
//
// In: the bytes of the file, which may come from anyone's branch. Out: the
// images, or findings at their lines. internal/images asks the registries.
package lockfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/finding"
)

// Codes of findings about the file.
const codeFile = "WO631" // the lock file of the images is not one that `whiskops images lock` wrote

// Bounds of the file: a thousand environments have no more.
const (
	// MaxSize in bytes.
	MaxSize = 1 << 20
	// MaxPlatforms of one image: the Docker library has a dozen.
	MaxPlatforms = 64
)

const again = "write it anew with `whiskops images lock`"

// Forms of what stands in the file, made when one is read: most runs read none.
var (
	// reference is repository:tag, with a digest if the environment has one.
	reference = form(`([a-z0-9]+(([._]|__|-+)[a-z0-9]+)*(:[1-9][0-9]{0,4})?/)?[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*(/[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*)*` +
		`:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}(@sha256:[0-9a-f]{64})?`)
	digest   = form(`sha256:[0-9a-f]{64}`)
	platform = form(`[a-z0-9]{1,32}/[a-z0-9_]{1,32}(/[a-z0-9.]{1,32})?`)
	// yamlLine is where the YAML library says that it stopped.
	yamlLine = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`line ([0-9]+)`) })
)

func form(text string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^` + text + `$`) })
}

// IsPlatform tells whether a text is os/architecture, with a variant if there is
// one, as the file has it.
func IsPlatform(text string) bool { return platform().MatchString(text) }

// maxReference of a reference, in bytes.
const maxReference = 512

// Load reads the file at the root of a repository, whose directory is dir in
// findings. Without a file it is nil. The error is for faults of the machine.
func Load(root fs.FS, dir string) (environment.Lock, []finding.Finding, error) {
	file := filepath.ToSlash(filepath.Join(dir, environment.LockFile))
	if f, is := strange(root, file); is {
		return nil, []finding.Finding{f}, nil
	}
	f, err := root.Open(environment.LockFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, unread(err)
	}
	defer f.Close()
	src, err := io.ReadAll(io.LimitReader(f, MaxSize+1))
	if err != nil {
		return nil, nil, unread(err)
	}
	lock, found := Parse(file, src)
	return lock, found, nil
}

// strange is about something else in the place of the file. It is looked at before
// it is opened: a pipe would never be read to its end.
func strange(root fs.FS, file string) (finding.Finding, bool) {
	found := finding.Finding{Code: codeFile, Severity: finding.Error, Position: finding.Position{File: file}}
	here, err := fs.Lstat(root, environment.LockFile)
	if err != nil {
		return found, false // reading says so
	}
	link := here.Mode()&fs.ModeSymlink != 0
	if link {
		here, err = fs.Stat(root, environment.LockFile)
	}
	switch {
	case link && err != nil:
		found.Message = "this is a symbolic link to where nothing can be read: out of the repository, or to no file"
		found.Help = "remove it, and put the file there, or run `whiskops images lock`"
	case err == nil && !here.Mode().IsRegular():
		found.Message = "this is no file, and the lock of the images must be here"
		found.Help = "move it away, and run `whiskops images lock`"
	}
	return found, found.Message != ""
}

func unread(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	return fmt.Errorf("read %s: %w", environment.LockFile, err)
}

// Parse reads a file. With a finding there is no lock.
func Parse(file string, src []byte) (environment.Lock, []finding.Finding) {
	p := &parser{file: file, lock: environment.Lock{}}
	p.parse(src)
	if len(p.found) > 0 {
		return nil, finding.Sort(p.found)
	}
	return p.lock, nil
}

type parser struct {
	file  string
	lock  environment.Lock
	found []finding.Finding
}

func (p *parser) fail(line, column int, message string) {
	p.found = append(p.found, finding.Finding{
		Code: codeFile, Severity: finding.Error,
		Position: finding.Position{File: p.file, Line: line, Column: column}, Message: message, Help: again,
	})
}

func (p *parser) at(n *yaml.Node, format string, args ...any) {
	p.fail(n.Line, n.Column, fmt.Sprintf(format, args...))
}

func (p *parser) parse(src []byte) {
	if len(src) > MaxSize {
		p.fail(0, 0, fmt.Sprintf("the file has more than %d KiB", MaxSize>>10))
		return
	}
	if line := conflict(src); line > 0 {
		p.fail(line, 1, "a merge left its conflict here")
		return
	}
	var whole yaml.Node
	d := yaml.NewDecoder(bytes.NewReader(src))
	if err := d.Decode(&whole); err != nil {
		line := 0
		if m := yamlLine().FindStringSubmatch(err.Error()); m != nil {
			line, _ = strconv.Atoi(m[1])
		}
		p.fail(line, min(line, 1), "the file is no YAML from here on")
		return
	}
	if err := d.Decode(&yaml.Node{}); !errors.Is(err, io.EOF) {
		p.fail(0, 0, "the file has more than one document")
		return
	}
	p.eachField(whole.Content[0], "the file", func(key, value *yaml.Node) {
		if key.Value != "images" {
			p.at(key, "the file has a field %s, which is none of it: it has images", quoted(key.Value))
			return
		}
		p.eachField(value, "images", p.image)
	})
}

// conflict is the line where git could not merge; 0 is none.
func conflict(src []byte) int {
	n := 0
	for line := range bytes.Lines(src) {
		n++
		if bytes.HasPrefix(line, []byte("<<<<<<< ")) || bytes.HasPrefix(line, []byte(">>>>>>> ")) {
			return n
		}
	}
	return 0
}

// eachField visits the fields of a mapping. A field that stands there twice, an
// alias and a tag have no place in the file.
func (p *parser) eachField(n *yaml.Node, what string, visit func(key, value *yaml.Node)) {
	if n.Kind != yaml.MappingNode {
		p.at(n, "%s is no mapping", what)
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		switch {
		case key.Kind != yaml.ScalarNode || key.Anchor != "" || value.Kind == yaml.AliasNode || value.Anchor != "":
			p.at(key, "%s has an alias, an anchor or a key that is no text", what)
		case seen[key.Value]:
			p.at(key, "%s has %s twice", what, quoted(key.Value))
		default:
			seen[key.Value] = true
			visit(key, value)
		}
	}
}

func (p *parser) image(key, value *yaml.Node) {
	if len(key.Value) > maxReference || !reference().MatchString(key.Value) {
		// It may have a login in it.
		p.at(key, "a key of images is no reference of an image: want repository:tag in lower case, without a protocol and a login")
		p.found[len(p.found)-1].Hidden = true
		return
	}
	var l environment.Locked
	before := len(p.found)
	p.eachField(value, quoted(key.Value), func(k, v *yaml.Node) {
		switch k.Value {
		case "digest":
			if l.Digest = v.Value; v.Kind != yaml.ScalarNode || !digest().MatchString(v.Value) {
				p.at(v, "the digest of %s is none: want sha256: and 64 hexadecimal digits", quoted(key.Value))
			}
		case "platforms":
			l.Platforms = p.platforms(key.Value, v)
		default:
			p.at(k, "%s has a field %s, which is none of an image: it has digest and platforms", quoted(key.Value), quoted(k.Value))
		}
	})
	if len(p.found) > before {
		return
	}
	_, own, pinned := strings.Cut(key.Value, "@")
	switch {
	case l.Digest == "":
		p.at(key, "%s has no digest", quoted(key.Value))
	case pinned && own != l.Digest:
		p.at(key, "%s names one digest and is locked to another", quoted(key.Value))
	}
	p.lock[key.Value] = l
}

func (p *parser) platforms(image string, n *yaml.Node) []string {
	if n.Kind != yaml.SequenceNode || len(n.Content) > MaxPlatforms {
		p.at(n, "the platforms of %s are no list of at most %d", quoted(image), MaxPlatforms)
		return nil
	}
	var all []string
	for _, e := range n.Content {
		if e.Kind != yaml.ScalarNode || e.Anchor != "" || !platform().MatchString(e.Value) {
			p.at(e, "a platform of %s is none: want os/architecture, for example linux/amd64", quoted(image))
			return nil
		}
		all = append(all, e.Value)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// quoted shows a key, and no more of a long one than tells which it is.
func quoted(key string) string {
	const most = 80
	if len(key) > most {
		key = strings.ToValidUTF8(key[:most], "") + "..."
	}
	return strconv.Quote(key)
}
