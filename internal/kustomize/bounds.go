package kustomize

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"sync"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// MaxFile is the most bytes of one file of the user's own that a build reads.
// Bundles of a hundred custom resource definitions have half of it.
const MaxFile = 8 << 20

// maxAliased is the most that the aliases of a YAML file may stand for, counted
// before the engine puts it in their places: one for each value, and its bytes.
const maxAliased = 64 << 10

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

// excess keeps the first file that was too large: the engine makes another error
// of it, or none.
type excess struct {
	mu    sync.Mutex
	first *BoundError
}

func (x *excess) note(err error) {
	var bound *BoundError
	if x == nil || !errors.As(err, &bound) {
		return
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.first == nil {
		x.first = bound
	}
}

// instead is the noted error, or else err.
func (x *excess) instead(err error) error {
	if x == nil {
		return err
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.first != nil {
		return x.first
	}
	return err
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
	if at := tooAliased(content); at != nil {
		return nil, &BoundError{called, at.Line, at.Column, fmt.Sprintf("the aliases up to this one stand for more than %d KiB", maxAliased>>10)}
	}
	return content, nil
}

// tooAliased finds the alias with which a YAML text becomes too large. What is no
// YAML has none.
func tooAliased(text []byte) *yaml.Node {
	if !bytes.Contains(text, []byte("*")) || !bytes.Contains(text, []byte("&")) {
		return nil
	}
	a := aliases{weights: map[*yaml.Node]int{}}
	for d := yaml.NewDecoder(bytes.NewReader(text)); ; {
		var n yaml.Node
		if d.Decode(&n) != nil {
			return nil
		}
		if a.weigh(&n); a.over != nil {
			return a.over
		}
	}
}

type aliases struct {
	weights map[*yaml.Node]int // of what has been weighed; zero while it is
	sum     int                // of all that aliases stand for
	over    *yaml.Node
}

// weigh is the weight of a value with all that its aliases stand for.
func (a *aliases) weigh(n *yaml.Node) int {
	if a.over != nil {
		return 0
	}
	if w, ok := a.weights[n]; ok {
		return w
	}
	a.weights[n] = 0
	w := 1 + len(n.Value)
	switch {
	case n.Kind == yaml.AliasNode && n.Alias != nil:
		w = a.weigh(n.Alias)
		if a.sum += w; a.sum > maxAliased && a.over == nil {
			a.over = n
		}
	case n.Kind == yaml.ScalarNode && strings.Contains(n.Value, "\n"):
		// The text of a patch is YAML of its own.
		if tooAliased([]byte(n.Value)) != nil {
			a.over = n
		}
	}
	for _, c := range n.Content {
		w += a.weigh(c)
	}
	a.weights[n] = w
	return w
}
