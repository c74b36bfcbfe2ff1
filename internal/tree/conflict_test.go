package tree

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/seeds"
)

func TestDoubts(t *testing.T) {
	for in, want := range map[string]string{
		"a < b = c > d":           "b c",
		"a < b | c = d > e":       "b c d",
		"a < b < c = d > e = f >": "b c d e f",
		"a = b":                   "",
		"a = b < c = d > e":       "c d",
		"a > b < c > d":           "c",
		"a = b > c":               "b",
		"a < b = c":               "b",
		"< a = b > c < d = e > f": "a b d e",
		"":                        "",
	} {
		lines := strings.Fields(in)
		for i, l := range lines {
			if strings.Contains("<|=>", l) {
				lines[i] = strings.Repeat(l, markLength)
			}
		}
		var got []string
		for i, doubt := range doubts(lines) {
			if doubt {
				got = append(got, lines[i])
			}
		}
		same(t, in, want, strings.Join(got, " "))
	}
}

// merged is a folder as git may leave it of two sides: a file of either, with
// marks, or of both; and the lines of both lists in any order, with marks
// anywhere.
type merged struct {
	disk    files
	asked   Folder
	settled string // a file on which both sides agree, listed before every mark; or ""
}

func merge(rnd *rand.Rand) merged {
	side := func() files {
		f := files{}
		for _, name := range []string{"a", "b", "d/c", "d/e"} {
			if rnd.IntN(4) > 0 {
				f[name] = fmt.Sprintf("%d\n", rnd.IntN(3))
			}
		}
		return f
	}
	ours, theirs := side(), side()
	m := merged{disk: files{}, asked: folder("golden/ci", side(), "custom")}
	m.asked.Files["always"] = []byte("there\n")
	var lines []string
	var before string
	names := maps.Clone(ours)
	maps.Copy(names, theirs)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		a, one := ours[name]
		b, other := theirs[name]
		var can []string
		if one {
			can = append(can, a)
			lines = append(lines, hash([]byte(a))+"  "+name, comment+name)
		}
		if other {
			can = append(can, b)
			lines = append(lines, hash([]byte(b))+"  "+name, comment+name)
		}
		if one && other && a != b {
			can = append(can, "git's "+a+b, "<<<<<<< HEAD\n"+a+"=======\n"+b+">>>>>>> theirs\n")
		}
		if one != other {
			can = append(can, "<<<<<<< HEAD\n"+a+"=======\n"+b+">>>>>>> theirs\n")
		}
		if one && a == b && m.settled == "" {
			m.settled, before = name, hash([]byte(a))+"  "+name+"\n"
			lines = lines[:len(lines)-4]
		}
		m.disk["golden/ci/"+name] = can[rnd.IntN(len(can))]
	}
	rnd.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
	for range rnd.IntN(7) {
		sign := "<|=>"[rnd.IntN(4)]
		lines = slices.Insert(lines, rnd.IntN(len(lines)+1), strings.Repeat(string(sign), markLength+2*rnd.IntN(2))+" x")
	}
	text := before + strings.Join(lines, "\n") + "\n"
	if len(lines) == 0 {
		text = before
	}
	m.disk["golden/ci/.whiskops"] = text
	m.disk["golden/ci/custom/mine"] = "<<<<<<< HEAD\nmine\n=======\nyours\n>>>>>>> theirs\n"
	return m
}

// One write ends whatever git leaves in what is generated, and only that.
func TestMergesEnd(t *testing.T) {
	for _, seed := range seeds.Of(t, 150, 5000) {
		rnd := rand.New(rand.NewPCG(seed, 0))
		m, root := merge(rnd), newRoot(t)
		put(t, root, m.disk)
		asked := []Folder{m.asked}
		c, err := Write(root, asked, Options{})
		if err != nil || len(c.Findings) > 0 {
			t.Fatalf("seed %d: %v, %v\n%q", seed, text(c.Findings), err, m.disk)
		}
		want := files{"golden/ci/custom/mine": m.disk["golden/ci/custom/mine"], "golden/ci/.whiskops": string(formatManifest(m.asked.Files))}
		for name, content := range m.asked.Files {
			want["golden/ci/"+name] = string(content)
		}
		same(t, fmt.Sprintf("seed %d: tree", seed), want, snapshot(t, root))
		if c, err := Check(root, asked, Options{}); err != nil || !c.Unchanged() {
			t.Errorf("seed %d: check: %v, %v", seed, text(c.Findings), err)
		}
	}
}

// A merge is no excuse for what a person wrote into a file that has no part in
// it, or beside the files.
func TestMergesLoseNoEdit(t *testing.T) {
	edited := 0
	for _, seed := range seeds.Of(t, 150, 5000) {
		rnd := rand.New(rand.NewPCG(seed, 0))
		m, root := merge(rnd), newRoot(t)
		at := "golden/ci/notes"
		if m.settled != "" && rnd.IntN(4) > 0 {
			at = "golden/ci/" + m.settled
			edited++
		}
		m.disk[at] = "by hand\n"
		put(t, root, m.disk)
		start := snapshot(t, root)
		c, err := Write(root, []Folder{m.asked}, Options{})
		if err != nil || !finding.HasErrors(c.Findings) || c.Findings[0].File != at {
			t.Fatalf("seed %d: %v, %v\n%q", seed, text(c.Findings), err, m.disk)
		}
		same(t, fmt.Sprintf("seed %d: tree", seed), start, snapshot(t, root))
	}
	if edited == 0 {
		t.Error("no file was edited")
	}
}
