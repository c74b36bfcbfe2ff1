package render

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"

	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/finding"
)

// random makes valid environments: what the schema and the rules accept. Every
// field of environment.Environment varies; TestRandomEnvironmentsVary says so.
type random struct{ *rand.Rand }

// standard is the schema's default environment as JSON: reading the schema
// takes longer than the rest of a case.
var standard = sync.OnceValue(func() []byte {
	text, err := json.Marshal(environment.Base())
	if err != nil {
		panic(err)
	}
	return text
})

// randomEnvironment is the same for the same seed. It starts from the defaults
// and changes about half of what can be changed.
func randomEnvironment(seed uint64) environment.Environment {
	r := random{rand.New(rand.NewPCG(seed, 0x77_68_69_73_6b))}
	var env environment.Environment
	if err := json.Unmarshal(standard(), &env); err != nil {
		panic(err)
	}
	env.Name, env.Source = fmt.Sprintf("seed-%d", seed), unwritten{}
	env.Profile = pick(r, "development", "ci", "production")
	env.Namespace = pick(r, "openwhisk", "openwhisk", "ow", "faas-7", "whisk-"+strings.Repeat("x", 40))
	if r.chance(30) {
		env.Actions.Namespace = pick(r, "functions", "a", strings.Repeat("n", 63))
	}
	r.cluster(&env)
	r.data(&env)
	r.kafka(&env)
	r.core(&env)
	r.actions(&env)
	r.edge(&env)
	r.secrets(&env)
	r.images(&env)
	r.placement(&env)
	r.limits(&env)
	if env.Limits.Memory.Min == "64Mi" || env.Placement.Rules["invoker"].Pool == "core" {
		// Of the smallest, a node takes fewer than its memory would; and beside
		// others it must leave room for them.
		env.Invoker.UserMemory = "8Gi"
	}
	maybe(r, &env.Invoker.MaxUnavailable, "1%", "50%")
	r.gitops(&env)
	if source := &env.Secrets.Source; source.SOPS != nil && env.GitOps.ArgoCD != nil || source.External != nil && (env.CouchDB.External != nil || env.Kafka.External != nil || env.Redis.External != nil) {
		*source = environment.SecretSource{} // which the rules refuse
	}
	r.metrics(&env)
	r.load(&env)
	r.packages(&env)
	r.additions(&env)
	r.tenants(&env)
	if tls := env.Kafka.TLS; tls != nil && tls.Secret == env.Secrets.Kafka {
		tls.Secret = "brokers-tls" // cert-manager fills a Secret that has nothing else
	}
	r.lock(&env)
	if r.chance(50) {
		env.Cluster.Name = pick(r, "eu-1", "lab")
	}
	return env
}

// chance is true in percent of all cases.
func (r random) chance(percent int) bool { return r.IntN(100) < percent }

func pick[T any](r random, of ...T) T { return of[r.IntN(len(of))] }

// some of the values, in their order.
func some[T any](r random, of ...T) []T {
	return slices.DeleteFunc(of, func(T) bool { return r.chance(50) })
}

// maybe changes a field in half of all cases.
func maybe[T any](r random, field *T, to ...T) {
	if r.chance(50) {
		*field = pick(r, to...)
	}
}

func (r random) cluster(env *environment.Environment) {
	c := &env.Cluster
	maybe(r, &c.Kubernetes, "1.29", "1.31", "1.36")
	c.Platform = pick(r, "generic", "kind", "k3s", "microk8s", "minikube", "eks", "gke", "aks", "openshift")
	maybe(r, &c.Domain, "k8s.example.internal", "local")
	if r.chance(20) {
		c.DNS = pick(r, "dns.kube-system.svc.cluster.local", "10.96.0.10")
	}
	maybe(r, &c.APIServer.CIDRs, []string{"172.20.0.1/32"}, []string{"192.0.2.0/28", "198.51.100.0/24"})
	maybe(r, &c.APIServer.Ports, []int{443}, []int{6443, 16443})
	if r.chance(50) {
		c.Storage.Class = pick(r, "gp3", "fast.example.com")
	}
	// Enough for the most replicas of everything below.
	pool := func(cpu string) environment.NodePool {
		p := environment.NodePool{Count: 8 + r.IntN(30), CPU: cpu, Memory: pick(r, "128Gi", "200000Mi"), Zones: pick(r, 1, 3, 5), Pods: pick(r, 250, 500), SystemPods: pick(r, 10, 20)}
		if r.chance(40) {
			p.Labels = map[string]string{"example.com/pool": pick(r, "a", ""), "disk": "ssd"}
		}
		if r.chance(40) {
			p.Taints = some(r,
				environment.Taint{Key: "dedicated", Value: "openwhisk", Effect: "NoSchedule"},
				environment.Taint{Key: "example.com/spot", Effect: "NoExecute"},
				environment.Taint{Key: "slow", Value: "true", Effect: "PreferNoSchedule"})
		}
		return p
	}
	c.Nodes = map[string]environment.NodePool{"core": pool("96"), "invoker": pool("128")}
	if r.chance(30) {
		c.Nodes["db"] = pool("88500m")
	}
	if r.chance(15) {
		delete(c.Nodes, "invoker")
	}
}

