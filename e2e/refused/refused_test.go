package refused

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/whiskops/whiskops/e2e/cluster/objects"
	"github.com/whiskops/whiskops/e2e/controlplane"
	"github.com/whiskops/whiskops/e2e/ground"
)

// group is an object as it is, and what it is changed to.
type group struct {
	name string
	old  *objects.Object
	news []change
}

type change struct {
	name string
	new  *objects.Object
}

// TestRefused is that whiskops says that an update is refused if and only if the API
// server refuses it, and would take the new object where there is no old one.
func TestRefused(t *testing.T) {
	for _, release := range ground.Releases() {
		t.Run(release, func(t *testing.T) {
			r := begin(t, release)
			const claim = "what the API server refuses of an update is said, and nothing else: "
			ground.Holds(t, "", release, claim+"of environments", func(t *testing.T) { r.run(t, environments(t)) })
			ground.Holds(t, "", release, claim+"of each variant to each other", func(t *testing.T) { r.run(t, variants(t)) })
			if testing.Short() {
				return
			}
			ground.Holds(t, "", release, claim+"of each field that is emitted", func(t *testing.T) { r.run(t, fields(t)) })
			ground.Holds(t, "", release, "each rule of what is refused was seen to refuse", r.all)
		})
	}
}

// runner has the server and whiskops judge groups.
type runner struct {
	server *server
	judge  *judge
	number atomic.Int64
	// services are asked about one at a time.
	services sync.Mutex

	mutex sync.Mutex
	fired map[string]int
	tally tally
}

type tally struct{ pairs, refused, invalid int }

