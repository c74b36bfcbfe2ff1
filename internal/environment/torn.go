package environment

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

var (
	tornLabel = regexp.MustCompile(`["']?([\w#-]+)["']?(\])?\s*[?!]?\s*[:=]`)
	tornText  = regexp.MustCompile(`"((?:[^"\\]|\\.)*)"?|'((?:[^'\\]|\\.)*)'?`)
	tornPart  = regexp.MustCompile(`\\#*\(([^"]*)`)
	tornWord  = regexp.MustCompile(`[\w#$-]+`)
)

const (
	// A name on a secret's line leads to another line, and that to another
	// one. Where this goes on for longer, every line is in doubt.
	rounds = 8
	// Values that are taken at most: the findings about such files have
	// places, and hardly ever a text of theirs.
	most = 10000
)

// torn takes the secrets of files that are no CUE, or not CUE that may be
// evaluated: line by line, and in doubt too many. Below a label that looks like
// a secret's, each line up to the end of its braces holds one; so does each line
// that gives a value to a name on such a line, and each that is strange.
func (c *collector) torn(files map[string][]byte) {
	c.strange(files)
	var all []*tornFile
	for _, name := range slices.Sorted(maps.Keys(files)) {
		src := files[name]
		for _, m := range tornLabel.FindAllSubmatch(src, -1) {
			c.words[string(m[1])] = true
		}
		all = append(all, &tornFile{name: name, lines: strings.Split(string(src), "\n"), hidden: map[int]bool{}})
	}
	names := map[string]bool{}
	grown := true
	for round := 0; grown && round < rounds; round++ {
		grown = false
		for _, f := range all {
			grown = f.hide(names) || grown
		}
	}
	values := 0
	for _, f := range all {
		for i, line := range f.lines {
			if !f.hidden[i] && !grown {
				continue
			}
			c.secrets.AddLine(f.name, i+1)
			for _, m := range tornText.FindAllStringSubmatch(line, most-values) {
				c.key(m[1] + m[2])
				values++
			}
		}
	}
}

// strange takes the lines that have a text, and before it no word of the
// contract: what defines a secret may be misspelt. The values are not taken,
// since most of them are something else.
func (c *collector) strange(files map[string][]byte) {
	for name, src := range files {
		for i, line := range strings.Split(string(src), "\n") {
			if c.odd(line) {
				c.secrets.AddLine(name, i+1)
			}
		}
	}
}

// odd tells that a line has a text, and before it no word of the contract.
func (c *collector) odd(line string) bool {
	word, from := "", 0
	for _, m := range tornText.FindAllStringIndex(line, -1) {
		if words := tornWord.FindAllString(line[from:m[0]], -1); len(words) > 0 {
			word = lastOf(words)
		}
		if from = m[1]; !c.contract[word] {
			return true
		}
	}
	return false
}

// tornReferences are the words of a line that are neither labels nor in quotes,
// or in quotes within an interpolation.
func tornReferences(line string) map[string]bool {
	words := map[string]bool{}
	add := func(text string) {
		for _, w := range tornWord.FindAllString(text, -1) {
			words[w] = true
		}
	}
	for _, m := range tornPart.FindAllStringSubmatch(line, -1) {
		add(m[1])
	}
	add(tornLabel.ReplaceAllString(tornText.ReplaceAllString(line, `""`), ` `))
	return words
}

// tornFile is a file by its lines, and which of them are hidden.
type tornFile struct {
	name   string
	lines  []string
	hidden map[int]bool
}

// hide finds the lines that hold a secret, given the names that secrets are made
// of, and adds to those. It tells whether it found more.
func (f *tornFile) hide(names map[string]bool) bool {
	before := len(f.hidden) + len(names)
	depth, text := 0, false // within the braces, or a text of many lines, of a secret
	for i, line := range f.lines {
		from := 0
		if depth <= 0 && !text {
			if from = secretAt(line, names); from < 0 {
				continue
			}
			depth = 0
		}
		f.hidden[i] = true
		for word := range tornReferences(line) {
			names[word] = true
		}
		if strings.Count(line[from:], `"""`)%2 == 1 || strings.Count(line[from:], "'''")%2 == 1 {
			text = !text
		}
		bare := tornText.ReplaceAllString(line[from:], "")
		depth += strings.Count(bare, "{") + strings.Count(bare, "[") - strings.Count(bare, "}") - strings.Count(bare, "]")
	}
	return len(f.hidden)+len(names) > before
}

// secretAt is where on a line the value begins that may be a secret, or -1.
func secretAt(line string, names map[string]bool) int {
	for _, m := range tornLabel.FindAllStringSubmatchIndex(line, -1) {
		label := line[m[2]:m[3]]
		if label == "plain" || label == "subjects" || names[label] || spelled.MatchString(label) {
			return m[1]
		}
	}
	if authKey.MatchString(line) || strings.HasPrefix(strings.TrimSpace(line), "let ") {
		return 0
	}
	return -1
}
