package environment

import (
	"maps"
	"regexp"
	"strings"
)

var (
	tornLabel = regexp.MustCompile(`["']?([\w#-]+)["']?(\])?\s*[?!]?\s*[:=]`)
	tornText  = regexp.MustCompile(`"((?:[^"\\]|\\.)*)"?|'((?:[^'\\]|\\.)*)'?`)
	tornPart  = regexp.MustCompile(`\\#*\(([^"]*)`)
	tornWord  = regexp.MustCompile(`[\w#$-]+`)
)

// torn takes the secrets of files that are no CUE, or not CUE that may be
// evaluated: line by line, and in doubt too many. Below a label that looks like
// a secret's, each line up to the end of its braces holds one; so does each line
// that gives a value to a name on such a line, and each that has a text under no
// name of the contract.
func (c *collector) torn(files map[string][]byte) {
	var all []*tornFile
	known := maps.Clone(c.words)
	for name, src := range files {
		for _, m := range tornLabel.FindAllSubmatch(src, -1) {
			c.words[string(m[1])] = true
		}
		all = append(all, &tornFile{name: name, known: known, lines: strings.Split(string(src), "\n"), hidden: map[int]bool{}})
	}
	names := map[string]bool{}
	for grown := true; grown; {
		grown = false
		for _, f := range all {
			grown = f.hide(names) || grown
		}
	}
	for _, f := range all {
		for i := range f.hidden {
			c.secrets.AddLine(f.name, i+1)
			c.tornValues(f.lines[i])
		}
	}
}

// tornValues takes every text of a line, and every word that is no label.
func (c *collector) tornValues(line string) {
	for _, m := range tornText.FindAllStringSubmatch(line, -1) {
		c.key(m[1] + m[2])
	}
	for word := range tornReferences(line) {
		c.add(word)
	}
}

// tornReferences are the words of a line that are neither labels nor in quotes,
// or in quotes within an interpolation.
func tornReferences(line string) map[string]bool {
	parts := ""
	for _, m := range tornPart.FindAllStringSubmatch(line, -1) {
		parts += " " + m[1]
	}
	line = tornText.ReplaceAllString(line, `""`)
	line = tornLabel.ReplaceAllString(line, ` `) + parts
	words := map[string]bool{}
	for _, w := range tornWord.FindAllString(line, -1) {
		words[w] = true
	}
	return words
}

// tornFile is a file by its lines, and which of them are hidden.
type tornFile struct {
	name   string
	known  map[string]bool // the words of the contract
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
			if from = f.secretAt(line, names); from < 0 {
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
func (f *tornFile) secretAt(line string, names map[string]bool) int {
	for _, m := range tornLabel.FindAllStringSubmatchIndex(line, -1) {
		label := line[m[2]:m[3]]
		if label == "plain" || label == "subjects" || names[label] || spelled.MatchString(label) {
			return m[1]
		}
	}
	if authKey.MatchString(line) || strings.HasPrefix(strings.TrimSpace(line), "let ") || f.strange(line) {
		return 0
	}
	return -1
}

// strange tells that a line has a text, and before it no word of the contract:
// a label may be what is torn.
func (f *tornFile) strange(line string) bool {
	for _, m := range tornText.FindAllStringIndex(line, -1) {
		words := tornWord.FindAllString(tornText.ReplaceAllString(line[:m[0]], ""), -1)
		if !f.known[lastOf(words)] {
			return true
		}
	}
	return false
}
