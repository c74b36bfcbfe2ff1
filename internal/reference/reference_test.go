package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/parser"
	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/contract"
)

const root = "../.."

// What is committed is what the schema says today.
func TestCommitted(t *testing.T) {
	files, err := generate()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
		if err != nil {
			t.Error(err)
			continue
		}
		if diff := cmp.Diff(string(got), string(want)); diff != "" {
			t.Errorf("%s is not what the schema says: run go generate ./... (-committed +generated):\n%s", name, diff)
		}
	}
}

func TestFieldNames(t *testing.T) {
	con, err := contract.New()
	if err != nil {
		t.Fatal(err)
	}
	names := newSpeller(con)
	for label, want := range map[string]string{
		"apiServer": "APIServer", "cpuPer256Mi": "CPUPer256Mi", "clusterID": "ClusterID", "ms": "MS", "fsType": "FSType",
		"apigateway": "APIGateway", "minInSyncReplicas": "MinInSyncReplicas", "dns": "DNS", "dnsNames": "DNSNames",
	} {
		if got := names.field(label); got != want {
			t.Errorf("field(%q) = %s, want %s", label, got, want)
		}
	}
}

// Every comment of the schema is in the reference, every link leads somewhere,
// and no two places have the same name.
func TestMarkdown(t *testing.T) {
	files, err := generate()
	if err != nil {
		t.Fatal(err)
	}
	page := string(files["docs/schema.md"])
	anchors := map[string]bool{}
	for _, pattern := range []string{`<a id="([^"]*)">`, `(?m)^## (.*)$`} {
		for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(page, -1) {
			anchor := m[1]
			if strings.HasPrefix(m[0], "##") {
				anchor = strings.ToLower(anchor)
			}
			if anchors[anchor] {
				t.Errorf("two places are named %s", anchor)
			}
			anchors[anchor] = true
		}
	}
	links := regexp.MustCompile(`\]\(#([^)]*)\)`).FindAllStringSubmatch(page, -1)
	if len(links) < 100 {
		t.Errorf("%d links: too few to tell", len(links))
	}
	for _, m := range links {
		if !anchors[m[1]] {
			t.Errorf("a link to %s, which is nowhere", m[1])
		}
	}
	for _, doc := range comments(t) {
		if !strings.Contains(strings.Join(strings.Fields(page), " "), escape(doc)) {
			t.Errorf("a comment of the schema that is not in the reference: %s", doc)
		}
	}
}

// comments are those of every field of the schema below a definition, and of
// nothing that is data.
func comments(t *testing.T) []string {
	t.Helper()
	names, err := filepath.Glob(root + "/schema/*.cue")
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, name := range names {
		f, err := parser.ParseFile(name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			if field, ok := d.(*ast.Field); ok {
				if name, _, _ := ast.LabelName(field.Label); name == "#Base" || name == "#ListDefaults" {
					continue
				}
				ast.Walk(field.Value, func(n ast.Node) bool {
					for _, g := range ast.Comments(n) {
						if _, ok := n.(*ast.Field); ok && g.Doc {
							all = append(all, oneLine(g.Text()))
						}
					}
					return true
				}, nil)
			}
		}
	}
	if len(all) < 150 {
		t.Fatalf("%d comments: too few to tell", len(all))
	}
	return all
}
