package krmtest

import (
	"bytes"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/krm"
)

// Properties of a function for everybody, over the cases below testdata: twice is
// once, byte for byte; one config after another, of the same name, is that one alone;
// and objects in another order are changed in the same way.
func Properties(t *testing.T, process krm.Function) {
	t.Helper()
	all := dirs(t)
	inputs := map[string]bool{}
	for _, dir := range all {
		input := read(t, dir, "input.yaml")
		if inputs[string(input)] {
			continue
		}
		inputs[string(input)] = true
		for _, one := range all {
			config := named(read(t, one, "config.yaml"))
			once, ok := output(t, process, config, input)
			if !ok {
				continue
			}
			name := filepath.Base(dir) + "/" + filepath.Base(one)
			if twice, _ := output(t, process, config, once); !bytes.Equal(once, twice) {
				t.Errorf("%s twice (-once +twice):\n%s", name, cmp.Diff(string(once), string(twice)))
			}
			for _, two := range all {
				other := named(read(t, two, "config.yaml"))
				alone, ok := output(t, process, other, input)
				if !ok {
					continue
				}
				if after, _ := output(t, process, other, once); !bytes.Equal(alone, after) {
					t.Errorf("%s, then %s (-alone +after):\n%s", name, filepath.Base(two), cmp.Diff(string(alone), string(after)))
				}
			}
		}
	}
}

// named gives all configs one name: one is what has become of the other.
func named(config []byte) []byte {
	rl, err := Read(config, nil)
	if err != nil || rl.FunctionConfig == nil {
		return config
	}
	if err := rl.FunctionConfig.SetName("the-same"); err != nil {
		return config
	}
	return []byte(rl.FunctionConfig.MustString())
}

// output of a run; ok is false if it complains.
func output(t *testing.T, process krm.Function, config, input []byte) (text []byte, ok bool) {
	t.Helper()
	rl, err := Read(config, input)
	if err != nil {
		t.Fatal(err)
	}
	if err := process(rl); err != nil {
		return nil, false
	}
	return []byte(Print(rl)), true
}
