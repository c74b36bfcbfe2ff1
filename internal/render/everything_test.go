package render

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"cuelang.org/go/cue"
	cuebuild "cuelang.org/go/cue/build"
	"cuelang.org/go/cue/cuecontext"
	"cuelang.org/go/cue/parser"

	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/explain"
	"github.com/whiskops/whiskops/internal/runtimes"
)

// everything is a repository with two environments: one has all that an installation
// with its own servers can have together, the other all that servers outside can ask of
// one. e2e has them too, by this path.
const everything = "testdata/everything"

// everythingEnvironments are the two.
func everythingEnvironments() ([]environment.Environment, error) {
	envs, found, err := environment.Load(os.DirFS(everything+"/environments"), "environments")
	if err == nil && len(found) > 0 {
		err = fmt.Errorf("%s: %v", everything, found)
	}
	for i := range envs {
		if err == nil {
			err = withManifest(&envs[i])
		}
	}
	return envs, err
}

// withManifest reads the list of languages that an environment of everything names.
func withManifest(env *environment.Environment) error {
	file := env.Runtimes.Manifest
	if file == "" {
		return nil
	}
	text, err := os.ReadFile(filepath.Join(everything, file))
	if err != nil {
		return err
	}
	var faults []runtimes.Fault
	if env.Manifest, faults = runtimes.Parse(file, text); len(faults) > 0 {
		return fmt.Errorf("%s: %v", file, faults)
	}
	return nil
}

// apart are fields that neither of the two environments says, with the reason. One of a
// shared definition is written with the definition in place of its owners.
var apart = []struct{ fields, why string }{
	{`<volume>\.(hostPath|none)(\..+)?`, "development and ci alone; a volume is of one kind"},
	{`<volume>\.local(\..+)?`, "a volume is of one kind, and the four of an installation are of the others"},
	{`couchdb\.external\.protocol`, "without TLS there is no authority (couchdb.external.ca)"},
	{`edge\.tls\.selfSigned`, "development alone; a certificate has one source"},
	{`secrets\.plain(\..+)?`, "development alone; Secrets have one source"},
	{`secrets\.source\.(existing|sops|sealed)(\..+)?`, "Secrets have one source: ExternalSecrets, or nobody says"},
	{`secrets\.source\.external\.generate`, "it takes the place of a store"},
	{`gitops\.flux\.oci(\..+)?`, "a source is of git or of a registry"},
	{`kafka\.sasl\.mechanism`, "brokers offer PLAIN alone (WO589)"},
	{`actions\.pod\.(resources|hostUsers|securityContext\.seccompProfile)(\..+)?`, "no release passes it on"},
	{`additions\.<name>\.(volumes\.<name>\.hostPath(\.path)?|(sidecars|initContainers)\.<name>\.securityContext\.(allowPrivilegeEscalation|privileged))`, "the namespace's level of Pod Security is restricted"},
}

// shared are definitions that several fields have: what one of them says is said of all.
var shared = []struct {
	at *regexp.Regexp
	as string
}{
	{regexp.MustCompile(`^(redis\.volume|couchdb\.volume|kafka\.volume|kafka\.controllerVolume)`), "<volume>"},
	{regexp.MustCompile(`^(edge|apigateway|redis|couchdb|couchdb\.backup|kafka|controller|invoker|packages\.alarms|packages\.kafka)\.resources`), "<resources>"},
}

func definition(path string) string {
	for _, s := range shared {
		path = s.at.ReplaceAllString(path, s.as)
	}
	return path
}

// written are the environments as their files say them.
func written(t *testing.T) map[string]cue.Value {
	t.Helper()
	files, err := filepath.Glob(everything + "/environments/*.cue")
	if err != nil || len(files) == 0 {
		t.Fatal("no environments", err)
	}
	whole := cuebuild.NewContext().NewInstance("", nil)
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		file, err := parser.ParseFile(name, text)
		if err == nil {
			err = whole.AddSyntax(file)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	v := cuecontext.New().BuildInstance(whole)
	envs, err := v.Fields()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]cue.Value{}
	for envs.Next() {
		all[envs.Selector().Unquoted()] = envs.Value()
	}
	return all
}

// said adds the fields that a value says, by their paths in the contract, with what
// each is.
func said(t *testing.T, v cue.Value, at string, to map[string][]string) {
	t.Helper()
	if at != "" {
		f, _, err := explain.Find(at)
		if err != nil {
			t.Fatalf("%s: %v", at, err)
		}
		text, _ := v.MarshalJSON()
		key := definition(f.Path)
		to[key] = append(to[key], string(text))
	}
	switch v.IncompleteKind() {
	case cue.StructKind:
		fields, err := v.Fields()
		if err != nil {
			t.Fatal(err)
		}
		for fields.Next() {
			label := fields.Selector().String()
			said(t, fields.Value(), strings.TrimPrefix(at+"."+label, "."), to)
		}
	case cue.ListKind:
		list, err := v.List()
		if err != nil {
			t.Fatal(err)
		}
		for list.Next() {
			said(t, list.Value(), at+"[0]", to)
		}
	}
}

// feature tells whether an environment has to say a field to have all: what is absent,
// derived or nothing unless it is written, what is off, and what is one of a few. A number,
// a size or a name that has a default is no feature, and what is on is there.
func feature(f explain.Field) bool {
	return f.Path != "" && (f.Default == "" || f.Default == "false" || strings.HasPrefix(f.Holds, "one of "))
}

// TestNothingIsForgotten is that a new field is in one of the environments, or beside
// them with the reason.
func TestNothingIsForgotten(t *testing.T) {
	is := map[string][]string{}
	for _, env := range slices.Sorted(maps.Keys(written(t))) {
		said(t, written(t)[env], "", is)
	}
	used := map[string]bool{}
	for _, f := range explain.Fields() {
		path := definition(f.Path)
		other := slices.ContainsFunc(is[path], func(text string) bool { return f.Default == "" || text != f.Default })
		reasons := 0
		for _, a := range apart {
			if regexp.MustCompile("^(?:" + a.fields + ")$").MatchString(path) {
				used[a.fields] = true
				reasons++
			}
		}
		switch {
		case feature(f) && !other && reasons == 0:
			t.Errorf("%s is in neither environment, or only with its default %s: say it in %s, or the reason in apart", path, f.Default, everything)
		case other && reasons > 0:
			t.Errorf("%s is in an environment, and in apart", path)
		}
	}
	for _, a := range apart {
		if !used[a.fields] {
			t.Errorf("%q is no field", a.fields)
		}
	}
}
