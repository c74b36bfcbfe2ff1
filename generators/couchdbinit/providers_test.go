package couchdbinit

import (
	"fmt"
	"testing"
)

// What the providers of events find in their databases: which documents are listed,
// for which worker, and of which changes they hear.
// Source: provider/app.js of openwhisk-package-alarms 2.3.0, provider/database.py of
// openwhisk-package-kafka 2.1.0, by what they ask for.
func TestFunctionsOfProviders(t *testing.T) {
	all := everyDesign(t)
	view := func(role, design, name string) string {
		return emit + "var map = (" + source(all[role][design].Views[name].Map) + ");" + mapRun
	}
	filter := "(function (document) { return String((" + source(all["alarms"]["triggerFilters"].Filters["triggers_by_worker"]) +
		")(JSON.parse(document), {query: {worker: \"worker1\"}})); })"
	for _, tt := range []struct{ text, doc, want string }{
		{view("alarms", "triggerViews", "triggers_by_worker"), `{"maxTriggers":-1,"worker":"worker1"}`, `[{"key":"worker1","value":1}]`},
		{view("alarms", "triggerViews", "triggers_by_worker"), `{"maxTriggers":3,"status":{"active":true}}`, `[{"key":"worker0","value":1}]`},
		{view("alarms", "triggerViews", "triggers_by_worker"), `{"maxTriggers":3,"status":{"active":false}}`, `[]`},
		{view("alarms", "triggerViews", "triggers_by_worker"), `{"views":{}}`, `[]`},
		{filter, `{"maxTriggers":-1,"worker":"worker1"}`, "true"},
		{filter, `{"maxTriggers":-1}`, "false"},
		{filter, `{"worker":"worker1"}`, "false"},
		{filter, `{"_deleted":true}`, "false"},
		{view("kafka", "filters", "only-triggers"), `{"_id":"/guest/t","triggerURL":"http://x"}`, `[{"key":"/guest/t","value":1}]`},
		{view("kafka", "filters", "only-triggers"), `{"_id":"canary-a","canary-timestamp":"x"}`, `[]`},
		{view("kafka", "filters", "by-worker"), `{"triggerURL":"http://x"}`, `[{"key":"worker0","value":1}]`},
		{view("kafka", "filters", "by-worker"), `{"triggerURL":"http://x","worker":"worker1","status":{"active":true}}`, `[{"key":"worker1","value":1}]`},
		{view("kafka", "filters", "by-worker"), `{"triggerURL":"http://x","status":{"active":false}}`, `[]`},
		{view("kafka", "filters", "by-worker"), `{}`, `[]`},
	} {
		if got := fmt.Sprint(call(t, compile(t, tt.text), []byte(tt.doc)).Export()); got != tt.want {
			t.Errorf("%s of %s: %s, want %s", tt.text, tt.doc, got, tt.want)
		}
	}
}
