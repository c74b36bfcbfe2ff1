package servers

import (
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"syscall"
	"time"

	"sigs.k8s.io/yaml"

	"github.com/whiskops/whiskops/e2e/servers/podproc"
	"github.com/whiskops/whiskops/e2e/servers/programs"
)

// prometheus reads what the installation exports, by its own monitors, and looks at
// its own rules.
type prometheus struct {
	run *Run
	api string
}

// Times of the generated rules are played faster: what must hold for minutes must
// hold for seconds, and rates are over seconds. Bounds and names stay.
const (
	watchHold   = "4s"
	watchWindow = "12s"
	watchScrape = "2s"
	watchQuiet  = 15 * time.Second
	// watchSlow is how often the exporter of Kafka is read, and what Prometheus
	// waits by default: it waits itself for brokers that are gone.
	watchSlow = "10s"
)

var (
	holdLine = regexp.MustCompile(`(?m)^(\s+for: )\S+$`)
	window   = regexp.MustCompile(`\[(?:5|10)m\]`)
)

// objectsOf are the environment's objects of a kind.
func objectsOf[T any](r *Run, kind string) ([]T, error) {
	var all []T
	for _, file := range slices.Sorted(maps.Keys(r.Env.Files)) {
		var head struct{ Kind string }
		if err := yaml.Unmarshal([]byte(r.Env.Files[file]), &head); err != nil || head.Kind != kind {
			continue // a README
		}
		var o T
		if err := yaml.Unmarshal([]byte(r.Env.Files[file]), &o); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		all = append(all, o)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("the environment has no %s", kind)
	}
	return all, nil
}

// podMonitor is what a Prometheus under the operator reads.
type podMonitor struct {
	Metadata struct{ Name string }
	Spec     struct {
		Selector            struct{ MatchLabels map[string]string }
		PodMetricsEndpoints []struct{ Port, Path string }
	}
}

// jobs are the scrape jobs that the operator makes of the generated monitors: their
// pods by their labels, with the pod's name and namespace on each series.
func (w *watched) jobs() ([]map[string]any, error) {
	monitors, err := objectsOf[podMonitor](w.run, "PodMonitor")
	if err != nil {
		return nil, err
	}
	var jobs []map[string]any
	for _, m := range monitors {
		component := m.Spec.Selector.MatchLabels["app.kubernetes.io/name"]
		endpoint := m.Spec.PodMetricsEndpoints[0]
		workload, err := w.run.Env.Workload(component)
		if err != nil {
			return nil, fmt.Errorf("PodMonitor %s: %w", m.Metadata.Name, err)
		}
		port := 0
		for _, c := range workload.Spec.Template.Spec.Containers {
			for _, p := range c.Ports {
				if p.Name == endpoint.Port {
					port = p.ContainerPort
				}
			}
		}
		var targets []any
		for _, p := range w.pods {
			if p.component == component {
				targets = append(targets, map[string]any{
					"targets": []string{fmt.Sprintf("%s:%d", p.ip, port)},
					"labels":  map[string]string{"namespace": workload.Metadata.Namespace, "pod": p.pod},
				})
			}
		}
		if port == 0 || targets == nil {
			return nil, fmt.Errorf("PodMonitor %s finds port %d of %d pods", m.Metadata.Name, port, len(targets))
		}
		interval := watchScrape
		if component == "kafka-exporter" {
			interval = watchSlow
		}
		jobs = append(jobs, map[string]any{
			"job_name": m.Metadata.Name, "metrics_path": endpoint.Path, "static_configs": targets, "scrape_interval": interval, "scrape_timeout": interval,
		})
	}
	return jobs, nil
}

