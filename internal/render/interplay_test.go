package render

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/explain"
	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/kustomize"
	labelsof "github.com/whiskops/whiskops/internal/place"
	"github.com/whiskops/whiskops/internal/rules"
	"github.com/whiskops/whiskops/internal/seeds"
	"github.com/whiskops/whiskops/internal/verify"
)

// refusals are the variants that are nothing without what they lack, with the code of
// the finding that says so. All others are accepted.
var refusals = map[string]string{
	`own without actions.pod.securityContext.runAsUser`:     "WO552",
	`own without additions.controller.volumes`:              "WO543",
	`own without controller.clustering`:                     "WO502",
	`own without couchdb.backup.volume`:                     "WO595",
	`own without edge.service.type`:                         "WO261",
	`own without gitops.flux.git`:                           "WO505",
	`own without kafka.tls`:                                 "WO590",
	`own without runtimes.kinds."acme:1.0".image`:           "WO571",
	`own without secrets.source.external.store`:             "WO653",
	`own without tenants`:                                   "WO558",
	`outside without actions.pod.securityContext.runAsUser`: "WO552",
	`outside without additions.nginx.volumes`:               "WO543",
	`outside without cluster.nodes`:                         "WO231",
	`outside without couchdb.backup.s3`:                     "WO595",
	`outside without edge.service.type`:                     "WO259",
	`outside without images`:                                "WO270",
	`outside without invoker.zookeeper`:                     "WO218",
	`outside without kafka.external`:                        "WO228",
	`outside without kafka.external.sasl`:                   "WO588",
	`outside without kafka.external.sasl.username`:          "WO588",
	`outside without kafka.topics.strimziCluster`:           "WO227",
	`outside without runtimes.kinds."acme:1.0".image`:       "WO571",
	`own with controller.autoscale`:                         "WO502",
	`own with edge.service.sourceRanges`:                    "WO261",
	`own with kafka.sasl`:                                   "WO590",
	`own with load`:                                         "WO555",
	`own with tenants`:                                      "WO577",
	`outside with edge.service.nodePort`:                    "WO259",
	`outside with invoker.kind`:                             "WO218",
	`outside with kafka.topics.by`:                          "WO228",
	`outside with load`:                                     "WO555",
	`outside with openwhisk`:                                "WO270",
	`outside with tenants`:                                  "WO577",
}

// fieldsOf an environment of everything, as its files say them.
func fieldsOf(t *testing.T, name string) map[string]any {
	t.Helper()
	text, err := written(t)[name].MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	var fields map[string]any
	if err := json.Unmarshal(text, &fields); err != nil {
		t.Fatal(err)
	}
	return fields
}

// variant is an environment of everything that is changed somewhere.
type variant struct {
	what   string
	fields map[string]any
	env    environment.Environment
}

// load reads the variants as one folder of environments, and says what is wrong with each
// by the schema and the rules.
func load(t *testing.T, all []variant) {
	t.Helper()
	for some := range slices.Chunk(all, 64) { // a folder has its bounds
		loadSome(t, some)
	}
}

func loadSome(t *testing.T, all []variant) {
	t.Helper()
	files, what := map[string][]byte{}, map[string]string{}
	for i, v := range all {
		text, err := json.Marshal(v.fields)
		if err != nil {
			t.Fatal(err)
		}
		name := fmt.Sprintf("v%04d", i)
		files[name+".cue"], what[name] = fmt.Appendf(nil, "package environments\n%s: %s\n", name, text), v.what
	}
	envs, found, err := environment.LoadBytes("environments", files)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		name, _, _ := strings.Cut(f.Path, ".")
		t.Errorf("%s: %s %s: %s", what[name], f.Code, f.Path, f.Message)
	}
	for _, env := range envs {
		if err := withManifest(&env); err != nil {
			t.Fatal(err)
		}
		var i int
		if _, err := fmt.Sscanf(env.Name, "v%d", &i); err != nil {
			t.Fatal(err)
		}
		values := valuesOf(t, &env)
		codes, err := mistakesIn(rules.Check(&values))
		if diff := cmp.Diff(refusals[all[i].what], codes); diff != "" {
			t.Errorf("%s (-want +got):\n%s\n%v", all[i].what, diff, err)
		}
		if codes == "" {
			all[i].env = env
		}
	}
}

// mistakesIn are the codes of the errors among findings, and their words.
func mistakesIn(found []finding.Finding) (string, error) {
	var codes []string
	var all []error
	for _, f := range found {
		if f.Severity == finding.Error {
			codes = append(codes, f.Code)
			all = append(all, fmt.Errorf("%s %s: %s", f.Code, f.Path, f.Message))
		}
	}
	slices.Sort(codes)
	return strings.Join(slices.Compact(codes), " "), errors.Join(all...)
}

// judgedWhole renders an environment with what delivers it, proves it, and judges what it
// builds as any tree.
func judgedWhole(env *environment.Environment) error {
	r, err := newRenderer(env.OpenWhisk, ownFiles(*env), Options{})
	if err != nil {
		return err
	}
	if _, err := r.environment(env, ownFolder{}); err != nil {
		return err
	}
	s, err := newSample(env)
	if err != nil {
		return err
	}
	set := Judged(&s.values, s.objects)
	set.At = func(kustomize.Object, []string, ...string) finding.Position { return finding.Position{} }
	var all []error
	for _, f := range verify.Check(set) {
		all = append(all, fmt.Errorf("%s: %s", f.Code, f.Message))
	}
	return errors.Join(all...)
}

