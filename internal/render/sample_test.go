package render

import (
	"encoding/json"
	"fmt"
	"os"
	"path"
	"runtime"
	"sync"
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/kustomize"
	"github.com/whiskops/whiskops/internal/overlay"
	"github.com/whiskops/whiskops/internal/seeds"
)

// sample is what kustomize builds for one environment.
type sample struct {
	name    string
	values  derived.Values
	objects []kustomize.Object
	decoded []*workload // by workloads
}

// examples are the environments of the repository's own tree.
var examples = sync.OnceValues(func() ([]environment.Environment, error) {
	envs, findings, err := environment.Load(os.DirFS("../../examples/environments"), "examples/environments")
	if err == nil && len(findings) > 0 {
		err = fmt.Errorf("examples: %v", findings)
	}
	return envs, err
})

func exampleEnvironments(t testing.TB) []environment.Environment {
	t.Helper()
	envs, err := examples()
	if err != nil {
		t.Fatal(err)
	}
	return envs
}

// allSamples are the defaults, the examples, those of everything, and random ones, less what
// they say beside the fields: tests look at what is derived. saidSamples have that too.
var (
	allSamples  = sync.OnceValues(func() ([]sample, error) { return samplesOf(plainly) })
	saidSamples = sync.OnceValues(func() ([]sample, error) { return samplesOf(func(*environment.Environment) {}) })
)

// plainly leaves out what is said beside the fields.
func plainly(env *environment.Environment) {
	env.Additions, env.Proxy, env.Actions.Pod = nil, environment.Proxy{}, environment.ActionPod{}
}

func samplesOf(change func(*environment.Environment)) ([]sample, error) {
	envs, err := examples()
	if err != nil {
		return nil, err
	}
	standard := environment.Base()
	standard.Name = "defaults"
	envs = append([]environment.Environment{standard}, envs...)
	full, err := everythingEnvironments()
	if err != nil {
		return nil, err
	}
	for _, env := range full {
		change(&env)
		envs = append(envs, env)
	}
	for s := range seeds.Count(8, 50) {
		envs = append(envs, randomEnvironment(1000+uint64(s)))
		change(&envs[len(envs)-1])
	}
	all := make([]sample, len(envs))
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i := range envs {
		g.Go(func() error {
			s, err := newSample(&envs[i])
			if err != nil {
				return fmt.Errorf("environment %s: %w", envs[i].Name, err)
			}
			all[i] = s
			return nil
		})
	}
	return all, g.Wait()
}

func newSample(env *environment.Environment) (sample, error) {
	values, err := derived.New(env)
	if err != nil {
		return sample{}, err
	}
	want, err := desired(values)
	if err != nil {
		return sample{}, err
	}
	b, err := Base(env.OpenWhisk)
	if err != nil {
		return sample{}, err
	}
	files, err := b.Overlay(want, overlay.Options{Environment: env.Name})
	if err != nil {
		return sample{}, err
	}
	built, err := kustomize.Build(kustomize.NewTree(b.Files(), files), path.Join(OverlayFolder, env.Name))
	return sample{name: env.Name, values: values, objects: built}, err
}

// valuesOf an environment, or the test is over.
func valuesOf(t testing.TB, env *environment.Environment) derived.Values {
	t.Helper()
	v, err := derived.New(env)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// eachSample runs a test for each sample, several at once.
func eachSample(t *testing.T, test func(*testing.T, *sample)) {
	eachOf(t, allSamples, test)
}

// eachSaid is eachSample with what environments say beside the fields.
func eachSaid(t *testing.T, test func(*testing.T, *sample)) {
	eachOf(t, saidSamples, test)
}

func eachOf(t *testing.T, of func() ([]sample, error), test func(*testing.T, *sample)) {
	samples, err := of()
	if err != nil {
		t.Fatal(err)
	}
	for i := range samples {
		t.Run(samples[i].name, func(t *testing.T) {
			t.Parallel()
			test(t, &samples[i])
		})
	}
}

// of returns the objects of a kind.
func (s *sample) of(kind string) []kustomize.Object {
	var all []kustomize.Object
	for _, o := range s.objects {
		if o.Kind == kind {
			all = append(all, o)
		}
	}
	return all
}

func (s *sample) find(kind, namespace, name string) (kustomize.Object, bool) {
	for _, o := range s.of(kind) {
		if o.Namespace == namespace && o.Name == name {
			return o, true
		}
	}
	return kustomize.Object{}, false
}

// read decodes an object, or a part of one, into a struct.
func read[T any](t testing.TB, value any) T {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	var v T
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return v
}
