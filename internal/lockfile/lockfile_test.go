package lockfile

import (
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/finding"
)

var (
	one = "sha256:" + strings.Repeat("1", 64)
	two = "sha256:" + strings.Repeat("2", 64)
)

func TestParse(t *testing.T) {
	want := environment.Lock{
		"nginx:1.28.0": {Digest: one, Platforms: []string{"linux/amd64", "linux/arm/v7"}},
		"registry.example.com:5000/team/controller:2.0.0": {Digest: two},
		"redis:7@" + two: {Digest: two},
	}
	got, found := Parse("images.lock.yaml", Format(want))
	if diff := cmp.Diff(want, got); diff != "" || len(found) > 0 {
		t.Errorf("%v\n%s", found, diff)
	}
}

// Something else in the place of the file is the user's to move, and is not waited
// for; a link to a file in the repository is read.
func TestLoadStrange(t *testing.T) {
	nowhere := "this is a symbolic link to where nothing can be read: out of the repository, or to no file; remove it, and put the file there, or run `whiskops images lock`"
	noFile := "this is no file, and the lock of the images must be here; move it away, and run `whiskops images lock`"
	link := func(to string) func(string) error { return func(at string) error { return os.Symlink(to, at) } }
	for name, c := range map[string]struct {
		put  func(at string) error
		want string
	}{
		"nothing":        {func(string) error { return nil }, ""},
		"a directory":    {func(at string) error { return os.Mkdir(at, 0o755) }, noFile},
		"a link inside":  {link("real.yaml"), ""},
		"a link outside": {link("/etc/hostname"), nowhere},
		"a loose link":   {link("none.yaml"), nowhere},
		"a loop":         {link(environment.LockFile), nowhere},
		"a link to one":  {link("."), noFile},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "real.yaml"), Format(environment.Lock{"nginx:1": {Digest: one}}), 0o644); err != nil {
				t.Fatal(err)
			}
			if err := c.put(filepath.Join(dir, environment.LockFile)); err != nil {
				t.Skip(err)
			}
			root, err := os.OpenRoot(dir)
			if err != nil {
				t.Fatal(err)
			}
			defer root.Close()
			_, found, err := Load(root.FS(), "here")
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			for _, f := range found {
				got += f.Message + "; " + f.Help
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
			// A link is replaced, and all else is left to its owner.
			if _, err := Write(dir, environment.Lock{}); (err != nil) != (name == "a directory") {
				t.Errorf("writing: %v", err)
			}
		})
	}
}

// piped has a pipe in the place of the file, which nobody writes to.
type piped struct{ fstest.MapFS }

func (piped) Open(string) (fs.File, error) { panic("opened a pipe: this would wait for ever") }

func TestLoadPipe(t *testing.T) {
	_, found, err := Load(piped{fstest.MapFS{environment.LockFile: {Mode: fs.ModeNamedPipe}}}, "")
	if err != nil || len(found) != 1 {
		t.Errorf("%v, %v", found, err)
	}
}

// TestWrong has the whole text of what is said of each mistake, and where.
func TestWrong(t *testing.T) {
	image := func(fields string) string { return "images:\n  nginx:1.28.0:\n" + fields }
	for _, tt := range []struct{ name, src, want string }{
		{"empty", "", "0:0 the file is no YAML from here on"},
		{"no YAML", "images:\n\t- x", "2:1 the file is no YAML from here on"},
		{"a list", "- images", "1:1 the file is no mapping"},
		{"another field", "version: 1", `1:1 the file has a field "version", which is none of it: it has images`},
		{"two documents", "images: {}\n---\nimages: {}\n", "0:0 the file has more than one document"},
		{"a conflict", "images:\n<<<<<<< HEAD\n", "2:1 a merge left its conflict here"},
		{"twice", image("    digest: " + one + "\n    digest: " + one), `4:5 "nginx:1.28.0" has "digest" twice`},
		{"no digest", image("    platforms: [linux/amd64]"), `2:3 "nginx:1.28.0" has no digest`},
		{"half a digest", image("    digest: sha256:12"), `3:13 the digest of "nginx:1.28.0" is none: want sha256: and 64 hexadecimal digits`},
		{"a list of digests", image("    digest: [a]"), `3:13 the digest of "nginx:1.28.0" is none: want sha256: and 64 hexadecimal digits`},
		{"another field of an image", image("    tag: x\n    digest: " + one), `3:5 "nginx:1.28.0" has a field "tag", which is none of an image: it has digest and platforms`},
		{"a platform", image("    digest: " + one + "\n    platforms: [Linux]"), `4:17 a platform of "nginx:1.28.0" is none: want os/architecture, for example linux/amd64`},
		{"platforms", image("    digest: " + one + "\n    platforms: linux/amd64"), `4:16 the platforms of "nginx:1.28.0" are no list of at most 64`},
		{"no tag", "images: {nginx: {digest: x}}", "1:10 a key of images is no reference of an image: want repository:tag in lower case, without a protocol and a login"},
		{"a login", "images: {'user:hunter2@example.com/nginx:1': {digest: x}}", "1:10 a key of images is no reference of an image: want repository:tag in lower case, without a protocol and a login"},
		{"a protocol", "images: {'https://example.com/nginx:1': {digest: x}}", "1:10 a key of images is no reference of an image: want repository:tag in lower case, without a protocol and a login"},
		{"two digests", "images: {'nginx:1@" + one + "': {digest: '" + two + "'}}", `1:10 "nginx:1@sha256:1111111111111111111111111111111111111111111111111111111111111111" names one digest and is locked to another`},
		{"an alias", "images: &a {nginx:1: *a}", `1:1 the file has an alias, an anchor or a key that is no text`},
		{"no image", "images: {nginx:1: x}", `1:19 "nginx:1" is no mapping`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			lock, found := Parse("images.lock.yaml", []byte(tt.src))
			if len(found) == 0 {
				t.Fatal("nothing is found")
			}
			f := found[0]
			if got := fmt.Sprintf("%d:%d %s", f.Line, f.Column, f.Message); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			if lock != nil || f.Code != codeFile || f.Help != again || f.File != "images.lock.yaml" {
				t.Errorf("%v: %+v", lock, f)
			}
			if strings.Contains(tt.src, "hunter2") && !f.Hidden {
				t.Error("the line may be shown")
			}
		})
	}
}

