package derived

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/internal/environment"
)

// Follow is a value that whiskops works out, for a person who asks why.
type Follow struct {
	// Path of the environment's field that would say it, had the user written
	// it; for what no field says, a name of its own without a dot.
	Path  string
	Value any
	// From are the paths of the fields that it follows from. Beside them it may
	// follow from what OpenWhisk is.
	From []string
}

// Follows are the values that follow from others: first those of the fields
// that the contract calls derived, whether or not the user wrote them, then those
// that no field says.
func (v *Values) Follows() []Follow {
	var all []Follow
	add := func(path string, value any, from ...string) { all = append(all, Follow{path, value, from}) }
	add("cluster.name", v.Cluster)
	add("cluster.dns", v.DNS, "cluster.platform", "cluster.domain")
	if len(v.Catalog.APIPorts[v.Env.Cluster.Platform]) > 0 {
		add(apiPorts, v.APIPorts(), "cluster.platform")
	}
	for _, pool := range slices.Sorted(maps.Keys(v.Env.Cluster.Nodes)) {
		add(environment.JoinPath("cluster", "nodes", pool, "pods"), v.NodePods(v.Env.Cluster.Nodes[pool]), "cluster.platform")
	}
	v.placements(add)
	v.entrances(add)
	v.classes(add)
	add("kafka.replicationFactor", v.Kafka.ReplicationFactor, v.brokers())
	add("kafka.minInSyncReplicas", v.Kafka.MinInSyncReplicas, "kafka.replicationFactor")
	if v.Env.Kafka.External == nil {
		add("kafka.messageMaxBytes", v.Kafka.MessageMaxBytes, "limits.payload")
		add("kafka.clusterID", v.Kafka.ClusterID, "namespace")
	}
	v.retentions(add)
	v.chained(add)
	add("invoker.managedShare", v.Shares.Managed, "invoker.replicas")
	add("invoker.blackboxShare", v.Shares.Blackbox, "invoker.replicas")
	node := environment.JoinPath("cluster", "nodes", v.InvokerPool, "memory")
	add("invoker.userMemory", mebibytes(v.UserMemory), node, "invoker.reserve", "invoker.resources.limits.memory",
		environment.JoinPath("cluster", "nodes", v.InvokerPool, "pods"), environment.JoinPath("cluster", "nodes", v.InvokerPool, "systemPods"), "limits.memory.min")
	add("actions.namespace", v.ActionNamespace, "namespace")

	if v.gateway {
		add(gatewayOn, true, "packages.routeManagement")
	}
	if v.Env.Load != nil {
		add("load.deadline", fmt.Sprintf("%ds", v.LoadDeadline()), "load.stages")
	}
	v.delivered(add)
	add("publicURL", v.PublicURL, "edge.host", "edge.port")
	add("certificateSecret", v.CertificateSecret, "edge.tls")
	add("components", v.Components())
	topics := make([]string, len(v.Topics))
	for i, t := range v.Topics {
		topics[i] = t.Name
	}
	add("topics", topics, v.eachTopic()...)
	return all
}

func mebibytes(n int64) string { return strconv.FormatInt(n, 10) + "Mi" }

// delivered are what Flux is told. Only its rollouts say how long the longest is.
func (v *Values) delivered(add func(string, any, ...string)) {
	f := v.Env.GitOps.Flux
	if f == nil {
		return
	}
	if f.OCI != nil {
		add("gitops.flux.oci.tag", v.FluxTag())
	}
	timeout := "5m"
	if f.CancelsHealthChecks {
		timeout = "the longest good rollout"
	}
	add("gitops.flux.timeout", cmp.Or(f.Timeout, timeout), "gitops.flux.cancelsHealthChecks")
}

// FluxTag of the environment's artifact: what is written, or its name.
func (v *Values) FluxTag() string { return cmp.Or(v.Env.GitOps.Flux.OCI.Tag, v.Env.Name) }

// retentions are what topics keep; where nothing is written, OpenWhisk's own.
func (v *Values) retentions(add func(string, any, ...string)) {
	for _, kind := range slices.Sorted(maps.Keys(v.TopicKinds)) {
		at := func(label string) string { return "kafka.topics.retention." + kind + "." + label }
		add(at("segmentBytes"), v.TopicKinds[kind].SegmentBytes)
		add(at("bytes"), v.TopicKinds[kind].Bytes)
		add(at("ms"), v.TopicKinds[kind].MS)
	}
}

// placements are where components go.
func (v *Values) placements(add func(string, any, ...string)) {
	if !v.Env.Placement.Enabled {
		return
	}
	for _, component := range v.Components() {
		if v.Passes(component) {
			continue // environments have no rule for it
		}
		rule := v.Placement(component)
		at := func(label string) string { return environment.JoinPath("placement", "rules", component, label) }
		add(at("pool"), rule.Pool, "cluster.nodes")
		add(at("spread"), rule.Spread)
		add(at("zones"), rule.Zones)
	}
}

// entrances are what an Ingress and a Gateway refer to.
func (v *Values) entrances(add func(string, any, ...string)) {
	if i := v.Env.Edge.Ingress; i != nil {
		add("edge.ingress.secret", cmp.Or(i.Secret, v.CertificateSecret), "edge.tls")
		if controller := cmp.Or(i.Controller, v.serves(i.Class, i.Annotations)); controller != "" {
			add("edge.ingress.controller", controller, "edge.ingress.class", "edge.ingress.annotations")
		}
	}
	if g := v.Env.Edge.Gateway; g != nil {
		add("edge.gateway.namespace", cmp.Or(g.Namespace, v.Env.Namespace), "namespace")
	}
}

// chained are the links of the chain that have a field of their own.
func (v *Values) chained(add func(string, any, ...string)) {
	for _, l := range v.Catalog.Limits {
		if l.Short == "" {
			continue // no field of its own
		}
		value := any(v.links[l.Name].value)
		if l.Unit == catalog.Seconds {
			value = strconv.Itoa(v.links[l.Name].value) + "s"
		}
		add(l.Fields[0], value, l.From...)
	}
}

// classes are the StorageClasses of volumes that have one.
func (v *Values) classes(add func(string, any, ...string)) {
	if v.Env.Cluster.Storage.Class == "" {
		return // the cluster's own default, which has no name here
	}
	for _, component := range v.Components() {
		volume, path := v.Volume(component)
		if volume != nil && claimed(volume) {
			add(path+".class", cmp.Or(volume.Class, v.Env.Cluster.Storage.Class), "cluster.storage.class")
		}
	}
}

// claimed tells whether a StorageClass makes the volume.
func claimed(v *environment.Volume) bool {
	return v.ExistingClaim == "" && v.NFS == nil && v.CSI == nil && v.Local == nil && v.HostPath == nil && v.None == nil
}

func (v *Values) brokers() string {
	if v.Env.Kafka.External != nil {
		return "kafka.external.brokers"
	}
	return "kafka.replicas"
}

// eachTopic are the fields that topics follow from.
func (v *Values) eachTopic() []string {
	from := []string{"kafka.topicPrefix"}
	for _, settings := range v.TopicKinds {
		if settings.Each != "" {
			from = append(from, v.Catalog.Components[settings.Each].Replicas)
		}
	}
	slices.Sort(from)
	return slices.Compact(from)
}