// TestEverything renders both environments with each release, and whatever brings them
// to a cluster.
func TestEverything(t *testing.T) {
	git := map[string]any{"git": map[string]any{"url": "https://git.example.com/a.git"}}
	var all []variant
	for _, name := range []string{"own", "outside"} {
		for _, release := range catalog.Releases() {
			for _, tool := range []string{"flux", "argocd", ""} {
				fields := fieldsOf(t, name)
				fields["openwhisk"], fields["gitops"] = release, map[string]any{tool: git}
				if tool == "" {
					fields["gitops"] = map[string]any{}
				}
				for _, own := range []string{"controller", "invoker", "user-events"} {
					put(fields, "images."+own, map[string]any{"repository": "registry.example.com/" + own})
				}
				all = append(all, variant{what: strings.TrimSpace(name + " " + release + " " + tool), fields: fields})
			}
		}
	}
	load(t, all)
	hold(t, all)
}

// TestOneFeatureLess turns each feature of an environment with all of them off, by itself.
func TestOneFeatureLess(t *testing.T) {
	var all []variant
	for _, name := range []string{"own", "outside"} {
		for _, off := range features(fieldsOf(t, name), false) {
			fields := fieldsOf(t, name)
			take(fields, off)
			all = append(all, variant{what: name + " without " + off, fields: fields})
		}
	}
	weigh(t, all, " without ")
}

// TestOneFeatureMore turns each feature on by itself, over what an environment cannot be
// without.
func TestOneFeatureMore(t *testing.T) {
	var all []variant
	for _, name := range []string{"own", "outside"} {
		from := fieldsOf(t, name)
		for _, on := range features(from, true) {
			fields := map[string]any{"profile": "ci"}
			put(fields, "edge.host", "functions.example.com")
			put(fields, "cluster.nodes", at(from, "cluster.nodes"))
			put(fields, on, at(from, on))
			all = append(all, variant{what: name + " with " + on, fields: fields})
		}
	}
	weigh(t, all, " with ")
}

// weigh reads the variants, and holds some of those that are accepted. With -short it
// looks at few.
func weigh(t *testing.T, all []variant, between string) {
	t.Helper()
	is := map[string]bool{}
	for _, v := range all {
		is[v.what] = true
	}
	for what := range refusals {
		if strings.Contains(what, between) && !is[what] {
			t.Errorf("%q is in refusals, and no variant", what)
		}
	}
	all = drawn(all, 24, len(all))
	load(t, all)
	hold(t, drawn(all, 6, 60))
}

// hold renders, proves and judges variants, several at once.
func hold(t *testing.T, all []variant) {
	for i := range all {
		if all[i].env.Name == "" {
			continue // it is refused
		}
		t.Run(all[i].what, func(t *testing.T) {
			t.Parallel()
			if err := judgedWhole(&all[i].env); err != nil {
				t.Error(err)
			}
		})
	}
}

// drawn are few of the variants with -short and many without, from one end to the other.
func drawn(all []variant, few, many int) []variant {
	n := min(seeds.Count(few, many), len(all))
	var some []variant
	for i := range n {
		some = append(some, all[i*len(all)/n])
	}
	return some
}

// features are the paths of what fields say and need not say, one for each field of the
// contract: with outer the first of each branch alone. What stands deeper is a detail of one.
func features(fields map[string]any, outer bool) []string {
	var all []string
	seen := map[string]bool{}
	var walk func(fields map[string]any, path string)
	walk = func(fields map[string]any, path string) {
		for _, label := range slices.Sorted(maps.Keys(fields)) {
			at := strings.TrimPrefix(path+"."+environment.JoinPath(label), ".")
			f, _, err := explain.Find(at)
			if err != nil {
				panic(err) // TestNothingIsForgotten has found all of them
			}
			may := f.Unwritten != explain.Required && f.Unwritten != "" || f.Default != "" && feature(f)
			if may && !seen[f.Path] && strings.Count(f.Path, ".") < 4 {
				all = append(all, at)
			}
			seen[f.Path] = true
			if below, is := fields[label].(map[string]any); is && !(may && outer) {
				walk(below, at)
			}
		}
	}
	walk(fields, "")
	return all
}

// around is the struct that holds the last label of a path, which is made if it is not
// there.
func around(fields map[string]any, path string) (map[string]any, string) {
	labels := labelsof.SplitPath(path)
	for _, label := range labels[:len(labels)-1] {
		next, is := fields[label].(map[string]any)
		if !is {
			next = map[string]any{}
			fields[label] = next
		}
		fields = next
	}
	return fields, labels[len(labels)-1]
}

func put(fields map[string]any, path string, value any) {
	in, label := around(fields, path)
	in[label] = value
}

func take(fields map[string]any, path string) {
	in, label := around(fields, path)
	delete(in, label)
}

func at(fields map[string]any, path string) any {
	in, label := around(fields, path)
	return in[label]
}