// placement comes late: its rules depend on the pools.
func (r random) placement(env *environment.Environment) {
	p := &env.Placement
	if r.chance(15) {
		p.Enabled = false
		return
	}
	maybe(r, &p.NodeLabel, "example.com/role", "pool")
	p.Rules = map[string]environment.PlacementRule{}
	for _, component := range some(r, "nginx", "apigateway", "redis", "couchdb", "kafka", "kafka-controller", "controller", "invoker") {
		if r.chance(50) {
			continue
		}
		rule := environment.PlacementRule{Spread: pick(r, "", "hard", "soft", "none"), Zones: pick(r, "", "soft", "none")}
		if pools := []string{"core", "db"}; r.chance(50) {
			rule.Pool = pick(r, pools...)
			if _, ok := env.Cluster.Nodes[rule.Pool]; !ok || component == "invoker" {
				rule.Pool = "core"
			}
		}
		pool := rule.Pool
		if pool == "" {
			pool = "core"
		}
		if env.Cluster.Nodes[pool].Zones > 1 && component != "invoker" && r.chance(30) {
			rule.Zones = "hard"
		}
		p.Rules[component] = rule
	}
}

func (r random) images(env *environment.Environment) {
	env.Images = map[string]environment.Image{}
	digest := "sha256:" + strings.Repeat("0123456789abcdef", 4)
	for _, name := range some(r, "nginx", "apigateway", "redis", "couchdb", "kafka", "controller", "invoker", "curl", "node", "nginx-exporter", "kafka-exporter", "redis-exporter", "user-events") {
		if r.chance(50) {
			continue
		}
		i := environment.Image{
			Repository: pick(r, "", "registry.example.com/mirror/"+name, "registry.example.com:5000/"+name, "library/"+name),
			Tag:        pick(r, "", "9.9", "1.0-build_7"), Digest: pick(r, "", digest), Arch: pick(r, "", "amd64"),
		}
		if i == (environment.Image{}) {
			i.Digest = digest
		}
		env.Images[name] = i
	}
	if r.chance(25) {
		env.OpenWhisk = "head"
		for _, own := range []string{"controller", "invoker"} {
			if _, named := env.Images[own]; !named {
				env.Images[own] = environment.Image{Repository: "registry.example.com/" + own}
			}
		}
	}
	maybe(r, &env.Namespaces.Managed, false)
	if r.chance(30) {
		env.ImagePullSecrets = some(r, "registry", "mirror.example.com")
	}
	maybe(r, &env.Mirror, "registry.example.com/hub", "mirror.example.com:5000")
	if r.chance(20) {
		env.Acknowledge = map[string]string{"WO205": pick(r, "two zones are all there are", "known: `#1` of *three*. - see <OPS-7>")}
	}
}

// lock most of the images that an environment has, or all, or none.
func (r random) lock(env *environment.Environment) {
	if r.chance(50) {
		return
	}
	v, err := derived.New(env)
	if err != nil {
		panic(err)
	}
	share := pick(r, 60, 100)
	env.Lock = environment.Lock{}
	for _, i := range v.Images() {
		if i.Lockable() && r.chance(share) {
			_, _, digest := i.Parts()
			env.Lock[i.Reference] = environment.Locked{
				Digest:    cmp.Or(digest, fmt.Sprintf("sha256:%064x", r.Uint64())),
				Platforms: pick(r, []string{"linux/amd64"}, []string{"linux/amd64", "linux/arm64/v8"}, nil),
			}
		}
	}
}

