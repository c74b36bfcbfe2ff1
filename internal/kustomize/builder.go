package kustomize

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"hash"
	"maps"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/singleflight"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/whiskops/whiskops/internal/value"
)

// Memory keeps bytes from run to run. What it gives back is what was put in
// under that key, or nothing.
type Memory interface {
	Get(kind string, key [sha256.Size]byte) ([]byte, bool)
	Put(kind string, key [sha256.Size]byte, value []byte)
}

// memoryKind is the kind of what a Builder remembers: the output of
// `kustomize build` of one folder, by the bytes of all files that it reads.
const memoryKind = "build"

// Builder builds overlays of one base, each of their folders on its own and
// side by side. What it built it remembers: an equal folder of another overlay
// is not built again. It can be used by several goroutines at once.
type Builder struct {
	base   layer
	sizes  map[string]int // of base's folders, in bytes
	sum    [sha256.Size]byte
	memory Memory
	// reaches: base cannot be built in parts.
	reaches bool
	// flight makes those who want the same at once wait for one.
	flight singleflight.Group
	mu     sync.Mutex
	// outputs are those of this run, by key. They are the bytes of golden files,
	// so they cost nothing more; objects are parsed outputs, at most a few.
	outputs map[[sha256.Size]byte][]byte
	objects map[[sha256.Size]byte][]Object
}

// mostObjects bounds the folders whose objects a builder keeps: those of some
// nine environments, 7 MiB.
const mostObjects = 64

// NewBuilder makes a builder of overlays of base, whose files it does not
// copy: do not change them. Its memory outlasts the builder. It is for one
// version of this program, and so of the engine, and may be nil.
func NewBuilder(base map[string][]byte, memory Memory) *Builder {
	b := &Builder{
		base: newLayer(base), sizes: map[string]int{}, memory: memory, reaches: reach(base),
		outputs: map[[sha256.Size]byte][]byte{}, objects: map[[sha256.Size]byte][]Object{},
	}
	h := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(base)) {
		add(h, []byte(name), base[name])
		b.sizes[path.Dir(name)] += len(base[name])
	}
	h.Sum(b.sum[:0])
	return b
}

// Build gives what the function Build gives of an overlay's files at dir: the
// same objects, in the same order, with the same bytes. They are shared: do
// not change them.
func (b *Builder) Build(overlay map[string][]byte, dir string) ([]Object, error) {
	if objects, ok := b.inParts(overlay, dir); ok {
		return objects, nil
	}
	// This says what is wrong, if anything is, as people know it.
	return Build(&Tree{layers: []layer{b.base, newLayer(overlay)}}, dir)
}

