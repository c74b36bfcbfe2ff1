package rules

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/lockfile"
	"github.com/whiskops/whiskops/internal/runtimes"
)

var update = flag.Bool("update", false, "rewrite what the cases of testdata expect")

// A case of testdata/<subject>.txtar is a file NAME.cue and the findings about
// it, NAME.txt. What stands in NAME.cue is the inside of an environment "e",
// whose host and nodes are those of roomy unless the case has its own, and which
// has the API gateway unless the case says otherwise, or a whole package of
// environments.
type example struct {
	name, source, want string
	lock               string // NAME.lock, if the repository has locked its images
	manifest           string // NAME.json, the file that runtimes.manifest names
}

const roomy = `
	edge: host: "functions.example.com"
	couchdb: activations: keep: "168h"
	cluster: nodes: {
		core: {count: 6, cpu: "8", memory: "32Gi", zones: 3}
		invoker: {count: 6, cpu: "8", memory: "32Gi", pods: 250, zones: 3}
	}
`

// gatewayAsWritten is a case that says whether there is a gateway.
var gatewayAsWritten = regexp.MustCompile(`apigateway: \{?enabled:`)

var ownHost = regexp.MustCompile(`(?m)^edge: host:|^\thost:`)

func readExamples(t *testing.T, file string) []example {
	t.Helper()
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var all []example
	for _, f := range archive.Files {
		if name, ok := strings.CutSuffix(f.Name, ".cue"); ok {
			all = append(all, example{name: name, source: string(f.Data)})
			continue
		}
		i := slices.IndexFunc(all, func(e example) bool { return e.name+".txt" == f.Name })
		if name, ok := strings.CutSuffix(f.Name, ".lock"); ok && len(all) > 0 && all[len(all)-1].name == name {
			all[len(all)-1].lock = string(f.Data)
			continue
		}
		if name, ok := strings.CutSuffix(f.Name, ".json"); ok && len(all) > 0 && all[len(all)-1].name == name {
			all[len(all)-1].manifest = string(f.Data)
			continue
		}
		if i < 0 {
			t.Fatalf("%s: %s has no .cue before it", file, f.Name)
		}
		all[i].want = string(f.Data)
	}
	return all
}

// pack writes the package that a case stands for.
func (e example) pack() string {
	if strings.HasPrefix(e.source, "package ") {
		return e.source
	}
	var b strings.Builder
	b.WriteString("package environments\n\ne: {\n")
	for line := range strings.Lines(e.source) {
		b.WriteString("\t" + line)
	}
	b.WriteString("}\n")
	if !gatewayAsWritten.MatchString(e.source) {
		b.WriteString("e: apigateway: enabled: true\n")
	}
	rest := strings.SplitAfterN(roomy, "\n", 4)
	if !ownHost.MatchString(e.source) {
		b.WriteString("e: " + strings.TrimSpace(rest[1]) + "\n")
	}
	if !strings.Contains(e.name, "records") {
		b.WriteString("e: " + strings.TrimSpace(rest[2]) + "\n")
	}
	if !strings.Contains(e.source, "cluster: nodes") {
		b.WriteString("e: " + strings.TrimSpace(rest[3]) + "\n")
	}
	return b.String()
}

// run returns the findings as a user reads them.
func (e example) run(t *testing.T) (string, []finding.Finding) {
	t.Helper()
	files := map[string][]byte{"e.cue": []byte(e.pack())}
	envs, found, err := environment.LoadBytes(".", files)
	if err != nil {
		t.Fatal(err)
	}
	if len(found) > 0 {
		t.Fatalf("the schema refuses %s: %v", e.name, found)
	}
	if e.lock != "" {
		lock, wrong := lockfile.Parse(environment.LockFile, []byte(e.lock))
		if len(wrong) > 0 {
			t.Fatal(wrong)
		}
		for i := range envs {
			envs[i].Lock = lock
		}
	}
	if e.manifest != "" {
		name := envs[0].Runtimes.Manifest
		manifest, wrong := runtimes.Parse(name, []byte(e.manifest))
		if len(wrong) > 0 {
			t.Fatal(wrong)
		}
		files[name], envs[0].Manifest = []byte(e.manifest), manifest
	}
	found = CheckAll(valuesOf(t, envs))
	var b bytes.Buffer
	options := finding.Options{Read: func(name string) ([]byte, error) { return files[name], nil }}
	if err := finding.WriteText(&b, found, options); err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		if f.Line == 0 || f.Path == "" {
			t.Errorf("%s: %v has no place", e.name, f)
		}
	}
	return b.String(), found
}

func TestCases(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	codes := map[string]Code{}
	for _, c := range Codes() {
		codes[c.Code] = c
	}
	seen := map[string]bool{}
	for _, file := range files {
		examples := readExamples(t, file)
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			for i := range examples {
				e := &examples[i]
				t.Run(e.name, func(t *testing.T) {
					got, found := e.run(t)
					for _, f := range found {
						seen[fmt.Sprint(f.Code, f.Severity)] = true
						if !slices.Contains(codes[f.Code].Severities, f.Severity) {
							t.Errorf("%s is of severity %s, which Codes does not tell", f.Code, f.Severity)
						}
					}
					if *update {
						e.want = got
					} else if diff := cmp.Diff(e.want, got); diff != "" {
						t.Errorf("findings differ (-want +got):\n%s", diff)
					}
				})
			}
		})
		if *update {
			writeExamples(t, file, examples)
		}
	}
	for _, c := range Codes() {
		for _, s := range c.Severities {
			if !seen[fmt.Sprint(c.Code, s)] {
				t.Errorf("no case for %s as %s", c.Code, s)
			}
		}
	}
}

func writeExamples(t *testing.T, file string, examples []example) {
	t.Helper()
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	archive.Files = nil
	for _, e := range examples {
		archive.Files = append(archive.Files,
			txtar.File{Name: e.name + ".cue", Data: []byte(e.source)})
		if e.lock != "" {
			archive.Files = append(archive.Files, txtar.File{Name: e.name + ".lock", Data: []byte(e.lock)})
		}
		if e.manifest != "" {
			archive.Files = append(archive.Files, txtar.File{Name: e.name + ".json", Data: []byte(e.manifest)})
		}
		archive.Files = append(archive.Files,
			txtar.File{Name: e.name + ".txt", Data: []byte(e.want)})
	}
	if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
		t.Fatal(err)
	}
}
