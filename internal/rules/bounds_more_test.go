package rules

import (
	"fmt"

	"github.com/whiskops/whiskops/internal/environment"
)

// tight leaves one invoker on each of two nodes, with 4 CPUs and 8 GiB, less
// 1 GiB of reserve and 1280 MiB of the invoker: 5888 MiB for actions.
func tight(e *env) {
	e.Invoker.Replicas, e.Controller.Replicas = 2, 2
	e.Cluster.Nodes["invoker"] = environment.NodePool{Count: 2, CPU: "4", Memory: "8Gi", Zones: 1}
}

// crowd makes nodes with much memory of which each takes few pods.
func crowd(e *env, pods int) {
	e.Invoker.Replicas = 6
	e.Cluster.Nodes["invoker"] = environment.NodePool{Count: 6, CPU: "8", Memory: "64Gi", Zones: 1, Pods: pods, SystemPods: 10}
}

// moreDecisions are those of memory, CPU, the edge and what lies outside.
var moreDecisions = []decision{
	// One invoker to a node that takes 60 pods, 10 of them the system's: the
	// zero value of a pool has none of the system's.
	{"WO229", "pods of actions on a node", 49*128 + 127, "--x", func(e *env, n int) { crowd(e, 60); e.Invoker.UserMemory = mi(n) }},
	{"WO229", "pods that a node takes", 60, "x--", func(e *env, n int) { crowd(e, n); e.Invoker.UserMemory = mi(49 * 128) }},
	{"WO229", "the smallest action", 128, "x--", func(e *env, n int) { crowd(e, 60); e.Invoker.UserMemory = mi(6399); e.Limits.Memory.Min = mi(n) }},
	{"WO229", "the system's pods", 10, "--x", func(e *env, n int) {
		crowd(e, 60)
		e.Invoker.UserMemory = mi(49 * 128)
		pool(e, "invoker", func(p *environment.NodePool) { p.SystemPods = n })
	}},
	// One pod of each of eight components.
	{"WO229", "pods of a pool without actions", 4 + 8, "x--", func(e *env, n int) {
		e.Kafka.Replicas, e.Controller.Replicas, e.Edge.Replicas, e.APIGateway.Replicas = 1, 1, 1, 1
		e.Cluster.Nodes["core"] = environment.NodePool{Count: 1, CPU: "16", Memory: "64Gi", Zones: 1, Pods: n, SystemPods: 4}
	}},
	{"WO231", "pods of a node", 12, "x--", func(e *env, n int) {
		e.Controller.Replicas, e.Limits.Memory.Max, e.Limits.Memory.Std = 1, "128Mi", "128Mi"
		pool(e, "invoker", func(p *environment.NodePool) { p.Pods, p.SystemPods = n, 10 })
	}},
	{"WO231", "bytes for actions", 1 << 20, "x--", func(e *env, n int) { e.Invoker.UserMemory = bytes1(n) }},
	{"WO231", "what a node leaves", 2305, "x--", func(e *env, n int) { pool(e, "invoker", func(p *environment.NodePool) { p.Memory = mi(n) }) }},
	{"WO232", "memory on a node", 5888, "--x", func(e *env, n int) { tight(e); e.Invoker.UserMemory = mi(n) }},
	{"WO232", "invokers that share a node", 2, "--x", func(e *env, n int) {
		tight(e)
		e.Invoker.Replicas, e.Invoker.UserMemory = n, "5888Mi"
		e.Placement.Rules = rule("invoker", environment.PlacementRule{Spread: "soft"})
	}},
	{"WO232", "memory where two share a node", 2304, "--x", func(e *env, n int) {
		tight(e)
		e.Invoker.Replicas, e.Invoker.UserMemory = 3, mi(n)
		e.Placement.Rules = rule("invoker", environment.PlacementRule{Spread: "soft"})
	}},
	// limits.memory.max is 512Mi.
	{"WO233", "a controller's share", 1024, "x--", func(e *env, n int) { tight(e); e.Invoker.UserMemory = mi(n) }},
	{"WO234", "memory beside stem cells", 4*256 + 256, "x--", func(e *env, n int) {
		tight(e)
		e.Invoker.UserMemory = mi(n)
		e.Runtimes.StemCells = map[string]environment.StemCell{"nodejs:20": {Count: 4, Memory: "256Mi"}}
	}},
	{"WO234", "stem cells", 1, "-xx", func(e *env, n int) {
		e.Invoker.UserMemory = "256Mi"
		e.Runtimes.StemCells = map[string]environment.StemCell{"nodejs:20": {Count: n, Memory: "1Mi"}}
	}},
	// 3750m are left beside the invoker, for 23 times 256 MiB.
	{"WO235", "CPU of actions", 3750 / 23, "--x", func(e *env, n int) { tight(e); e.Actions.CPUPer256Mi = n }},
	{"WO235", "CPU of actions in 21.9 times 256 MiB", 3750 / 21, "--x", func(e *env, n int) {
		tight(e)
		e.Invoker.UserMemory, e.Actions.CPUPer256Mi = "5610Mi", n
	}},
	{"WO235", "CPU of actions where none is left", 1, "-xx", func(e *env, n int) {
		tight(e)
		e.Actions.CPUPer256Mi = n
		pool(e, "invoker", func(p *environment.NodePool) { p.CPU = "250m" })
	}},
	{"WO235", "CPU beside an invoker", 23*100 + 250, "x--", func(e *env, n int) {
		tight(e)
		e.Actions.CPUPer256Mi = 100
		pool(e, "invoker", func(p *environment.NodePool) { p.CPU = millis(n) })
	}},
	{"WO236", "CPU of a pod", 8000, "--x", func(e *env, n int) { e.Kafka.Resources.Requests.CPU = millis(n) }},
	{"WO236", "CPU that the catalogue asks for", 100, "x--", func(e *env, n int) {
		e.Kafka.Mode, e.Placement.Rules = "separate", rule("kafka-controller", environment.PlacementRule{Pool: "db"})
		e.Cluster.Nodes["db"] = environment.NodePool{Count: 3, CPU: millis(n), Memory: "8Gi", Zones: 1}
	}},
	{"WO236", "pools with placement off", 2, "x--", func(e *env, n int) {
		e.Placement.Enabled, e.Cluster.Nodes = false, map[string]environment.NodePool{}
		for _, name := range numbered(n) {
			e.Cluster.Nodes[name] = environment.NodePool{Count: 50, CPU: "300m", Memory: "64Gi", Zones: 1}
		}
	}},
	{"WO236", "memory of a pod", 32768, "--x", func(e *env, n int) {
		e.Kafka.Resources.Requests.Memory, e.Kafka.Resources.Limits.Memory = mi(n), "64Gi"
	}},
	{"WO237", "CPU of two pods on each node", 2000, "--x", func(e *env, n int) {
		tight(e)
		e.Invoker.Replicas, e.Invoker.Resources.Requests.CPU, e.Invoker.UserMemory = 4, millis(n), "1Gi"
		e.Placement.Rules = rule("invoker", environment.PlacementRule{Spread: "soft"})
	}},
	// Two of three brokers have 1536Mi each there, and two invokers 1Gi.
	{"WO237", "memory of actions", 8192 - 1024 - 1536, "--x", func(e *env, n int) {
		tight(e)
		e.Invoker.UserMemory, e.Placement.Rules = mi(n), rule("kafka", environment.PlacementRule{Pool: "invoker"})
	}},
	{"WO238", "a heap in 2Gi", 1536, "--x", func(e *env, n int) { e.Kafka.Heap = mi(n) }},
	{"WO239", "memory asked for and allowed", 2048, "--x", func(e *env, n int) { e.Kafka.Resources.Requests.Memory = mi(n) }},
	{"WO239", "CPU asked for and allowed", 1000, "--x", func(e *env, n int) {
		e.Kafka.Resources.Requests.CPU, e.Kafka.Resources.Limits.CPU = millis(n), "1"
	}},
	{"WO240", "a heap", 1 << 20, "x--", func(e *env, n int) { e.Kafka.Heap = bytes1(n) }},
	{"WO240", "a volume", 64 << 20, "x--", func(e *env, n int) { e.Kafka.Volume.Size = bytes1(n) }},
	{"WO240", "a limit", 12 << 20, "x--", func(e *env, n int) {
		e.Redis.Resources.Requests.Memory, e.Redis.Resources.Limits.Memory = "1Mi", bytes1(n)
	}},

	// A record a second of 1 KiB: 3 times 168 hours, and 300 bytes each for a year.
	{"WO280", "the volume of kept records", 30916, "x--", func(e *env, n int) {
		e.CouchDB.Activations.Keep, e.CouchDB.Activations.PerMinute, e.CouchDB.Activations.Size = "168h", 60, "1Ki"
		e.CouchDB.Volume.Size = mi(n)
	}},
	{"WO280", "hours that records are kept", 168, "--x", func(e *env, n int) {
		e.CouchDB.Activations.Keep, e.CouchDB.Activations.PerMinute, e.CouchDB.Activations.Size = fmt.Sprintf("%dh", n), 60, "1Ki"
		e.CouchDB.Volume.Size = "30916Mi"
	}},

	{"WO240", "an action's disk", 1 << 20, "x--", func(e *env, n int) { e.Actions.EphemeralStorage = bytes1(n) }},
	{"WO242", "an action's disk", 5 << 20, "x-x", func(e *env, n int) { e.Actions.EphemeralStorage = bytes1(n) }},

	// The controller's own timeout is 65 s.
	{"WO220", "invokers for images of users' own", 40, "x--", func(e *env, n int) {
		e.Invoker.ManagedShare, e.Invoker.BlackboxShare, e.Invoker.Replicas = 100, 5, n
		pool(e, "invoker", func(p *environment.NodePool) { p.Count = 50 })
	}},
	{"WO220", "shares of the invokers", 40, "x--", func(e *env, n int) { e.Invoker.ManagedShare, e.Invoker.BlackboxShare, e.Invoker.Replicas = 60, n, 6 }},
	{"WO220", "invokers for OpenWhisk's languages", 17, "x--", func(e *env, n int) { e.Invoker.ManagedShare, e.Invoker.BlackboxShare, e.Invoker.Replicas = n, 100, 6 }},
	{"WO230", "at a time and in a minute", 60, "--x", func(e *env, n int) { e.Limits.ConcurrentInvocations = n }},
	{"WO246", "nginx's patience", 65, "xx-", func(e *env, n int) { e.Edge.ReadTimeout = seconds(n) }},
	{"WO246", "nginx's patience with blocking calls", 305, "xx-", func(e *env, n int) { e.Edge.ReadTimeout, e.Limits.Blocking = seconds(n), "300s" }},
	{"WO247", "an Ingress's patience", 75, "x--", func(e *env, n int) { ingress(e, ingressTimeout, fmt.Sprint(n)) }},
	{"WO247", "an Ingress without patience", 0, "xxx", func(e *env, n int) { ingress(e, ingressTimeout, fmt.Sprint(n)) }},
	{"WO248", "a load balancer's patience", 75, "x--", func(e *env, n int) {
		e.Edge.ReadTimeout, e.Edge.Service.Type = "75s", "LoadBalancer"
		e.Edge.Service.Annotations = map[string]string{balancerIdle: fmt.Sprint(n)}
	}},
	// 48 MiB of code, 1 MiB of parameters, 1 MiB of annotations.
	{"WO249", "bodies and the largest action", 50, "x--", func(e *env, n int) { e.Edge.BodySize = n }},
	{"WO249", "bodies and a smaller action", 12, "x--", func(e *env, n int) { e.Edge.BodySize, e.Limits.Action = n, 10 }},
	{"WO249", "bodies and the largest payload", 100, "x--", func(e *env, n int) { e.Edge.BodySize, e.Limits.Payload = n, 100<<20 }},
	{"WO249", "payload of more than an action", 70 << 20, "--x", func(e *env, n int) { e.Edge.BodySize, e.Limits.Payload = 70, n }},
	{"WO250", "bodies of an Ingress", 50, "x--", func(e *env, n int) { ingress(e, ingressBody, fmt.Sprintf("%dm", n)) }},
	{"WO250", "bodies without a limit", 0, "--x", func(e *env, n int) { ingress(e, ingressBody, fmt.Sprint(n)) }},
	{"WO255", "a certificate's minutes", 60, "x--", func(e *env, n int) { certManager(e, minutes(n), "5m") }},
	{"WO255", "renewal before the end", 100, "-xx", func(e *env, n int) { certManager(e, "100m", minutes(n)) }},
	{"WO255", "renewal at all", 300, "x--", func(e *env, n int) { certManager(e, "100m", seconds(n)) }},
	{"WO259", "a node's port", 1, "-xx", func(e *env, n int) { e.Edge.Service.Type, e.Edge.Service.NodePort = "ClusterIP", n }},
	{"WO260", "the least port of nodes", 30000, "x--", func(e *env, n int) { e.Edge.Service.Type, e.Edge.Service.NodePort = "NodePort", n }},
	{"WO260", "the largest port of nodes", 32767, "--x", func(e *env, n int) { e.Edge.Service.Type, e.Edge.Service.NodePort = "NodePort", n }},
	{"WO263", "a load balancer's port", 80, "-x-", func(e *env, n int) { e.Edge.Service.Type, e.Edge.Port = "LoadBalancer", n }},

	{"WO266", "families without that of the health test", 1, "-xx", func(e *env, n int) {
		e.Runtimes.Families = []string{"python", "go"}[:n]
	}},
	{"WO268", "the least memory of a stem cell", 128, "x--", func(e *env, n int) { stemCell(e, n) }},
	{"WO268", "the most memory of a stem cell", 512, "--x", func(e *env, n int) { stemCell(e, n) }},

	{"WO284", "replicas on one claim", 2, "-xx", func(e *env, n int) { e.Kafka.Replicas, e.Kafka.Volume.ExistingClaim = n, "kafka" }},
	{"WO285", "handles for 3 brokers", 3, "x--", func(e *env, n int) {
		e.Kafka.Volume.CSI = &environment.CSIVolume{Driver: "d", Handles: numbered(n)}
	}},
	{"WO285", "nodes for 3 brokers", 3, "x--", func(e *env, n int) {
		e.Kafka.Volume.Local = &environment.LocalVolume{Path: "/kafka", Nodes: numbered(n)}
	}},

	{"WO289", "bits of an exception to a /16", 16, "xx-", egressBits},
	{"WO290", "bits that keep the metadata service off", 16, "xx-", egressBits},
	{"WO264", "a load balancer's time to forget", 3600, "--x", forget},
	{"WO264", "no time to forget", 0, "x--", forget},
	{"WO292", "letters of a namespace", 63 - len("-actions"), "--x", func(e *env, n int) { e.Namespace = letters(n) }},
	{"WO295", "http at a port", 443, "-x-", func(e *env, n int) {
		e.CouchDB.External = &environment.CouchDBExternal{Protocol: "http", Host: "db.svc", Port: n}
	}},
}

