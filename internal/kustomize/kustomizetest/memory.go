// Package kustomizetest has what tests of several packages that build have in common.
package kustomizetest

import (
	"bytes"
	"crypto/sha256"
	"sync"
)

// Memory is a kustomize.Memory of one kind, for as long as a test binary runs: what
// many cases have in common is built once. Its zero value remembers nothing yet, and
// it can be used by several goroutines at once.
type Memory struct {
	held sync.Map
}

// kind is that of built folders: nothing else is remembered, so that a test makes all
// that is made of them.
const kind = "build"

// Get returns a copy of what was put, if it is of built folders.
func (m *Memory) Get(of string, key [sha256.Size]byte) ([]byte, bool) {
	if of != kind {
		return nil, false
	}
	v, ok := m.held.Load(key)
	if !ok {
		return nil, false
	}
	return bytes.Clone(v.([]byte)), true
}

// Put keeps a copy of a built folder.
func (m *Memory) Put(of string, key [sha256.Size]byte, value []byte) {
	if of == kind {
		m.held.Store(key, bytes.Clone(value))
	}
}
