package render

import (
	"bytes"
	"maps"
	"path"
	"runtime"
	"slices"
	"testing"

	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/seeds"
)

// whole renders environments as one map of files.
func whole(t testing.TB, envs []environment.Environment) map[string][]byte {
	t.Helper()
	folders, err := Tree(envs, ownFiles(envs...), Options{})
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, f := range folders {
		for name, content := range f.Files {
			files[path.Join(f.Path, name)] = content
		}
	}
	return files
}

// The same input has the same bytes, however it is read and on however many
// CPUs. It sets GOMAXPROCS, so it does not run beside other tests.
func TestSameBytes(t *testing.T) {
	envs := slices.Clone(exampleEnvironments(t))
	for s := range seeds.Count(2, 6) {
		envs = append(envs, randomEnvironment(2000+uint64(s)))
	}
	want := whole(t, envs)
	if len(want) < 300 {
		t.Errorf("%d files: the test is looking at nothing", len(want))
	}
	backwards := slices.Clone(envs)
	slices.Reverse(backwards)
	for _, tt := range []struct {
		name string
		cpus int
		envs []environment.Environment
	}{{"again", 4, envs}, {"backwards, on one CPU", 1, backwards}} {
		before := runtime.GOMAXPROCS(tt.cpus)
		got := whole(t, tt.envs)
		runtime.GOMAXPROCS(before)
		for name := range want {
			if !bytes.Equal(got[name], want[name]) {
				t.Errorf("%s: %s is other bytes", tt.name, name)
			}
		}
		if !slices.Equal(slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want))) {
			t.Errorf("%s: other files", tt.name)
		}
	}
}

// One environment's files depend on no other's.
func TestAlone(t *testing.T) {
	envs := exampleEnvironments(t)
	together := whole(t, envs)
	seen := 0
	for _, env := range envs {
		for name, content := range whole(t, []environment.Environment{env}) {
			seen++
			if !bytes.Equal(together[name], content) {
				t.Errorf("%s differs without the other environments", name)
			}
		}
	}
	if seen < len(together) {
		t.Errorf("%d files alone, %d together", seen, len(together))
	}
}
