package render

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/finding"
)

// Who is gone is told by the manifests that are deleted, and by whom nobody writes.
func TestGone(t *testing.T) {
	envs := []environment.Environment{{Name: "here"}}
	for _, tt := range []struct {
		name    string
		deleted []string
		want    []string
	}{
		{"nothing", nil, nil},
		{"both folders", []string{"golden/x/.whiskops", "golden/x/data/a.yaml", "overlays/x/.whiskops"}, []string{"overlays/x"}},
		{"one that was not delivered to golden/", []string{"overlays/x/.whiskops"}, []string{"overlays/x"}},
		{"what is left of it", []string{"golden/x/.whiskops"}, []string{"golden/x"}},
		{"two", []string{"overlays/y/.whiskops", "overlays/x/.whiskops"}, []string{"overlays/x", "overlays/y"}},
		{"files of one that is there", []string{"overlays/here/data/patch.yaml", "golden/here/data/a.yaml"}, nil},
		{"secrets of one that is there", []string{"clusters/here/secrets/.whiskops"}, nil},
		{"one that is generated no more", []string{"golden/here/.whiskops"}, nil},
		{"a release", []string{"base/2.0.0/.whiskops"}, nil},
		{"files without the manifest", []string{"overlays/x/data/patch.yaml"}, nil},
	} {
		var got []string
		for _, f := range Gone(envs, tt.deleted) {
			got = append(got, f.File)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

// What becomes of it is said for who delivers it.
func TestGoneBy(t *testing.T) {
	deleted := []string{
		"overlays/a/.whiskops", "overlays/b/.whiskops", "overlays/c/.whiskops", "overlays/d/.whiskops",
		"clusters/a/flux/.whiskops", "clusters/b/argocd/tree/.whiskops", "clusters/d/flux/sync.yaml",
	}
	var b strings.Builder
	if err := finding.WriteText(&b, Gone(nil, deleted), finding.Options{}); err != nil {
		t.Fatal(err)
	}
	want := `overlays/a: warning WO410: environment "a" is gone, and its folders with it: Flux says "kustomization path not found", prunes nothing, and the installation goes on as it is
in a and d
help: if it should end, golden/a/README.md of the commit before says how it is taken down: workloads go, namespaces stay with their claims and Secrets, and so do PersistentVolumes, unless it was for development; if it got another name, deliver that one first; else write it again

overlays/b: warning WO410: environment "b" is gone, and its folders with it: Argo CD cannot compare its Application any more, prunes nothing, and the installation goes on as it is
in b
help: if it should end, golden/b/README.md of the commit before says how it is taken down: workloads go, namespaces stay with their claims and Secrets, and so do PersistentVolumes, unless it was for development; if it got another name, deliver that one first; else write it again

overlays/c: warning WO410: environment "c" is gone, and its folders with it: nothing of the installation is deleted, unless something of yours prunes what overlays/c had, the namespaces with all data too
in c
help: if it should end, golden/c/README.md of the commit before says how it is taken down, and what that leaves; if it got another name, deliver that one first; else write it again
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("text (-want +got):\n%s", diff)
	}
}

// Of a tree that was, the same is said as when its folders are deleted.
func TestLeft(t *testing.T) {
	was := fstest.MapFS{
		"overlays/c/.whiskops": {}, "clusters/a/flux/.whiskops": {}, "clusters/b/argocd/tree/.whiskops": {},
	}
	deleted := []string{"overlays/c/.whiskops", "overlays/a/.whiskops", "overlays/b/.whiskops", "clusters/a/flux/.whiskops", "clusters/b/argocd/tree/.whiskops"}
	want := Gone(nil, deleted)
	for i := range want {
		want[i].File = ""
	}
	got := []finding.Finding{Left(was, "a"), Left(was, "b"), Left(was, "c")}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A tool that is left takes along what it has applied, and one that stays does not.
func TestToolGone(t *testing.T) {
	made := func(inside string) []environment.Environment {
		envs, found, err := environment.LoadBytes("environments", map[string][]byte{"e.cue": []byte("package environments\n\ne: {\n\tedge: host: \"f.example.com\"\n" + inside + "}\n")})
		if err != nil || finding.HasErrors(found) {
			t.Fatal(err, found)
		}
		return envs
	}
	const argocd, flux = "\tgitops: argocd: git: url: \"https://g.example.com/a.git\"\n", "\tgitops: flux: git: url: \"https://g.example.com/a.git\"\n"
	deleted := []string{"clusters/e/flux/.whiskops", "clusters/e/flux/sync.yaml"}
	var b strings.Builder
	if err := finding.WriteText(&b, Gone(made(argocd), deleted), finding.Options{}); err != nil {
		t.Fatal(err)
	}
	want := `e.cue:5:2: warning WO411: Flux no longer delivers environment "e": who deletes its Kustomizations deletes all that it has applied, and the installation is down until something else has made it anew
in e
help: set prune: false in them, then delete them (` + "`kubectl get kustomizations -A` has them" + `); only then apply what comes in its place
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("text (-want +got):\n%s", diff)
	}
	if found := Gone(made(flux), deleted); len(found) > 0 {
		t.Errorf("Flux stays: %v", found)
	}
	if found := Gone(made(flux), []string{"clusters/e/argocd/.whiskops"}); len(found) != 1 || !strings.Contains(found[0].Help, "finalizers") {
		t.Errorf("Argo CD is left: %v", found)
	}
	if found := Gone(made(""), deleted); len(found) != 1 || found[0].Position.Line == 0 {
		t.Errorf("nothing delivers: %v", found)
	}
}
