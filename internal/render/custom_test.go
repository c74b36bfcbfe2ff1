package render

import (
	"path"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/tree"
)

// Who watches a run can ask which file of a custom folder it is at.
func TestFileAtWork(t *testing.T) {
	env := exampleEnvironments(t)[0]
	at := path.Join(OverlayFolder, env.Name, CustomFolder)
	root := fstest.MapFS{
		at + "/kustomization.yaml": {Data: []byte("kind: Component\nresources: [x.yaml]\n")},
		at + "/x.yaml":             {Data: []byte("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, namespace: openwhisk}\n")},
	}
	for _, tt := range []struct {
		name string
		root fstest.MapFS
		want []string
	}{
		{"with a folder", root, []string{"begin building environment " + env.Name, "", "end", at + "/x.yaml"}},
		{"without", fstest.MapFS{}, []string{"begin building environment " + env.Name, "", "end", ""}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var said []string
			begin := func(what string, file func() string) (end func()) {
				said = append(said, "begin "+what, file())
				return func() { said = append(said, "end", file()) }
			}
			if _, err := Tree([]environment.Environment{env}, tt.root, Options{Begin: begin}); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, said); diff != "" {
				t.Errorf("said (-want +got):\n%s", diff)
			}
		})
	}
}

// What is above the folders of all environments is said once.
func TestMistakesOnce(t *testing.T) {
	link := func() error { return &CustomError{tree.Linked("overlays", "elsewhere")} }
	all := Mistakes(first([]error{link(), nil, link(), &CustomError{tree.Linked("golden", "elsewhere")}}))
	if len(all) != 2 || all[0].File != "overlays" || all[1].File != "golden" {
		t.Errorf("mistakes %v", all)
	}
}