// inParts is not ok if the overlay must be built whole.
func (b *Builder) inParts(overlay map[string][]byte, dir string) ([]Object, bool) {
	folders, ok := folders(overlay[path.Join(dir, "kustomization.yaml")])
	if !ok || b.reaches {
		return nil, false
	}
	order, files, size := make([]int, len(folders)), make([]map[string][]byte, len(folders)), make([]int, len(folders))
	for i, folder := range folders {
		at := path.Join(dir, folder)
		order[i], files[i] = i, below(overlay, at)
		size[i] = b.reads(files[i], at)
	}
	// What takes longest is begun first: at the end nothing would be beside it.
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(size[j], size[i]) })
	parts := make([][]Object, len(folders))
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for _, i := range order {
		g.Go(func() (err error) {
			parts[i], err = b.folder(files[i], path.Join(dir, folders[i]))
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, false
	}
	return join(parts)
}

// reads is about how many bytes the build of a folder reads: its own files, and
// those of the folders of base that its kustomization names. Its time follows them.
func (b *Builder) reads(files map[string][]byte, dir string) (size int) {
	for _, content := range files {
		size += len(content)
	}
	for line := range bytes.Lines(files[path.Join(dir, "kustomization.yaml")]) {
		if up, ok := bytes.CutPrefix(line, []byte("- ../")); ok {
			size += b.sizes[path.Join(dir, "..", string(bytes.TrimSpace(up)))]
		}
	}
	return size
}

// below are the files of a folder.
func below(files map[string][]byte, dir string) map[string][]byte {
	own := map[string][]byte{}
	for name, content := range files {
		if strings.HasPrefix(name, dir+"/") {
			own[name] = content
		}
	}
	return own
}

// reach tells whether files have annotations by which the engine drops objects
// and renames them, so that what is built does not show all that others may
// refer to.
func reach(files map[string][]byte) bool {
	for _, content := range files {
		if bytes.Contains(content, []byte("config.kubernetes.io/")) {
			return true
		}
	}
	return false
}

// folders are those that an overlay's top kustomization puts together. ok is
// false if it says anything else.
func folders(kustomization []byte) (names []string, ok bool) {
	n, err := yaml.Parse(string(kustomization))
	if err != nil {
		return nil, false
	}
	v, err := value.Read(n.YNode())
	top, _ := v.(map[string]any)
	if err != nil || len(top) != 4 || top["kind"] != "Kustomization" || top["apiVersion"] != "kustomize.config.k8s.io/v1beta1" {
		return nil, false
	}
	sorted, _ := top["sortOptions"].(map[string]any)
	resources, _ := top["resources"].([]any)
	if len(sorted) != 1 || sorted["order"] != "legacy" || len(resources) == 0 {
		return nil, false
	}
	for _, r := range resources {
		name, _ := r.(string)
		if name == "" || strings.ContainsAny(name, "/.") || slices.Contains(names, name) {
			return nil, false
		}
		names = append(names, name)
	}
	return names, true
}

// errReaches says that a folder has what reaches beyond it.
var errReaches = errors.New("the folder cannot be built on its own")

// folder builds a folder of these files, or remembers what it built. There is
// nothing else in the tree than they and base, so nothing else has a say.
func (b *Builder) folder(files map[string][]byte, dir string) ([]Object, error) {
	key := b.key(files, dir)
	if objects, ok := b.known(key); ok {
		return objects, nil
	}
	objects, err, _ := b.flight.Do(string(key[:]), func() (any, error) {
		objects, found, err := build(&Tree{layers: []layer{b.base, newLayer(files)}}, dir)
		if err == nil && (found.reaches || reach(files)) {
			err = errReaches
		}
		if err != nil {
			return nil, err
		}
		output := joinInto(objects)
		b.keep(key, output, objects)
		if b.memory != nil {
			b.memory.Put(memoryKind, key, output)
		}
		return objects, nil
	})
	if err != nil {
		return nil, err
	}
	return objects.([]Object), nil
}

// known gives what is remembered. What cannot be read is not.
func (b *Builder) known(key [sha256.Size]byte) ([]Object, bool) {
	b.mu.Lock()
	output, ok := b.outputs[key]
	objects, parsed := b.objects[key]
	b.mu.Unlock()
	if parsed {
		return objects, true
	}
	if !ok && b.memory != nil {
		output, ok = b.memory.Get(memoryKind, key)
	}
	if !ok {
		return nil, false
	}
	objects, err := split(output)
	if err != nil {
		return nil, false
	}
	b.keep(key, output, objects)
	return objects, true
}

func (b *Builder) keep(key [sha256.Size]byte, output []byte, objects []Object) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.outputs[key] = output
	if len(b.objects) < mostObjects {
		b.objects[key] = objects
	}
}

// key hashes all that the build of a folder reads: base and its own files. The
// line that names the environment is left out where it is a comment, so that a
// fleet's equal folders are equal here.
func (b *Builder) key(files map[string][]byte, dir string) (key [sha256.Size]byte) {
	header, _, _ := bytes.Cut(files[path.Join(dir, "kustomization.yaml")], []byte("\n"))
	h := sha256.New()
	h.Write(b.sum[:])
	for _, name := range slices.Sorted(maps.Keys(files)) {
		content, headed := files[name], []byte("whole")
		if rest, ok := bytes.CutPrefix(content, header); ok && len(header) > 0 && header[0] == '#' {
			content, headed = rest, []byte("headed")
		}
		add(h, []byte(strings.TrimPrefix(name, dir+"/")), headed, content)
	}
	h.Sum(key[:0])
	return key
}

// add hashes fields with their lengths, so that no two lists of fields are one
// text.
func add(h hash.Hash, fields ...[]byte) {
	var length [8]byte
	for _, f := range fields {
		binary.BigEndian.PutUint64(length[:], uint64(len(f)))
		h.Write(length[:])
		h.Write(f)
	}
}

// joinInto joins objects, which from then on have their bytes there: an output
// that is kept costs no more than its objects.
func joinInto(objects []Object) []byte {
	output := Join(objects)
	at := 0
	for i, o := range objects {
		end := at + len(o.YAML)
		objects[i].YAML = output[at:end:end]
		at = end + len(separator)
	}
	return output
}

// split is the inverse of Join.
func split(output []byte) ([]Object, error) {
	var objects []Object
	for rest, more := output, len(output) > 0; more; {
		var text []byte
		if text, rest, more = bytes.Cut(rest, []byte("\n"+separator)); more {
			text = text[:len(text)+1]
		}
		value, err := parse(text)
		if err != nil {
			return nil, err
		}
		o := Object{YAML: text[:len(text):len(text)], Value: value}
		meta, _ := value["metadata"].(map[string]any)
		o.APIVersion, _ = value["apiVersion"].(string)
		o.Kind, _ = value["kind"].(string)
		o.Name, _ = meta["name"].(string)
		o.Namespace, _ = meta["namespace"].(string)
		objects = append(objects, o)
	}
	return objects, nil
}
