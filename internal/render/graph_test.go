package render

import (
	"cmp"
	"maps"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/whiskops/whiskops/internal/catalog"
)

// graph is who may talk to whom by the catalogue and the environment, worked
// out without the plan.
type graph struct {
	*sample
	ports map[string]map[string]int // by component and name
}

func (s *sample) graph(t testing.TB) graph {
	g := graph{s, map[string]map[string]int{}}
	for _, w := range s.workloads(t) {
		g.ports[w.component()] = map[string]int{}
		for _, c := range w.pod().Containers {
			for _, p := range c.Ports {
				g.ports[w.component()][p.Name] = p.ContainerPort
			}
		}
	}
	return g
}

// needs tells whether one component needs a port of another.
func (g graph) needs(from, to string, port int) bool {
	all := g.values.Catalog.Components[from].Needs
	switch {
	case from == actionPods:
		all = g.values.Catalog.Actions.Needs
	case from == systemPods:
		all = slices.Concat(g.values.Catalog.Actions.Needs, g.values.Catalog.Actions.System.Needs)
	case from == "invoker" && ofUsers(to):
		return port == g.values.Catalog.Actions.Port
	}
	return slices.ContainsFunc(all, func(n catalog.Need) bool {
		return n.Component == to && n.When.Holds(g.values.Env) && slices.ContainsFunc(n.Ports, func(name string) bool { return g.ports[to][name] == port })
	})
}

// public ports are open to anyone who gets there.
func (g graph) public(component string, port int) bool {
	var names []string
	for _, p := range g.values.Catalog.Components[component].Public {
		if len(p.When) == 0 {
			names = append(names, p.Port)
		}
	}
	if e := g.values.Env.Edge; component == "nginx" && (e.Ingress != nil || e.Gateway != nil) {
		names = append(names, "internal")
	}
	return slices.ContainsFunc(names, func(n string) bool { return g.ports[component][n] == port })
}

// outside are the ports on which a component may reach any address: those of
// what it needs and is not installed, and of the API server where its
// addresses are not known.
func (g graph) outside(component string) []int {
	e := g.values.Env
	var ports []int
	add := func(hostPort string) {
		_, port, _ := net.SplitHostPort(hostPort)
		n, _ := strconv.Atoi(port)
		ports = append(ports, n)
	}
	for _, need := range g.values.Catalog.Components[component].Needs {
		switch {
		case need.Component == "kafka" && e.Kafka.External != nil:
			for _, b := range e.Kafka.External.Bootstrap {
				add(b)
			}
		case need.Component == "couchdb" && e.CouchDB.External != nil && byName(e.CouchDB.External.Host):
			ports = append(ports, e.CouchDB.External.Port)
		case need.Component == "redis" && e.Redis.External != nil && byName(e.Redis.External.Host):
			ports = append(ports, e.Redis.External.Port)
		}
	}
	if g.callsAPIServer(component) && len(e.Cluster.APIServer.CIDRs) == 0 {
		ports = append(ports, g.values.APIPorts()...)
	}
	if component == "kafkaprovider" && e.Packages != nil && e.Packages.Kafka != nil {
		for _, b := range e.Packages.Kafka.Brokers {
			add(b)
		}
	}
	if b := e.CouchDB.Backup; b != nil && b.S3 != nil && (component == "couchdb-backup" || component == "couchdb-restore") {
		address, _ := url.Parse(b.S3.Endpoint)
		add(net.JoinHostPort(address.Hostname(), cmp.Or(address.Port(), map[string]string{"http": "80", "https": "443"}[address.Scheme])))
	}
	if component == "invoker" && e.Invoker.Kind == "DaemonSet" {
		for _, z := range e.Invoker.ZooKeeper {
			add(z)
		}
	}
	return ports
}

// byName tells a host by name from an address, which a policy can name.
func byName(host string) bool {
	_, err := netip.ParseAddr(host)
	return err != nil
}

// actionPods run users' code, systemPods that of packages of whisk.system.
const (
	actionPods = "action-pods"
	systemPods = "system-action-pods"
)

// ofUsers tells of pods that invokers make.
func ofUsers(name string) bool { return name == actionPods || name == systemPods }

