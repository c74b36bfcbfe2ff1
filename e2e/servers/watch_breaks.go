package servers

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// all that is broken, one after the other. What comes late leaves the most behind.
func (w *watched) all() []fault {
	b := w.brokers
	last := len(b.pods) - 1
	broken := func(which ...int) (breaks, mends func() error) {
		breaks = func() error {
			for _, i := range which {
				b.processes[i].Kill()
			}
			return nil
		}
		return breaks, func() (err error) {
			for _, i := range which {
				err = errors.Join(err, b.start(i))
			}
			for _, i := range which {
				err = errors.Join(err, b.ready(i))
			}
			return err
		}
	}
	oneBreaks, oneMends := broken(last)
	twoBreaks, twoMends := broken(last, last-1)
	allBreaks, allMends := broken(last, last-1, 0)
	return []fault{
		{"the certificate ends in a day", []string{"OpenWhiskCertificateEnds"}, func() error { return nil }, w.renew},
		{"Redis is killed", []string{"OpenWhiskRedisGone"}, func() error { w.cache.Kill(); return nil }, w.serveRedis},
		{"Redis has nearly all that it may have", []string{"OpenWhiskRedisFull"}, w.fillRedis, func() error { return w.redisCLI("DEL", "large") }},
		{"who exports for others is killed", []string{"OpenWhiskRedisUnseen", "OpenWhiskKafkaUnseen", "OpenWhiskEdgeUnseen", "OpenWhiskVolumesUnseen"}, w.blind, w.seeing},
		{"the invokers' right to make pods is taken away", []string{"OpenWhiskPodsNotMade"}, w.forbid, w.allow},
		{"the one invoker is killed, and 300 messages come for it", []string{"OpenWhiskNoHealthyInvoker", "OpenWhiskInvokerAway", "OpenWhiskInvokersUnseen", "OpenWhiskTargetDown", "OpenWhiskQueueNotTaken"},
			w.killInvoker, func() error { return errors.Join(w.invokers.start(0), w.invokers.ready(0)) }},
		{"one of three brokers is killed", []string{"OpenWhiskQuorumAtRisk", "OpenWhiskUnderReplicated"}, oneBreaks, oneMends},
		{"two of three brokers are killed", []string{"OpenWhiskTopicsWithoutLeader"}, twoBreaks, twoMends},
		{"all brokers are killed", []string{"OpenWhiskKafkaUnseen"}, allBreaks, allMends},
		{"CouchDB is killed", []string{"OpenWhiskDatabaseUnseen", "OpenWhiskEdgeErrors"}, func() error { w.couch.server.Kill(); return nil }, w.couch.serve},
		{"the one controller is killed", []string{"OpenWhiskControllersUnseen", "OpenWhiskEdgeWithoutBackend"},
			func() error { w.open.processes[0].Kill(); return nil },
			func() error { return errors.Join(w.open.start(0), w.open.ready(0)) }},
		{"the database's volume is full", []string{"OpenWhiskDatabaseDiskFull", "OpenWhiskDatabaseDiskFilling", "OpenWhiskDatabaseErrors"}, w.volume.fill, w.freeDisk},
	}
}

// freeDisk gives the database its room again. A kubelet starts what has ended.
func (w *watched) freeDisk() error {
	if err := w.volume.empty(); err != nil || w.couch.server.Running() {
		return err
	}
	return w.couch.serve()
}

func (w *watched) redisCLI(args ...string) error {
	out, err := w.redis.Exec(w.run.Context, "redis", append([]string{"redis-cli", "-h", w.redis.IP()}, args...))
	if err == nil && strings.Contains(out, "ERR") {
		err = errors.New(out)
	}
	return err
}

// fillRedis writes one value that takes 19 of 20 bytes of what Redis may have.
func (w *watched) fillRedis() error {
	out, err := w.redis.Exec(w.run.Context, "redis", []string{"redis-cli", "-h", w.redis.IP(), "CONFIG", "GET", "maxmemory"})
	if err != nil {
		return err
	}
	lines := strings.Fields(out)
	most, err := strconv.Atoi(lines[len(lines)-1])
	if err != nil {
		return fmt.Errorf("maxmemory of Redis is %q", out)
	}
	return w.redisCLI("SETRANGE", "large", strconv.Itoa(most/20*19), "x")
}

// blind ends who exports for others.
func (w *watched) blind() error {
	w.counter.Kill()
	for _, e := range w.exporters {
		e.process.Kill()
	}
	w.volume.away.Store(true)
	return nil
}

func (w *watched) seeing() (err error) {
	w.volume.away.Store(false)
	if w.counter, err = w.edge.pod.Start("exporter"); err != nil {
		return err
	}
	for component := range w.exporters {
		err = errors.Join(err, w.again(component))
	}
	return err
}

// forbid takes the invokers' RoleBinding away, and has actions run that no pod is
// there for.
func (w *watched) forbid() error {
	bindings := w.invokers.cluster.set.RbacV1().RoleBindings("openwhisk-actions")
	var err error
	if w.binding, err = bindings.Get(w.run.Context, "invoker", metav1.GetOptions{}); err != nil {
		return err
	}
	if err := bindings.Delete(w.run.Context, "invoker", metav1.DeleteOptions{}); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(w.run.Context)
	w.calm = cancel
	go func() {
		for n := 0; ctx.Err() == nil; n++ {
			name := "cold-" + strconv.Itoa(n)
			if w.invokers.create(name, "function main() { return {}; }") == nil {
				_, _, _ = w.open.call(0, http.MethodPost, "/_/actions/"+name, map[string]int{})
			}
			time.Sleep(time.Second)
		}
	}()
	return nil
}

// allow gives it back.
func (w *watched) allow() error {
	w.calm()
	w.binding.ResourceVersion, w.binding.UID = "", ""
	_, err := w.invokers.cluster.set.RbacV1().RoleBindings("openwhisk-actions").Create(w.run.Context, w.binding, metav1.CreateOptions{})
	return err
}

// killInvoker leaves its topic without a reader, and writes to it.
func (w *watched) killInvoker() error {
	w.invokers.processes[0].Kill()
	_, err := w.brokers.tools.run(w.run.Context, "kafka-producer-perf-test.sh", "--topic", "invoker0", "--num-records", "300", "--record-size", "10",
		"--throughput", "-1", "--producer-props", "bootstrap.servers="+w.brokers.bootstrap)
	return err
}

// renew gives nginx a certificate that lasts.
func (w *watched) renew() error {
	crt, key, _, err := certificateFor(w.edge.host, 2, 90*24*time.Hour)
	if err != nil {
		return err
	}
	mode := uint32(0o440)
	return errors.Join(w.edge.pod.WriteFile("certs", "tls.key", key, &mode), w.edge.pod.WriteFile("certs", "tls.crt", crt, &mode))
}
