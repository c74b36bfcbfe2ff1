package acknowledge

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/finding"
)

var update = flag.Bool("update", false, "rewrite what the cases of testdata expect")

// warned is a warning about an environment.
func warned(env, code string) finding.Finding {
	return finding.Finding{Code: code, Severity: finding.Warning, Path: env + ".kafka", Message: "m"}
}

func failed(env, code string) finding.Finding {
	f := warned(env, code)
	f.Severity = finding.Error
	return f
}

// envs are those of a file, without findings of the schema.
func envs(t *testing.T, src []byte) []environment.Environment {
	t.Helper()
	all, found, err := environment.LoadBytes(".", map[string][]byte{"e.cue": src})
	if err != nil || len(found) > 0 {
		t.Fatal(found, err)
	}
	return all
}

func acknowledging(t *testing.T, codes ...string) []environment.Environment {
	t.Helper()
	var b strings.Builder
	b.WriteString("package environments\n\na: {\n\tedge: host: \"a.example.com\"\n\tacknowledge: {\n")
	for _, code := range codes {
		b.WriteString("\t\t" + code + ": \"why " + code + "\"\n")
	}
	b.WriteString("\t}\n}\nb: edge: host: \"b.example.com\"\n")
	return envs(t, []byte(b.String()))
}

// Only a warning of the environment itself gets its reason.
func TestMark(t *testing.T) {
	all := acknowledging(t, "WO205", "WO410", "WO122", "WO317", "WO701")
	for _, tt := range []struct {
		name string
		f    finding.Finding
		want string
	}{
		{"its warning", warned("a", "WO205"), "why WO205"},
		{"of a custom folder", finding.Finding{Code: "WO317", Severity: finding.Warning, Path: "a"}, "why WO317"},
		{"of built objects", warned("a", "WO701"), "why WO701"},
		{"another's", warned("b", "WO205"), ""},
		{"another code", warned("a", "WO206"), ""},
		{"an error", failed("a", "WO205"), ""},
		{"of no environment", finding.Finding{Code: "WO205", Severity: finding.Warning}, ""},
		{"of a change", warned("a", "WO410"), ""},
		{"of an acknowledgement", warned("a", "WO122"), ""},
	} {
		got := Mark(all, []finding.Finding{tt.f})
		if got[0].Acknowledged != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got[0].Acknowledged, tt.want)
		}
		if again := Mark(all, got); again[0] != got[0] {
			t.Errorf("%s: twice is not once", tt.name)
		}
	}
}

// What is not there any more is said of what was judged, and of nothing else.
func TestUnused(t *testing.T) {
	all := acknowledging(t, "WO205", "WO317")
	for _, tt := range []struct {
		name   string
		found  []finding.Finding
		judged Judged
		want   []string
	}{
		{"both judged, none there", nil, Judged{"WO205", "WO317"}, []string{"a.acknowledge.WO205", "a.acknowledge.WO317"}},
		{"one judged", nil, Judged{"WO317"}, []string{"a.acknowledge.WO317"}},
		{"none judged", nil, nil, nil},
		{"there", []finding.Finding{warned("a", "WO205")}, Judged{"WO205"}, nil},
		{"there, marked", Mark(all, []finding.Finding{warned("a", "WO205")}), Judged{"WO205"}, nil},
		{"there, of another", []finding.Finding{warned("b", "WO205")}, Judged{"WO205"}, []string{"a.acknowledge.WO205"}},
		{"an error hides it", []finding.Finding{failed("a", "WO201")}, Judged{"WO205"}, nil},
		{"an error of another hides nothing", []finding.Finding{failed("b", "WO201")}, Judged{"WO205"}, []string{"a.acknowledge.WO205"}},
	} {
		var got []string
		for _, f := range Unused(all, tt.found, tt.judged) {
			if f.Severity != finding.Warning || f.Line == 0 {
				t.Errorf("%s: %v", tt.name, f)
			}
			got = append(got, f.Path)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

// The warnings that rules have can be acknowledged, those that are errors at times
// too; no others.
func TestRules(t *testing.T) {
	all := strings.Join(Rules(), " ")
	for code, want := range map[string]bool{"WO205": true, "WO214": true, "WO632": true, "WO201": false, "WO101": false} {
		if strings.Contains(all, code) != want {
			t.Errorf("%s: %v, want %v", code, !want, want)
		}
	}
}

// TestTexts holds each case of testdata/cases.txtar to the whole text of what is
// said of acknowledgements, in an environment of which nothing else is said.
func TestTexts(t *testing.T) {
	const name = "testdata/cases.txtar"
	a, err := txtar.ParseFile(filepath.FromSlash(name))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(a.Files); i += 2 {
		source, want := a.Files[i], &a.Files[i+1]
		all := envs(t, source.Data)
		found := append(Mistakes(all, Rules(), Judged{"WO317"}), Unused(all, nil, Rules())...)
		var b bytes.Buffer
		read := func(string) ([]byte, error) { return source.Data, nil }
		if err := finding.WriteText(&b, finding.Sort(found), finding.Options{Read: read}); err != nil {
			t.Fatal(err)
		}
		if *update {
			want.Data = b.Bytes()
		} else if diff := cmp.Diff(string(want.Data), b.String()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", source.Name, diff)
		}
	}
	if *update {
		if err := os.WriteFile(name, txtar.Format(a), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
