package jobnames

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/krm/krmtest"
)

// after runs the function with a config's name and spec, and gives the names of all
// objects.
func after(t *testing.T, config, spec, input string) (names []string, output string) {
	t.Helper()
	rl, err := krmtest.Read([]byte("apiVersion: fn.whiskops.github.io/v1alpha1\nkind: NameJobs\nmetadata: {name: "+config+"}\nspec: {"+spec+"}\n"), []byte(input))
	if err != nil {
		t.Fatal(err)
	}
	if err := Process(rl); err != nil {
		t.Fatal(err)
	}
	for _, n := range rl.Items {
		names = append(names, n.GetName())
	}
	return names, krmtest.Print(rl)
}

// A Job of the API group batch has another name, and nothing else: no kind that is
// called so elsewhere, none that the API server names, that a hook runs, or that says no.
func TestWhichJobs(t *testing.T) {
	const plain = "{apiVersion: batch/v1, kind: Job, metadata: {name: a}, spec: {}}"
	renamed, _ := after(t, "jobs", "", plain)
	if !strings.HasPrefix(renamed[0], "a-") {
		t.Fatalf("a Job has the name %s", renamed[0])
	}
	for name, job := range map[string]string{
		"another group":   "{apiVersion: example.com/v1, kind: Job, metadata: {name: a}, spec: {}}",
		"generateName":    "{apiVersion: batch/v1, kind: Job, metadata: {generateName: a-}, spec: {}}",
		"a hook of Argo":  "{apiVersion: batch/v1, kind: Job, metadata: {name: a, annotations: {argocd.argoproj.io/hook: Sync}}, spec: {}}",
		"a hook of Helm":  "{apiVersion: batch/v1, kind: Job, metadata: {name: a, annotations: {helm.sh/hook: pre-install}}, spec: {}}",
		"opted out":       "{apiVersion: batch/v1, kind: Job, metadata: {name: a, annotations: {fn.whiskops.github.io/name-jobs: 'off'}}, spec: {}}",
		"another kind":    "{apiVersion: batch/v1, kind: CronJob, metadata: {name: a}, spec: {}}",
		"no such kind":    "{metadata: {name: a}}",
		"another's label": "{apiVersion: batch/v1, kind: Job, metadata: {name: a, labels: {app: b}}, spec: {}}",
	} {
		want, before := after(t, "jobs", "selector: {name: nobody}", job)
		got, text := after(t, "jobs", "selector: {labelSelector: app!=b}", job)
		if diff := cmp.Diff(want, got); diff != "" || before != text {
			t.Errorf("%s: %s\n%s", name, diff, cmp.Diff(before, text))
		}
	}
}

// Another content is another hash behind the same name, and a config in an overlay takes
// over from one in a base.
func TestHashesDoNotStack(t *testing.T) {
	const job = "{apiVersion: batch/v1, kind: Job, metadata: {name: migrate}, spec: {backoffLimit: 1}}"
	first, once := after(t, "base", "", job)
	changed := strings.Replace(once, "backoffLimit: 1", "backoffLimit: 2", 1)
	second, _ := after(t, "base", "", changed)
	third, _ := after(t, "overlay", "selector: {name: migrate}", changed)
	alone, _ := after(t, "overlay", "selector: {name: migrate}", strings.Replace(job, "1}}", "2}}", 1))
	if len(first[0]) != len(second[0]) || first[0] == second[0] {
		t.Errorf("%s becomes %s", first, second)
	}
	if diff := cmp.Diff(alone, third); diff != "" || third[0] != second[0] {
		t.Errorf("after the base's config %s, alone %s", third, alone)
	}
	if renamed, _ := after(t, "base", "", strings.Replace(once, "name: "+first[0], "name: load", 1)); !strings.HasPrefix(renamed[0], "load-") {
		t.Errorf("a Job that somebody renamed has the name %s", renamed[0])
	}
}

// A generator of a kustomization is given no Jobs, ever.
func TestNotAGenerator(t *testing.T) {
	const config = "{apiVersion: fn.whiskops.github.io/v1alpha1, kind: NameJobs, metadata: {name: a}}"
	rl, err := krmtest.Read([]byte(config), []byte(config))
	if err != nil {
		t.Fatal(err)
	}
	if err := Process(rl); err == nil || !strings.Contains(err.Error(), "under transformers") {
		t.Errorf("error %v", err)
	}
}
