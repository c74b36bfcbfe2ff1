package krmtest

import (
	"testing"

	"github.com/whiskops/whiskops/internal/krm"
)

// Fuzz feeds process with mutated functionConfigs and objects, starting from
// the cases below testdata. It may complain; it must not panic.
func Fuzz(f *testing.F, process krm.Function) {
	for _, dir := range dirs(f) {
		f.Add(read(f, dir, "config.yaml"), read(f, dir, "input.yaml"))
	}
	f.Fuzz(func(t *testing.T, config, input []byte) {
		rl, err := Read(config, input)
		if err != nil {
			t.Skip("not YAML")
		}
		_ = process(rl)
	})
}
