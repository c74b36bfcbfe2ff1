package judge_test

import (
	"bytes"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/whiskops/whiskops/internal/change"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/judge"
	"github.com/whiskops/whiskops/internal/kustomize/kustomizetest"
	"github.com/whiskops/whiskops/internal/render"
	"github.com/whiskops/whiskops/internal/tree"
)

var update = flag.Bool("update", false, "rewrite what the cases of testdata expect")

// A case of testdata/<subject>.txtar is NAME.before and NAME.after, each the inside
// of an environment "e", and NAME.txt: the effects of the change, a line each but for
// settings, then the findings as a user reads them. common stands in both, but for fields
// that the case has.
const common = `
	edge: host: "functions.example.com"
	couchdb: activations: keep: *"168h" | _
	cluster: nodes: {
		core: {count: 6, cpu: "8", memory: "32Gi", zones: 3}
		invoker: {count: 6, cpu: "8", memory: "32Gi", pods: 250, zones: 3}
	}
`

func source(inside string) []byte {
	var b strings.Builder
	b.WriteString("package environments\n\ne: {\n")
	for line := range strings.Lines(inside) {
		b.WriteString("\t" + line)
	}
	b.WriteString("}\ne: {" + strings.ReplaceAll(common, `*"168h" | _`, `"168h"`) + "}\n")
	text := b.String()
	if strings.Contains(inside, "keep:") || strings.Contains(inside, "couchdb: external") {
		text = strings.Replace(text, "\tcouchdb: activations: keep: \"168h\"\n", "", 1)
	}
	return []byte(text)
}

// built is what the engine built in other cases: most of an environment is the same.
var built kustomizetest.Memory

// made are the golden files of a case's side, as a tree on the disk, and its environment.
func made(t *testing.T, text []byte, disk fs.ReadLinkFS) (fstest.MapFS, []tree.Folder, []environment.Environment) {
	t.Helper()
	envs, found, err := environment.LoadBytes("environments", map[string][]byte{"e.cue": text})
	if err != nil {
		t.Fatal(err)
	}
	if finding.HasErrors(found) {
		t.Fatalf("the schema refuses a case: %v\n%s", found, text)
	}
	folders, err := render.Tree(envs, disk, render.Options{Memory: &built})
	if err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{}
	for _, f := range folders {
		var list strings.Builder
		for name, content := range f.Files {
			files[f.Path+"/"+name] = &fstest.MapFile{Data: content}
			fmt.Fprintf(&list, "%064d  %s\n", 0, name)
		}
		files[f.Path+"/"+tree.ManifestName] = &fstest.MapFile{Data: []byte(list.String())}
	}
	return files, folders, envs
}

func judged(t *testing.T, before, after []byte, accept ...judge.Accept) judge.Judged {
	t.Helper()
	disk, _, _ := made(t, before, fstest.MapFS{})
	_, folders, envs := made(t, after, fstest.MapFS{})
	golden := judge.Golden{Root: disk, Folder: render.GoldenFolder}
	all, err := judge.Tree(envs, folders, judge.Sides{Before: &golden, Now: judge.Golden{Root: fstest.MapFS{}, Folder: render.GoldenFolder}, Accept: accept})
	if err != nil {
		t.Fatal(err)
	}
	return all["e"]
}

func TestCases(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i+1 < len(archive.Files); i++ {
			name, ok := strings.CutSuffix(archive.Files[i].Name, ".before")
			if !ok {
				continue
			}
			t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar")+"/"+name, func(t *testing.T) {
				if !*update {
					t.Parallel()
				}
				got := shownCase(t, source(string(archive.Files[i].Data)), source(string(archive.Files[i+1].Data)))
				if *update {
					put(archive, i+2, name+".txt", got)
					return
				}
				if diff := cmp.Diff(string(archive.Files[i+2].Data), got); diff != "" {
					t.Errorf("(-want +got)\n%s", diff)
				}
			})
		}
		if *update {
			if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// put a file into an archive at a place.
func put(a *txtar.Archive, at int, name, text string) {
	if at >= len(a.Files) || a.Files[at].Name != name {
		a.Files = append(a.Files[:at], append([]txtar.File{{Name: name}}, a.Files[at:]...)...)
	}
	a.Files[at].Data = []byte(text)
}

func shownCase(t *testing.T, before, after []byte) string {
	t.Helper()
	j := judged(t, before, after)
	var b bytes.Buffer
	for _, e := range j.Effects {
		if e.Class != change.Setting {
			fmt.Fprintf(&b, "%s: %s %s: %s\n", e.Class, e.Object, e.Field, e.Message)
		}
	}
	b.WriteString("\n")
	options := finding.Options{Read: func(string) ([]byte, error) { return after, nil }}
	if err := finding.WriteText(&b, finding.Sort(j.Findings), options); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// A golden file that git left in two versions is in neither: what the rest does is
// judged, and this is said.
func TestUnreadable(t *testing.T) {
	before := source(`kafka: clusterID: "AAAAAAAAAAAAAAAAAAAAAA"`)
	after := source(`kafka: clusterID: "BBBBBBBBBBBBBBBBBBBBBB"`)
	disk, _, _ := made(t, before, fstest.MapFS{})
	disk["golden/e/statefulset-kafka.yaml"] = &fstest.MapFile{Data: []byte("<<<<<<< HEAD\nkind: StatefulSet\n=======\nkind: StatefulSet\n>>>>>>> other\n")}
	_, folders, envs := made(t, after, fstest.MapFS{})
	all, err := judge.Tree(envs, folders, judge.Sides{Now: judge.Golden{Root: disk, Folder: render.GoldenFolder}})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := finding.WriteText(&b, finding.Sort(all["e"].Findings), finding.Options{Read: func(string) ([]byte, error) { return after, nil }}); err != nil {
		t.Fatal(err)
	}
	const want = `golden/e/statefulset-kafka.yaml: warning WO406: it is not there, or no YAML of one object: what its change does was not judged
in e
help: git checkout the file to have it judged
`
	if !strings.Contains(b.String(), want) || !strings.Contains(b.String(), "error WO402: ConfigMap openwhisk/kafka-env") {
		t.Errorf("%s\nwanted too:\n%s", &b, want)
	}
}