func begin(t *testing.T, release string) *runner {
	t.Helper()
	binary, err := controlplane.Binary(t.Context(), release, ground.Progress)
	if err != nil {
		t.Fatal(err)
	}
	plane, err := controlplane.StartWith(t.Context(), binary, controlplane.Options{Alone: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := plane.Stop(); err != nil {
			t.Error(err)
		}
	})
	r := &runner{judge: newJudge(t), fired: map[string]int{}}
	if r.server, err = connect(t.Context(), plane.Config, os.DirFS("testdata/crds")); err != nil {
		t.Fatal(err)
	}
	for _, class := range []string{"standard", "fast", "slow"} {
		if err := r.server.class(t.Context(), class, class == "standard"); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

func (r *runner) run(t *testing.T, groups []group) {
	r.tally = tally{}
	work := make(chan group)
	var done sync.WaitGroup
	for range 4 {
		done.Go(func() {
			for g := range work {
				if err := r.group(t, g); err != nil {
					t.Errorf("%s: %v", g.name, err)
				}
			}
		})
	}
	begin := time.Now()
	for _, g := range groups {
		work <- g
	}
	close(work)
	done.Wait()
	ground.Progress("%d pairs of %d objects, %d refused, and %d that no object may be, in %s",
		r.tally.pairs, len(groups), r.tally.refused, r.tally.invalid, time.Since(begin).Round(time.Second))
	if r.tally.refused == 0 || r.tally.pairs < 200 && !testing.Short() {
		t.Errorf("%d pairs, %d of them refused", r.tally.pairs, r.tally.refused)
	}
}

func (r *runner) group(t *testing.T, g group) error {
	ctx := t.Context()
	if !r.server.known(g.old) {
		return nil
	}
	place, err := r.place(ctx, g.old)
	if err != nil {
		return err
	}
	old := place(g.old)
	if old.GetKind() == "Service" { // of which several ask for one address
		r.services.Lock()
		defer r.services.Unlock()
		defer func() { _ = r.server.remove(ctx, old) }() // it may never have been there
	}
	if err := r.server.apply(ctx, old, false); err != nil {
		if r.server.creatable(ctx, g.old) != nil {
			return nil // no state that there may be
		}
		return err
	}
	if err := r.server.live(ctx, old); err != nil {
		return err
	}
	for _, c := range g.news {
		if problem := r.pair(ctx, old, place(c.new)); problem != "" {
			t.Errorf("%s: %s: %s", g.name, c.name, problem)
		}
	}
	return nil
}

// place gives the copies of a group's objects a place of their own.
func (r *runner) place(ctx context.Context, o *objects.Object) (func(*objects.Object) *objects.Object, error) {
	cluster, err := r.server.scoped(o)
	if err != nil {
		return nil, err
	}
	name := fmt.Sprintf("g%d", r.number.Add(1))
	if cluster {
		return func(o *objects.Object) *objects.Object { return renamed(o, name) }, nil
	}
	return func(o *objects.Object) *objects.Object {
		o = o.DeepCopy()
		o.SetNamespace(name)
		return o
	}, r.server.namespace(ctx, name)
}

// pair has both judge, and gives what is wrong with it.
func (r *runner) pair(ctx context.Context, old, new *objects.Object) string {
	verdicts, err := r.judge.of(old.Object, new.Object)
	if err != nil {
		return err.Error()
	}
	verdicts = slices.DeleteFunc(verdicts, func(v verdict) bool { return r.seen(v) && v.By != "" })
	refusal := r.server.apply(ctx, new, true)
	said := len(verdicts) > 0
	invalid := refusal != nil && !said && (ofCluster(refusal) || r.server.creatable(ctx, new) != nil)
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if invalid {
		r.tally.invalid++
		return ""
	}
	r.tally.pairs++
	switch {
	case refusal == nil && !said:
	case refusal != nil && said:
		r.tally.refused++
	case refusal == nil:
		return fmt.Sprintf("the server takes what is said to be refused: %s (%s)", verdicts[0].Field, verdicts[0].rule())
	default:
		return fmt.Sprintf("nothing is said of what the server refuses: %.300s", strings.ReplaceAll(refusal.Error(), "\n", " "))
	}
	return ""
}

// ofCluster tells that a refusal lies with the cluster: this one has addresses of one
// family. A headless Service without a selector was given both before.
func ofCluster(refusal error) bool {
	return strings.Contains(refusal.Error(), "not configured for dual-stack services")
}

// seen counts a rule.
func (r *runner) seen(v verdict) bool {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.fired[v.rule()]++
	return true
}

// all rules must have been seen.
func (r *runner) all(t *testing.T) {
	for _, rule := range r.judge.rules {
		if r.fired[rule.rule()] == 0 {
			t.Errorf("no pair shows the rule %s", rule.rule())
		}
	}
	ground.Progress("%d rules refuse something", len(r.judge.rules))
}

const golden = "../../golden"

// emitted are the objects of golden/, of the environments with all features on, and of
// random ones.
func emitted(t *testing.T) []*objects.Object {
	t.Helper()
	var all []*objects.Object
	everything, err := ground.Everything(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range slices.Concat(folders(t, golden), folders(t, everything)) {
		some, err := objects.Read(dir)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, some...)
	}
	for _, p := range random(t) {
		all = append(all, p.Old...)
	}
	return all
}

// folders of environments.
func folders(t *testing.T, golden string) []string {
	t.Helper()
	dirs, err := filepath.Glob(golden + "/*")
	if err != nil || len(dirs) == 0 {
		t.Fatal(golden, "has no environments", err)
	}
	return dirs
}

// fields changes each field of what is emitted.
func fields(t *testing.T) []group { return changes(emitted(t)) }

// changes of each field of objects, each kind's field twice: there are many alike.
func changes(all []*objects.Object) []group {
	const often = 2
	seen := map[string]int{}
	var groups []group
	for _, o := range all {
		g := group{name: objects.Ref(o), old: o}
		counted := map[string]bool{}
		for _, m := range mutations(o) {
			field := o.GetAPIVersion() + o.GetKind() + " " + m.at
			if !counted[field] {
				seen[field]++
				counted[field] = true
			}
			if seen[field] > often {
				continue
			}
			g.news = append(g.news, change{m.at + " " + m.what, m.object})
			if m.less {
				groups = append(groups, group{name: objects.Ref(o), old: m.object, news: []change{{m.at + " comes", o}}})
			}
		}
		if len(g.news) > 0 {
			groups = append(groups, g)
		}
	}
	return groups
}
