package servers

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/whiskops/whiskops/e2e/servers/podproc"
)

func (w *watched) startRedisExporter() error {
	const component = "redis-exporter"
	ip, err := w.run.address(component)
	if err != nil {
		return err
	}
	pod, err := w.run.pod(podproc.Options{Component: component, IP: ip, Rules: []podproc.Rule{
		{In: "command", From: "/redis_exporter", To: "/usr/bin/prometheus-redis-exporter", Always: true},
		{In: "env REDIS_ADDR", From: "redis://" + w.run.fqdn("redis") + ":", To: "redis://" + w.redis.IP() + ":", Always: true},
		{In: "env REDIS_EXPORTER_WEB_LISTEN_ADDRESS", From: ":9121", To: ip + ":9121", Always: true},
	}})
	if err != nil {
		return err
	}
	return w.export(pod, component, ip)
}

func (w *watched) startKafkaExporter() error {
	const component = "kafka-exporter"
	ip, err := w.run.address(component)
	if err != nil {
		return err
	}
	pod, err := w.run.pod(podproc.Options{Component: component, IP: ip, Rules: []podproc.Rule{
		{In: "command", From: "/bin/kafka_exporter", To: os.Getenv(KafkaExporterProgram), Always: true},
		{In: "command", From: "--web.listen-address=:9308", To: "--web.listen-address=" + ip + ":9308", Always: true},
	}, Room: func(string, []podproc.Mount) (podproc.Room, error) {
		return named(filepath.Join(w.brokers.tools.folder, "hosts")), nil
	}})
	if err != nil {
		return err
	}
	return w.export(pod, component, ip)
}

// exporter is a pod that exports for another.
type exporter struct {
	pod     *podproc.Pod
	process *podproc.Process
}

// export starts who exports for another, until it is ready as its probes say.
func (w *watched) export(pod *podproc.Pod, component, ip string) error {
	w.exporters[component] = &exporter{pod: pod}
	if err := w.again(component); err != nil {
		return err
	}
	w.exports(component, pod.Name(), ip)
	return pod.Checked()
}

// again starts one once more.
func (w *watched) again(component string) (err error) {
	e := w.exporters[component]
	if e.process, err = e.pod.Start(component); err != nil {
		return err
	}
	if err := w.run.probesPass(e.pod, component, 30*time.Second); err != nil {
		return fmt.Errorf("%w\n%s", err, tail(e.process.Log()))
	}
	return nil
}

// named is a room of this machine in which names are as a file of hosts says.
type named string

// Enter has the file in the place of this machine's.
func (n named) Enter(user, group, _ *uint32, args []string) []string {
	as := []string{"setpriv", "--reuid=" + strconv.Itoa(int(*user)), "--regid=" + strconv.Itoa(int(*group)), "--clear-groups", "--no-new-privs"}
	return append([]string{"unshare", "--mount", "/bin/sh", "-c", `mount --bind "$0" /etc/hosts && exec "$@"`, string(n)}, append(as, args...)...)
}

// Close leaves nothing.
func (n named) Close() {}
