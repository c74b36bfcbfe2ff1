package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// folder is one that a user names, in the repository that it may refer into.
type folder struct {
	// root is the repository, absolute.
	root  string
	files fs.ReadLinkFS
	// at is the folder in it, slash-separated.
	at    string
	close func()
}

// openFolder opens the folder of a name, from where the user stands.
func openFolder(s streams, name string) (folder, error) {
	dir := from(s.dir, name)
	info, err := os.Stat(dir)
	if err == nil && !info.IsDir() {
		return folder{}, fmt.Errorf("%s is no folder\n  help: name the folder that it is in, or give it as the standard input: whiskops verify - < %s", dir, quoted(name))
	}
	if err != nil {
		return folder{}, fmt.Errorf("there is no folder %s\n  help: name one, or \"-\" for the standard input", dir)
	}
	root := repositoryOf(s.dir, dir)
	in, err := os.OpenRoot(root)
	if err != nil {
		return folder{}, fmt.Errorf("open %s: %w", root, err)
	}
	files, ok := in.FS().(fs.ReadLinkFS)
	if !ok {
		in.Close()
		return folder{}, fmt.Errorf("open %s: its links cannot be read", root)
	}
	rel, err := filepath.Rel(root, dir)
	if err != nil {
		in.Close()
		return folder{}, fmt.Errorf("open %s: %w", dir, err)
	}
	return folder{root, files, filepath.ToSlash(rel), func() { in.Close() }}, nil
}

// repositoryOf is the folder that a kustomization may refer into: the repository
// that it is in, or the working directory.
func repositoryOf(working, dir string) string {
	above, inGit := upwards(dir)
	if inGit {
		return above[len(above)-1]
	}
	if rel, err := filepath.Rel(working, dir); err == nil && filepath.IsLocal(rel) {
		return working
	}
	return dir
}
