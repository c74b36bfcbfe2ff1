package kustomize

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sync"
)

// MaxFile is the most bytes of one file of the user's own that a build reads.
// Bundles of a hundred custom resource definitions have half of it.
const MaxFile = 8 << 20

// BoundError says that a file of the user's own is too large to be built.
type BoundError struct {
	// File is its path in the tree. Line and Column count from 1, or are zero.
	File         string
	Line, Column int
	Message      string
}

func (e *BoundError) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.Message)
}

// own is what a build read from the disk, where the user's own files are.
type own struct {
	mu    sync.Mutex
	texts map[string][]byte // by path, without links
	last  string            // the path that was read last
	// excess is the first file that was too large: the engine makes another
	// error of it, or none.
	excess *BoundError
}

func (o *own) begin(name string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.last = name
}

func (o *own) read(name string, text []byte, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if err == nil {
		o.texts[name] = text
	}
	var bound *BoundError
	if errors.As(err, &bound) && o.excess == nil {
		o.excess = bound
	}
}

// instead is the noted excess, or else err.
func (o *own) instead(err error) error {
	if o == nil {
		return err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.excess != nil {
		return o.excess
	}
	return err
}

// AtWork is the path of the file that was read last from the disk, or "". What
// the engine is at for long, it is most likely that one's.
func (t *Tree) AtWork() string {
	if t.own == nil {
		return ""
	}
	t.own.mu.Lock()
	defer t.own.mu.Unlock()
	return t.own.last
}

// ReadOwn reads a file of the user's own, called as in the tree. A *BoundError
// says that it is too large, or would be.
func ReadOwn(files fs.FS, name, called string) ([]byte, error) {
	f, err := files.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	content, err := io.ReadAll(io.LimitReader(f, MaxFile+1))
	if err != nil {
		return nil, err
	}
	if len(content) > MaxFile {
		return nil, &BoundError{File: called, Message: fmt.Sprintf("the file has more than %d MiB", MaxFile>>20)}
	}
	if e := excessive(content); e != nil {
		return nil, &BoundError{called, e.line, e.column, e.message}
	}
	return content, nil
}

// Excess finds where a YAML text, called as a file, is nested too deep or has
// aliases that stand for too much; nil is nowhere.
func Excess(called string, text []byte) *BoundError {
	if e := excessive(text); e != nil {
		return &BoundError{called, e.line, e.column, e.message}
	}
	return nil
}