// startPrometheus starts it with the generated rules, and beside it who probes the
// edge from outside.
func (w *watched) startPrometheus() error {
	if err := programs.Need("prometheus", "promtool", "prometheus-blackbox-exporter"); err != nil {
		return err
	}
	folder, err := w.run.Guard.Folder("prometheus")
	if err != nil {
		return err
	}
	rules, err := objectsOf[struct{ Spec json.RawMessage }](w.run, "PrometheusRule")
	if err != nil {
		return err
	}
	text, err := yaml.JSONToYAML(rules[0].Spec)
	if err != nil {
		return err
	}
	faster := window.ReplaceAllString(holdLine.ReplaceAllString(string(text), "${1}"+watchHold), "["+watchWindow+"]")
	jobs, err := w.jobs()
	if err != nil {
		return err
	}
	probe, err := w.startProbe(folder)
	if err != nil {
		return err
	}
	config, err := yaml.Marshal(map[string]any{
		"global":         map[string]string{"scrape_interval": watchScrape, "scrape_timeout": watchScrape, "evaluation_interval": "1s"},
		"rule_files":     []string{"rules.yaml"},
		"scrape_configs": append(jobs, probe, map[string]any{"job_name": "kubelet", "static_configs": []any{map[string]any{"targets": []string{w.volume.address}}}}),
	})
	if err != nil {
		return err
	}
	for name, text := range map[string]string{"prometheus.yaml": string(config), "rules.yaml": faster, "generated.yaml": string(text)} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	ip, err := w.run.addresses(9090)
	if err != nil {
		return err
	}
	process, err := w.run.Guard.Start(podproc.Command{
		Name: "prometheus", Env: os.Environ(), Log: filepath.Join(folder, "log"),
		Args: []string{"prometheus", "--config.file=" + folder + "/prometheus.yaml", "--storage.tsdb.path=" + folder + "/data", "--web.listen-address=" + ip + ":9090"},
	})
	if err != nil {
		return err
	}
	w.run.atEnd(process.Kill)
	w.prometheus = &prometheus{w.run, "http://" + ip + ":9090/api/v1"}
	if err := eventually(w.run.Context, 30*time.Second, func() error { _, err := w.prometheus.query("vector(1)"); return err }); err != nil {
		return fmt.Errorf("%w\n%s", err, tail(process.Log()))
	}
	return nil
}

// startProbe starts who connects to the edge as a client does.
func (w *watched) startProbe(folder string) (map[string]any, error) {
	config := filepath.Join(folder, "blackbox.yaml")
	module := map[string]any{"modules": map[string]any{"https": map[string]any{"prober": "http", "timeout": "2s", "http": map[string]any{
		"valid_status_codes": []int{200, 401, 404, 502}, "tls_config": map[string]any{"insecure_skip_verify": true, "server_name": w.edge.host},
	}}}}
	text, err := yaml.Marshal(module)
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(config, text, 0o644); err != nil {
		return nil, err
	}
	ip, err := w.run.addresses(9115)
	if err != nil {
		return nil, err
	}
	process, err := w.run.Guard.Start(podproc.Command{
		Name: "probe", Env: os.Environ(), Log: filepath.Join(folder, "probe.log"),
		Args: []string{"prometheus-blackbox-exporter", "--config.file=" + config, "--web.listen-address=" + ip + ":9115"},
	})
	if err != nil {
		return nil, err
	}
	w.run.atEnd(process.Kill)
	return map[string]any{
		"job_name": "probe", "metrics_path": "/probe", "params": map[string]any{"module": []string{"https"}, "target": []string{"https://" + w.edge.ip + ":8443/"}},
		"static_configs":  []any{map[string]any{"targets": []string{ip + ":9115"}}},
		"relabel_configs": []any{map[string]any{"target_label": "instance", "replacement": "https://" + w.edge.host + "/"}},
	}, nil
}

// serveVolume answers as a kubelet does, of the claim of the first database.
func (r *Run) serveVolume(v *volumeDouble) (string, error) {
	w, err := r.Env.Workload("couchdb")
	if err != nil {
		return "", err
	}
	ip, err := r.addresses(10250)
	if err != nil {
		return "", err
	}
	listener, err := net.Listen("tcp", ip+":10250")
	if err != nil {
		return "", err
	}
	server := &http.Server{Handler: http.HandlerFunc(func(out http.ResponseWriter, _ *http.Request) {
		if v.away.Load() {
			http.Error(out, "away", http.StatusServiceUnavailable)
			return
		}
		var s syscall.Statfs_t
		if err := syscall.Statfs(v.folder, &s); err != nil {
			http.Error(out, err.Error(), http.StatusInternalServerError)
			return
		}
		for name, blocks := range map[string]uint64{"available": s.Bavail, "capacity": s.Blocks} {
			fmt.Fprintf(out, "kubelet_volume_stats_%s_bytes{namespace=%q,persistentvolumeclaim=\"data-couchdb-0\"} %d\n", name, w.Metadata.Namespace, blocks*uint64(s.Bsize))
		}
	})}
	go func() { _ = server.Serve(listener) }()
	r.atEnd(func() { _ = server.Close() })
	return ip + ":10250", nil
}