func egressBits(e *env, n int) {
	e.Actions.Egress = environment.Egress{CIDRs: []string{"169.254.0.0/16"}, Except: []string{fmt.Sprintf("169.254.169.254/%d", n)}}
}

func forget(e *env, n int) {
	e.Edge.Service.Type, e.Edge.Service.Annotations = "LoadBalancer", map[string]string{
		"service.beta.kubernetes.io/aws-load-balancer-type":                    "nlb-ip",
		"service.beta.kubernetes.io/aws-load-balancer-target-group-attributes": fmt.Sprintf("deregistration_delay.timeout_seconds=%d", n),
	}
}

// Annotations of ingress-nginx and of AWS's classic load balancer.
const (
	ingressTimeout = "nginx.ingress.kubernetes.io/proxy-read-timeout"
	ingressBody    = "nginx.ingress.kubernetes.io/proxy-body-size"
	balancerIdle   = "service.beta.kubernetes.io/aws-load-balancer-connection-idle-timeout"
)

func ingress(e *env, annotation, value string) {
	e.Edge.ReadTimeout, e.Edge.Ingress = "75s", &environment.Ingress{Class: "nginx", Annotations: map[string]string{annotation: value}}
}

func certManager(e *env, duration, renew string) {
	e.Edge.TLS.CertManager = &environment.CertManager{Issuer: environment.Issuer{Name: "ca"}, Duration: duration, RenewBefore: renew}
}

func stemCell(e *env, n int) {
	e.Runtimes.StemCells = map[string]environment.StemCell{"nodejs:20": {Count: 1, Memory: mi(n)}}
}

// numbered are n names.
func numbered(n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprint("n", i)
	}
	return all
}

func letters(n int) string {
	text := make([]byte, n)
	for i := range text {
		text[i] = 'a'
	}
	return string(text)
}
