package render

import (
	"testing"

	"github.com/whiskops/whiskops/internal/runtimes"
	"github.com/whiskops/whiskops/internal/runtimes/oracle"
	"github.com/whiskops/whiskops/internal/seeds"
)

// TestManifests: what is made of random environments is a manifest as whiskops reads
// one of a user's, and as OpenWhisk's own class takes it, where it can be asked.
func TestManifests(t *testing.T) {
	var texts []string
	for _, s := range seeds.Of(t, 200, 1000) {
		env := randomEnvironment(s)
		v := valuesOf(t, &env)
		text, err := v.Manifest().Text()
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, text)
		m, faults := runtimes.Parse("m.json", []byte(text))
		for _, f := range faults {
			t.Errorf("seed %d: %s %s\n%s", s, f.Code, f.Message, text)
		}
		if m == nil {
			continue
		}
		for family, kinds := range m.Families {
			if blamed, why := runtimes.Default(family, kinds); blamed != nil {
				t.Errorf("seed %d: %s", s, why)
			}
		}
	}
	jars := oracle.Jars()
	if jars == "" {
		t.Logf("OpenWhisk was not asked: %s is not set, or there is no JDK", oracle.Variable)
		return
	}
	verdicts, err := oracle.Ask(jars, t.TempDir(), texts)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range verdicts {
		if !v.Taken {
			t.Errorf("OpenWhisk refuses: %s\n%s", v.Said, texts[i])
		}
	}
}
