package platforms

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/guide"
	"github.com/whiskops/whiskops/internal/overlay"
	"github.com/whiskops/whiskops/internal/pipeline"
	"github.com/whiskops/whiskops/internal/plan"
	"github.com/whiskops/whiskops/internal/rules"
)

var update = flag.Bool("update", false, "write the pages")

const pages = "../../docs/platforms"

// platforms with what their environments' READMEs say. Each environment is valid
// without a warning, and generates.
func platforms(t *testing.T) []*Platform {
	t.Helper()
	all, err := All()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		envs, findings, err := environment.LoadBytes("environments", map[string][]byte{p.Name + ".cue": []byte(p.Source())})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range findings {
			t.Errorf("%s: %s %s", p.Name, f.Code, f.Message)
		}
		if len(envs) != 1 || envs[0].Name != p.Name {
			t.Fatalf("%s has not one environment of its name", p.Name)
		}
		v, err := derived.New(&envs[0])
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range rules.CheckAll([]*derived.Values{&v}) {
			t.Errorf("%s: %s %s", p.Name, f.Code, f.Message)
		}
		made, err := plan.Of(v)
		if err == nil {
			_, err = pipeline.Run(made)
		}
		if err != nil {
			t.Errorf("%s does not generate: %v", p.Name, err)
		}
		if envs[0].Cluster.Platform != p.Name {
			t.Errorf("%s: the environment's platform is %s", p.Name, envs[0].Cluster.Platform)
		}
		p.Readme = blocks(t, guide.Markdown(v, overlay.NoCustom), guide.Secrets(v))
		p.Readme.Host, p.Readme.Namespace = envs[0].Edge.Host, envs[0].Namespace
	}
	return all
}

var fenced = regexp.MustCompile("(?ms)^```([a-z]*)\n(.*?)^```$")

// blocks are those of a README's parts that the page repeats.
func blocks(t *testing.T, readme, secrets []byte) Blocks {
	t.Helper()
	in := func(text []byte) []string {
		var all []string
		for _, m := range fenced.FindAllSubmatch(text, -1) {
			all = append(all, string(m[2]))
		}
		return all
	}
	_, apply, ok := bytes.Cut(readme, []byte("\n## Apply it\n"))
	apply, _, _ = bytes.Cut(apply, []byte("\n## "))
	applied, made := in(apply), in(secrets)
	if !ok || len(applied) != 3 || len(made) != 1 {
		t.Fatalf("the README has %d blocks of applying and %d of Secrets", len(applied), len(made))
	}
	return Blocks{Secrets: made[0], Apply: applied[0], Wait: applied[2]}
}

