package secret

import (
	"encoding/base64"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/kustomize"
	"github.com/whiskops/whiskops/internal/sops/sopstest"
)

var update = flag.Bool("update", false, "rewrite testdata/judge.txt")

const dir = "clusters/e/secrets/"

// change is what somebody did to a folder.
type change struct {
	name string
	do   func(map[string][]byte)
}

func edit(file, old, new string) func(map[string][]byte) {
	return func(files map[string][]byte) {
		if !strings.Contains(string(files[dir+file]), old) {
			panic(file + " has no " + old)
		}
		files[dir+file] = []byte(strings.Replace(string(files[dir+file]), old, new, 1))
	}
}

func without(file string) func(map[string][]byte) {
	return func(files map[string][]byte) { delete(files, dir+file) }
}

// behind a field of a file: what stands behind its name, up to the end of the line.
func behind(file, name, text string) func(map[string][]byte) {
	return func(files map[string][]byte) {
		before, rest, found := strings.Cut(string(files[dir+file]), name+": ")
		_, after, _ := strings.Cut(rest, "\n")
		if !found {
			panic(file + " has no " + name)
		}
		files[dir+file] = []byte(before + name + ": " + text + "\n" + after)
	}
}

const zebra = "hunter2-zebra"

var (
	encoded = base64.StdEncoding.EncodeToString([]byte(zebra))
	sopsBad = []change{
		{"no folder", func(files map[string][]byte) { clear(files) }},
		{"a file is gone", without("couchdb-admin.yaml")},
		{"no kustomization", without(Kustomization)},
		{"not listed", edit(Kustomization, "- couchdb-admin.yaml\n", "")},
		{"plain value", behind("couchdb-admin.yaml", "  password", zebra)},
		{"empty value", behind("couchdb-admin.yaml", "  password", `""`)},
		{"value cut", behind("couchdb-admin.yaml", "  password", "ENC[AES256_GCM,data:AAAA")},
		{"vector of 31 bytes", behind("couchdb-admin.yaml", "  password", sealedText(31, 16))},
		{"tag of 15 bytes", behind("couchdb-admin.yaml", "  password", sealedText(32, 15))},
		{"key gone", edit("couchdb-admin.yaml", "  invoker-password:", "  other:")},
		{"plain Secret", func(files map[string][]byte) {
			files[dir+"couchdb-admin.yaml"] = []byte("apiVersion: v1\nkind: Secret\nmetadata: {name: couchdb-admin, namespace: openwhisk}\ndata: {password: " + encoded + "}\n")
		}},
		{"another plain Secret", func(files map[string][]byte) {
			files[dir+"own.yaml"] = []byte("apiVersion: v1\nkind: Secret\nmetadata: {name: own, namespace: openwhisk}\nstringData: {password: " + zebra + "}\n")
			files[dir+Kustomization] = append(files[dir+Kustomization], "- own.yaml\n"...)
		}},
		{"a copy in an annotation", edit("couchdb-admin.yaml", "metadata:\n", "metadata:\n  annotations: {kubectl.kubernetes.io/last-applied-configuration: "+zebra+"}\n")},
		{"another namespace", behind("couchdb-admin.yaml", "  namespace", "default")},
		{"no sum", edit("couchdb-admin.yaml", "mac:", "mc:")},
		{"one recipient less", edit("couchdb-admin.yaml", "- recipient: "+bob, "- recipient: "+alice)},
		{"one recipient more", edit("couchdb-admin.yaml", "    mac:", "    - recipient: age1other\n      enc: x\n    mac:")},
		{"a key of a cloud", edit("couchdb-admin.yaml", "    mac:", "    kms:\n    - arn: arn:aws:kms:eu-1:1:key/a\n      enc: x\n    mac:")},
		{"no YAML", func(files map[string][]byte) { files[dir+"couchdb-admin.yaml"] = []byte("a: " + zebra + "\nb: [\n") }},
		{"something else", func(files map[string][]byte) {
			files[dir+"own.yaml"] = []byte("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: own, namespace: openwhisk}\n")
			files[dir+Kustomization] = append(files[dir+Kustomization], "- own.yaml\n"...)
		}},
		{"from the network", func(files map[string][]byte) {
			files[dir+Kustomization] = append(files[dir+Kustomization], "- https://example.com/a.yaml\n"...)
		}},
		{"too large", func(files map[string][]byte) {
			files[dir+"couchdb-admin.yaml"] = []byte(strings.Repeat("# large\n", kustomize.MaxFile/8+1))
		}},
	}
	sealedBad = []change{
		{"plain value", behind("couchdb-admin.yaml", "  password", encoded)},
		{"plain text", behind("couchdb-admin.yaml", "  password", zebra)},
		{"cut", func(files map[string][]byte) {
			before, after, _ := strings.Cut(string(files[dir+"couchdb-admin.yaml"]), "    password: ")
			value, rest, _ := strings.Cut(after, "\n")
			files[dir+"couchdb-admin.yaml"] = []byte(before + "    password: " + value[:340] + "\n" + rest)
		}},
		{"value in the template", edit("couchdb-admin.yaml", "  template:\n", "  template:\n    data: {extra: "+zebra+"}\n")},
		{"renamed", behind("couchdb-admin.yaml", "      name", "other")},
		{"plain Secret", func(files map[string][]byte) {
			files[dir+"couchdb-admin.yaml"] = []byte("apiVersion: v1\nkind: Secret\nmetadata: {name: couchdb-admin, namespace: openwhisk}\nstringData:\n  password: " + zebra + "\n")
		}},
		{"of an old version", edit("couchdb-admin.yaml", "bitnami.com/v1alpha1", "bitnami.com/v1")},
	}
)

