package servers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/whiskops/whiskops/e2e/servers/programs"
)

// watchClaims are what is proved of alerts and dashboards, in the words of a list of
// what was not run.
var watchClaims = []string{
	"Prometheus loads the generated rules, and finds each pod by the generated monitors",
	"each query of the generated dashboard has data",
	"alerts fire when a thing is broken on purpose, and end when it is mended",
}

// Watch proves that who is on call is told. Without the programs it says what was not
// run.
func Watch(r *Run) error {
	for _, variable := range []string{OpenWhiskFolder, CouchDBFolder, KafkaExporterProgram} {
		if os.Getenv(variable) == "" {
			r.notRun(variable+" is not set", watchClaims)
			return nil
		}
	}
	if err := programs.Need("prometheus", "prometheus-redis-exporter", "prometheus-blackbox-exporter"); err != nil {
		return fmt.Errorf("watch: %w", err)
	}
	w, err := newWatched(r)
	if err != nil {
		return fmt.Errorf("watch: %w", err)
	}
	ctx, cancel := context.WithCancel(r.Context)
	var clients sync.WaitGroup
	clients.Go(func() { w.use(ctx) })
	defer clients.Wait()
	defer cancel()
	for _, step := range []struct {
		name  string
		check func() error
	}{{"targets", w.targets}, {"dashboard", w.dashboard}, {"before", w.before}, {"faults", w.faults}, {"after", w.after}} {
		if err := step.check(); err != nil {
			return fmt.Errorf("watch: %s: %w", step.name, err)
		}
	}
	return nil
}

// use is what clients do: they ask for actions, and now and then invoke one.
func (w *watched) use(ctx context.Context) {
	client := w.edge.insecure()
	id, key, _ := strings.Cut(madeSecrets()["openwhisk-subjects"]["guest"], ":")
	for n := 0; ctx.Err() == nil; n++ {
		method, path := http.MethodGet, "/_/actions"
		if n%15 == 0 {
			method, path = http.MethodPost, "/_/actions/add?blocking=true"
		}
		q, err := http.NewRequestWithContext(ctx, method, "https://"+w.edge.host+":8443/api/v1/namespaces"+path, strings.NewReader(`{"n": 1}`))
		if err != nil {
			return
		}
		q.SetBasicAuth(id, key)
		q.Header.Set("Content-Type", "application/json")
		if answer, err := client.Do(q); err == nil {
			answer.Body.Close()
		}
		time.Sleep(200 * time.Millisecond)
	}
}

// targets are all read, and all rules are evaluated.
func (w *watched) targets() error {
	p := w.prometheus
	err := eventually(w.run.Context, time.Minute, func() error {
		n, err := p.query(`up{namespace!=""} == 1`)
		if err == nil && n != len(w.pods) {
			err = fmt.Errorf("%d of %d pods are read", n, len(w.pods))
		}
		return err
	})
	if err != nil {
		return err
	}
	var answer struct {
		Data struct {
			Groups []struct {
				Rules []struct{ Health, LastError, Name string }
			}
		}
	}
	if err := eventually(w.run.Context, 20*time.Second, func() error {
		if err := p.ask("/rules", &answer); err != nil {
			return err
		}
		for _, rule := range answer.Data.Groups[0].Rules {
			if rule.Health != "ok" {
				return fmt.Errorf("rule %s is %s: %s", rule.Name, rule.Health, rule.LastError)
			}
		}
		return nil
	}); err != nil {
		return err
	}
	w.run.proved(w.server(), "Prometheus loads %d generated rules, and reads each of %d pods by the generated monitors", len(answer.Data.Groups[0].Rules), len(w.pods))
	return nil
}

// before anything is broken nothing is told, but that the certificate ends, which it
// does from the start. After it nothing is.
func (w *watched) before() error {
	err := w.prometheus.quiet("OpenWhiskCertificateEnds")
	if err == nil {
		w.run.proved(w.server(), "while all is well no alert fires but that of a certificate that ends in a day")
	}
	return err
}

func (w *watched) after() error {
	err := w.prometheus.quiet()
	if err == nil {
		w.run.proved(w.server(), "when all is mended no alert fires")
	}
	return err
}

// ofKubernetes are the metrics of kube-state-metrics, which is not here.
var ofKubernetes = regexp.MustCompile(`\bkube_`)

// dashboard asks for each query of each panel.
func (w *watched) dashboard() error {
	boards := w.run.configMapWith("openwhisk-" + w.run.Env.Name + ".json")
	var board struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal([]byte(boards["openwhisk-"+w.run.Env.Name+".json"]), &board); err != nil {
		return err
	}
	n, skipped := 0, 0
	err := eventually(w.run.Context, 90*time.Second, func() error {
		n, skipped = 0, 0
		var missing error
		for _, panel := range board.Panels {
			for _, t := range panel.Targets {
				if ofKubernetes.MatchString(t.Expr) {
					skipped++
					continue
				}
				found, err := w.prometheus.query(t.Expr)
				if err == nil && found == 0 {
					err = errors.New("no data")
				}
				if err != nil {
					missing = errors.Join(missing, fmt.Errorf("panel %q: %s: %w", panel.Title, t.Expr, err))
				}
				n++
			}
		}
		return missing
	})
	if err != nil {
		return err
	}
	if n == 0 {
		return errors.New("the dashboard has no query")
	}
	w.run.proved(w.server(), "each of %d queries in %d panels of the generated dashboard has data; %d of kube-state-metrics were not asked", n, len(board.Panels), skipped)
	return nil
}

// fault is a thing that is broken, what has to fire then, and how it is mended.
type fault struct {
	what   string
	alerts []string
	breaks func() error
	mends  func() error
}

// faults breaks one thing after the other, and goes on after one that is not told.
func (w *watched) faults() error {
	var failed error
	for _, f := range w.all() {
		if err := w.fault(f); err != nil {
			failed = errors.Join(failed, fmt.Errorf("%s: %w", f.what, err))
		}
	}
	return failed
}

// fault breaks one thing, waits until it is told, mends it, and waits until it is
// told no more.
func (w *watched) fault(f fault) error {
	begin := time.Now()
	if err := f.breaks(); err != nil {
		return err
	}
	if err := w.prometheus.fires(true, f.alerts...); err != nil {
		return errors.Join(err, f.mends())
	}
	fired := time.Since(begin)
	if err := f.mends(); err != nil {
		return fmt.Errorf("mended: %w", err)
	}
	mended := time.Now()
	if err := w.prometheus.fires(false, f.alerts...); err != nil {
		return fmt.Errorf("mended: %w", err)
	}
	w.run.proved(w.server(), "%s: %s within %.0f s, and no more within %.0f s of its mending (rules played faster: what must hold for minutes holds for %s, rates are over %s)",
		f.what, strings.Join(f.alerts, ", "), fired.Seconds(), time.Since(mended).Seconds(), watchHold, watchWindow)
	return nil
}