// TestPages: what stands in docs/platforms is what is made.
func TestPages(t *testing.T) {
	want := []string{}
	for _, p := range platforms(t) {
		text, err := p.Page()
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(pages, p.Name+".md")
		want = append(want, p.Name+".md")
		if *update {
			if err := os.WriteFile(file, text, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(text), string(got)); diff != "" {
			t.Errorf("%s is not what is made, which `go test ./internal/platforms -update` does (-want +got):\n%s", file, diff)
		}
	}
	there, err := filepath.Glob(filepath.Join(pages, "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range there {
		if !slices.Contains(want, filepath.Base(file)) {
			t.Errorf("%s is of no platform", file)
		}
	}
}

// TestShell: a shell reads each script, and each line of the workflows.
func TestShell(t *testing.T) {
	for _, p := range platforms(t) {
		for _, name := range []string{"cluster.sh", "install.sh", "load.sh", "remove.sh"} {
			text, err := p.Script(name)
			if err != nil {
				t.Fatal(err)
			}
			reads(t, p.Name+"/"+name, text)
			if !strings.Contains(text, "\nset -eu\n") {
				t.Errorf("%s/%s goes on after an error", p.Name, name)
			}
		}
	}
}

func reads(t *testing.T, name, text string) {
	t.Helper()
	for _, shell := range []string{"sh", "bash"} {
		cmd := exec.Command(shell, "-n")
		cmd.Stdin = strings.NewReader(text)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %s -n: %v\n%s\n%s", name, shell, err, out, text)
		}
	}
}

// step of a job of GitHub.
type step struct {
	Name, Uses, Run, If string
	With, Env           map[string]any
}

// TestGitHub: the workflow has what GitHub wants of one, runs the page's scripts in
// their order, and removes the cluster whatever happened.
func TestGitHub(t *testing.T) {
	pinned := regexp.MustCompile(`^[a-z0-9-]+/[a-z0-9-]+@v[0-9]+$`)
	for _, p := range platforms(t) {
		text, err := p.GitHubWorkflow()
		if err != nil {
			t.Fatal(err)
		}
		var workflow struct {
			Name        string
			On          map[string]any
			Permissions map[string]string
			Concurrency map[string]string
			Jobs        map[string]struct {
				RunsOn  string `json:"runs-on"`
				Timeout int    `json:"timeout-minutes"`
				Env     map[string]string
				Steps   []step
			}
		}
		// "on" is true to YAML 1.1.
		if err := yaml.UnmarshalStrict([]byte(strings.Replace(text, "\non:", "\n\"on\":", 1)), &workflow); err != nil {
			t.Fatalf("%s: %v\n%s", p.Name, err, text)
		}
		if workflow.On["push"] == nil || workflow.On["pull_request_target"] != nil || workflow.Permissions["contents"] != "read" {
			t.Errorf("%s: on %v, permissions %v", p.Name, workflow.On, workflow.Permissions)
		}
		job := workflow.Jobs["try"]
		var runs []string
		for _, s := range job.Steps {
			if (s.Uses == "") == (s.Run == "") {
				t.Errorf("%s: step %+v has not either of uses and run", p.Name, s)
			}
			if s.Uses != "" && !pinned.MatchString(s.Uses) {
				t.Errorf("%s: %s names no version", p.Name, s.Uses)
			}
			reads(t, p.Name+": "+s.Name, s.Run)
			if strings.Contains(s.Run, "${{") {
				t.Errorf("%s: %s has an expression in its shell", p.Name, s.Name)
			}
			if name, ok := strings.CutPrefix(s.Run, "sh ci/"+p.Name+"/"); ok {
				runs = append(runs, strings.Fields(name)[0])
			}
		}
		if diff := cmp.Diff([]string{"cluster.sh", "install.sh", "load.sh", "remove.sh"}, runs); diff != "" {
			t.Errorf("%s: scripts (-want +got):\n%s", p.Name, diff)
		}
		if last := job.Steps[len(job.Steps)-1]; last.If != "always()" || job.Timeout == 0 {
			t.Errorf("%s: the last step is %+v, and the job has %d minutes", p.Name, last, job.Timeout)
		}
	}
}

// TestGitLab: the job likewise.
func TestGitLab(t *testing.T) {
	for _, p := range platforms(t) {
		text, err := p.GitLabJob()
		if err != nil {
			t.Fatal(err)
		}
		var jobs map[string]struct {
			Stage, Timeout string
			Tags           []string
			ResourceGroup  string `json:"resource_group"`
			Rules          []map[string]any
			Variables      map[string]string
			Before         []string `json:"before_script"`
			Script         []string
			After          []string `json:"after_script"`
			Artifacts      struct {
				When  string
				Paths []string
			}
		}
		if err := yaml.UnmarshalStrict([]byte(text), &jobs); err != nil {
			t.Fatalf("%s: %v\n%s", p.Name, err, text)
		}
		job, ok := jobs["openwhisk-"+p.Name]
		if !ok || len(job.Tags) == 0 || job.Artifacts.When != "always" {
			t.Errorf("%s: %+v", p.Name, jobs)
		}
		at := "sh ci/" + p.Name + "/"
		want := []string{at + "cluster.sh", at + "install.sh", at + "load.sh \"$CI_COMMIT_SHA\""}
		if diff := cmp.Diff(want, job.Script); diff != "" {
			t.Errorf("%s: script (-want +got):\n%s", p.Name, diff)
		}
		if diff := cmp.Diff([]string{at + "remove.sh"}, job.After); diff != "" {
			t.Errorf("%s: after_script (-want +got):\n%s", p.Name, diff)
		}
		reads(t, p.Name, strings.Join(slices.Concat(job.Before, job.Script, job.After), "\n"))
	}
}

// TestEachPlatform: each kind of cluster that the contract has a word for, and people
// asked for, has a page; a page says which fields it wants as they are.
func TestEachPlatform(t *testing.T) {
	var names []string
	for _, p := range platforms(t) {
		names = append(names, p.Name)
		if len(p.Sources) == 0 || p.NotRun == "" || p.Cost == "" {
			t.Errorf("%s has no sources, or does not say what was not run, or what it costs", p.Name)
		}
		facts := ""
		for _, d := range p.Differs {
			facts += d.What + " "
		}
		for _, want := range []string{"StorageClass", "way in", "DNS Service", "API server", "network policies", "pods of a node", "pull secrets", "IPv6"} {
			if !strings.Contains(facts, want) {
				t.Errorf("%s says nothing of: %s", p.Name, want)
			}
		}
	}
	if diff := cmp.Diff([]string{"kind", "k3s", "eks", "gke", "aks", "openshift"}, names); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestClusterFits: what cluster.sh makes has the labels and the taint that the
// environment's pools want, and as many nodes.
func TestClusterFits(t *testing.T) {
	for _, p := range platforms(t) {
		for _, pool := range []string{"core", "db", "invoker"} {
			if !regexp.MustCompile(`openwhisk-role[=:] ?` + pool).MatchString(p.Cluster) {
				t.Errorf("%s: no node gets the label openwhisk-role=%s", p.Name, pool)
			}
		}
		if !regexp.MustCompile(`openwhisk-role=invoker:NoSchedule|key: openwhisk-role, value: invoker, effect: NoSchedule`).MatchString(p.Cluster) {
			t.Errorf("%s: the nodes of invokers get no taint", p.Name)
		}
	}
}
