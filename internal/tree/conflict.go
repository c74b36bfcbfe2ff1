package tree

import (
	"bytes"
	"strings"
)

// Generated files follow from their inputs, so there is nothing to decide in a
// conflict that git leaves in them: what it wrote there is nobody's edit. That
// is said by git's marks in a file, or around its line in the manifest, or by two
// hashes of it there (merge=union in .gitattributes): git merges two sides of one
// file without marks where their changes are apart, and then the file is as
// neither of them, but both have another hash for it.

// markLength is the number of equal characters that git begins a mark with.
// More of them are marks within what git took for the common ancestor.
const markLength = 7

// mark returns the character that a line is a mark of git with, and how often
// it stands there; or 0.
func mark(line string) (character byte, length int) {
	line = strings.TrimSuffix(line, "\r")
	if line == "" || !strings.Contains("<|=>", line[:1]) {
		return 0, 0
	}
	rest := strings.TrimLeft(line, line[:1])
	length = len(line) - len(rest)
	if length < markLength || rest != "" && rest[0] != ' ' {
		return 0, 0
	}
	return line[0], length
}

// marks follows the marks through a text. Its zero value stands before the
// first line.
type marks struct {
	part byte // the mark that began the part that this line is in; 0: none
	seen bool // a whole conflict
}

// next takes a line. isMark says that the line is a mark; inOrder is false if
// it stands where git writes none.
func (c *marks) next(line string) (isMark, inOrder bool) {
	character, length := mark(line)
	switch {
	case character == 0:
		return false, true
	case length > markLength:
		return true, c.part != 0
	}
	follows := map[byte]string{'<': "\x00", '|': "<", '=': "<|", '>': "="}
	inOrder = strings.IndexByte(follows[character], c.part) >= 0
	if c.part = character; character == '>' {
		c.part, c.seen = 0, c.seen || inOrder
	}
	return true, inOrder
}

// conflicted tells whether git left a conflict in a file.
func conflicted(content []byte) bool {
	if !bytes.Contains(content, []byte("<<<<<<< ")) {
		return false
	}
	var c marks
	for line := range strings.Lines(string(content)) {
		if _, inOrder := c.next(strings.TrimSuffix(line, "\n")); !inOrder {
			c = marks{}
		} else if c.seen {
			return true
		}
	}
	return false
}
