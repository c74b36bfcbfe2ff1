package starter

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// InTheWay says that the directory has files of the user's where the starter's
// belong. Nothing was written.
type InTheWay struct {
	// Files by their paths in the directory, sorted.
	Files []string
}

func (e *InTheWay) Error() string {
	return "nothing was written, because there is something else already: " + strings.Join(e.Files, ", ")
}

// Kept is a file that most repositories have one of, which is the user's and
// stays as it is.
type Kept struct {
	// File by its path in the directory.
	File string
	// Lines that it lacks, and why it should have them.
	Lines []string
	Why   string
}

// own are the files that a repository may have of its own.
var own = []string{attributes, GitLab, PreCommit, "README.md"}

const (
	attributes    = ".gitattributes"
	whyAttributes = ", without which git may change line ends, and branches conflict"
)

// Write puts the files, and those of the offered ones that are asked for, into a
// directory, which it makes if need be, and returns
// the slash paths of those that were not there yet, sorted, and what it left to
// the user. A file that is there with the same content is fine; with any other,
// unless it is Kept, nothing at all is written and the error is *InTheWay. No file is ever replaced, not even one that comes into
// being meanwhile. Other errors are faults of the machine; what was written
// until then is taken back.
func Write(dir string, offers ...string) (written []string, kept []Kept, err error) {
	return write(dir, choose(Files(), offers))
}

func write(dir string, files map[string][]byte) (written []string, kept []Kept, err error) {
	kept, err = keep(dir, files)
	if err != nil {
		return nil, nil, err
	}
	missing, err := compare(dir, files)
	if err != nil || len(missing) == 0 {
		return nil, kept, err
	}
	w := &writer{}
	for _, name := range missing {
		if err := w.write(filepath.Join(dir, filepath.FromSlash(name)), files[name]); err != nil {
			w.takeBack()
			return nil, nil, fmt.Errorf("write %s: %w", name, err)
		}
	}
	return missing, kept, nil
}

// keep takes the files that are the user's own out of those to write.
func keep(dir string, files map[string][]byte) ([]Kept, error) {
	var all []Kept
	for _, name := range own {
		want, asked := files[name]
		if !asked {
			continue
		}
		there := filepath.Join(dir, name)
		if info, err := os.Stat(there); err != nil || !info.Mode().IsRegular() {
			continue // compare says what is wrong with it
		}
		content, err := os.ReadFile(there)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		if bytes.Equal(content, want) {
			continue
		}
		delete(files, name)
		k := Kept{File: name}
		switch name {
		case attributes:
			k.Why = whyAttributes
			if k.Lines = lacking(content, want); k.Lines == nil {
				continue
			}
		case GitLab, PreCommit:
			if !bytes.Contains(content, []byte("whiskops")) {
				k.Lines = lacking(nil, want)
			}
		}
		all = append(all, k)
	}
	return all, nil
}

// lacking are the lines of want that are not among those of a file, but for
// comments.
func lacking(content, want []byte) []string {
	there := map[string]bool{}
	for line := range strings.Lines(string(content)) {
		there[strings.Join(strings.Fields(line), " ")] = true
	}
	var lines []string
	for line := range strings.Lines(string(want)) {
		line = strings.TrimSuffix(line, "\n")
		text := strings.TrimSpace(line)
		if text != "" && !strings.HasPrefix(text, "#") && !there[strings.Join(strings.Fields(line), " ")] {
			lines = append(lines, line)
		}
	}
	return lines
}

// compare returns the files that are missing. A file in place of a directory is
// in the way too.
func compare(dir string, files map[string][]byte) ([]string, error) {
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return nil, fmt.Errorf("%s is a file, not a directory", dir)
	}
	var missing, other []string
	for _, name := range slices.Sorted(maps.Keys(files)) {
		there, err := obstacle(dir, name)
		if err != nil {
			return nil, err
		}
		if there == "" {
			missing = append(missing, name)
			continue
		}
		same, err := has(filepath.Join(dir, filepath.FromSlash(there)), files[name])
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", there, err)
		}
		if there != name || !same {
			other = append(other, there)
		}
	}
	if len(other) > 0 {
		return nil, &InTheWay{Files: slices.Compact(other)}
	}
	return missing, nil
}

// obstacle is the first part of a path that exists and is no directory, or
// empty if the path is free. A link to a directory is an obstacle: it may lead
// anywhere.
func obstacle(dir, name string) (string, error) {
	parts := strings.Split(name, "/")
	for i := range parts {
		part := strings.Join(parts[:i+1], "/")
		info, err := os.Lstat(filepath.Join(dir, filepath.FromSlash(part)))
		if errors.Is(err, fs.ErrNotExist) {
			return "", nil
		}
		if err != nil {
			return "", fmt.Errorf("look for %s: %w", part, err)
		}
		if !info.IsDir() || i == len(parts)-1 {
			return part, nil
		}
	}
	return "", nil
}

// has tells whether a regular file has a content. A link to one counts.
func has(name string, content []byte) (bool, error) {
	info, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil // a link to nothing
	}
	if err != nil || !info.Mode().IsRegular() || info.Size() != int64(len(content)) {
		return false, err
	}
	got, err := os.ReadFile(name)
	return bytes.Equal(got, content), err
}

// writer remembers what it made, to take it back.
type writer struct{ made []string }

func (w *writer) write(name string, content []byte) error {
	if err := w.directory(filepath.Dir(name)); err != nil {
		return err
	}
	// A run that is killed leaves whole files, and this one.
	staged := fmt.Sprintf("%s.%d.whiskops", name, os.Getpid())
	if err := create(staged, content); err != nil {
		return err
	}
	defer os.Remove(staged)
	// Unlike a renaming, a link replaces nothing.
	err := os.Link(staged, name)
	if err != nil && !errors.Is(err, fs.ErrExist) {
		// Some file systems have no links.
		err = create(name, content)
	}
	if err == nil {
		w.made = append(w.made, name)
	}
	return err
}

// create makes a file that is not there, and leaves nothing behind if it fails.
func create(name string, content []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err = errors.Join(err, f.Close()); err != nil {
		os.Remove(name)
	}
	return err
}

// directory makes a directory and those above it.
func (w *writer) directory(dir string) error {
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := w.directory(filepath.Dir(dir)); err != nil {
		return err
	}
	err := os.Mkdir(dir, 0o755)
	if errors.Is(err, fs.ErrExist) {
		return nil // someone else made it just now
	}
	if err == nil {
		w.made = append(w.made, dir)
	}
	return err
}

// takeBack removes what was made, the last first. A directory that someone put
// something into stays.
func (w *writer) takeBack() {
	for _, name := range slices.Backward(w.made) {
		os.Remove(name)
	}
}
