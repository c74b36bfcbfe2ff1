package render

import (
	"bytes"
	"fmt"
	"maps"
	"path"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/kustomize"
	"github.com/whiskops/whiskops/internal/overlay"
	"github.com/whiskops/whiskops/internal/pipeline"
	"github.com/whiskops/whiskops/internal/tree"
)

// portal is a custom folder with an application of the user's own, and the functions that
// keep says, by their commands.
func portal(t *testing.T, at string, keep func(command string) bool) fstest.MapFS {
	t.Helper()
	a, err := txtar.ParseFile("testdata/functions.txtar")
	if err != nil {
		t.Fatal(err)
	}
	root := fstest.MapFS{}
	for _, f := range a.Files {
		command, is := strings.CutPrefix(strings.TrimSuffix(f.Name, ".yaml"), "functions/")
		if !is || keep(command) {
			root[path.Join(at, f.Name)] = &fstest.MapFile{Data: f.Data}
		}
	}
	return root
}

// ciEnvironment is the smallest example.
func ciEnvironment(t *testing.T) environment.Environment {
	t.Helper()
	for _, e := range exampleEnvironments(t) {
		if e.Name == "ci" {
			e.GitOps.Flux, e.GitOps.ArgoCD = nil, nil // it is applied by hand
			return e
		}
	}
	t.Fatal("there is no example ci")
	return environment.Environment{}
}

// filesOf are the files of an environment's overlay and golden folders.
func filesOf(t *testing.T, env environment.Environment, root fstest.MapFS) map[string]string {
	t.Helper()
	folders, err := Tree([]environment.Environment{env}, root, Options{Whole: true})
	if err != nil {
		t.Fatalf("%v: %v", err, Mistakes(err))
	}
	return namedFiles(folders)
}

func namedFiles(folders []tree.Folder) map[string]string {
	files := map[string]string{}
	for _, f := range folders {
		for name, content := range f.Files {
			files[path.Join(f.Path, name)] = string(content)
		}
	}
	return files
}

// TestFunctionsInCustom: all functions work there. What is published is plain: kustomize
// builds golden of it without a function or a record, and the same twice.
func TestFunctionsInCustom(t *testing.T) {
	env := ciEnvironment(t)
	at := path.Join(OverlayFolder, env.Name, CustomFolder)
	none := filesOf(t, env, portal(t, at, func(string) bool { return false }))
	effects := map[string]struct {
		file string
		text string // that is new in golden; "" is none
	}{
		"add-budget":              {"poddisruptionbudget-portal.yaml", "maxUnavailable: 1"},
		"add-certificate":         {"certificate-portal-tls.yaml", "portal.example.com"},
		"add-volume":              {"deployment-portal.yaml", "mountPath: /scratch"},
		"add-wait":                {"deployment-portal.yaml", "name: wait-for-nginx"},
		"declare-kafka-topics":    {"configmap-portal-topics.yaml", "orders 12 3 retention.ms=604800000"},
		"generate-network-policy": {"networkpolicy-portal.yaml", "app: portal"},
		"harden-pods":             {"deployment-portal.yaml", "readOnlyRootFilesystem: true"},
		"set-placement":           {"statefulset-kafka.yaml", "key: edge"},
		"name-jobs":               {"job-load-a9c4aa72.yaml", "name: load-a9c4aa72"},
		"verify-references":       {},
	}
	root := portal(t, at, func(string) bool { return true })
	files := filesOf(t, env, root)
	if diff := cmp.Diff(files, filesOf(t, env, root)); diff != "" {
		t.Errorf("twice is not once:\n%s", diff)
	}
	for _, d := range pipeline.Everybody() {
		effect, ok := effects[d.Command]
		if !ok {
			t.Errorf("no case for %s", d.Command)
		}
		golden := path.Join(GoldenFolder, env.Name, effect.file)
		if effect.text != "" && (!strings.Contains(files[golden], effect.text) || strings.Contains(none[golden], effect.text)) {
			t.Errorf("%s: %s has no %q, or had it before", d.Command, golden, effect.text)
		}
	}
	plainly := map[string][]byte{}
	for name, text := range files {
		if strings.Contains(text, "fn.whiskops.github.io") {
			t.Errorf("%s has what is for functions", name)
		}
		plainly[name] = []byte(text)
	}
	built, err := kustomize.Build(kustomize.NewTree(plainly).Over(root, nil), path.Join(OverlayFolder, env.Name))
	if err != nil {
		t.Fatal(err)
	}
	golden := map[string]string{}
	for name, text := range files {
		if file, ok := strings.CutPrefix(name, path.Join(GoldenFolder, env.Name)+"/"); ok && strings.HasSuffix(name, ".yaml") {
			golden[file] = text
		}
	}
	got := map[string]string{}
	for name, text := range overlay.Golden(built) {
		got[name] = string(text)
	}
	if diff := cmp.Diff(golden, got); diff != "" {
		t.Errorf("golden is not what kustomize builds (-golden +built):\n%s", diff)
	}
	if text := files[path.Join(GoldenFolder, env.Name, "README.md")]; !strings.Contains(text, "the functions of `overlays/ci/custom/functions/` may change objects of any tier") {
		t.Error("the README says that tiers may be applied one by one")
	}
}

