package preflight

import (
	"bytes"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/explain"
)

// values are those of the examples, of the environments that take all branches of
// the README, and of what is here.
func values(t testing.TB) map[string]*derived.Values {
	t.Helper()
	all := map[string]*derived.Values{}
	for _, dir := range []string{"../../examples/environments", "../guide/testdata", "testdata"} {
		names, err := filepath.Glob(filepath.Join(dir, "*.cue"))
		if err != nil || len(names) == 0 {
			t.Fatalf("no environments in %s: %v", dir, err)
		}
		files := map[string][]byte{}
		for _, name := range names {
			if files[name], err = os.ReadFile(name); err != nil {
				t.Fatal(err)
			}
		}
		envs, findings, err := environment.LoadBytes("environments", files)
		if err != nil || len(findings) > 0 {
			t.Fatalf("%s: %v %v", dir, err, findings)
		}
		for i := range envs {
			v, err := derived.New(&envs[i])
			if err != nil {
				t.Fatal(err)
			}
			all[envs[i].Name] = &v
		}
	}
	return all
}

func facts(t testing.TB, v *derived.Values) []Fact {
	t.Helper()
	all, err := Of(v)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// A fact has a name of its own, says what and why, and names a field that is there.
func TestFacts(t *testing.T) {
	for name, v := range values(t) {
		seen := map[string]bool{}
		for _, f := range facts(t, v) {
			if seen[f.ID] {
				t.Errorf("%s: there are two %s", name, f.ID)
			}
			seen[f.ID] = true
			for what, text := range map[string]string{"must": f.Must, "breaks": f.Breaks} {
				if text == "" || strings.HasSuffix(text, ".") || strings.ContainsAny(text, "`\n") || strings.Contains(text, "  ") {
					t.Errorf("%s: %s: what it says of %s is no clause: %q", name, f.ID, what, text)
				}
			}
			if f.Field == "" {
				continue
			}
			if _, _, err := explain.Find(f.Field); err != nil {
				t.Errorf("%s: %s: %v", name, f.ID, err)
			}
		}
	}
}

// What is named beside the fields is asked for, and so are nodes that are wanted by
// more than their pool.
func TestAddedIsAskedFor(t *testing.T) {
	all := values(t)
	got := map[string]string{}
	for _, name := range []string{"added", "plain"} {
		for _, f := range facts(t, all[name]) {
			got[name+" "+f.ID] = f.Command()
		}
	}
	for id, want := range map[string]string{
		"added named/secret-extra":                  "kubectl get Secret extra -n openwhisk -o name",
		"added named/configmap-ca":                  "kubectl get ConfigMap ca -n openwhisk -o name",
		"added named/csidriver-secrets.example.com": "kubectl get CSIDriver secrets.example.com -o name",
		"added named/priorityclass-high":            "kubectl get PriorityClass high -o name",
		"added named/runtimeclass-gvisor":           "kubectl get RuntimeClass gvisor -o name",
		"added proxy":                               "",
		"plain named/priorityclass-low":             "kubectl get PriorityClass low -o name",
		"plain chosen/controller":                   "kubectl get nodes -l openwhisk-role=core,disk=ssd -o name",
		"plain chosen/actions":                      "kubectl get nodes -l openwhisk-role=invoker,node.kubernetes.io/instance-type=c6 -o name",
	} {
		if command, asked := got[id]; !asked || command != want {
			t.Errorf("%s is asked for by %q (%v), not by %q", id, command, asked, want)
		}
	}
	// What is said of the pool is asked for with it.
	if command, asked := got["added chosen/controller"]; asked {
		t.Errorf("nodes that are described are asked for by %q too", command)
	}
}

// Before the first apply the installation's own namespace is not there: whoever
// reads metrics in it is not asked for.
func TestOwnReaderIsNotAskedFor(t *testing.T) {
	v := *values(t)["added"]
	for namespace, want := range map[string]bool{"monitoring": true, v.Env.Namespace: false} {
		env := *v.Env
		env.Metrics = &environment.Metrics{Namespace: namespace, Monitors: "none"}
		v.Env = &env
		asked := slices.ContainsFunc(facts(t, &v), func(f Fact) bool { return f.ID == "scraper" })
		if asked != want {
			t.Errorf("the namespace %s of who reads is asked for: %v", namespace, asked)
		}
	}
}

// An assumption that no environment here makes was never tried.
func TestEveryAssumption(t *testing.T) {
	made := map[string]bool{}
	for _, v := range values(t) {
		for _, f := range facts(t, v) {
			id, _, _ := strings.Cut(f.ID, "/")
			made[id] = true
		}
	}
	cat, err := catalog.Load("2.0.0")
	if err != nil {
		t.Fatal(err)
	}
	var never []string
	for _, a := range cat.Assumptions.Value() {
		if !made[a.ID] {
			never = append(never, a.ID)
		}
	}
	if len(never) > 0 {
		t.Errorf("no environment makes %v", never)
	}
	// Fewer than so many is what a user meets in silence.
	const asked = 60
	if len(cat.Assumptions.Value()) < asked {
		t.Errorf("%d assumptions are asked for, and there were %d", len(cat.Assumptions.Value()), asked)
	}
}

// The script is one that sh takes, whatever is in an environment.
func TestScriptIsShell(t *testing.T) {
	for name, v := range values(t) {
		script, err := Script(v)
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command("sh", "-n")
		cmd.Stdin = bytes.NewReader(script)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}

// Whatever is printed is made of the list, and no secret is.
func TestScriptHasNoSecret(t *testing.T) {
	for name, v := range values(t) {
		script, err := Script(v)
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{"development-only", "developmentonly", "00000000-0000-4000-8000", "s3cret"} {
			if bytes.Contains(script, []byte(secret)) {
				t.Errorf("%s: the script has a secret's value (%s)", name, secret)
			}
		}
	}
}

// Only what reads is asked for: the first words of every command.
func TestReadsOnly(t *testing.T) {
	verbs := map[string]bool{}
	for _, v := range values(t) {
		for _, f := range facts(t, v) {
			for _, args := range [][]string{f.First, f.Show} {
				switch {
				case len(args) == 0:
				case args[0] == "auth":
					verbs[args[0]+" "+args[1]] = true
				default:
					verbs[args[0]] = true
				}
			}
		}
	}
	if got := slices.Sorted(maps.Keys(verbs)); !slices.Equal(got, []string{"auth can-i", "get"}) {
		t.Errorf("kubectl is told to %q", got)
	}
}

// What a shell reads of a word is the word.
func TestQuote(t *testing.T) {
	for _, text := range []string{"", "a", "a b", "it's", `"`, "$(date)", "`date`", "a\nb", "*", "~", "-n", `\`, "{a,b}", "ü", "a=b", "!x"} {
		out, err := exec.Command("sh", "-c", "printf %s "+quote(text)).Output()
		if err != nil || string(out) != text {
			t.Errorf("%q is read as %q (%v)", text, out, err)
		}
	}
}

func FuzzQuote(f *testing.F) {
	f.Add("a'b")
	f.Fuzz(func(t *testing.T, text string) {
		if strings.ContainsRune(text, 0) {
			t.Skip("no argument has one")
		}
		out, err := exec.Command("sh", "-c", "printf %s "+quote(text)).Output()
		if err != nil || string(out) != text {
			t.Errorf("%q is read as %q (%v)", text, out, err)
		}
	})
}