// TestSize: one byte below the bound, at it and above.
func TestSize(t *testing.T) {
	src := Format(environment.Lock{"nginx:1": {Digest: one}})
	for _, more := range []int{-1, 0, 1} {
		padded := append(slices.Clone(src), []byte("#"+strings.Repeat("x", MaxSize-len(src)-1+more))...)
		_, found := Parse("x", padded)
		if refused := len(found) > 0; refused != (more > 0) {
			t.Errorf("%d bytes: refused is %v", len(padded), refused)
		}
		_, found, err := Load(fstest.MapFS{environment.LockFile: {Data: padded}}, ".")
		if refused := len(found) > 0; err != nil || refused != (more > 0) {
			t.Errorf("%d bytes on a disk: refused is %v, %v", len(padded), refused, err)
		}
	}
	for n := MaxPlatforms - 1; n <= MaxPlatforms+1; n++ {
		list := strings.TrimSuffix(strings.Repeat("linux/amd64, ", n), ", ")
		_, found := Parse("x", []byte("images: {nginx:1: {digest: '"+one+"', platforms: ["+list+"]}}"))
		if refused := len(found) > 0; refused != (n > MaxPlatforms) {
			t.Errorf("%d platforms: refused is %v", n, refused)
		}
	}
}

func TestLoad(t *testing.T) {
	lock, found, err := Load(fstest.MapFS{}, ".")
	if lock != nil || found != nil || err != nil {
		t.Errorf("without a file: %v %v %v", lock, found, err)
	}
	_, found, err = Load(fstest.MapFS{environment.LockFile: {Data: []byte("x")}}, "/repo")
	if err != nil || len(found) != 1 || found[0].File != "/repo/images.lock.yaml" {
		t.Errorf("%v %v", found, err)
	}
}

// TestFormat: what is written is read as it was, whatever the order in which it
// came.
func TestFormat(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	for range 200 {
		lock := environment.Lock{}
		for range r.IntN(6) {
			l := environment.Locked{Digest: "sha256:" + fmt.Sprintf("%064x", r.Uint64())}
			l.Platforms = append(l.Platforms, []string{"linux/amd64", "linux/arm/v7", "linux/arm64"}[r.IntN(4):]...)
			lock[[]string{"nginx", "a.example:5000/b/c", "openwhisk/action-nodejs-v20", "null", "1e3"}[r.IntN(5)]+":"+[]string{"1", "0x10", "1.0", "null"}[r.IntN(4)]] = l
		}
		got, found := Parse("x", Format(lock))
		if diff := cmp.Diff(lock, got); diff != "" || len(found) > 0 {
			t.Fatalf("%v\n%s\n%s", found, diff, Format(lock))
		}
		if again := Format(maps.Clone(lock)); string(again) != string(Format(lock)) {
			t.Fatal("other bytes")
		}
	}
}

// FuzzParse: whatever the bytes, there is a lock or a finding, and a lock is
// written and read again as it is.
func FuzzParse(f *testing.F) {
	f.Add(Format(environment.Lock{"nginx:1": {Digest: one, Platforms: []string{"linux/amd64"}}}))
	for _, src := range []string{"", "a: &a [*a]", "images: {? [x] : y}", "---\n---\n", "%YAML 1.1\n---\nimages: {}", "images: {<<: {a: b}}", "!!binary x: y", "images:\n  ? |\n    x\n  : y"} {
		f.Add([]byte(src))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		lock, found := Parse("images.lock.yaml", src)
		if (lock == nil) == (len(found) == 0) {
			t.Fatalf("%v and %v", lock, found)
		}
		for _, f := range found {
			if f.Severity != finding.Error || f.Line < 0 {
				t.Errorf("%+v", f)
			}
		}
		if lock == nil {
			return
		}
		again, found := Parse("images.lock.yaml", Format(lock))
		if diff := cmp.Diff(lock, again); diff != "" || len(found) > 0 {
			t.Errorf("%v\n%s", found, diff)
		}
	})
}
