package runtimes

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"

	"github.com/whiskops/whiskops/internal/finding"
)

// Load reads a file of a repository, whose directory is dir in findings. at is the
// field that names it, which is to blame where there is no such file.
func Load(root fs.FS, dir, name string, at finding.Finding) (*Manifest, []finding.Finding) {
	at.Code, at.Severity = CodeFile, finding.Error
	say := func(why string) []finding.Finding {
		at.Message = fmt.Sprintf("%s cannot be read: %s", name, why)
		at.Help = "write the path of a file from the repository's root"
		return []finding.Finding{at}
	}
	if root == nil {
		return nil, say("there is no repository")
	}
	// What is no file is not opened: a pipe would never be read to its end.
	info, err := fs.Stat(root, name)
	if err != nil {
		return nil, say(reason(err))
	}
	if !info.Mode().IsRegular() {
		return nil, say("it is no file")
	}
	f, err := root.Open(name)
	if err != nil {
		return nil, say(reason(err))
	}
	defer f.Close()
	src, err := io.ReadAll(io.LimitReader(f, MaxSize+1))
	if err != nil {
		return nil, say(reason(err))
	}
	if len(src) > MaxSize { // it has no line that is to blame
		found := say(fmt.Sprintf("it has more than %d KiB", MaxSize>>10))
		found[0].Help = "leave out what is not offered: of the manifest itself a variable takes an eighth of that"
		return nil, found
	}
	m, faults := Parse(filepath.ToSlash(filepath.Join(dir, name)), src)
	var found []finding.Finding
	for _, fault := range faults {
		fault.Path = at.Path
		found = append(found, fault.Finding)
	}
	return m, found
}

// reason is an error without the path that it is about.
func reason(err error) string {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	// What os.Root says has no value of its own.
	if err.Error() == "path escapes from parent" {
		return "it is a symbolic link that leads out of the repository"
	}
	return err.Error()
}
