package source

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/build"
	"cuelang.org/go/cue/cuecontext"
	"cuelang.org/go/cue/parser"
	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/schema"
)

// releases of schema/catalog, or the test is over.
func releases(t *testing.T) []string {
	t.Helper()
	all, err := Releases()
	if err != nil || len(all) == 0 {
		t.Fatalf("releases %v: %v", all, err)
	}
	return all
}

// What the binary holds is what schema/catalog says.
func TestDataIsCurrent(t *testing.T) {
	if diff := cmp.Diff(releases(t), catalog.Releases()); diff != "" {
		t.Errorf("releases of schema/catalog and of the binary; run go generate ./... (-want +got):\n%s", diff)
	}
	want, err := Data()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string][]byte{}
	data := os.DirFS(filepath.Join("..", "data"))
	err = fs.WalkDir(data, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			got[name], err = fs.ReadFile(data, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range slices.Sorted(maps.Keys(got)) {
		if want[name] == nil {
			t.Errorf("nothing makes data/%s any more: remove it", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if diff := cmp.Diff(string(want[name]), string(got[name])); diff != "" {
			t.Errorf("data/%s is stale; run go generate ./... (-want +got):\n%s", name, diff)
		}
	}
}

// symptom changes one, or a copy of another under a name that there is not.
func symptom(id string, change func(*catalog.Symptom)) func(*catalog.Catalog) {
	return func(c *catalog.Catalog) {
		s, ok := c.Symptoms.Value()[id]
		if !ok {
			s = c.Symptoms.Value()["pod-init"]
		}
		change(&s)
		c.Symptoms.Value()[id] = s
	}
}

// front changes one.
func front(name string, change func(*catalog.Front)) func(*catalog.Catalog) {
	return func(c *catalog.Catalog) {
		f := c.Fronts[name]
		change(&f)
		c.Fronts[name] = f
	}
}

// A name or a path that leads nowhere is found when the catalogue is made,
// whichever field has it.
func TestCheckRefuses(t *testing.T) {
	of := func(name string, change func(*catalog.Component)) func(*catalog.Catalog) {
		return func(c *catalog.Catalog) {
			component := c.Components[name]
			change(&component)
			c.Components[name] = component
		}
	}
	text, err := made("2.0.0")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		want   string
		change func(*catalog.Catalog)
	}{
		{`there is no tier "cor"`, of("controller", func(c *catalog.Component) { c.Tier = "cor" })},
		{`there is no image "controler"`, of("controller", func(c *catalog.Component) { c.Image = "controler" })},
		{`has no field "replica"`, of("controller", func(c *catalog.Component) { c.Replicas = "controller.replica" })},
		{`wanted int`, of("controller", func(c *catalog.Component) { c.Replicas = "controller.heap" })},
		{`wanted environment.Resources`, of("controller", func(c *catalog.Component) { c.Resources = "controller.heap" })},
		{`has no field "heep"`, of("controller", func(c *catalog.Component) { c.Heap.Field = "controller.heep" })},
		{`has no field "external"`, of("controller", func(c *catalog.Component) { c.When = catalog.When{"controller.external": false} })},
		{`and never separate`, of("controller", func(c *catalog.Component) { c.Runs = catalog.When{"kafka.external": "separate"} })},
		{`and never true`, of("kafka", func(c *catalog.Component) { c.Voter.When = catalog.When{"kafka.mode": true} })},
		{`has no field "mod"`, of("kafka", func(c *catalog.Component) { c.Voter.Field = "kafka.mod" })},
		{`wanted int`, of("kafka", func(c *catalog.Component) { c.Voter.Apart.Quorum = "kafka.heap" })},
		{`has no field "mod"`, of("controller", func(c *catalog.Component) { c.APIServer = catalog.When{"kafka.mod": "x"} })},
		{`has no field "mod"`, of("controller", func(c *catalog.Component) {
			c.Lists = map[string]catalog.List{"X_": {When: catalog.When{"kafka.mod": "x"}}}
		})},
		{`has no port "htp"`, of("controller", func(c *catalog.Component) { c.Endpoint.Port = "htp" })},
		{`no service "controler"`, of("controller", func(c *catalog.Component) { c.Endpoint.Service = "controler" })},
		{`has no port "htp"`, of("controller", func(c *catalog.Component) { c.Metrics.Port = "htp" })},
		{`there is no component "x"`, of("controller", func(c *catalog.Component) { c.Metrics.Of = "x" })},
		{`there is no image "exporter"`, of("nginx", func(c *catalog.Component) {
			c.Workload["sidecars"].([]any)[0].(map[string]any)["image"] = "exporter"
		})},
		{`has no field "name"`, func(c *catalog.Catalog) { c.Said.Scraped = "metrics.name" }},
		{`alert A: it is there twice`, func(c *catalog.Catalog) {
			c.Alerts = catalog.Of([]catalog.Alert{{Name: "A", Component: "nginx"}, {Name: "A", Component: "nginx"}})
		}},
		{`alert A: component kafka has no metrics`, func(c *catalog.Catalog) { c.Alerts = catalog.Of([]catalog.Alert{{Name: "A", Component: "kafka"}}) }},
		{`alert A: there is no component "x"`, func(c *catalog.Catalog) { c.Alerts = catalog.Of([]catalog.Alert{{Name: "A", Component: "x"}}) }},
		{`alert A: field "kafka.replicas" is a int`, func(c *catalog.Catalog) {
			c.Alerts = catalog.Of([]catalog.Alert{{Name: "A", Component: "nginx", When: catalog.When{"kafka.replicas": "3"}}})
		}},
		{`alert A: template`, func(c *catalog.Catalog) {
			c.Alerts = catalog.Of([]catalog.Alert{{Name: "A", Component: "nginx", Expr: "{{.Series"}})
		}},
		{`panel P: component kafka has no metrics`, func(c *catalog.Catalog) {
			c.Dashboard = catalog.Of(catalog.Dashboard{Panels: []catalog.Panel{{Title: "P", Component: "kafka"}}})
		}},
		{`panel P: template`, func(c *catalog.Catalog) {
			c.Dashboard = catalog.Of(catalog.Dashboard{Panels: []catalog.Panel{{Title: "P", Component: "nginx", Series: []catalog.Series{{Expr: "{{"}}}}})
		}},
		{`there is no component "kafke"`, of("controller", func(c *catalog.Component) { c.Needs[0].Component = "kafke" })},
		{`component kafka has no port "clint"`, of("controller", func(c *catalog.Component) { c.Needs[0].Ports = []string{"clint"} })},
		{`it has no workload`, of("controller", func(c *catalog.Component) { c.Workload = nil })},
		{`wanted environment.Volume`, of("kafka", func(c *catalog.Component) { c.Data.Volume = "kafka.heap" })},
		{`no field with their volume`, of("kafka", func(c *catalog.Component) { c.Data.Volume = "" })},
		{`no field with their volume`, of("controller", func(c *catalog.Component) { c.Data = &catalog.Data{MountPath: "/data", Loss: "all"} })},
		{`nobody's loss`, of("kafka", func(c *catalog.Component) { c.Data.Loss = "" })},
		{`beside the server outside`, of("kafka", func(c *catalog.Component) { c.When = nil })},
		{`a list of servers, or a host and a port`, of("kafka", func(c *catalog.Component) { c.External.Servers = "" })},
		{`a list of servers, or a host and a port`, of("couchdb", func(c *catalog.Component) { c.External.Port = "" })},
		{`no endpoint`, of("kafka", func(c *catalog.Component) { c.Endpoint = nil })},
		{`wanted []string`, of("invoker", func(c *catalog.Component) { c.Outside[0].Servers = "invoker.replicas" })},
		{`has no field "kinds"`, of("invoker", func(c *catalog.Component) { c.Idle[0].When = catalog.When{"invoker.kinds": "x"} })},
		{`has no field "replica"`, of("invoker", func(c *catalog.Component) { c.Idle[0].Fields = []string{"invoker.replica"} })},
		{`has no port "www"`, of("nginx", func(c *catalog.Component) { c.Public[0].Port = "www" })},
		{`secret couchdb: nothing says what the value of "password" is made of`, func(c *catalog.Catalog) { delete(c.Secrets["couchdb"].Values, "password") }},
		{`secret couchdb: the value of "password" is either fixed or of a length`, func(c *catalog.Catalog) { c.Secrets["couchdb"].Values["password"] = catalog.Value{} }},
		{`the value of "password" is the password of "nobody"`, func(c *catalog.Catalog) {
			c.Secrets["couchdb"].Values["password"] = catalog.Value{Length: 48, Login: "nobody"}
		}},
		{`has no field "couch"`, func(c *catalog.Catalog) { c.Secrets["couchdb"] = catalog.Secret{Name: "secrets.couch"} }},
		{`wanted int`, func(c *catalog.Catalog) {
			c.Secrets["couchdb"] = catalog.Secret{Name: "secrets.couchdb", Revision: "secrets.couchdb"}
		}},
		{`there is no component "x"`, func(c *catalog.Catalog) { c.Topics["events"] = catalog.Topic{Each: "x"} }},
		{`there is no image "x"`, func(c *catalog.Catalog) { c.WaitImage = "x" }},
		{`there is no component "x"`, func(c *catalog.Catalog) { c.Actions.By = "x" }},
		{`has no upstream "x"`, func(c *catalog.Catalog) { c.Edge.Routes[0]["upstream"] = "x" }},
		{`has no endpoint`, func(c *catalog.Catalog) { c.Edge.Upstreams[0].Component = "nginx" }},
		{`limit request.edge: it is there twice`, func(c *catalog.Catalog) { c.Limits[1].Name = "request.edge" }},
		{`there is no component "x"`, func(c *catalog.Catalog) { c.Limits[0].At = "x" }},
		{`there is no configuration key "whisk.exec"`, func(c *catalog.Catalog) { c.Limits[3].Key = "whisk.exec" }},
		{`and no number of MiB`, func(c *catalog.Catalog) { c.Limits[0].Fields = []string{"edge.readTimeout"} }},
		{`has no field "bodysize"`, func(c *catalog.Catalog) { c.Limits[0].Fields = []string{"edge.bodysize"} }},
		{`Environment has no field "nowhere"`, func(c *catalog.Catalog) { c.SaidBy["UserMemory"] = "nowhere" }},
		{`ActionPod has no field "gpus"`, func(c *catalog.Catalog) {
			c.Actions.Overwritten["gpus"] = catalog.Overwritten{Because: "a", Instead: "b"}
		}},
		{`nothing says why "resources" is overwritten`, func(c *catalog.Catalog) { c.Actions.Overwritten["resources"] = catalog.Overwritten{Because: "a"} }},
		{`ActionPod has no field "no"`, func(c *catalog.Catalog) { c.Actions.Instead["spec.no"] = "b" }},
		{"others could not count on from it", func(c *catalog.Catalog) { c.Actions.Variables = "CONFIG_a" }},
		{`has no field "actions"`, func(c *catalog.Catalog) { c.Limits[0].From = []string{"limits.actions"} }},
		{`needs one field`, func(c *catalog.Catalog) { c.Limits[0].Fields = nil }},
		{`needs one field`, func(c *catalog.Catalog) { c.Limits[0].Idle = "" }},
		{`it has no source, or no reason`, func(c *catalog.Catalog) { c.Limits[0].Source = "" }},
		{`throttle: there is no component "x"`, func(c *catalog.Catalog) { c.Throttle.By = "x" }},
		{`front alb: there is no limit "x"`, front("alb", func(f *catalog.Front) { f.Settings[0].Limit = "x" })},
		{`front alb: "x/y" has none of its prefixes`, front("alb", func(f *catalog.Front) { f.Settings[0].Key = "x/y" })},
		{`is none of its keys`, front("ingress-nginx", func(f *catalog.Front) { f.Settings[0].Key = "nginx.ingress.kubernetes.io/x" })},
		{`front alb: it has no source`, front("alb", func(f *catalog.Front) { f.Source = "" })},
		{`symptom X_1: an id is a heading's anchor`, symptom("X_1", func(s *catalog.Symptom) {})},
		{`symptom pod-init: there is no symptom "pod-fin"`, symptom("pod-init", func(s *catalog.Symptom) { s.Sees = "[pod-fin]" })},
		{`there is no symptom "pod-fin"`, symptom("pod-init", func(s *catalog.Symptom) { s.Look[0].Says = "see [pod-fin]" })},
		{`there is no symptom "pod-fin"`, symptom("pod-init", func(s *catalog.Symptom) { s.Causes[0].Shown = "see [pod-fin]" })},
		{`is no command of one line`, symptom("pod-init", func(s *catalog.Symptom) { s.Look[0].Run = "a\nb" })},
		{`is no command of one line`, symptom("node-lost", func(s *catalog.Symptom) { s.Causes[1].Run[0] = "a\nb" })},
		{`nothing is said to do about "it"`, symptom("pod-init", func(s *catalog.Symptom) { s.Causes[0] = catalog.Cause{What: "it"} })},
		{`has no field "discs"`, symptom("pod-init", func(s *catalog.Symptom) { s.Causes[0].Fields = []string{"kafka.discs"} })},
		{`has no field "balancer"`, front("alb", func(f *catalog.Front) { f.On = "edge.balancer" })},
	} {
		c, err := settled("2.0.0", text)
		if err != nil {
			t.Fatal(err)
		}
		tt.change(c)
		if err := check(c); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%v, want %q", err, tt.want)
		}
	}
}

func TestFill(t *testing.T) {
	names := variables{"2.0.0"}
	got, err := names.fill(map[string]any{"a": []any{"$@{whisk.couchdb.host}:$@{whisk.couchdb.port}", 1, "@{{$x}}"}})
	want := map[string]any{"a": []any{"$CONFIG_whisk_couchdb_host:$CONFIG_whisk_couchdb_port", 1, "@{{$x}}"}}
	if diff := cmp.Diff(any(want), got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	for text, want := range map[string]string{
		"@{whisk.couchdb.hots}":   `OpenWhisk 2.0.0 has no configuration key "whisk.couchdb.hots"`,
		"@{pekko.actor.provider}": `OpenWhisk 2.0.0 has no configuration key "pekko.actor.provider"`,
		"@file{smoke/smoke.bash}": "smoke/smoke.bash",
		"@{}":                     "",
	} {
		_, err := names.fill([]any{text})
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

// The contract names components, images, kinds of topics and releases, so that a
// misspelt one is refused at the user's line. It names those that there are.
func TestContract(t *testing.T) {
	placed, images, topics, any := map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, release := range releases(t) {
		c, err := Read(release)
		if err != nil {
			t.Fatal(err)
		}
		for name, component := range c.Components {
			any[name] = true
			if kind := component.Workload["kind"]; kind != "Job" && kind != "CronJob" {
				placed[name] = true
			}
		}
		for name := range c.Images {
			images[name] = true
		}
		for kind := range c.Topics {
			topics[kind] = true
		}
	}
	contract := contract(t)
	for definition, want := range map[string]map[string]bool{"#Component": placed, "#AnyComponent": any, "#ImageName": images, "#TopicKind": topics} {
		if diff := cmp.Diff(slices.Sorted(maps.Keys(want)), allowed(t, contract, definition)); diff != "" {
			t.Errorf("%s of the contract (-catalogue +contract):\n%s", definition, diff)
		}
	}
	if diff := cmp.Diff(releases(t), allowed(t, contract, "#Environment.openwhisk")); diff != "" {
		t.Errorf("releases of the contract (-catalogue +contract):\n%s", diff)
	}
}

func contract(t *testing.T) cue.Value {
	t.Helper()
	inst := build.NewContext().NewInstance("", nil)
	entries, err := schema.Contract.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		src, err := schema.Contract.ReadFile(e.Name())
		if err != nil {
			t.Fatal(err)
		}
		f, err := parser.ParseFile(e.Name(), src)
		if err != nil {
			t.Fatal(err)
		}
		if err := inst.AddSyntax(f); err != nil {
			t.Fatal(err)
		}
	}
	return cuecontext.New().BuildInstance(inst)
}

// allowed strings of a disjunction, sorted, each once.
func allowed(t *testing.T, v cue.Value, path string) []string {
	t.Helper()
	op, branches := v.LookupPath(cue.ParsePath(path)).Expr()
	if op != cue.OrOp {
		t.Fatalf("%s is no disjunction", path)
	}
	var all []string
	for len(branches) > 0 {
		b := branches[0]
		branches = branches[1:]
		if op, more := cue.Dereference(b).Expr(); op == cue.OrOp { // of another definition
			branches = append(branches, more...)
			continue
		}
		text, err := b.String()
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, text)
	}
	slices.Sort(all)
	return slices.Compact(all)
}
