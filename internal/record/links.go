package record

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

// What is asked about a path itself, without following it if it is a symbolic
// link, is noted apart from what is read there. No path begins with a slash.
const itself = "/"

// lookItself sees what is at a path now, and follows no link there.
func lookItself(system fs.FS, name string) sight {
	info, err := fs.Lstat(system, name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return sight{state: absent, err: err}
	case err != nil:
		return sight{}
	case info.IsDir():
		return sight{state: "a directory", info: info}
	case info.Mode().IsRegular():
		return sight{state: "a file", info: info}
	case info.Mode()&fs.ModeSymlink == 0:
		return sight{}
	}
	target, err := fs.ReadLink(system, name)
	if err != nil {
		return sight{}
	}
	return sight{state: state(fmt.Sprintf("link %q", target)), info: info, target: target}
}

// Lstat describes a file, a directory or a link.
func (w watched) Lstat(name string) (fs.FileInfo, error) {
	s, err := w.seeItself("lstat", name)
	if err == nil && s.state == "" {
		return fs.Lstat(w.plain(), name)
	}
	return s.info, err
}

// ReadLink returns where a link leads.
func (w watched) ReadLink(name string) (string, error) {
	switch s, err := w.seeItself("readlink", name); {
	case err != nil:
		return "", err
	case s.state == "":
		return fs.ReadLink(w.plain(), name)
	case s.info.Mode()&fs.ModeSymlink == 0:
		return "", &fs.PathError{Op: "readlink", Path: name, Err: fs.ErrInvalid}
	default:
		return s.target, nil
	}
}

func (w watched) seeItself(op, name string) (sight, error) {
	if !fs.ValidPath(name) {
		return sight{}, &fs.PathError{Op: op, Path: name, Err: fs.ErrInvalid}
	}
	s := w.in.see(w.system, itself+name)
	return s, s.err
}

// lookAt sees what was asked about: a path, or what is at it.
func lookAt(system fs.FS, key string) sight {
	if name, ok := strings.CutPrefix(key, itself); ok {
		return lookItself(system, name)
	}
	return look(system, key)
}

// Read are the files of an input that the run read whole, by path, and the
// symbolic links that it went through, in order.
func (in *Inputs) Read(system string) (files map[string][]byte, links []string) {
	in.mu.Lock()
	defer in.mu.Unlock()
	files = map[string][]byte{}
	for key, s := range in.seen[system] {
		name, own := strings.CutPrefix(key, itself)
		switch {
		case own && s.target != "":
			links = append(links, name)
		case !own && s.content != nil:
			files[name] = s.content
		}
	}
	slices.Sort(links)
	return files, links
}
