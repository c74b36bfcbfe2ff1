package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// module has a bound that its test stands at, one that it does not, and of each
// kind of code in which a mutant can be.
const module = `
-- go.mod --
module example.com/m

go 1.26
-- p/p.go --
package p

const wide = 10 + 1

// Long is tested at its bound.
func Long(n int) bool { return n > wide }

// Even is tested far from it.
func Even(n int) bool {
	if n < 100 && named(n) {
		return n%2 == 0
	}
	return false
}

func named(n int) bool { return n != 8 }

// Last has what cannot be worked out for all mutants at once.
func Last(all []int) int { return all[len(all)-1] + 1 }
-- p/p_test.go --
package p

import "testing"

func TestAll(t *testing.T) {
	if Long(11) || !Long(12) || !Even(2) || Even(3) || Even(4000) || Even(8) || !Even(0) || Last([]int{1, 2}) != 3 {
		t.Error("wrong")
	}
}
`

func TestRun(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles tests, some of them for one mutant")
	}
	dir := t.TempDir()
	for _, f := range txtar.Parse([]byte(module)).Files {
		path := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	o := options{packages: []string{"..."}, jobs: 2, runner: runner{timeout: time.Minute}}
	var out strings.Builder
	const equivalent = `p/p.go
- if n < 100 && named(n) {
+ if n <= 100 && named(n) {
= for the sake of the test

p/p.go
- if n < 100 && named(n) {
+ if n < 1 {
= is no mutant
`
	missed, err := o.run(t.Context(), equivalent, &out, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	const want = `equivalent.txt names what is no mutant of p/p.go, or several:
	- if n < 100 && named(n) {
	+ if n < 1 {
p/p.go:10
	- if n < 100 && named(n) {
	+ if n < 99 && named(n) {
p: 21 mutants, 0 do not compile, 1 equivalent, 19 killed, 1 survived: 95.0 % killed
`
	if diff := cmp.Diff(want, out.String()); diff != "" || missed != 2 {
		t.Errorf("%d missed, want 2 (-want +got):\n%s", missed, diff)
	}
}
