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

// markLength is the least number of equal characters that git begins a mark with.
// More of them are marks within what git took for the common ancestor.
const markLength = 7

// mark returns the character that a line is a mark of git with, or 0.
func mark(line string) byte {
	line = strings.TrimSuffix(line, "\r")
	if line == "" || !strings.Contains("<|=>", line[:1]) {
		return 0
	}
	rest := strings.TrimLeft(line, line[:1])
	if len(line)-len(rest) < markLength || rest != "" && rest[0] != ' ' {
		return 0
	}
	return line[0]
}

// doubts tells of each line whether it stands in a conflict. Conflicts may stand
// in others, as they do if one was committed and merged again, and marks may be
// missing, where a person took some away. A line is in doubt between two marks,
// unless the first ends the outermost conflict or the second begins it.
func doubts(lines []string) []bool {
	doubt := make([]bool, len(lines))
	depth, last, begun := 0, 0, true // begun: the conflict has its first mark
	for i, line := range lines {
		m := mark(line)
		if m == 0 {
			continue
		}
		if depth > 0 && (begun || m != '<') {
			for j := last + 1; j < i; j++ {
				doubt[j] = true
			}
		}
		switch {
		case m == '<' && !begun:
			depth, begun = 1, true
		case m == '<':
			depth++
		case m == '>':
			depth = max(0, depth-1)
			begun = begun || depth == 0
		case depth == 0:
			depth, begun = 1, false
		}
		last = i
	}
	return doubt
}

// conflicted tells whether git left a whole conflict in a file, alone or in
// another.
func conflicted(content []byte) bool {
	if !bytes.Contains(content, []byte("<<<<<<< ")) {
		return false
	}
	var open []bool // of each conflict that has begun, whether it has its middle
	for line := range strings.Lines(string(content)) {
		top := len(open) - 1
		switch m := mark(strings.TrimSuffix(line, "\n")); {
		case m == '<':
			open = append(open, false)
		case top < 0:
		case m == '=':
			open[top] = true
		case m == '>' && open[top]:
			return true
		case m == '>':
			open = open[:top]
		}
	}
	return false
}