// places of the installation: a pod of each component, and an action pod.
func (g graph) places(t testing.TB) []place {
	var all []place
	for i, w := range g.workloads(t) {
		ip := netip.AddrFrom4([4]byte{10, 244, 1, byte(i)})
		all = append(all, place{w.component(), w.Namespace, w.labels(), ip})
	}
	labels := map[string]string{"user-action-pod": "true", "app.kubernetes.io/part-of": "openwhisk", "openwhisk/namespace": "guest"}
	system := maps.Clone(labels)
	system["openwhisk/namespace"] = "whisk.system"
	return append(all, place{actionPods, g.values.ActionNamespace, labels, netip.MustParseAddr("10.244.2.1")},
		place{systemPods, g.values.ActionNamespace, system, netip.MustParseAddr("10.244.2.2")})
}

// interesting ports: all that anything listens on, and one that nothing does.
func (g graph) allPorts() []int {
	seen := map[int]bool{g.values.Catalog.Actions.Port: true, 53: true, 12345: true}
	for _, ports := range g.ports {
		for _, p := range ports {
			seen[p] = true
		}
	}
	var all []int
	for p := range seen {
		all = append(all, p)
	}
	slices.Sort(all)
	return all
}

// TestGraph: between two components exactly those ports are open that one
// needs of the other, and both sides say the same.
func TestGraph(t *testing.T) {
	eachSample(t, func(t *testing.T, s *sample) {
		g, n, opened := s.graph(t), s.network(t), 0
		for _, from := range g.places(t) {
			anywhere := g.outside(from.name)
			for _, to := range g.places(t) {
				for _, port := range g.allPorts() {
					needed := g.needs(from.name, to.name, port)
					leaves := needed || slices.Contains(anywhere, port)
					if ofUsers(from.name) {
						leaves = leaves || g.reachedByActions(t, to.ip)
					}
					enters := needed || g.public(to.name, port)
					if got := n.leaves(from, to, port, "TCP"); got != leaves {
						t.Errorf("%s -> %s:%d leaves: %v, want %v", from.name, to.name, port, got, leaves)
					}
					if got := n.enters(from, to, port, "TCP"); got != enters {
						t.Errorf("%s -> %s:%d enters: %v, want %v", from.name, to.name, port, got, enters)
					}
					if n.enters(from, to, port, "UDP") {
						t.Errorf("%s -> %s:%d enters over UDP", from.name, to.name, port)
					}
					if needed {
						opened++
					}
				}
			}
		}
		if opened < 5 {
			t.Errorf("%d connections are needed: the test is looking at nothing", opened)
		}
	})
}

// reachedByActions tells whether the environment lets actions reach an address.
func (g graph) reachedByActions(t testing.TB, ip netip.Addr) bool {
	e := g.values.Env.Actions.Egress
	for _, cidr := range e.CIDRs {
		inside := prefix(t, cidr).Contains(ip)
		for _, out := range e.Except {
			inside = inside && !prefix(t, out).Contains(ip)
		}
		if inside {
			return true
		}
	}
	return false
}

