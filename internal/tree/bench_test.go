package tree

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// about250 has the size of three environments: three overlays with few files
// and three golden folders with one file an object, about 2 KiB each.
func about250() []Folder {
	fill := func(name string, n int) Folder {
		f := Folder{Path: name, Files: map[string][]byte{}}
		for i := range n {
			f.Files[fmt.Sprintf("tier%d/object-%d.yaml", i%6, i)] = []byte(strings.Repeat(fmt.Sprintf("%s: %d\n", name, i), 128))
		}
		return f
	}
	folders := []Folder{fill("base", 50)}
	for _, env := range []string{"ci", "development", "production"} {
		folders = append(folders, fill("overlays/"+env, 15), fill("golden/"+env, 52))
	}
	return folders
}

func BenchmarkWrite(b *testing.B) {
	folders := about250()
	b.Run("fresh", func(b *testing.B) {
		dir := b.TempDir()
		for i := 0; b.Loop(); i++ {
			if err := mustWrite(filepath.Join(dir, fmt.Sprint(i)), folders, Options{}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("all change", func(b *testing.B) {
		dir := b.TempDir()
		other := about250()
		for _, f := range other {
			for name := range f.Files {
				f.Files[name] = append(f.Files[name], '#')
			}
		}
		for i := 0; b.Loop(); i++ {
			if err := mustWrite(dir, [][]Folder{folders, other}[i%2], Options{}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("no change", func(b *testing.B) {
		dir := b.TempDir()
		if err := mustWrite(dir, folders, Options{}); err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			if err := mustWrite(dir, folders, Options{}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkMatches(b *testing.B) {
	dir, folders := b.TempDir(), about250()
	if err := mustWrite(dir, folders, Options{}); err != nil {
		b.Fatal(err)
	}
	manifests := Manifests(folders)
	for b.Loop() {
		if !Matches(dir, manifests, nil) {
			b.Fatal("no match")
		}
	}
}
