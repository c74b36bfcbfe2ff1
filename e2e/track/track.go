// Package track knows the faults that were ever found in what is generated: who
// came upon each first, and which tests hold its mend.
package track

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"
)

//go:embed faults.yaml
var faults []byte

// Fault is a kind of fault, which was found once.
type Fault struct {
	Fault      string `json:"fault"`
	Kind       string `json:"kind"`
	Introduced string `json:"introduced"`
	// Found is who came upon it first, one of Finders.
	Found string `json:"found"`
	// With is the test that found it, where one did.
	With Held `json:"with"`
	// Held are the tests that fail without the mend; none where it is open.
	Held []Held `json:"held"`
	// Open says why a fault is not mended.
	Open string `json:"open"`
}

// Finders are those who find faults, the cheapest first.
var Finders = []string{"test", "run", "reader", "user"}

// Held names a test as "FOLDER TestName" or "FOLDER TestName/words of a case", the
// folder from the top of the repository.
type Held string

// parts are empty where the name has not the form.
func (h Held) parts() (folder, test, words string) {
	folder, rest, _ := strings.Cut(string(h), " ")
	test, words, _ = strings.Cut(rest, "/")
	return folder, test, words
}

// Case is the words by which one case of the test is known, or nothing.
func (h Held) Case() string {
	_, _, words := h.parts()
	return words
}

// modules are the folders of the repository that have a go.mod of their own, the
// innermost first.
var modules = []string{"e2e/network", "e2e"}

// Command runs the test, from the top of the repository. A case is not chosen: its
// words need not be all of its name.
func (h Held) Command() string {
	folder, test, _ := h.parts()
	begin := ""
	for _, module := range modules {
		if rest, ok := strings.CutPrefix(folder+"/", module+"/"); ok {
			begin, folder = "cd "+module+" && ", strings.TrimSuffix(rest, "/")
			break
		}
	}
	return fmt.Sprintf("%sgo test ./%s -run '^%s$'", begin, folder, test)
}

// Check tells what of a test's name is not in the repository: the test itself, or
// the words of its case, which stand in the folder's tests or in their data.
func (h Held) Check(repository fs.FS) error {
	folder, test, words := h.parts()
	if !fs.ValidPath(folder) || !strings.HasPrefix(test, "Test") {
		return fmt.Errorf("%q is not \"FOLDER TestName\"", h)
	}
	declared, said := false, words == ""
	err := fs.WalkDir(repository, folder, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		inside := strings.TrimPrefix(name, folder+"/")
		if entry.IsDir() {
			if name != folder && inside != "testdata" && !strings.HasPrefix(inside, "testdata/") {
				return fs.SkipDir
			}
			return nil
		}
		isTest := path.Dir(name) == folder && strings.HasSuffix(name, "_test.go")
		if !isTest && !strings.HasPrefix(inside, "testdata/") {
			return nil
		}
		text, err := fs.ReadFile(repository, name)
		if err != nil {
			return err
		}
		declared = declared || isTest && bytes.Contains(text, []byte("\nfunc "+test+"("))
		said = said || bytes.Contains(text, []byte(words)) || strings.TrimSuffix(path.Base(name), path.Ext(name)) == words
		return nil
	})
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%q: there is no folder %s", h, folder)
	case err != nil:
		return fmt.Errorf("%q: %w", h, err)
	case !declared:
		return fmt.Errorf("%q: %s has no %s", h, folder, test)
	case !said:
		return fmt.Errorf("%q: no test of %s says %q", h, folder, words)
	}
	return nil
}

// Faults are all, in the order of the file.
func Faults() ([]Fault, error) { return parse(faults) }

func parse(text []byte) ([]Fault, error) {
	var all []Fault
	if err := yaml.UnmarshalStrict(text, &all); err != nil {
		return nil, fmt.Errorf("faults.yaml: %w", err)
	}
	seen := map[string]bool{}
	for _, f := range all {
		if err := f.check(); err != nil {
			return nil, fmt.Errorf("faults.yaml: %q: %w", f.Fault, err)
		}
		if seen[f.Fault] {
			return nil, fmt.Errorf("faults.yaml: %q is there twice", f.Fault)
		}
		seen[f.Fault] = true
	}
	return all, nil
}

func (f Fault) check() error {
	switch {
	case f.Fault == "" || f.Kind == "" || f.Introduced == "":
		return errors.New("fault, kind and introduced are needed")
	case !slices.Contains(Finders, f.Found):
		return fmt.Errorf("found is %q, not one of %s", f.Found, strings.Join(Finders, ", "))
	case (f.Found == "test") != (f.With != ""):
		return errors.New(`"with" is the test that found it, for "found: test" and no other`)
	case (f.Open == "") == (len(f.Held) == 0):
		return errors.New(`either "held" has tests, or "open" says why there are none`)
	}
	return nil
}

// FoundBy counts faults by finder.
func FoundBy(all []Fault) map[string]int {
	count := map[string]int{}
	for _, f := range all {
		count[f.Found]++
	}
	return count
}
