package derived

import (
	"testing"

	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/internal/environment"
)

// A disk holds whole bytes: what does not divide by the brokers is rounded up.
func TestKeptIsRoundedUp(t *testing.T) {
	// Seven topics, with a segment of one byte each.
	for _, tt := range []struct{ bytes, brokers, copies, want int }{
		{999, 3, 1, 2334}, {1000, 3, 1, 2336}, {1001, 3, 1, 2338},
		{1000, 2, 1, 3504}, {1000, 2, 2, 7007}, {1000, 2, 3, 7007}, {1000, 1, 1, 7007},
		{1000, 0, 1, 0}, // which the schema refuses
	} {
		v := of(t, func(e *environment.Environment) {
			e.Kafka.Replicas, e.Kafka.ReplicationFactor = tt.brokers, tt.copies
			e.Kafka.Topics.Retention = map[string]environment.Retention{}
			for _, kind := range []string{"cacheInvalidation", "completed", "events", "health", "invoker"} {
				e.Kafka.Topics.Retention[kind] = environment.Retention{SegmentBytes: 1, Bytes: tt.bytes}
			}
		})
		if got := v.Kept(); got != int64(tt.want) {
			t.Errorf("%+v: %d bytes", tt, got)
		}
	}
}

// A broker's own limit of messages holds until an activation needs more.
func TestMessageMaxBytes(t *testing.T) {
	const limit, around = 1048588, 6068
	for payload, want := range map[int]int{
		limit - around - 1: limit, limit - around: limit, limit - around + 1: limit + 1,
	} {
		v := of(t, func(e *environment.Environment) { e.Limits.Payload = payload })
		if v.Kafka.MessageMaxBytes != want {
			t.Errorf("payload %d: messages of %d, want %d", payload, v.Kafka.MessageMaxBytes, want)
		}
	}
}

// Names that a pod's resolver would complete, and those that look alike.
func TestComplete(t *testing.T) {
	v := of(t, nil)
	for host, want := range map[string]string{
		"db":                        "db.openwhisk.svc.cluster.local",
		"svc":                       "svc.openwhisk.svc.cluster.local",
		"db.data.svc":               "db.data.svc.cluster.local",
		"db.svc":                    "db.svc.cluster.local",
		"db.mysvc":                  "db.mysvc",
		"db.svc.example":            "db.svc.example",
		"db.data.svc.cluster.local": "db.data.svc.cluster.local",
		"10.0.0.1":                  "10.0.0.1",
	} {
		if got := v.complete(host); got != want {
			t.Errorf("%s: %s, want %s", host, got, want)
		}
	}
}

// The public port is part of a URL unless it is that of HTTPS.
func TestPublicPort(t *testing.T) {
	for port, want := range map[int]string{442: "https://openwhisk.example.com:442", 443: "https://openwhisk.example.com", 444: "https://openwhisk.example.com:444"} {
		if v := of(t, func(e *environment.Environment) { e.Edge.Port = port }); v.PublicURL != want {
			t.Errorf("port %d: %s, want %s", port, v.PublicURL, want)
		}
	}
}

// What the catalogue says of some components alone.
func TestWhatSomeHave(t *testing.T) {
	v := of(t, nil)
	for component, want := range map[string]string{"kafka": "1Gi", "invoker": "512Mi", "couchdb": "", "nginx": ""} {
		if got := v.Heap(component); got != want {
			t.Errorf("%s has a heap of %q, want %q", component, got, want)
		}
	}
	seeds := of(t, func(e *environment.Environment) { e.Controller.Clustering = "seeds" })
	peers := of(t, func(e *environment.Environment) { e.Controller.Clustering = "kubernetes" })
	for component, want := range map[string][2]bool{"controller": {false, true}, "invoker": {true, true}, "nginx": {}} {
		if got := [2]bool{seeds.CallsAPI(component), peers.CallsAPI(component)}; got != want {
			t.Errorf("%s calls the API with seeds and without: %v, want %v", component, got, want)
		}
	}
}

// Views are JavaScript; a design without any has no language.
func TestLanguageOfDesigns(t *testing.T) {
	view := map[string]catalog.View{"all": {Map: "m"}, "some": {Map: "n"}}
	for _, tt := range []struct {
		views map[string]catalog.View
		want  string
	}{{nil, ""}, {map[string]catalog.View{"all": view["all"]}, "javascript"}, {view, "javascript"}} {
		if got := designDocument("d", catalog.Design{Views: tt.views}); got.Language != tt.want || len(got.Views) != len(tt.views) {
			t.Errorf("%d views: %+v", len(tt.views), got)
		}
	}
}
