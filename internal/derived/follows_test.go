package derived

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/environment"
)

// Which values follow, beside those that always do.
func TestFollows(t *testing.T) {
	class := func(e *environment.Environment) { e.Cluster.Storage.Class = "fast" }
	couchdb := func(change func(v *environment.Volume)) func(*environment.Environment) {
		return func(e *environment.Environment) { class(e); change(&e.CouchDB.Volume) }
	}
	others := []string{"kafka.volume.class", "redis.volume.class"}
	for _, tt := range []struct {
		name   string
		change func(*environment.Environment)
		prefix []string
		want   []string
	}{
		{"pools", nil, []string{"placement."}, []string{
			"placement.rules.apigateway.pool", "placement.rules.controller.pool", "placement.rules.couchdb.pool",
			"placement.rules.couchdb-init.pool", "placement.rules.invoker.pool", "placement.rules.kafka.pool", "placement.rules.kafka-topics.pool", "placement.rules.nginx.pool", "placement.rules.redis.pool",
		}},
		{"no placement", func(e *environment.Environment) { e.Placement.Enabled = false }, []string{"placement."}, nil},
		{"an own Kafka", nil, []string{"kafka.messageMaxBytes", "kafka.clusterID"}, []string{"kafka.messageMaxBytes", "kafka.clusterID"}},
		{"a Kafka outside", func(e *environment.Environment) { e.Kafka.External = &environment.KafkaExternal{Brokers: 3} },
			[]string{"kafka.messageMaxBytes", "kafka.clusterID"}, nil},
		{"no front", nil, []string{"edge."}, []string{"edge.bodySize", "edge.readTimeout"}},
		{"an Ingress", func(e *environment.Environment) { e.Edge.Ingress = &environment.Ingress{} }, []string{"edge."},
			[]string{"edge.ingress.secret", "edge.bodySize", "edge.readTimeout"}},
		{"an Ingress of a known class", func(e *environment.Environment) { e.Edge.Ingress = &environment.Ingress{Class: "alb"} }, []string{"edge.ingress"},
			[]string{"edge.ingress.secret", "edge.ingress.controller"}},
		{"a Gateway", func(e *environment.Environment) { e.Edge.Gateway = &environment.Gateway{} }, []string{"edge."},
			[]string{"edge.gateway.namespace", "edge.bodySize", "edge.readTimeout"}},
		{"shares of the invokers", nil, []string{"invoker."}, []string{"invoker.managedShare", "invoker.blackboxShare", "invoker.userMemory"}},
		{"the cluster's own class", nil, []string{"couchdb.volume", "kafka.volume", "redis.volume"}, nil},
		{"a class", class, []string{"couchdb.volume", "kafka.volume", "redis.volume"}, append([]string{"couchdb.volume.class"}, others...)},
		{"a claim", couchdb(func(v *environment.Volume) { v.ExistingClaim = "c" }), []string{"couchdb.volume", "kafka.volume", "redis.volume"}, others},
		{"nfs", couchdb(func(v *environment.Volume) { v.NFS = &environment.NFSVolume{} }), []string{"couchdb.volume", "kafka.volume", "redis.volume"}, others},
		{"csi", couchdb(func(v *environment.Volume) { v.CSI = &environment.CSIVolume{} }), []string{"couchdb.volume", "kafka.volume", "redis.volume"}, others},
		{"local", couchdb(func(v *environment.Volume) { v.Local = &environment.LocalVolume{} }), []string{"couchdb.volume", "kafka.volume", "redis.volume"}, others},
		{"hostPath", couchdb(func(v *environment.Volume) { v.HostPath = &environment.HostPath{} }), []string{"couchdb.volume", "kafka.volume", "redis.volume"}, others},
		{"none", couchdb(func(v *environment.Volume) { v.None = &struct{}{} }), []string{"couchdb.volume", "kafka.volume", "redis.volume"}, others},
	} {
		v := of(t, tt.change)
		var got []string
		for _, f := range v.Follows() {
			if strings.HasSuffix(f.Path, ".spread") || strings.HasSuffix(f.Path, ".zones") {
				continue
			}
			if slices.ContainsFunc(tt.prefix, func(p string) bool { return strings.HasPrefix(f.Path, p) }) {
				got = append(got, f.Path)
			}
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

// What the number of copies and the topics follow from.
func TestFollowsFrom(t *testing.T) {
	from := func(change func(*environment.Environment), path string) []string {
		v := of(t, change)
		all := v.Follows()
		i := slices.IndexFunc(all, func(f Follow) bool { return f.Path == path })
		if i < 0 {
			t.Fatalf("%s does not follow", path)
		}
		return all[i].From
	}
	outside := func(e *environment.Environment) { e.Kafka.External = &environment.KafkaExternal{Brokers: 3} }
	for _, tt := range []struct {
		path   string
		change func(*environment.Environment)
		want   []string
	}{
		{"kafka.replicationFactor", nil, []string{"kafka.replicas"}},
		{"kafka.replicationFactor", outside, []string{"kafka.external.brokers"}},
		{"cluster.apiServer.ports", func(e *environment.Environment) { e.Cluster.Platform = "minikube" }, []string{"cluster.platform"}},
		{"topics", nil, []string{"controller.replicas", "invoker.replicas", "kafka.topicPrefix"}},
	} {
		if diff := cmp.Diff(tt.want, from(tt.change, tt.path)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.path, diff)
		}
	}
}
