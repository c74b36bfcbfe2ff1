package servers

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	// slowOnes are activations that run when an invoker is told to stop, each for
	// slowTime.
	slowOnes = 4
	slowTime = 20 * time.Second
)

// drain ends an invoker that has work, as a rolling update does, while clients go
// on: nothing is lost, another takes over, its pods are gone, and the next one of
// its name is used again.
func (v *invokers) drain() error {
	if err := v.create("slow", "function main(a) { return new Promise(done => setTimeout(() => done({waited: a.ms}), a.ms)); }"); err != nil {
		return err
	}
	ids, err := v.invokeSlow()
	if err != nil {
		return err
	}
	busy, err := v.busy()
	if err != nil {
		return err
	}
	client := v.goOn()
	began := time.Now()
	drainErr := v.preStop(busy)
	took := time.Since(began)
	// What was under way is done, and kept, before the invoker is told to end.
	err = drainErr
	if err == nil {
		err = v.finished(ids)
	}
	if err == nil {
		err = v.stop(busy)
	}
	answered, clientErr := client()
	if err == nil {
		err = clientErr
	}
	if err != nil {
		return fmt.Errorf("invoker %d: %w\n%s", busy, err, tail(v.processes[busy].Log()))
	}
	if err := v.takenOver(busy); err != nil {
		return err
	}
	v.run.proved(invokerServer, "an invoker with %d activations under way is drained in %.0f s: all end and are kept, %d calls meanwhile are answered, its pods are gone with it, and others have its work", len(ids), took.Seconds(), answered)
	if err := v.pods[busy].Replace(); err != nil {
		return err
	}
	if err := v.start(busy); err != nil {
		return err
	}
	if err := v.ready(busy); err != nil {
		return fmt.Errorf("after its replacement: %w", err)
	}
	v.run.proved(invokerServer, "the next invoker of its name is healthy again")
	return nil
}

func (v *invokers) invokeSlow() ([]string, error) {
	var ids []string
	for i := range slowOnes {
		var a activation
		if err := v.asked(i%len(v.ips), http.MethodPost, "/_/actions/slow", map[string]int64{"ms": slowTime.Milliseconds()}, &a); err != nil {
			return nil, err
		}
		ids = append(ids, a.ActivationID)
	}
	return ids, nil
}

// busy is the invoker that runs all of the slow ones: an action has one that it
// goes to first.
func (v *invokers) busy() (int, error) {
	busy := -1
	err := eventually(v.run.Context, 15*time.Second, func() error {
		pods, err := v.cluster.pods(v.run, "")
		if err != nil {
			return err
		}
		count := map[string]int{}
		for _, p := range pods {
			if p.Labels["openwhisk/action"] == "slow" {
				count[p.Labels["invoker"]]++
			}
		}
		for name, n := range count {
			if n == slowOnes {
				busy, err = strconv.Atoi(strings.TrimPrefix(name, "invoker"))
				return err
			}
		}
		return fmt.Errorf("no invoker has all of %d activations, but %v", slowOnes, count)
	})
	return busy, err
}

// goOn invokes an action again and again until its result is called, which gives
// how many were answered as they should be.
func (v *invokers) goOn() func() (int, error) {
	ctx, end := context.WithCancel(v.run.Context)
	var wait sync.WaitGroup
	answered := 0
	var failed error
	wait.Go(func() {
		for i := 0; ctx.Err() == nil && failed == nil; i++ {
			var a activation
			failed = v.asked(i%len(v.ips), http.MethodPost, "/_/actions/add?blocking=true", map[string]int{"n": i}, &a)
			if want := fmt.Sprintf(`{"sum":%d}`, i+1); failed == nil && string(a.Response.Result) != want {
				failed = fmt.Errorf("add of %d while an invoker is drained: %s", i, a.Response.Result)
			}
			if failed == nil {
				answered++
			}
			select {
			case <-ctx.Done():
			case <-time.After(2 * time.Second): // within the limit of a namespace
			}
		}
	})
	return func() (int, error) {
		end()
		wait.Wait()
		return answered, failed
	}
}

func (v *invokers) grace() (time.Duration, error) {
	w, err := v.run.Env.Workload("invoker")
	if err != nil {
		return 0, err
	}
	return time.Duration(*w.Spec.Template.Spec.TerminationGracePeriodSeconds) * time.Second, nil
}

func (v *invokers) preStop(i int) error {
	grace, err := v.grace()
	if err != nil {
		return err
	}
	command, err := v.pods[i].PreStop("invoker")
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(v.run.Context, grace)
	defer cancel()
	if log, err := v.pods[i].Exec(ctx, "invoker", command); err != nil {
		return fmt.Errorf("%s: %w: %s", strings.Join(command, " "), err, tail(log))
	}
	return nil
}

// finished has the activations' records, which come a moment after their ends.
func (v *invokers) finished(ids []string) error {
	for i, id := range ids {
		a, err := v.record(i%len(v.ips), id)
		if err != nil {
			return fmt.Errorf("after the drain: %w", err)
		}
		if want := fmt.Sprintf(`{"waited":%d}`, slowTime.Milliseconds()); string(a.Response.Result) != want {
			return fmt.Errorf("activation %s, which was drained, is %s", id, a.Response.Result)
		}
	}
	return nil
}

// stop ends an invoker within the time that its drain leaves, and its pods with it.
func (v *invokers) stop(i int) error {
	if err := v.processes[i].Stop(syscall.SIGTERM, time.Minute); err != nil {
		return err
	}
	return eventually(v.run.Context, 20*time.Second, func() error {
		pods, err := v.cluster.pods(v.run, fmt.Sprintf("invoker%d", i))
		if err == nil && len(pods) > 0 {
			err = fmt.Errorf("%d of its pods are left, as %s", len(pods), pods[0].Name)
		}
		return err
	})
}

// takenOver has the slow action run, which the invoker that is gone had.
func (v *invokers) takenOver(gone int) error {
	var a activation
	if err := v.asked(0, http.MethodPost, "/_/actions/slow?blocking=true", map[string]int{"ms": 1}, &a); err != nil {
		return fmt.Errorf("without invoker %d: %w", gone, err)
	}
	if string(a.Response.Result) != `{"waited":1}` {
		return fmt.Errorf("without invoker %d: %s", gone, a.Response.Result)
	}
	return nil
}