// A function that changes nothing publishes nothing.
func TestFunctionThatChangesNothing(t *testing.T) {
	env := ciEnvironment(t)
	at := path.Join(OverlayFolder, env.Name, CustomFolder)
	none := filesOf(t, env, portal(t, at, func(string) bool { return false }))
	files := filesOf(t, env, portal(t, at, func(command string) bool { return command == "verify-references" }))
	if diff := cmp.Diff(none, files, withoutREADME); diff != "" {
		t.Errorf("(-without +with):\n%s", diff)
	}
}

var withoutREADME = cmp.FilterPath(func(p cmp.Path) bool {
	i, ok := p.Last().(cmp.MapIndex)
	return ok && strings.HasSuffix(i.Key().String(), "README.md")
}, cmp.Ignore())

// A folder without a function is as none: nothing is different for it.
func TestNoFunctions(t *testing.T) {
	env := ciEnvironment(t)
	at := path.Join(OverlayFolder, env.Name, CustomFolder)
	without := filesOf(t, env, fstest.MapFS{})
	for name, root := range map[string]fstest.MapFS{
		"notes":    {at + "/functions/README.md": {Data: []byte("later\n")}},
		"comments": {at + "/functions/later.yaml": {Data: []byte("# kind: SetPlacement\n---\n")}},
	} {
		if diff := cmp.Diff(without, filesOf(t, env, root)); diff != "" {
			t.Errorf("%s: (-without +with):\n%s", name, diff)
		}
	}
}

// functionIn is a custom folder with one function in a file.
func functionIn(at, kind, spec string) fstest.MapFS {
	return fstest.MapFS{at + "/functions/own.yaml": {Data: fmt.Appendf(nil, "apiVersion: fn.whiskops.github.io/v1alpha1\nkind: %s\nmetadata: {name: own}\nspec: %s\n", kind, spec)}}
}

// A generated Job that a function changes has another name, which only the overlay gives
// it, and is proven with it.
func TestFunctionsChangeAJob(t *testing.T) {
	env := ciEnvironment(t)
	at := path.Join(OverlayFolder, env.Name, CustomFolder)
	const job = "golden/ci/job-smoke-test.yaml"
	before := filesOf(t, env, fstest.MapFS{})[job]
	after := filesOf(t, env, functionIn(at, "SetPlacement", "{selector: {kind: Job}, tolerations: [{key: edge, operator: Exists}]}"))
	name := func(text string) string {
		_, rest, _ := strings.Cut(text, "  name: smoke-test-")
		name, _, _ := strings.Cut(rest, "\n")
		return name
	}
	if !strings.Contains(after[job], "key: edge") || name(after[job]) == "" || name(after[job]) == name(before) {
		t.Errorf("the Job is %q, and was %q:\n%s", name(after[job]), name(before), after[job])
	}
	// Its own names are found again in what is plain: no Job is another one for that.
	if named := filesOf(t, env, functionIn(at, "NameJobs", "{}"))[job]; named != before {
		t.Errorf("a Job that is named after its content has another name:\n%s", cmp.Diff(before, named))
	}
}

