package catalog

import (
	"encoding/json"
	"fmt"
	"sync"
)

// Part of a catalogue in a file of its own, which is read when it is first asked for:
// what an environment has not costs its run nothing. The zero Part is empty.
type Part[T any] struct {
	file  string // in data; empty for what is in the catalogue's own file
	value func() T
}

// In is the part that a file of the binary has.
func In[T any](file string) Part[T] {
	return Part[T]{file, sync.OnceValue(func() T {
		v, err := readPart[T](file)
		if err != nil {
			panic(err) // of bytes that the binary has in it, and a test reads
		}
		return v
	})}
}

// Of is the part that has a value.
func Of[T any](v T) Part[T] { return Part[T]{value: func() T { return v }} }

// Value of the part, which must not be changed.
func (p Part[T]) Value() (v T) {
	if p.value != nil {
		v = p.value()
	}
	return v
}

// MarshalJSON writes the name of the part's file, or else its value.
func (p Part[T]) MarshalJSON() ([]byte, error) {
	if p.file != "" {
		return json.Marshal(p.file)
	}
	return json.Marshal(p.Value())
}

// UnmarshalJSON reads what MarshalJSON writes. No part is a text itself.
func (p *Part[T]) UnmarshalJSON(text []byte) error {
	var file string
	if json.Unmarshal(text, &file) == nil && file != "" {
		*p = In[T](file)
		return nil
	}
	var v T
	if err := strictly(text, &v); err != nil {
		return err
	}
	*p = Of(v)
	return nil
}

func readPart[T any](file string) (v T, err error) {
	text, err := data.ReadFile("data/" + file)
	if err == nil {
		err = json.Unmarshal(text, &v)
	}
	if err != nil {
		return v, fmt.Errorf("read %s of the catalogue: %w", file, err)
	}
	return v, nil
}
