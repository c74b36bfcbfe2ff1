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
	"cmp"
	"fmt"
	"strings"

	"github.com/whiskops/whiskops/generators/couchdbinit"
	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/quantity"
)

// Values of one environment.
type Values struct {
	Env *environment.Environment
	// Catalog is the release's.
	Catalog *catalog.Catalog

	// Cluster is the name of the cluster that the environment is on.
	Cluster string
	// ActionNamespace is where action pods run.
	ActionNamespace string
	// DNS is the host name of the cluster's DNS Service.
	DNS string
	// APIHost is the host that actions are told to call, port 80.
	APIHost string
	// PublicURL of the installation, without a path.
	PublicURL string
	// EdgeLeave is how long nginx still answers when its pod goes, in seconds.
	EdgeLeave int
	// NamespaceLabels are those that fronts want of the installation's namespace.
	NamespaceLabels map[string]string
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
	// Shares of the invokers by what they run.
	Shares Shares
	// InvokerPool is the node pool of invokers and action pods.
	InvokerPool string
	// ZooKeeper is the host:port list with which invokers without an ordinal
	// ask for a number; empty where they have one.
	ZooKeeper string

	// gateway tells that the API gateway is on because something else needs it.
	gateway    bool
	links      map[string]*link
	kinds      []Kind
	blackboxes []Blackbox
}

// Kafka's brokers, and how often they copy.
type Kafka struct {
	// Brokers is their number.
	Brokers           int
	ReplicationFactor int
	MinInSyncReplicas int
	// MessageMaxBytes that brokers take.
	MessageMaxBytes int
	ClusterID       string
	// Client is how its clients are configured.
	Client KafkaClient
}

// Redis is how its clients connect: in plain text where TLS is nil.
type Redis struct {
	TLS *environment.RedisTLS
}

// CouchDB is what the database holds.
type CouchDB struct {
	// Databases are the names by role.
	Databases map[string]string
	// Setup is what must be there, and InitHash what the set-up leaves behind
	// when it is.
	Setup    couchdbinit.Spec
	InitHash string
	// CA is who signed the certificate of a server outside; nil: a public authority.
	CA *environment.Authority
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

// New works out the values of an environment, with the catalogue of its release.
// An error is a fault of the catalogue.
func New(env *environment.Environment) (Values, error) {
	cat, err := catalog.Load(env.OpenWhisk)
	if err != nil {
		return Values{}, err
	}
	said := env
	env = withGateway(env)
	v := Values{Env: env, Catalog: cat, gateway: env != said}
	v.languages()
	v.Cluster = cmp.Or(env.Cluster.Name, env.Name)
	v.ActionNamespace = cmp.Or(env.Actions.Namespace, env.Namespace+"-actions")
	dns := cmp.Or(cat.DNS[env.Cluster.Platform], cat.DNS["generic"])
	v.DNS = cmp.Or(env.Cluster.DNS, dns+"."+env.Cluster.Domain)
	v.APIHost = v.FQDN(cat.Edge.Internal)
	v.PublicURL = "https://" + env.Edge.Host
	if env.Edge.Port != 443 {
		v.PublicURL += fmt.Sprintf(":%d", env.Edge.Port)
	}
	v.leave()
	v.CertificateSecret = cat.Edge.Certificate
	if env.Edge.TLS.Existing != nil {
		v.CertificateSecret = env.Edge.TLS.Existing.Secret
	}
	v.InvokerPool = v.Pool(cat.Actions.By)
	if env.Invoker.Kind == DaemonSet {
		v.ZooKeeper = strings.Join(env.Invoker.ZooKeeper, ",")
	}
	v.memory()
	v.shares()
	if err := v.limits(); err != nil {
		return v, err
	}
	if err := v.kafka(); err != nil {
		return v, err
	}
	v.redis()
	v.topics()
	return v, v.couchDB()
}

// memory shares out an invoker node. Quantities were checked before; one that
// is none counts as nothing.
func (v *Values) memory() {
	if v.Env.Invoker.UserMemory != "" {
		v.UserMemory = Bytes(v.Env.Invoker.UserMemory) / quantity.MiB
	} else if pool, ok := v.Env.Cluster.Nodes[v.InvokerPool]; ok {
		v.UserMemory = max(0, min(v.FreeMemory(pool)/quantity.MiB, v.FreePods(pool)*v.leastMiB()))
	}
	v.MaxActionMillicpus = int64(v.Env.Actions.CPUPer256Mi) * Bytes(v.Env.Limits.Memory.Max) / (256 * quantity.MiB)
}

// Bytes of a quantity that the schema has accepted.
func Bytes(q string) int64 {
	n, err := quantity.Bytes(q)
	if err != nil {
		return 0
	}
	return n
}