// sealedText has the form of sops' values.
func sealedText(iv, tag int) string {
	b := func(n int) string { return base64.StdEncoding.EncodeToString(make([]byte, n)) }
	return fmt.Sprintf("ENC[AES256_GCM,data:%s,iv:%s,tag:%s,type:str]", b(20), b(iv), b(tag))
}

// TestJudge holds what is said of each change against testdata/judge.txt. No
// value is shown, and nobody panics.
func TestJudge(t *testing.T) {
	sopstest.Install(t)
	text, _ := certificate(t, time.Hour)
	root := fstest.MapFS{"e.pem": {Data: text}}
	var b strings.Builder
	for _, tt := range []struct {
		v       *derived.Values
		changes []change
	}{{withSOPS(t), sopsBad}, {of(t, `sealed: certificate: "e.pem"`), sealedBad}} {
		files, _ := made(t, root, tt.v)
		for _, c := range tt.changes {
			changed := maps.Clone(files)
			c.do(changed)
			folder, err := Read(mapped(changed), tt.v)
			if err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
			fmt.Fprintf(&b, "-- %s --\n", c.name)
			read := func(name string) ([]byte, error) { return changed[name], nil }
			if err := finding.WriteText(&b, append(folder.Findings, folder.Missing...), finding.Options{Read: read}); err != nil {
				t.Fatal(err)
			}
		}
	}
	const golden = "testdata/judge.txt"
	if *update {
		if err := os.MkdirAll(filepath.Dir(golden), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", golden, diff)
	}
	if strings.Contains(b.String(), "zebra") || strings.Contains(b.String(), encoded) {
		t.Error("a value is shown")
	}
}

// FuzzRead: no file of the folder ends the program, or is taken for encrypted
// when a value stands in it.
func FuzzRead(f *testing.F) {
	f.Add([]byte("apiVersion: v1\nkind: Secret\nmetadata: {name: couchdb-admin, namespace: openwhisk}\nstringData: {password: ENC[a]}\nsops: {mac: x, age: [1, {recipient: 2}]}\n"), true)
	f.Add([]byte("apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: couchdb-admin}\nspec: {encryptedData: {password: AAAA}, template: {data: 1}}\n"), false)
	sealed, encrypted := of(f, `sealed: certificate: "e.pem"`), withSOPS(f)
	f.Fuzz(func(t *testing.T, text []byte, sops bool) {
		v := sealed
		if sops {
			v = encrypted
		}
		list, kustomization := Listing(v, map[string][]byte{"a.yaml": nil})
		folder, err := Read(mapped(map[string][]byte{dir + "a.yaml": text, list: kustomization}), v)
		if err != nil || len(folder.Findings) > 0 {
			return
		}
		for _, o := range folder.Objects {
			for k, value := range values(o) {
				if text, _ := value.(string); !isEncrypted(text) && !isSealed(text) {
					t.Errorf("%s is taken for encrypted", k)
				}
			}
		}
	})
}

// TestRules: what whiskops writes for sops is what it looks for.
func TestRules(t *testing.T) {
	v := withSOPS(t)
	text := Rules([]environment.Environment{*v.Env})
	if lacks := Lacks(text, v.Env); lacks != "" {
		t.Errorf("%s lacks %s", text, lacks)
	}
	for name, have := range map[string]string{
		"nothing": "", "no YAML": "a: [", "another": "creation_rules:\n- path_regex: other\n", "all first": "creation_rules:\n- age: " + alice + "\n" + string(text),
		"other recipients": strings.Replace(string(text), ","+bob, "", 1), "no regular expression": "creation_rules:\n- path_regex: (\n",
	} {
		if Lacks([]byte(have), v.Env) == "" {
			t.Errorf("%s: nothing is missing", name)
		}
	}
	swapped := strings.Replace(string(text), alice+","+bob, bob+", "+alice, 1)
	if lacks := Lacks([]byte(swapped), v.Env); lacks != "" {
		t.Errorf("the order of recipients matters: %s", lacks)
	}
}

// TestWrite: all or nothing, and nothing through a link.
func TestWrite(t *testing.T) {
	root, outside := t.TempDir(), t.TempDir()
	files := map[string][]byte{"clusters/e/secrets/a.yaml": []byte("a"), "clusters/e/secrets/b.yaml": []byte("b"), ".sops.yaml": []byte("c")}
	if err := Write(root, files); err != nil {
		t.Fatal(err)
	}
	if got := names(t, root); !slices.Equal(got, []string{".sops.yaml", "clusters/e/secrets/a.yaml", "clusters/e/secrets/b.yaml"}) {
		t.Error(got)
	}
	if err := os.Symlink(outside, filepath.Join(root, "clusters/link")); err != nil {
		t.Fatal(err)
	}
	if err := Write(root, map[string][]byte{"clusters/e/secrets/a.yaml": []byte("new"), "clusters/link/a.yaml": []byte("x")}); err == nil {
		t.Error("written through a link")
	}
	if got, _ := os.ReadFile(filepath.Join(root, "clusters/e/secrets/a.yaml")); string(got) != "a" || len(names(t, outside)) > 0 || len(names(t, root)) != 3 {
		t.Errorf("a part was written: %q, %v %v", got, names(t, root), names(t, outside))
	}
}

func names(t *testing.T, root string) []string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(root, func(name string, e os.DirEntry, err error) error {
		if err == nil && e.Type().IsRegular() {
			rel, _ := filepath.Rel(root, name)
			all = append(all, rel)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
