package environment

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What was read before has no part in what is read after it, though both are built in
// one context of the evaluator: files of one name, one hidden field, one definition.
func TestLoadsDoNotMeet(t *testing.T) {
	const sound = "package environments\n\n" +
		"_host: \"functions.example.com\"\n#Named: {edge: host: _host, ...}\n" +
		"e: #Named & {couchdb: activations: keep: \"168h\", cluster: nodes: {core: {count: 6, cpu: \"8\", memory: \"32Gi\"}, invoker: {count: 6, cpu: \"8\", memory: \"32Gi\", pods: 250}}}\n"
	sources := []string{
		sound,
		"package environments\n\n_host: 7\n#Named: {edge: host: string}\ne: #Named & {edge: host: _host}\n",
		"package environments\n\n_host: \"a\"\n#Named: {edge: {}}\ne: {edge: host: _hots}\nf: #Named\n",
		"package environments\n\ne: {edge: host: ",
		"package other\n\n#Environment: {edge: host: 1}\ne: #Environment\n",
	}
	type outcome struct {
		Hosts []string
		Found []string
	}
	load := func(source string) (o outcome) {
		t.Helper()
		envs, found, err := LoadBytes(".", map[string][]byte{"e.cue": []byte(source)})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range envs {
			o.Hosts = append(o.Hosts, e.Name+" "+e.Edge.Host)
		}
		for _, f := range found {
			o.Found = append(o.Found, fmt.Sprint(f))
		}
		return o
	}
	first := map[string]outcome{}
	for _, s := range sources {
		first[s] = load(s)
	}
	if len(first[sound].Hosts) != 1 || len(first[sound].Found) != 0 {
		t.Fatalf("the sound one is %+v", first[sound])
	}
	for i := range len(sources) * len(sources) {
		s := sources[(i/len(sources)+i)%len(sources)]
		if diff := cmp.Diff(first[s], load(s)); diff != "" {
			t.Errorf("after %d others: %s\n%s", i+len(sources), s, diff)
		}
	}
}
