package finding

import (
	"cmp"
	"encoding/base64"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

// Mask stands where a secret was.
const Mask = "***"

// long is the length in characters from which a value is hidden wherever it
// stands, within a longer word too. A shorter one is hidden between quotes: it
// may be part of any word.
const long = 6

// Secrets are the values that nobody may see, and the lines that hold them. The
// zero value, and nil, hide nothing. It is filled by one goroutine; any number
// may then hide with it.
type Secrets struct {
	lines  map[Position]bool // without columns
	values map[string]bool
	words  map[string]bool

	mu     sync.Mutex
	sorted []string          // values that are long, the longest first
	short  map[string]bool   // values that are not
	every  *strings.Replacer // hides values
	strict *strings.Replacer // hides words between quotes, too
	folds  []string          // values that are long, folded, the longest first
	folded *strings.Replacer // changes what has one of folds in it
}

// Add takes a value to hide, in each of the forms in which it may be shown.
func (s *Secrets) Add(value string) {
	if s.values == nil {
		s.values = map[string]bool{}
	}
	s.every = nil
	quoted := strconv.Quote(value)
	forms := []string{
		value, quoted[1 : len(quoted)-1], strings.Join(strings.Fields(value), " "),
		base64.StdEncoding.EncodeToString([]byte(value)),
	}
	for _, form := range append(forms, strings.Split(value, "\n")...) {
		if form = strings.TrimSpace(form); form != "" {
			s.values[form] = true
		}
	}
}

// AddWord takes a value that is also the name of something, such as the user
// "admin". It is hidden between quotes in findings about lines that hold a
// secret: elsewhere nobody could tell which of the two it is. A value that was
// added as such, too, is no word.
func (s *Secrets) AddWord(value string) {
	if s.words == nil {
		s.words = map[string]bool{}
	}
	s.every = nil
	s.words[value] = true
}

// AddLine takes a line that holds a secret.
func (s *Secrets) AddLine(file string, line int) {
	if s.lines == nil {
		s.lines = map[Position]bool{}
	}
	s.lines[Position{File: file, Line: line}] = true
}

// Join takes all that another one hides.
func (s *Secrets) Join(other *Secrets) {
	if other == nil {
		return
	}
	for value := range other.values {
		s.Add(value)
	}
	for word := range other.words {
		s.AddWord(word)
	}
	for at := range other.lines {
		s.AddLine(at.File, at.Line)
	}
}

// Holds tells that a line of a file holds a secret.
func (s *Secrets) Holds(file string, line int) bool {
	return s != nil && s.lines[Position{File: file, Line: line}]
}

// Hide returns a text without the secrets. It is for what is no finding: an
// error, a difference.
func (s *Secrets) Hide(text string) string { return s.hide(text, true) }

// HideValues is Hide for what is no text about a secret but one that may have it
// in it: words stay as they are.
func (s *Secrets) HideValues(text string) string { return s.hide(text, false) }

// Shows tells that a line of a file has a secret in it.
func (s *Secrets) Shows(line string) bool { return s.hide(line, false) != line }

// Seal returns findings that anyone may see: no secret is in their texts, and
// those about a line that holds one are Hidden.
func (s *Secrets) Seal(fs []Finding) []Finding {
	sealed := make([]Finding, len(fs))
	for i, f := range fs {
		f.Hidden = f.Hidden || s.Holds(f.File, f.Line)
		f.Path, f.Acknowledged = s.hidePath(f.Path), s.hide(f.Acknowledged, f.Hidden)
		login := hideLogins(f.Message) != f.Message
		f.Message = s.hide(f.Message, f.Hidden)
		f.Help = withoutGuess(s.hide(f.Help, f.Hidden), login)
		sealed[i] = f
	}
	return sealed
}

// withoutGuess leaves out of a help what a value was meant to be, if that is masked
// or may be a part of a login: nobody could read it.
func withoutGuess(help string, login bool) string {
	guess, rest, ok := strings.Cut(help, "? ")
	if !ok || !strings.HasPrefix(guess, "did you mean ") || !login && !strings.Contains(guess, Mask) {
		return help
	}
	return strings.ToLower(rest[:1]) + rest[1:]
}

func (s *Secrets) empty() bool { return s == nil || len(s.values)+len(s.words) == 0 }

func (s *Secrets) hide(text string, strict bool) string {
	if s.empty() {
		return hideLogins(text)
	}
	s.build()
	r := s.every
	if strict {
		r = s.strict
	}
	text = s.hideCut(r.Replace(text))
	if len(s.folds) > 0 {
		if f := fold(text); s.folded.Replace(f.text) != f.text {
			text = f.mask(text, s.folds)
		}
	}
	return hideLogins(text)
}

// hidePath hides a label that is a short value, too: in a path it stands without
// quotes.
func (s *Secrets) hidePath(path string) string {
	path = s.hide(path, false)
	if s.empty() || len(s.short) == 0 {
		return path
	}
	labels := strings.Split(path, ".")
	for i, label := range labels {
		if s.short[label] {
			labels[i] = Mask
		}
	}
	return strings.Join(labels, ".")
}

// build makes what hides, once after the last value.
func (s *Secrets) build() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.every != nil {
		return
	}
	s.sorted, s.folds, s.short = nil, nil, map[string]bool{}
	folds := map[string]bool{}
	for v := range s.values {
		if utf8.RuneCountInString(v) < long {
			s.short[v] = true
			continue
		}
		s.sorted = append(s.sorted, v)
		if f := foldValue(v); utf8.RuneCountInString(f) >= long {
			folds[f] = true
		}
	}
	longest := func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) }
	slices.SortFunc(s.sorted, longest)
	s.folds = slices.SortedFunc(maps.Keys(folds), longest)
	var pairs, folded []string
	for _, v := range s.sorted {
		pairs = append(pairs, v, Mask)
	}
	for _, f := range s.folds {
		folded = append(folded, f, "")
	}
	pairs = append(pairs, quotes(slices.Sorted(maps.Keys(s.short)))...)
	s.folded = strings.NewReplacer(folded...)
	s.strict = strings.NewReplacer(append(slices.Clone(pairs), quotes(slices.Sorted(maps.Keys(s.words)))...)...)
	s.every = strings.NewReplacer(pairs...)
}

// quotes makes a replacer's pairs of values between quotes.
func quotes(values []string) []string {
	var pairs []string
	for _, v := range values {
		for _, q := range []string{`"`, `\"`, `'`} {
			pairs = append(pairs, q+v+q, q+Mask+q)
		}
	}
	return pairs
}

// hideCut hides the beginning of a value that was cut off to fit into a line.
func (s *Secrets) hideCut(text string) string {
	// A finding has a text of at most 60 characters.
	const dots, least, mostBytes = "...", 3, 240
	var b strings.Builder
	for {
		before, after, found := strings.Cut(text, dots)
		if !found {
			b.WriteString(text)
			return b.String()
		}
		rest := len(before)
		for _, v := range s.sorted {
			for n := min(len(v), len(before), mostBytes); n >= least; n-- {
				if strings.HasSuffix(before, v[:n]) {
					rest = min(rest, len(before)-n)
					break
				}
			}
		}
		b.WriteString(before[:rest])
		if rest < len(before) {
			b.WriteString(Mask)
		}
		b.WriteString(dots)
		text = after
	}
}