func (r random) secrets(env *environment.Environment) {
	s := &env.Secrets
	maybe(r, &s.CouchDB, "couchdb.login")
	maybe(r, &s.OpenWhisk, "whisk-logins")
	maybe(r, &s.Subjects, "keys")
	maybe(r, &s.Redis, "cache")
	if env.Kafka.Topics.StrimziUser == "" {
		maybe(r, &s.Kafka, "brokers")
	}
	for _, revision := range []*int{&s.Revisions.CouchDB, &s.Revisions.CouchDBAdmin, &s.Revisions.OpenWhisk, &s.Revisions.Subjects, &s.Revisions.Kafka, &s.Revisions.Redis} {
		maybe(r, revision, 1, 999999)
	}
	if env.Profile != "development" || r.chance(50) {
		r.source(&s.Source)
		return
	}
	login := func(user string) environment.Login {
		return environment.Login{Username: pick(r, user, user+"-2"), Password: pick(r, "secret", "pass: #word", "0123", "e\"", "null")}
	}
	key := func(n int) string { return fmt.Sprintf("00000000-0000-4000-8000-%012d:%064d", n, r.IntN(1000)) }
	s.Plain = &environment.PlainSecrets{
		CouchDB:   environment.CouchDBLogins{Admin: login("admin"), Controller: login("controller"), Invoker: login("invoker")},
		OpenWhisk: environment.OpenWhiskLogins{Controller: login("controller"), Invoker: login("invoker")},
		Subjects:  map[string]string{"whisk.system": key(1), "guest": key(2)},
	}
	if r.chance(30) {
		s.Plain.Subjects["someone_else-9"] = key(3)
	}
	if env.CouchDB.Replicas > 1 {
		s.Plain.CouchDB.Cookie = fmt.Sprintf("%032d", r.IntN(1000))
	}
	if e := env.Kafka.External; e != nil && e.SASL != nil && env.Kafka.Topics.StrimziUser == "" || e == nil && env.Kafka.SASL != nil {
		l := login("openwhisk")
		s.Plain.Kafka = &l
	}
	if env.Redis.Password && env.APIGateway.Enabled {
		s.Plain.Redis = &environment.PlainSecretsRedis{Password: login("redis").Password}
	}
}

// source of Secrets: files are those of ownFiles.
func (r random) source(s *environment.SecretSource) {
	switch r.IntN(6) {
	case 0:
		s.Existing = &struct{}{}
	case 1:
		s.SOPS = &environment.SOPSSource{Recipients: some(r, aliceKey, bobKey), Secret: pick(r, "sops-age", "age")}
		if len(s.SOPS.Recipients) == 0 {
			s.SOPS.Recipients = []string{aliceKey}
		}
	case 2:
		s.Sealed = &environment.SealedSource{Certificate: pick(r, "sealed.pem", "certificates/a.pem")}
	case 3:
		s.External = &environment.ExternalSource{
			Store:  &environment.SecretStore{Kind: pick(r, "ClusterSecretStore", "SecretStore"), Name: pick(r, "vault", "aws")},
			Prefix: pick(r, "", "openwhisk/a/"), RefreshInterval: pick(r, "1h", "15m"),
		}
	case 4:
		s.External = &environment.ExternalSource{RefreshInterval: "1h", Generate: true}
	}
}

// resources with at least the memory that a heap and what is around it need.
func (r random) resources(res *environment.Resources, mib int) {
	if r.chance(50) {
		return
	}
	limit := mib + r.IntN(1024)
	res.Requests = environment.ResourceList{CPU: pick(r, "10m", "0.5", "1"), Memory: fmt.Sprintf("%dMi", mib-r.IntN(mib/2))}
	res.Limits = environment.ResourceList{CPU: pick(r, "", "2", "1500m"), Memory: fmt.Sprintf("%dMi", limit)}
}

// unwritten is the source of an environment that no one wrote.
type unwritten struct{}

func (unwritten) Position(string) finding.Position { return finding.Position{} }
func (unwritten) Written(string) bool              { return false }
func (unwritten) Secrets() *finding.Secrets        { return nil }
