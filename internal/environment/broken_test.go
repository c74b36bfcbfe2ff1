package environment

import (
	"slices"
	"testing"

	"github.com/whiskops/whiskops/internal/place"
)

// What is wrong with one environment neither hides a mistake of another nor keeps
// a sound one from being read.
func TestOneBrokenOfMany(t *testing.T) {
	const others = "\ngood: edge: host: \"a.example.com\"\nother: edge: host: 7\n"
	for code, bad := range map[string]string{
		place.CodeUnknown:    `bad: {edge: host: "b.example.com", kafk: 1}`,
		place.CodeType:       `bad: 5`,
		place.CodeBounds:     `bad: {edge: host: "b.example.com", kafka: replicas: 5000}`,
		place.CodeEnum:       `bad: {profile: "dev", edge: host: "b.example.com"}`,
		place.CodeMissing:    `bad: profile: "development"`,
		place.CodeForm:       `bad: edge: host: "B_c"`,
		place.CodeConflict:   `bad: edge: host: "b.example.com" & "c.example.com"`,
		place.CodeReference:  `bad: edge: host: nothing`,
		place.CodeCycle:      `bad: edge: host: bad.edge.host`,
		place.CodeName:       `"Bad_": edge: host: "b.example.com"`,
		place.CodeIncomplete: `bad: edge: host: string`,
		place.CodeExpression: `bad: edge: host: "b" + 1`,
		place.CodeSize:       "import \"strings\"\nbad: edge: host: strings.Repeat(\"a\", [100_000_000_000][0])",
	} {
		envs, fs, err := LoadBytes(".", map[string][]byte{"a.cue": []byte(bad + others)})
		if err != nil || len(envs) != 1 || envs[0].Name != "good" {
			t.Errorf("%s: %d environments, %v", code, len(envs), err)
		}
		named := map[string]bool{}
		for _, f := range fs {
			named[f.Code] = true
			if f.Path == "other.edge.host" {
				named["other"] = true
			}
		}
		if !named[code] || !named["other"] {
			t.Errorf("%s: findings %+v", code, slices.Clip(fs))
		}
	}
}
