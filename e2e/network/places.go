package network

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
)

// Place is where a packet starts or ends: a pod, or an address outside.
type Place struct {
	Name string
	// Roles are the names by which the graph knows it. A place without any is
	// in no edge but those from anyone and to anywhere.
	Roles []string
	// Namespace is empty outside the cluster.
	Namespace string
	Labels    map[string]string
	IP        netip.Addr
	Ports     []corev1.ContainerPort
	// Genuine are pods that the environment itself makes.
	Genuine bool
}

func (p Place) is(role string) bool { return slices.Contains(p.Roles, role) }

func (p Place) inCluster() bool { return p.Namespace != "" }

// governed places are in a namespace of the environment: all that comes there
// is closed, but for what the graph opens.
func (e *Environment) governed(p Place) bool {
	return p.inCluster() && (p.Namespace == e.Home || p.Namespace == e.Actions)
}

// settle finds the places. Every component and the action pod is there, and its
// double: the same labels in a namespace where they must mean nothing.
func (e *Environment) settle(workloads []workload, actionPod *corev1.Pod) error {
	const strangers, readers = "default", "monitoring"
	e.namespace(strangers, nil)
	e.namespace(readers, nil)
	e.namespace("kube-system", nil)
	var genuine, doubles []Place
	for i, w := range workloads {
		name, pod := w.Metadata.Labels["app.kubernetes.io/name"], w.Spec.Template
		p := Place{Name: name, Roles: []string{name, "installed"}, Namespace: e.Home, Labels: pod.Labels, IP: podIP(1, i), Genuine: true}
		for _, c := range running(pod.Spec) {
			p.Ports = append(p.Ports, c.Ports...)
		}
		if pod.Spec.HostNetwork {
			return fmt.Errorf("%s is on its node's network, where policies do not hold", name)
		}
		genuine = append(genuine, p)
		doubles = append(doubles, double(p, e.Actions, podIP(5, i)), double(p, strangers, podIP(6, i)))
	}
	if actionPod.Spec.HostNetwork {
		return fmt.Errorf("action pods are on their node's network, where policies do not hold")
	}
	for i, of := range []string{"guest", "whisk.system"} {
		action := actionOf(of, e.Actions, actionPod, podIP(2, i+1))
		genuine = append(genuine, action)
		doubles = append(doubles, double(action, e.Home, podIP(5, 200+i)), double(action, strangers, podIP(6, 200+i)))
	}

	e.Places = append(genuine,
		Place{Name: "pod of no component in " + e.Home, Namespace: e.Home, Labels: map[string]string{"app": "x"}, IP: podIP(3, 1)},
		Place{Name: "pod of no component in " + e.Actions, Namespace: e.Actions, IP: podIP(3, 2)},
		Place{Name: "stranger", Namespace: strangers, Labels: map[string]string{"app": "x"}, IP: podIP(3, 3)},
		Place{Name: "DNS", Roles: []string{"dns"}, Namespace: "kube-system", Labels: map[string]string{"k8s-app": "kube-dns"}, IP: podIP(0, 2),
			Ports: []corev1.ContainerPort{{Name: "dns", ContainerPort: 53, Protocol: corev1.ProtocolUDP}, {Name: "dns-tcp", ContainerPort: 53}}})
	// What reads metrics, of the environments that say so; to the others it is a
	// stranger.
	reader := Place{Name: "reader of metrics", Namespace: readers, Labels: map[string]string{"app.kubernetes.io/name": "prometheus"}, IP: podIP(0, 3)}
	if e.Read {
		reader.Roles = []string{"reader"}
	}
	e.Places = append(append(e.Places, reader), doubles...)
	e.Places = append(e.Places, outside()...)
	return nil
}

// running are the containers of a pod that is up: those that stay among its init
// containers, too.
func running(pod corev1.PodSpec) []corev1.Container {
	all := slices.DeleteFunc(slices.Clone(pod.InitContainers), func(c corev1.Container) bool {
		return c.RestartPolicy == nil || *c.RestartPolicy != corev1.ContainerRestartPolicyAlways
	})
	return append(all, pod.Containers...)
}

