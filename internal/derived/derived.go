// Package derived works out what an environment says without saying it:
// which components there are, where they run, the topics and how often they
// are copied, the memory that invokers may give away, and every name that
// follows from another. Rules judge these values, the plan uses them, and the
// catalogue's templates read them by the names of the fields here.
//
// It expects an environment that the schema has accepted. Values that the
// rules refuse (more copies than brokers) come out as they were asked for.
package derived

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/quantity"
)

// Values of one environment.
type Values struct {
	Env *environment.Environment
	// Catalog is the release's.
	Catalog *catalog.Catalog

	// ActionNamespace is where action pods run.
	ActionNamespace string
	// DNS is the host name of the cluster's DNS Service.
	DNS string
	// APIHost is the host that actions are told to call, port 80.
	APIHost string
	// PublicURL of the installation, without a path.
	PublicURL string
	// CertificateSecret holds nginx's certificate.
	CertificateSecret string

	Kafka   Kafka
	CouchDB CouchDB
	Redis   Redis

	// Topics that exist, in order of their names.
	Topics []Topic
	// TopicKinds are the catalogue's, with what the environment changed.
	TopicKinds map[string]catalog.Topic

	// UserMemory is what one invoker may give to actions, in MiB.
	UserMemory int64
	// MaxActionMillicpus is the CPU of an action with the most memory.
	MaxActionMillicpus int64
	// InvokerPool is the node pool of invokers and action pods.
	InvokerPool string
	// ZooKeeper is the host:port list with which invokers without an ordinal
	// ask for a number; empty where they have one.
	ZooKeeper string
}

// Kafka as its clients see it.
type Kafka struct {
	// Bootstrap is a host:port list, joined by commas.
	Bootstrap string
	// Brokers is their number.
	Brokers           int
	ReplicationFactor int
	MinInSyncReplicas int
	// MessageMaxBytes that brokers take.
	MessageMaxBytes int
	ClusterID       string
	// Voters is controller.quorum.voters of KRaft.
	Voters string
	// Quorum is the number of voters.
	Quorum int
	// Ports of the brokers, for policies.
	Ports []int
}

// CouchDB as its clients see it.
type CouchDB struct {
	Protocol, Host string
	Port           int
	// Databases are the names by role.
	Databases map[string]string
	// InitHash is what the set-up leaves behind when it is done. The plan
	// sets it, since it follows from a functionConfig.
	InitHash string
}

// Redis as its clients see it.
type Redis struct {
	Host string
	// FQDN is the host for resolvers that complete no names.
	FQDN string
	Port int
}

// Topic of Kafka.
type Topic struct {
	Name string
	Kind string
	// MaxMessageBytes is 0 where the broker's own limit is enough.
	MaxMessageBytes int
	// Settings of the kind.
	Settings catalog.Topic
}

// Of works out the values of an environment.
func Of(env *environment.Environment, cat *catalog.Catalog) Values {
	v := Values{Env: env, Catalog: cat}
	v.ActionNamespace = or(env.Actions.Namespace, env.Namespace+"-actions")
	dns := or(cat.DNS[env.Cluster.Platform], cat.DNS["generic"])
	v.DNS = or(env.Cluster.DNS, dns+"."+env.Cluster.Domain)
	v.APIHost = v.FQDN("nginx-internal")
	v.PublicURL = "https://" + env.Edge.Host
	if env.Edge.Port != 443 {
		v.PublicURL += fmt.Sprintf(":%d", env.Edge.Port)
	}
	v.CertificateSecret = "nginx-tls"
	if env.Edge.TLS.Existing != nil {
		v.CertificateSecret = env.Edge.TLS.Existing.Secret
	}
	v.InvokerPool = v.Pool("invoker")
	if env.Invoker.Kind == "DaemonSet" {
		v.ZooKeeper = strings.Join(env.Invoker.ZooKeeper, ",")
	}
	v.kafka()
	v.topics()
	v.stores()
	v.memory()
	return v
}

// FQDN of a Service in the installation's namespace.
func (v *Values) FQDN(service string) string {
	return service + "." + v.Env.Namespace + ".svc." + v.Env.Cluster.Domain
}

