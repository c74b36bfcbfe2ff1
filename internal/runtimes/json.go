package runtimes

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/whiskops/whiskops/internal/finding"
)

// maxDepth of values in a file: a manifest has six.
const maxDepth = 32

// node is a JSON value with its place.
type node struct {
	at finding.Position
	// value is a string, a json.Number, a bool, nil, '{' or '['.
	value  any
	fields []field
	items  []*node
}

type field struct {
	name  string
	at    finding.Position
	value *node
}

// given is a field of an object by its name; nil where there is none.
func (n *node) given(name string) *node {
	for _, f := range n.fields {
		if f.name == name {
			return f.value
		}
	}
	return nil
}

// field is given, of one of which OpenWhisk takes null as if it were not there.
func (n *node) field(name string) *node {
	if f := n.given(name); f != nil && f.value != nil {
		return f
	}
	return nil
}

// what a value is, in words.
func (n *node) what() string {
	switch v := n.value.(type) {
	case string:
		return "a text"
	case json.Number:
		return "a number"
	case bool:
		return "true or false"
	case json.Delim:
		if v == '{' {
			return "an object"
		}
		return "a list"
	}
	return "null"
}

// reader makes nodes of a file.
type reader struct {
	file string
	src  []byte
	d    *json.Decoder
	// lines are the offsets at which lines begin.
	lines []int
}

// tree reads a file as one JSON value. What is wrong with it is a text at a place.
func tree(file string, src []byte) (*node, *finding.Position, string) {
	r := &reader{file: file, src: src, lines: []int{0}}
	for i, c := range src {
		if c == '\n' {
			r.lines = append(r.lines, i+1)
		}
	}
	at := finding.Position{File: file, Line: 1, Column: 1}
	if !utf8.Valid(src) {
		return nil, &at, "the file is not UTF-8"
	}
	if len(bytes.TrimSpace(src)) == 0 {
		return nil, &at, "the file is empty"
	}
	var whole json.RawMessage
	if err := json.Unmarshal(src, &whole); err != nil {
		var wrong *json.SyntaxError
		if errors.As(err, &wrong) {
			at = r.place(max(0, int(wrong.Offset)-1))
		}
		return nil, &at, "the file is no JSON from here on"
	}
	r.d = json.NewDecoder(bytes.NewReader(src))
	r.d.UseNumber()
	n, err := r.value(0)
	if err != nil {
		at = r.place(int(r.d.InputOffset()))
		return nil, &at, err.Error()
	}
	return n, nil, ""
}

// place of an offset in bytes.
func (r *reader) place(offset int) finding.Position {
	line := 0
	for line+1 < len(r.lines) && r.lines[line+1] <= offset {
		line++
	}
	return finding.Position{File: r.file, Line: line + 1, Column: offset - r.lines[line] + 1}
}

// next is the place of the next token.
func (r *reader) next() finding.Position {
	offset := int(r.d.InputOffset())
	for offset < len(r.src) && strings.IndexByte(" \t\r\n,:", r.src[offset]) >= 0 {
		offset++
	}
	return r.place(offset)
}

// tooDeep is about what OpenWhisk would take.
const tooDeep = "values are nested more than 32 deep"

func (r *reader) value(depth int) (*node, error) {
	if depth > maxDepth {
		return nil, errors.New(tooDeep)
	}
	n := &node{at: r.next()}
	var err error
	if n.value, err = r.token(); err != nil {
		return nil, err
	}
	switch n.value {
	case json.Delim('{'):
		for r.d.More() {
			f := field{at: r.next()}
			name, err := r.token()
			if err != nil {
				return nil, err
			}
			f.name, _ = name.(string)
			if f.value, err = r.value(depth + 1); err != nil {
				return nil, err
			}
			n.fields = append(n.fields, f)
		}
		_, err = r.token()
	case json.Delim('['):
		for r.d.More() {
			item, err := r.value(depth + 1)
			if err != nil {
				return nil, err
			}
			n.items = append(n.items, item)
		}
		_, err = r.token()
	}
	return n, err
}

// token reads one. The file was seen to be JSON: an error is about nothing that
// a user can mend.
func (r *reader) token() (json.Token, error) {
	t, err := r.d.Token()
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, errors.New("the file cannot be read from here on")
	}
	return t, err
}