// actionOf is a pod that runs an action of a subject's. No user's code is in those of
// whisk.system. Sources of the labels: KubernetesClient.scala, and initialize in
// KubernetesContainer.scala.
func actionOf(subject, namespace string, template *corev1.Pod, ip netip.Addr) Place {
	labels := map[string]string{
		"user-action-pod": "true", "invoker": "invoker0", "name": "wskinvoker-0-1-" + subject + "-hello",
		"openwhisk/action": "hello", "openwhisk/namespace": subject,
	}
	maps.Copy(labels, template.Labels)
	p := Place{Name: "action pod", Roles: []string{"action", "user-action", "installed"}, Namespace: namespace, Labels: labels, IP: ip,
		Ports: []corev1.ContainerPort{{Name: "action", ContainerPort: 8080}}, Genuine: true}
	if subject == "whisk.system" {
		p.Name, p.Roles[1] = "action pod of "+subject, "system-action"
	}
	return p
}

func double(of Place, namespace string, ip netip.Addr) Place {
	of.Name, of.Roles, of.Namespace, of.IP, of.Genuine = fmt.Sprintf("double of %s in %s", of.Name, namespace), nil, namespace, ip, false
	return of
}

func podIP(block, i int) netip.Addr { return netip.AddrFrom4([4]byte{10, 244, byte(block), byte(i)}) }

// outside are addresses of no pod, at both sides of the borders of what action
// pods must not reach. Sources of the ranges: RFC 1918, 6598, 3927.
func outside() []Place {
	var all []Place
	add := func(role string, addresses ...string) {
		for _, a := range addresses {
			var roles []string
			if role != "" {
				roles = []string{role}
			}
			all = append(all, Place{Name: "address " + a, Roles: roles, IP: netip.MustParseAddr(a)})
		}
	}
	add("internet", "203.0.113.7", "1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0",
		"169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.167.255.255", "192.169.0.0")
	add("private", "10.0.0.0", "10.255.255.255", "10.96.0.1", "100.64.0.0", "100.127.255.255",
		"172.16.0.0", "172.31.255.255", "192.168.0.0", "192.168.255.255")
	// Node-local DNS, and the metadata service of AWS, Azure and Google.
	add("link-local", "169.254.20.10", "169.254.169.254")
	// AWS's metadata service, and any, over IPv6.
	add("", "fd00:ec2::254", "2001:db8::7")
	return all
}

// pairs are all that a policy can have a say in: one end is in the
// environment. A component's pod also meets another of its own.
func (e *Environment) pairs() [][2]Place {
	var all [][2]Place
	for i, from := range e.Places {
		for j, to := range e.Places {
			switch {
			case !e.governed(from) && !e.governed(to):
				continue
			case i == j:
				to.Name, to.IP = "another "+to.Name, podIP(7, i)
			}
			all = append(all, [2]Place{from, to})
		}
	}
	return all
}

// ports are all that anything listens on, a policy speaks of or the graph needs (a
// server outside listens on what no policy may speak of), their neighbours, and a few
// that nothing has to do with.
func (e *Environment) ports(graph Graph) []int {
	seen := map[int]bool{}
	add := func(port int) {
		for p := max(port-1, 1); p <= min(port+1, 65535); p++ {
			seen[p] = true
		}
	}
	for _, p := range []int{1, 22, 53, 80, 443, 2379, 6443, 10250, 30000, 65535} {
		add(p)
	}
	for _, p := range e.Places {
		for _, c := range p.Ports {
			add(int(c.ContainerPort))
		}
	}
	for _, edge := range graph {
		for _, p := range edge.Ports {
			if edge.present(e) {
				add(p.Number)
			}
		}
	}
	speak := func(ports []networkingv1.NetworkPolicyPort) {
		for _, p := range ports {
			if p.Port != nil && p.Port.IntValue() > 0 {
				add(p.Port.IntValue())
			}
			if p.EndPort != nil {
				add(int(*p.EndPort))
			}
		}
	}
	for _, p := range e.Policies {
		for _, r := range p.Spec.Ingress {
			speak(r.Ports)
		}
		for _, r := range p.Spec.Egress {
			speak(r.Ports)
		}
	}
	return slices.Sorted(maps.Keys(seen))
}
