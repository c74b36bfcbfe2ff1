package whiskenv

import (
	_ "embed"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

//go:embed testdata/script.json
var scriptJSON []byte

// recordedScript are runs of the original script with GNU bash 5.2.
func recordedScript(t *testing.T) []scriptCase {
	t.Helper()
	var cases []scriptCase
	if err := json.Unmarshal(scriptJSON, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) != 38 {
		t.Fatalf("%d recorded runs, want 38", len(cases))
	}
	return cases
}

type scriptCase struct {
	Env     map[string]string
	Output  string
	Aborted bool
	Note    string
	Config  string `json:"config_conf"`
}

func TestTransform(t *testing.T) {
	for _, tt := range recordedScript(t) {
		got := Transform(tt.Env)
		result := scriptCase{Env: tt.Env, Note: tt.Note, Output: strings.Join(got.Properties, " "), Aborted: got.Stopped != "", Config: got.Config}
		if diff := cmp.Diff(tt, result); diff != "" {
			t.Errorf("%s (-recorded +got):\n%s", tt.Note, diff)
		}
	}
}

func TestTransformNamesTheVariableItStoppedAt(t *testing.T) {
	got := Transform(map[string]string{"CONFIG_a": "1", "CONFIG_b": "$(POD_IP)", "CONFIG_c": "3"})
	want := Transformed{Properties: []string{"-Da='1'"}, Stopped: "CONFIG_b"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A value that CheckValue lets through must reach the JVM as it is: the
// script's part of that is shown here, the shell's in TestCheckValue.
func TestCheckedValuesPassTheScript(t *testing.T) {
	checked := 0
	for _, tt := range recordedScript(t) {
		for name, value := range tt.Env {
			if key, ok := Key(name); ok && CheckValue(value) == "" && !tt.Aborted {
				checked++
				if want := "-D" + key + "='" + value + "'"; !strings.Contains(tt.Output, want) {
					t.Errorf("%s: CheckValue has nothing against %q, but the script prints %s", tt.Note, value, tt.Output)
				}
			}
		}
	}
	if checked < 15 {
		t.Errorf("only %d recorded values were let through", checked)
	}
}

// What stops the script must be refused.
func TestValuesThatStopTheScriptAreRefused(t *testing.T) {
	stopped := 0
	for _, tt := range recordedScript(t) {
		if name := Transform(tt.Env).Stopped; name != "" {
			stopped++
			if problem := CheckValue(tt.Env[name]); !strings.Contains(problem, "every CONFIG_ variable that sorts after it") {
				t.Errorf("CheckValue(%q) = %q", tt.Env[name], problem)
			}
		}
	}
	if stopped != 4 {
		t.Errorf("%d recorded runs stop, want 4", stopped)
	}
}
