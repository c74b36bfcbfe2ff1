package derived

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/environment"
)

func TestEndpoint(t *testing.T) {
	for _, tt := range []struct {
		name, component string
		change          func(*environment.Environment)
		want            Endpoint
	}{
		{"a Service", "couchdb", nil, Endpoint{
			Protocol: "http", Host: "couchdb", FQDN: "couchdb.openwhisk.svc.cluster.local", Port: 5984, Servers: "couchdb:5984", Ports: []int{5984},
		}},
		{"the pods of a Service", "kafka", func(e *environment.Environment) { e.Kafka.Replicas = 2 }, Endpoint{
			Port: 9092, Servers: "kafka-0.kafka:9092,kafka-1.kafka:9092", Ports: []int{9092},
		}},
		{"a server outside", "couchdb", func(e *environment.Environment) {
			e.CouchDB.External = &environment.CouchDBExternal{Protocol: "https", Host: "db.example.com", Port: 443}
		}, Endpoint{
			Protocol: "https", Host: "db.example.com", FQDN: "db.example.com", Port: 443, Servers: "db.example.com:443", Ports: []int{443}, Outside: true,
		}},
		{"a Service of another namespace", "redis", func(e *environment.Environment) {
			e.Redis.External = &environment.RedisExternal{Host: "redis.data.svc", Port: 6380}
		}, Endpoint{
			Host: "redis.data.svc", FQDN: "redis.data.svc.cluster.local", Port: 6380, Servers: "redis.data.svc:6380", Ports: []int{6380}, Outside: true,
		}},
		{"servers outside", "kafka", func(e *environment.Environment) {
			e.Kafka.External = &environment.KafkaExternal{Bootstrap: []string{"b.example.com:9094", "a.example.com:9092", "c.example.com:9094"}, Brokers: 2}
		}, Endpoint{
			Servers: "b.example.com:9094,a.example.com:9092,c.example.com:9094", Ports: []int{9092, 9094}, Outside: true,
		}},
	} {
		v := of(t, tt.change)
		if diff := cmp.Diff(tt.want, v.Endpoint(tt.component)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestVoter(t *testing.T) {
	for _, tt := range []struct {
		mode, component string
		want            bool
	}{
		{"combined", "kafka", true},
		{"separate", "kafka", false},
		{"separate", "kafka-controller", true},
		{"separate", "nginx", false},
	} {
		v := of(t, func(e *environment.Environment) { e.Kafka.Mode = tt.mode })
		if got := v.Voter(tt.component) != nil; got != tt.want {
			t.Errorf("%s, %s: votes %v, want %v", tt.mode, tt.component, got, tt.want)
		}
	}
}
