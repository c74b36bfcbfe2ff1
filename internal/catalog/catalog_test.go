package catalog

import (
	"strings"
	"testing"
)

func TestLoad(t *testing.T) {
	for _, release := range Releases() {
		c, err := Load(release)
		if err != nil {
			t.Fatal(err)
		}
		if c.Release != release {
			t.Errorf("the catalogue of %s is that of %s", release, c.Release)
		}
		if again, _ := Load(release); again != c {
			t.Errorf("the catalogue of %s is read twice", release)
		}
	}
}

func TestLoadRefuses(t *testing.T) {
	_, err := Load("1.0.0")
	if err == nil || !strings.Contains(err.Error(), `no OpenWhisk release "1.0.0"; there are 2.0.0`) {
		t.Error(err)
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := read(Releases()[0]); err != nil {
			b.Fatal(err)
		}
	}
}