// TestOutside: who may leave the installation, and who may come in.
func TestOutside(t *testing.T) {
	stranger := place{"a stranger", "default", map[string]string{"app.kubernetes.io/name": "controller", "user-action-pod": "true"}, netip.MustParseAddr("10.244.9.9")}
	web := place{"the internet", "", nil, netip.MustParseAddr("198.18.0.1")}
	metadata := place{"the metadata service", "", nil, netip.MustParseAddr("169.254.169.254")}
	eachSample(t, func(t *testing.T, s *sample) {
		g, n := s.graph(t), s.network(t)
		// Some plugins see the address, some the pod behind it.
		servers := []place{{"DNS on the node", "", nil, netip.MustParseAddr("169.254.20.10")}}
		if at, err := netip.ParseAddr(s.values.DNS); err != nil {
			servers = append(servers, place{"DNS", strings.Split(s.values.DNS, ".")[1], map[string]string{"k8s-app": "kube-dns"}, netip.MustParseAddr("10.244.0.2")})
		} else {
			namespace := map[string]string{"openshift": "openshift-dns"}[s.values.Env.Cluster.Platform]
			servers = append(servers, place{"DNS at its address", "", nil, at},
				place{"DNS", cmp.Or(namespace, "kube-system"), map[string]string{"k8s-app": "kube-dns"}, netip.MustParseAddr("10.244.0.2")})
		}
		api := place{"the API server", "", nil, netip.MustParseAddr("192.0.2.1")}
		if cidrs := s.values.Env.Cluster.APIServer.CIDRs; len(cidrs) > 0 {
			api.ip = prefix(t, cidrs[0]).Addr()
		}
		for _, p := range g.places(t) {
			for _, port := range []int{53, 5353} {
				for _, protocol := range []string{"TCP", "UDP"} {
					for _, dns := range servers {
						if !n.leaves(p, dns, port, protocol) {
							t.Errorf("%s cannot ask %s on %s port %d", p.name, dns.name, protocol, port)
						}
					}
					if want := ofUsers(p.name) && g.reachedByActions(t, stranger.ip) && protocol == "TCP"; n.leaves(p, stranger, port, protocol) != want {
						t.Errorf("%s can ask a stranger on %s port %d: %v, want %v", p.name, protocol, port, !want, want)
					}
				}
			}
			reached := ofUsers(p.name) && g.reachedByActions(t, api.ip)
			for _, port := range s.values.APIPorts() {
				want := g.callsAPIServer(p.name) || slices.Contains(g.outside(p.name), port) || reached
				if got := n.leaves(p, api, port, "TCP"); got != want {
					t.Errorf("%s -> the API server:%d: %v, want %v", p.name, port, got, want)
				}
			}
			for _, need := range s.values.Catalog.Components[p.name].Needs {
				if e := s.values.Env.CouchDB.External; need.Component == "couchdb" && e != nil && !byName(e.Host) {
					if there := (place{"CouchDB", "", nil, netip.MustParseAddr(e.Host)}); !n.leaves(p, there, e.Port, "TCP") {
						t.Errorf("%s cannot reach CouchDB at %s", p.name, e.Host)
					}
				}
			}
			for _, there := range []place{web, metadata, stranger} {
				for _, port := range []int{80, 443, 8080, 9092} {
					want := slices.Contains(g.outside(p.name), port) || ofUsers(p.name) && g.reachedByActions(t, there.ip)
					if got := n.leaves(p, there, port, "TCP"); got != want {
						t.Errorf("%s -> %s:%d: %v, want %v", p.name, there.name, port, got, want)
					}
				}
			}
			for _, port := range g.allPorts() {
				for _, from := range []place{web, stranger} {
					if got, want := n.enters(from, p, port, "TCP"), g.public(p.name, port); got != want {
						t.Errorf("%s -> %s:%d: %v, want %v", from.name, p.name, port, got, want)
					}
				}
			}
		}
	})
}

// Whatever else comes into a namespace may do nothing.
func TestDefaultDeny(t *testing.T) {
	eachSample(t, func(t *testing.T, s *sample) {
		n := s.network(t)
		for _, namespace := range []string{s.values.Env.Namespace, s.values.ActionNamespace} {
			denied := slices.ContainsFunc(n.policies, func(p policy) bool {
				return p.Namespace == namespace && len(p.Spec.PodSelector.MatchLabels) == 0 &&
					slices.Contains(p.Spec.PolicyTypes, "Ingress") && slices.Contains(p.Spec.PolicyTypes, "Egress") &&
					len(p.Spec.Ingress)+len(p.Spec.Egress) == 0
			})
			if !denied {
				t.Errorf("namespace %s has no policy that denies all", namespace)
			}
			other := place{"a pod of no component", namespace, map[string]string{"app": "x"}, netip.MustParseAddr("10.244.5.5")}
			for _, port := range []int{53, 443, 8080} {
				if n.leaves(other, other, port, "TCP") || n.enters(other, other, port, "TCP") {
					t.Errorf("%s in %s may use port %d", other.name, namespace, port)
				}
			}
		}
		if s.values.Env.Namespace == s.values.ActionNamespace {
			t.Error("action pods share the installation's namespace")
		}
	})
}
