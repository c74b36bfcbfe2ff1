package page

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/rogpeppe/go-internal/diff"

	"github.com/whiskops/whiskops/internal/finding"
)

// Differences of an environment's files.
type Differences struct {
	Files []shownFile
	// NotShown is how many files differ beside those.
	NotShown int
	// size in bytes that the shown ones have as HTML, about.
	size int
}

// shownFile is a file with its old and its new lines side by side.
type shownFile struct {
	Name string
	// State is "new", "gone" or empty, Note what is to be said of it.
	State, Note    string
	Removed, Added int
	Rows           []diffRow
	// More is how many rows are not shown.
	More int
}

// diffRow is a line of both sides; or how many equal lines are between two others.
type diffRow struct {
	Equal                int
	OldNumber, NewNumber int
	Old, New             string
	Differs              bool
}

const (
	// mostRows of a file are shown, and mostFile bytes of one compared.
	mostRows = 2000
	mostFile = 4 << 20
	// rowSize is what the markup of a row takes, about.
	rowSize = 90
)

// differences that fit into so much room.
func differences(files []File, room int, secrets *finding.Secrets) Differences {
	var d Differences
	for i, f := range files {
		if d.size >= room {
			d.NotShown = len(files) - i
			break
		}
		shown, size := compare(f, room-d.size, secrets)
		d.size += size
		d.Files = append(d.Files, shown)
	}
	return d
}

// compare both sides of a file.
func compare(f File, room int, secrets *finding.Secrets) (shownFile, int) {
	out := shownFile{Name: seal(secrets, f.Name)}
	switch {
	case f.Old == nil:
		out.State = "new"
	case f.New == nil:
		out.State = "gone"
	}
	size := rowSize + len(out.Name)
	if len(f.Old) > mostFile || len(f.New) > mostFile {
		out.Note = "It is too large to be shown."
		return out, size
	}
	old, new, ok := masked(f)
	switch {
	case !ok:
		out.Note = "It is no YAML of one object, and not shown: it may have secrets in it."
		return out, size
	case bytes.Equal(old, new):
		out.Note = "What differs is hidden: values of a Secret, or how it is written."
		return out, size
	}
	r := reader{secrets: secrets, room: room, size: size}
	r.read(string(diff.Diff("old", lined(old), "new", lined(new))))
	out.Rows, out.More, out.Removed, out.Added = r.rows, r.more, r.removed, r.added
	return out, r.size
}

// lined is a text whose last line ends: a file without that is not told apart.
func lined(text []byte) []byte {
	if len(text) == 0 || text[len(text)-1] == '\n' {
		return text
	}
	return append(bytes.Clone(text), '\n')
}

// reader of a unified difference.
type reader struct {
	secrets              *finding.Secrets
	rows                 []diffRow
	more, removed, added int
	size, room           int
	// old and new are the numbers of the next lines.
	old, new int
	// minus and plus are lines that wait for their other side.
	minus, plus []diffRow
}

func (r *reader) read(text string) {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	const head = 3 // the command, and the names of both sides
	r.old, r.new = 1, 1
	for _, line := range lines[min(head, len(lines)):] {
		if line == "" {
			continue
		}
		switch said := line[1:]; line[0] {
		case '@':
			r.flush()
			var from, lines, to int
			if _, err := fmt.Sscanf(line, "@@ -%d,%d +%d", &from, &lines, &to); err != nil {
				continue
			}
			if from > r.old {
				r.add(diffRow{Equal: from - r.old}, "", "")
			}
			r.old, r.new = max(from, 1), max(to, 1)
		case '-':
			r.minus = append(r.minus, diffRow{OldNumber: r.old, Old: said})
			r.old++
			r.removed++
		case '+':
			r.plus = append(r.plus, diffRow{NewNumber: r.new, New: said})
			r.new++
			r.added++
		default:
			r.flush()
			r.add(diffRow{OldNumber: r.old, NewNumber: r.new}, said, said)
			r.old++
			r.new++
		}
	}
	r.flush()
}

// flush puts what went beside what came.
func (r *reader) flush() {
	for i := range max(len(r.minus), len(r.plus)) {
		row := diffRow{Differs: true}
		old, new := "", ""
		if i < len(r.minus) {
			row.OldNumber, old = r.minus[i].OldNumber, r.minus[i].Old
		}
		if i < len(r.plus) {
			row.NewNumber, new = r.plus[i].NewNumber, r.plus[i].New
		}
		r.add(row, old, new)
	}
	r.minus, r.plus = nil, nil
}

// add a row, as long as there is room.
func (r *reader) add(row diffRow, old, new string) {
	if len(r.rows) >= mostRows || r.size >= r.room {
		r.more++
		return
	}
	row.Old = line(r.secrets, old)
	row.New = row.Old
	if old != new {
		row.New = line(r.secrets, new)
	}
	r.size += rowSize + len(row.Old) + len(row.New)
	r.rows = append(r.rows, row)
}
