package render

import (
	"fmt"
	"net"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestEndpoints: what pods wait for and are told to use is an endpoint of the
// build or one outside that the environment names, and the network lets them.
func TestEndpoints(t *testing.T) {
	eachSample(t, func(t *testing.T, s *sample) {
		g, n, count := s.graph(t), s.network(t), 0
		for _, w := range s.workloads(t) {
			used := map[string]string{} // endpoint and what says so
			for _, c := range w.pod().InitContainers {
				for _, e := range waitsFor(t, c, s.variables(t, w, &c)) {
					used[e] = c.Name
				}
			}
			for name, value := range s.variables(t, w, w.main(t)) {
				for _, e := range told(name, value) {
					used[e] = name
				}
			}
			from := slices.IndexFunc(g.places(t), func(p place) bool { return p.name == w.component() })
			for e, by := range used {
				count++
				host, port, err := net.SplitHostPort(e)
				if err != nil {
					t.Errorf("%s: %s: %v", w.Object, by, err)
					continue
				}
				if s.external(host, port) {
					continue
				}
				component, number := s.resolve(t, w.Namespace, host, port)
				if component == "" {
					t.Errorf("%s: %s is %s, which nothing answers", w.Object, by, e)
					continue
				}
				to := slices.IndexFunc(g.places(t), func(p place) bool { return p.name == component })
				if a, b := g.places(t)[from], g.places(t)[to]; !n.leaves(a, b, number, "TCP") || !n.enters(a, b, number, "TCP") {
					t.Errorf("%s: %s is %s, which a policy forbids", w.Object, by, e)
				}
			}
		}
		if count < 5 {
			t.Errorf("%d endpoints: the test is looking at nothing", count)
		}
	})
}

var waitLine = regexp.MustCompile(`(?m)^(hosts|url)="(.*)"$`)

// waitsFor are the endpoints in the script of a container that waits.
func waitsFor(t *testing.T, c container, vars map[string]string) []string {
	if !strings.HasPrefix(c.Name, "wait-for-") {
		return nil
	}
	found := waitLine.FindStringSubmatch(strings.Join(c.Command, "\n"))
	if found == nil {
		t.Fatalf("container %s waits for nothing", c.Name)
	}
	text := os.Expand(found[2], func(name string) string {
		if vars[name] == "" {
			t.Errorf("container %s has no variable %s", c.Name, name)
		}
		return vars[name]
	})
	if found[1] == "url" {
		return []string{hostPort(text)}
	}
	return strings.Split(text, ",")
}

// hostPort of a URL.
func hostPort(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return text
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return net.JoinHostPort(u.Hostname(), port)
}

// told are the endpoints in a variable that is known to hold some.
func told(name, value string) []string {
	switch {
	case name == "KAFKA_HOSTS":
		return strings.Split(value, ",")
	case name == "KAFKA_CONTROLLER_QUORUM_VOTERS":
		var all []string
		for _, voter := range strings.Split(value, ",") {
			_, at, _ := strings.Cut(voter, "@")
			all = append(all, at)
		}
		return all
	case strings.Contains(name, "_cluster_seedNodes_"):
		_, at, _ := strings.Cut(value, "@")
		return []string{at}
	case name == "COUCHDB_URL" || name == "BACKEND_HOST" || name == "API_URL":
		return []string{hostPort(value)}
	case name == "KAFKA_ADVERTISED_LISTENERS":
		var all []string
		for _, listener := range strings.Split(value, ",") {
			_, at, _ := strings.Cut(listener, "://")
			all = append(all, at)
		}
		return all
	}
	return nil
}

// external tells whether the environment names the endpoint.
func (s *sample) external(host, port string) bool {
	e := s.values.Env
	at := host + ":" + port
	return e.Kafka.External != nil && slices.Contains(e.Kafka.External.Bootstrap, at) ||
		e.CouchDB.External != nil && at == fmt.Sprintf("%s:%d", e.CouchDB.External.Host, e.CouchDB.External.Port) ||
		e.Redis.External != nil && at == fmt.Sprintf("%s:%d", s.values.Endpoint("redis").FQDN, e.Redis.External.Port) ||
		slices.Contains(e.Invoker.ZooKeeper, at)
}

// resolve finds the component behind a host and port as the cluster's DNS and
// Services do, and the port of its pod.
func (s *sample) resolve(t *testing.T, namespace, host, port string) (component string, number int) {
	e := s.values.Env
	host = strings.TrimSuffix(host, "."+namespace+".svc."+e.Cluster.Domain)
	name, ordinal := host, ""
	if first, rest, found := strings.Cut(host, "."); found {
		ordinal, name = first, rest
	}
	o, ok := s.find("Service", namespace, name)
	if !ok {
		return "", 0
	}
	svc := read[service](t, o.Value)
	for _, w := range s.workloads(t) {
		if !(selector{MatchLabels: svc.Spec.Selector}).matches(t, w.labels()) {
			continue
		}
		if ordinal != "" {
			var i int
			_, err := fmt.Sscanf(strings.TrimPrefix(ordinal, w.Name+"-"), "%d", &i)
			if err != nil || w.Kind != "StatefulSet" || w.Spec.ServiceName != name || i >= s.values.Replicas(w.component()) {
				return "", 0
			}
		}
		for _, p := range svc.Spec.Ports {
			if fmt.Sprint(p.Port) != port && svc.Spec.ClusterIP != "None" {
				continue
			}
			for _, c := range w.main(t).Ports {
				headless := svc.Spec.ClusterIP == "None" && fmt.Sprint(c.ContainerPort) == port
				if headless || svc.Spec.ClusterIP != "None" && (p.TargetPort == c.Name || fmt.Sprint(p.TargetPort) == fmt.Sprint(c.ContainerPort)) {
					return w.component(), c.ContainerPort
				}
			}
		}
	}
	return "", 0
}
