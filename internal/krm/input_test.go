package krm

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
)

// refuses wants a line on standard error, and nothing else.
func refuses(t *testing.T, run Function, input, want string) {
	t.Helper()
	var out, errs bytes.Buffer
	if err := Execute(run, strings.NewReader(input), &out, &errs); !errors.Is(err, ErrRefused) {
		t.Errorf("%.60q: error %v", input, err)
	}
	if errs.String() != "error: "+want+"\n" || out.Len() > 0 {
		t.Errorf("%.60q: %q on standard error and %q on standard output, want %q", input, errs.String(), out.String(), want)
	}
}

// A list that is written wrongly is told in words, whatever kyaml makes of it.
func TestExecuteRefuses(t *testing.T) {
	const config = "functionConfig: {kind: A}\n"
	for name, tt := range map[string]struct{ input, want string }{
		"functionConfig a list":   {"functionConfig: [a]\nitems: []\n", "functionConfig is no object"},
		"functionConfig a number": {"functionConfig: 5\nitems: []\n", "functionConfig is no object"},
		"functionConfig nothing":  {"functionConfig:\nitems: []\n", "functionConfig is no object"},
		"functionConfig twice":    {config + config + "items: []\n", "functionConfig is written twice in the list"},
		"a field of it twice":     {"functionConfig: {kind: A, spec: {l: [{b: 1, b: 2}]}}\nitems: []\n", "b is written twice in the functionConfig"},
		"items twice":             {config + "items: [{kind: B}]\nitems: [{kind: C}]\n", "items is written twice in the list"},
		"items a mapping":         {config + "items: {kind: B}\n", "items is no list"},
		"item a number":           {config + "items: [{kind: B}, 5]\n", "item 2 of the list is no object"},
		"item empty":              {config + "items: [null]\n", "item 1 of the list is no object"},
		"item's field twice":      {config + "items: [{kind: B, spec: [{a: 1, a: 2}]}]\n", "item 1 of the list: a is written twice"},
		"item's kind":             {config + "items: [{kind: [B]}]\n", "item 1 of the list: kind is a list, wanted a text"},
		"item's metadata":         {config + "items: [{kind: B, metadata: true}]\n", "item 1 of the list: metadata is true or false, wanted a mapping"},
		"item's metadata empty":   {config + "items: [{kind: B, metadata: }]\n", "item 1 of the list: metadata is empty, wanted a mapping"},
		"item's name":             {config + "items: [{kind: B, metadata: {name: {a: b}}}]\n", "item 1 of the list: metadata.name is a mapping, wanted a text"},
		"item's labels":           {config + "items: [{kind: B}, {kind: B, metadata: {labels: 1.5}}]\n", "item 2 of the list: metadata.labels is a number, wanted a mapping"},
		"item's annotation":       {config + "items: [{kind: B, metadata: {annotations: {a: [b]}}}]\n", "item 1 of the list: metadata.annotations[\"a\"] is a list, wanted a text"},
		"an alias in an item":     {config + "items: [{kind: B, metadata: {more: &m {b: c}, labels: {a: *m}}}]\n", "item 1 of the list: metadata.labels[\"a\"] is a mapping, wanted a text"},
		"an alias to its own":     {config + "items: [{kind: B, metadata: &m {labels: {a: *m}}}]\n", "the input has aliases that stand for more than 10 times what is written"},
		"an alias to nothing":     {config + "items: [*m]\n", "the input is not YAML"},
		"a bracket too many":      {config + "items: []\nmore: [\n  a]]\n", "the input is not YAML, near line 5"},
		"two documents":           {config + "items: []\n---\na: b\n", "the input has more than one YAML document, the second one at line 5: a ResourceList is one"},
		"a bad second document":   {config + "items: []\n---\na: [\n", "the input is not YAML, near line 6"},
	} {
		t.Run(name, func(t *testing.T) {
			run := func(*ResourceList) error { t.Error("the function runs"); return nil }
			refuses(t, run, "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\n"+tt.input, tt.want)
		})
	}
}

// What is no list at all is told in words, too.
func TestExecuteRefusesOtherInput(t *testing.T) {
	for input, want := range map[string]string{
		"":                                  "there is nothing to read: a ResourceList is wanted on standard input",
		"# no\n":                            "there is nothing to read: a ResourceList is wanted on standard input",
		"---\n":                             "the input is empty, wanted a ResourceList",
		"a: \xff":                           "the input is not UTF-8",
		strings.Repeat("#", longestInput+1): "the input has more than 64 MiB: give the function fewer objects at a time",
		"kind: List\nitems: []":             "the input is no ResourceList: its kind has to be that",
		"kind: ResourceList\napiVersion: config.kubernetes.io/v9": `the ResourceList is of apiVersion "config.kubernetes.io/v9"; wanted is config.kubernetes.io/v1, config.kubernetes.io/v1beta1, config.kubernetes.io/v1alpha1`,
		bomb():    "the input has aliases that stand for more than 10 times what is written",
		"hello":   "the input is a text, wanted a ResourceList",
		"[1, 2]":  "the input is a list, wanted a ResourceList",
		"7":       "the input is a number, wanted a ResourceList",
		"a: [\nb": "the input is not YAML, near line 2",
		"\ta: b":  "the input is not YAML",
	} {
		refuses(t, func(*ResourceList) error { return nil }, input, want)
	}
}

func TestExecuteTakesNoItems(t *testing.T) {
	for _, items := range []string{"", "items:\n", "items: []\n"} {
		ran := false
		run := func(rl *ResourceList) error { ran = len(rl.Items) == 0; return nil }
		err := Execute(run, strings.NewReader("apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nfunctionConfig: {kind: A}\n"+items), io.Discard, io.Discard)
		if err != nil || !ran {
			t.Errorf("%q: %v, ran %t", items, err, ran)
		}
	}
}

// bomb is a short text that stands for nine to the power of nine values.
func bomb() string {
	text := "a: &a [x, x, x, x, x, x, x, x, x]\n"
	for c := 'b'; c <= 'i'; c++ {
		text += string(c) + ": &" + string(c) + " [" + strings.TrimSuffix(strings.Repeat("*"+string(c-1)+", ", 9), ", ") + "]\n"
	}
	return text
}
