package pipeline

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/whiskops/whiskops/internal/krm"
)

// What a schema says of the form of a text, and of a number, the function holds it to: what
// is of another form is refused by the field's name, and what the function takes has it.
func TestFormsOfFunctions(t *testing.T) {
	fits := map[string][]string{
		"label":    {"a", "a-1", strings.Repeat("a", 63)},
		"name":     {"a.b", "a", strings.Repeat("a", 253)},
		"path":     {"/a", "/a/b.c"},
		"quantity": {"10Gi", "1.5G", "500", "100M", "1Ki"},
		"duration": {"2160h", "1h30m", "1.5h", "90m", "3600s"},
	}
	tried := 0
	for _, d := range Everybody() {
		for i := range d.Spec.NumField() {
			f := d.Spec.Field(i)
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			form, ok := krm.Forms[f.Tag.Get("form")]
			if f.Tag.Get("form") == "" {
				continue
			}
			if !ok {
				t.Errorf("%s: spec.%s is of the form %q, which is none", d.Command, name, f.Tag.Get("form"))
				continue
			}
			tried++
			pattern := regexp.MustCompile(form.Pattern)
			wrong := []string{"Bogus value!"}
			if form.MaxLength > 0 {
				wrong = append(wrong, strings.Repeat("a", form.MaxLength+1))
			}
			for _, v := range wrong {
				if pattern.MatchString(v) && len(v) <= form.MaxLength || !refusesField(t, d, name, v) {
					t.Errorf("%s: spec.%s takes %q, or its schema does", d.Command, name, v)
				}
			}
			for _, v := range fits[f.Tag.Get("form")] {
				if !pattern.MatchString(v) || refusesForm(t, d, name, v) {
					t.Errorf("%s: spec.%s refuses %q, or its schema does", d.Command, name, v)
				}
			}
		}
	}
	if tried < 9 {
		t.Errorf("%d fields were tried", tried)
	}
}

// The forms of what is deeper in a config: an endpoint of a wait, a time of a certificate.
func TestFormsBelow(t *testing.T) {
	for form, texts := range map[string]map[string]bool{
		"endpoints": {
			"db:5432": true, "a:1,b:65535": true, "$HOSTS": true, "$HOST:5432,b:1": true, "[fe80::1]:80": false,
			"db": false, "db:": false, "db:123456": false, "a:1, b:2": false, "a:1,,b:2": false, "user@db:1": false, "": false,
		},
		"duration": {"2160h": true, "1h30m5s": true, "a day": false, "": false, "10 h": false},
	} {
		pattern := regexp.MustCompile(krm.Forms[form].Pattern)
		for text, want := range texts {
			if got := pattern.MatchString(text); got != want {
				t.Errorf("%s %q: %v, want %v", form, text, got, want)
			}
		}
	}
	for _, d := range Everybody() {
		if d.Command == "add-wait" {
			f, _ := d.Spec.FieldByName("Waits")
			tcp, ok := f.Type.Elem().FieldByName("TCP")
			if !ok || tcp.Tag.Get("form") != "endpoints" {
				t.Error("the schema of a wait says nothing of its endpoints")
			}
		}
	}
}

// Each number of a config has bounds, one below of which is refused.
func TestNumbersHaveBounds(t *testing.T) {
	seen := 0
	var walk func(command, path string, of reflect.Type)
	walk = func(command, path string, of reflect.Type) {
		for of.Kind() == reflect.Pointer || of.Kind() == reflect.Slice {
			of = of.Elem()
		}
		if of.Kind() != reflect.Struct || !strings.Contains(of.PkgPath(), "whiskops") {
			return
		}
		for i := range of.NumField() {
			f := of.Field(i)
			at := fmt.Sprintf("%s.%s", path, f.Name)
			elem := f.Type
			if elem.Kind() == reflect.Slice {
				elem = elem.Elem()
			}
			if elem.Kind() >= reflect.Int && elem.Kind() <= reflect.Int64 {
				seen++
				if _, _, ok := krm.Bounds(f.Tag); !ok {
					t.Errorf("%s: %s has no bounds", command, at)
				}
			}
			walk(command, at, f.Type)
		}
	}
	for _, d := range Everybody() {
		walk(d.Command, "spec", d.Spec)
	}
	if seen < 4 {
		t.Errorf("%d numbers were seen", seen)
	}
}

// refusesForm tells whether a function's example with another value of a field is refused
// for what that is, and not for what it is beside.
func refusesForm(t *testing.T, d krm.Definition, name, v string) bool {
	t.Helper()
	return slices.ContainsFunc(complaintsOf(t, d, name, v), func(r krm.Result) bool {
		return strings.HasPrefix(r.Message, fmt.Sprintf("spec.%s %q is no ", name, v))
	})
}