// What functions elsewhere noted about an object is not about these, and stays.
func TestRecordsOfOthersStay(t *testing.T) {
	env := ciEnvironment(t)
	at := path.Join(OverlayFolder, env.Name, CustomFolder)
	root := functionIn(at, "AddBudget", "{selector: {kind: Deployment, name: portal}, maxUnavailable: 1}")
	maps.Copy(root, portal(t, at, func(string) bool { return false }))
	const record = `fn.whiskops.github.io/applied: '{"AddBudget/own":{"made":"Deployment.apps/openwhisk/portal"}}'`
	root[at+"/portal.yaml"].Data = bytes.Replace(root[at+"/portal.yaml"].Data, []byte("namespace: openwhisk}"), []byte("namespace: openwhisk, annotations: {"+record+"}}"), 1)
	files := filesOf(t, env, root)
	if got := files["golden/ci/deployment-portal.yaml"]; !strings.Contains(got, "AddBudget/own") {
		t.Errorf("the record is gone, or the object:\n%s", got)
	}
	for name, text := range files {
		if strings.Contains(name, "ci/functions/") && strings.Contains(text, "applied") || strings.HasSuffix(name, "poddisruptionbudget-portal.yaml") && strings.Contains(text, "applied") {
			t.Errorf("%s has a record:\n%s", name, text)
		}
	}
	if files["golden/ci/poddisruptionbudget-portal.yaml"] == "" {
		t.Error("the budget is not made")
	}
}

// What a folder of functions may have is bounded: the most is fine, one more is not.
func TestBoundsOfFunctions(t *testing.T) {
	env := ciEnvironment(t)
	at := path.Join(OverlayFolder, env.Name, CustomFolder)
	text := func(n int) *fstest.MapFile {
		return &fstest.MapFile{Data: fmt.Appendf(nil, "apiVersion: fn.whiskops.github.io/v1alpha1\nkind: SetPlacement\nmetadata: {name: f%d}\nspec: {selector: {name: nginx}, spread: hard}\n", n)}
	}
	functions := func(n int) fstest.MapFS {
		root := fstest.MapFS{}
		for i := range n {
			root[fmt.Sprintf("%s/functions/%03d.yaml", at, i)] = text(i)
		}
		return root
	}
	long := func(size int) fstest.MapFS {
		f := text(0)
		f.Data = append(f.Data, bytes.Repeat([]byte("#"), size-len(f.Data))...)
		return fstest.MapFS{at + "/functions/a.yaml": f}
	}
	for _, tt := range []struct {
		name string
		root fstest.MapFS
		want string
	}{
		{"the most functions", functions(100), ""},
		{"one more", functions(101), "overlays/ci/custom/functions: WO330: the folder has more than 100 functions"},
		{"the most bytes", long(1 << 20), ""},
		{"one byte more", long(1<<20 + 1), "overlays/ci/custom/functions: WO330: the files have more than 1024 KiB together"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Tree([]environment.Environment{env}, tt.root, Options{})
			got := ""
			for _, f := range Mistakes(err) {
				got += fmt.Sprintf("%s: %s: %s", f.File, f.Code, f.Message)
			}
			if err != nil && got == "" {
				t.Fatal(err)
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// Who watches a run can ask which function it is at.
func TestFunctionAtWork(t *testing.T) {
	a := &atWork{}
	a.run("f.yaml")
	if got := a.file(); got != "f.yaml" {
		t.Errorf("at %q", got)
	}
	a.begin(kustomize.NewTree())
	if got := a.file(); got != "" {
		t.Errorf("at %q after the functions", got)
	}
}