// complete gives a host outside the installation its whole name, as a pod's
// resolver would: "redis" and "redis.data.svc" are Services of the cluster.
func (v *Values) complete(host string) string {
	switch {
	case !strings.Contains(host, "."):
		return v.FQDN(host)
	case strings.HasSuffix(host, ".svc"):
		return host + "." + v.Env.Cluster.Domain
	}
	return host
}

// stores finds CouchDB and Redis, in the cluster or outside.
func (v *Values) stores() {
	v.CouchDB = CouchDB{Protocol: "http", Host: "couchdb", Port: v.Catalog.Components["couchdb"].Port("http"), Databases: map[string]string{}}
	if e := v.Env.CouchDB.External; e != nil {
		v.CouchDB.Protocol, v.CouchDB.Host, v.CouchDB.Port = e.Protocol, e.Host, e.Port
	}
	for role, db := range v.Catalog.Databases {
		v.CouchDB.Databases[role] = v.Env.CouchDB.Prefix + db.Suffix
	}
	v.Redis = Redis{Host: "redis", FQDN: v.FQDN("redis"), Port: v.Catalog.Components["redis"].Port("redis")}
	if e := v.Env.Redis.External; e != nil {
		v.Redis = Redis{Host: e.Host, FQDN: v.complete(e.Host), Port: e.Port}
	}
}

// memory shares out an invoker node. Quantities were checked before; one that
// is none counts as nothing.
func (v *Values) memory() {
	if v.Env.Invoker.UserMemory != "" {
		v.UserMemory = Bytes(v.Env.Invoker.UserMemory) / quantity.MiB
	} else if pool, ok := v.Env.Cluster.Nodes[v.InvokerPool]; ok {
		free := Bytes(pool.Memory) - Bytes(v.Env.Invoker.Reserve) - Bytes(v.Env.Invoker.Resources.Limits.Memory)
		v.UserMemory = max(0, free/quantity.MiB)
	}
	if per := int64(v.Env.Actions.CPUPer256Mi); per > 0 {
		v.MaxActionMillicpus = per * Bytes(v.Env.Limits.Memory.Max) / (256 * quantity.MiB)
	}
}

// Bytes of a quantity that the schema has accepted.
func Bytes(q string) int64 {
	n, err := quantity.Bytes(q)
	if err != nil {
		return 0
	}
	return n
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// Components of the environment, by name, in order.
func (v *Values) Components() []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(v.Catalog.Components)), func(name string) bool { return !v.Has(name) })
}

// Has tells whether a component runs in the cluster.
func (v *Values) Has(component string) bool {
	e := v.Env
	switch component {
	case "apigateway":
		return e.APIGateway.Enabled
	case "redis":
		return e.APIGateway.Enabled && e.Redis.External == nil
	case "couchdb":
		return e.CouchDB.External == nil
	case "couchdb-init":
		return e.CouchDB.Init
	case "kafka":
		return e.Kafka.External == nil
	case "kafka-controller":
		return e.Kafka.External == nil && e.Kafka.Mode == "separate"
	case "kafka-topics":
		return e.Kafka.Topics.By == "job"
	case "smoke-test":
		return e.Admin.SmokeTest
	}
	_, ok := v.Catalog.Components[component]
	return ok
}

// Scales tells whether a component that keeps data may have several replicas.
func Scales(component string) bool { return component == "kafka" || component == "kafka-controller" }

// Replicas of a component: 1 for a Job, the nodes of its pool for a DaemonSet.
func (v *Values) Replicas(component string) int {
	e := v.Env
	switch component {
	case "nginx":
		return e.Edge.Replicas
	case "apigateway":
		return e.APIGateway.Replicas
	case "kafka":
		return e.Kafka.Replicas
	case "kafka-controller":
		return e.Kafka.Controllers
	case "controller":
		return e.Controller.Replicas
	case "invoker":
		if e.Invoker.Kind == "DaemonSet" {
			return e.Cluster.Nodes[v.InvokerPool].Count
		}
		return e.Invoker.Replicas
	}
	return 1
}
