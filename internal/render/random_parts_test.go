package render

import (
	"fmt"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/environment"
)

// data changes CouchDB and Redis.
func (r random) data(env *environment.Environment) {
	c := &env.CouchDB
	switch r.IntN(4) {
	case 0:
		c.External = &environment.CouchDBExternal{Protocol: "https", Host: pick(r, "couchdb.example.com", "192.0.2.9"), Port: pick(r, 443, 6984)}
		if r.chance(50) {
			c.External.Protocol, c.External.Port = "http", 5984
		}
	default:
		c.Replicas = pick(r, 1, 1, 3)
		c.Volume = r.volume(env, c.Volume, "couchdb", c.Replicas)
		if c.Replicas > 1 {
			c.Volume.NFS = nil
		}
		r.resources(&c.Resources, 2048)
	}
	c.Backup = r.backup()
	if c.External != nil && c.External.Protocol == "https" && r.chance(50) {
		c.External.CA = r.authority()
	}
	maybe(r, &c.Prefix, "ci_", "w")
	c.Init = r.chance(75)
	maybe(r, &c.Activations.Keep, "24h", "168h")
	maybe(r, &c.Activations.PerMinute, 1, 30)
	maybe(r, &c.Activations.Size, "1Ki", "4Ki")

	env.APIGateway.Enabled = r.chance(80)
	env.Redis.Password = r.chance(40)
	maybe(r, &env.APIGateway.Replicas, 2, 3)
	r.resources(&env.APIGateway.Resources, 512)
	switch {
	case r.chance(25):
		env.Redis.External = &environment.RedisExternal{Host: pick(r, "redis.example.com", "192.0.2.6"), Port: pick(r, 6379, 6380)}
		if r.chance(50) {
			env.Redis.External.TLS = &environment.RedisTLS{ServerName: pick(r, "", "cache.example.com")}
			if r.chance(70) {
				env.Redis.External.TLS.CA = r.authority()
			}
		}
	default:
		env.Redis.Volume = r.volume(env, env.Redis.Volume, "redis", 1)
		if r.chance(50) {
			env.Redis.TLS = r.certificate("redis-tls", "routes")
		}
		r.resources(&env.Redis.Resources, 128)
	}
}

// backup of CouchDB to either place, or none.
func (r random) backup() *environment.CouchDBBackup {
	b := &environment.CouchDBBackup{Schedule: "43 2 * * *", Keep: 7}
	b.Resources.Requests.CPU, b.Resources.Requests.Memory, b.Resources.Limits.Memory = "100m", "192Mi", "768Mi"
	maybe(r, &b.Schedule, "0 */6 * * 1-5", "7 3 1 * *")
	maybe(r, &b.Keep, 1, 30)
	r.resources(&b.Resources, 768)
	switch r.IntN(3) {
	case 0:
		b.Volume = &environment.CouchDBBackupVolume{Claim: pick(r, "copies", "couchdb-copies")}
	case 1:
		b.S3 = &environment.CouchDBBackupS3{
			Bucket: pick(r, "copies", "copies.example.com"), Prefix: pick(r, "couchdb/", "", "ci/a/"), Region: pick(r, "us-east-1", "eu-central-1"),
			Endpoint: pick(r, "https://s3.eu-central-1.amazonaws.com", "http://minio:9000", "https://minio.example.com:9000"), Secret: pick(r, "backup", "s3"),
		}
	default:
		return nil
	}
	return b
}

// authority of somebody outside. Several share a Secret at times.
func (r random) authority() *environment.Authority {
	return &environment.Authority{Secret: pick(r, "authorities", "main-cluster-ca-cert"), Key: pick(r, "ca.crt", "bundle.pem"), Revision: r.IntN(3)}
}

// access is how a Kafka outside is reached.
func (r random) access(env *environment.Environment) {
	k := env.Kafka.External
	if r.chance(60) {
		k.TLS = &environment.KafkaTLS{VerifyHost: r.chance(70)}
		if r.chance(70) {
			k.TLS.CA = r.authority()
		}
		if r.chance(50) {
			k.TLS.Certificate = &environment.ClientCertificate{Secret: "kafka-client", Certificate: pick(r, "tls.crt", "user.crt"), Key: pick(r, "tls.key", "user.key"), Revision: r.IntN(3)}
		}
	}
	if r.chance(50) {
		k.SASL = &environment.KafkaSASL{Mechanism: pick(r, "PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"), Username: pick(r, "", "openwhisk")}
	}
	if env.Kafka.Topics.By != "strimzi" || !r.chance(50) {
		return
	}
	const user = "openwhisk"
	env.Kafka.Topics.StrimziUser = user
	if k.SASL != nil {
		k.SASL.Mechanism, k.SASL.Username, env.Secrets.Kafka = "SCRAM-SHA-512", user, user
		return
	}
	if k.TLS == nil {
		k.TLS = &environment.KafkaTLS{VerifyHost: true}
	}
	k.TLS.Certificate = &environment.ClientCertificate{Secret: user, Certificate: "user.crt", Key: "user.key"}
}

// brokers have a certificate, and clients a login, or neither.
func (r random) brokers(env *environment.Environment) {
	if r.chance(60) {
		return
	}
	env.Kafka.TLS = r.certificate("kafka-tls", "brokers")
	if r.chance(60) {
		env.Kafka.SASL = &environment.BrokerSASL{Mechanism: "PLAIN"}
	}
}

// certificate of a server, whose Secret has one of two names.
func (r random) certificate(name, other string) *environment.ServerTLS {
	tls := &environment.ServerTLS{Secret: pick(r, name, other), Revision: r.IntN(3)}
	if r.chance(60) {
		tls.CertManager = &environment.ServerCertManager{
			Issuer:   environment.Issuer{Kind: pick(r, "Issuer", "ClusterIssuer"), Name: pick(r, other+"-ca", name), Group: pick(r, "cert-manager.io", "issuers.example.com")},
			Duration: pick(r, "2160h", "8760h"), RenewBefore: pick(r, "720h", "1000h"),
		}
	}
	return tls
}

// volume is of any kind that suits the replicas. Its size holds every topic.
func (r random) volume(env *environment.Environment, v environment.Volume, component string, replicas int) environment.Volume {
	v.Size = pick(r, "500Gi", "2Ti")
	v.AccessMode = pick(r, "ReadWriteOnce", "ReadWriteOncePod", "ReadWriteMany")
	v.ReclaimPolicy = pick(r, "Retain", "Delete")
	each := func(format string) []string {
		var all []string
		for i := range replicas {
			all = append(all, fmt.Sprintf(format, component, i))
		}
		return all
	}
	kind := r.IntN(8)
	switch {
	case kind == 0:
		v.Class = pick(r, "standard", "slow.example.com")
	case kind == 1 && replicas == 1:
		v.ExistingClaim = component + "-old"
	case kind == 2:
		v.NFS = &environment.NFSVolume{Server: pick(r, "10.0.0.4", "nfs.example.com"), Path: pick(r, "/exports/", "/srv/v2/") + component}
		maybe(r, &v.NFS.MountOptions, []string{"nfsvers=4.1"}, []string{"hard", "timeo=600"})
	case kind == 3:
		v.CSI = &environment.CSIVolume{Driver: pick(r, "ebs.csi.aws.com", "pd.csi.storage.gke.io"), Handles: each(pick(r, "vol-%s-%d", "projects/p/disks/%s-%d")), FSType: pick(r, "", "xfs")}
		maybe(r, &v.CSI.Attributes, map[string]string{"tier": "gold", "iops": "3000"})
	case kind == 4:
		v.Local = &environment.LocalVolume{Path: pick(r, "/mnt/disks/", "/data/") + component, Nodes: each(pick(r, "node-%s-%d.example.com", "%s%d"))}
	case kind == 5 && replicas == 1 && env.Profile == "development":
		v.HostPath = &environment.HostPath{Path: pick(r, "/var/lib/", "/srv/") + component}
	case kind == 6 && env.Profile != "production":
		v.None = &struct{}{}
	}
	if v.NFS != nil || v.Local != nil { // no drivers of CSI
		v.AccessMode = pick(r, "ReadWriteOnce", "ReadWriteMany")
	}
	return v
}

func (r random) kafka(env *environment.Environment) {
	k := &env.Kafka
	brokers := pick(r, 1, 3, 3, 5)
	k.Replicas = brokers
	if r.chance(25) {
		brokers = 1 + r.IntN(6)
		k.External = &environment.KafkaExternal{
			Bootstrap: some(r, "kafka-0.example.com:9092", "kafka-1.example.com:9094", "192.0.2.7:9092"),
			Brokers:   brokers, MessageMaxBytes: pick(r, 110000000, 200000000),
		}
		k.External.Bootstrap = append(k.External.Bootstrap, "kafka-9.example.com:9092")
		if r.chance(50) {
			k.Topics.By, k.Topics.StrimziCluster = "strimzi", "events-7"
		}
		r.access(env)
	} else {
		r.brokers(env)
		k.Mode = pick(r, "combined", "separate")
		if k.Mode == "separate" {
			k.Controllers = pick(r, 1, 3, 5)
			k.ControllerVolume = r.volume(env, k.ControllerVolume, "kafka-controller", k.Controllers)
		}
		k.Volume = r.volume(env, k.Volume, "kafka", k.Replicas)
		if r.chance(30) {
			k.MessageMaxBytes = pick(r, 110000000, 300000000)
		}
		maybe(r, &k.Heap, "768Mi", "2Gi")
		r.resources(&k.Resources, 3072)
		if k.Heap == "2Gi" {
			k.Resources.Limits.Memory = "4Gi"
		}
	}
	if r.chance(40) {
		k.ReplicationFactor = 1 + r.IntN(brokers)
		k.MinInSyncReplicas = max(1, k.ReplicationFactor-1-r.IntN(2))
	}
	maybe(r, &k.ClusterID, "b3BlbndoaXNrLWthZmthMQ", "-_BlbndoaXNrLWthZmthMQ")
	maybe(r, &k.TopicPrefix, "ci-", "Team.7_")
	k.Topics.AutoCreate = env.Profile == "development" && r.chance(50)
	k.Topics.Retention = map[string]environment.Retention{}
	for _, kind := range some(r, "completed", "health", "cacheInvalidation", "events", "invoker") {
		k.Topics.Retention[kind] = environment.Retention{
			SegmentBytes: pick(r, 0, 268435456), Bytes: pick(r, 0, 1<<31), MS: pick(r, 0, 86400000),
		}
	}
}

// limits changes what goes through the whole chain, and who stands before it.
func (r random) limits(env *environment.Environment) {
	maybe(r, &env.Limits.Action, 1, 20)
	maybe(r, &env.Limits.Blocking, "10s", "600s")
	maybe(r, &env.Invoker.ManagedShare, 100, 60)
	maybe(r, &env.Invoker.BlackboxShare, 100, 50)
	if i := env.Edge.Ingress; i != nil {
		maybe(r, &i.Controller, "ingress-nginx", "alb", "openshift")
	}
	if g := env.Edge.Gateway; g != nil {
		maybe(r, &g.Controller, "istio", "gke")
	}
}

// core changes controllers, invokers and the limits that both know.
func (r random) core(env *environment.Environment) {
	c, i, l := &env.Controller, &env.Invoker, &env.Limits
	maybe(r, &c.Replicas, 1, 3, 5)
	maybe(r, &c.LogLevel, "DEBUG", "WARN", "ERROR")
	maybe(r, &c.Clustering, "kubernetes")
	if c.Clustering == "kubernetes" {
		maybe(r, &c.Autoscale, &environment.Autoscale{Min: 3, Max: 4, CPU: 50}, &environment.Autoscale{Min: 4, Max: 5, CPU: 70})
	}
	maybe(r, &c.Drain, "1200s")
	maybe(r, &c.Heap, "512Mi", "1536Mi")
	c.Resources.Limits.Memory = "3Gi"
	r.resources(&c.Resources, 2560)

	maybe(r, &i.Replicas, 1, 4, 7)
	if pool, ok := env.Cluster.Nodes["invoker"]; ok && r.chance(25) {
		i.Kind, i.Replicas = "DaemonSet", min(2, pool.Count)
		i.ZooKeeper = append(some(r, "zk-0.example.com:2181"), "zk-1.example.com:2182")
	}
	maybe(r, &i.UserMemory, "20Gi", "16384Mi")
	if _, ok := env.Cluster.Nodes["invoker"]; !ok {
		i.UserMemory = "8Gi"
	}
	maybe(r, &i.Reserve, "2Gi", "512Mi")
	maybe(r, &i.Heap, "256Mi", "768Mi")
	i.Resources.Limits.Memory = "1536Mi"
	r.resources(&i.Resources, 1536)
	maybe(r, &i.LogLevel, "DEBUG", "WARN", "ERROR")
	maybe(r, &i.PodTimeout, "60s", "300s")
	maybe(r, &i.Drain, "1000s")
	maybe(r, &i.Logs, "none")

	maybe(r, &l.InvocationsPerMinute, 1, 100000)
	maybe(r, &l.ConcurrentInvocations, 200)
	maybe(r, &l.FiresPerMinute, 7)
	maybe(r, &l.SequenceLength, 10)
	maybe(r, &l.Time, environment.StringRange{Min: "1s", Max: "10m", Std: "90s"}, environment.StringRange{Min: "100ms", Max: "60000ms", Std: "30s"})
	maybe(r, &l.Memory, environment.StringRange{Min: "64Mi", Max: "1Gi", Std: "128Mi"}, environment.StringRange{Min: "128Mi", Max: "1536Mi", Std: "1Gi"})
	maybe(r, &l.Log, environment.StringRange{Min: "1Mi", Max: "20Mi", Std: "5Mi"})
	if i.Logs == "none" {
		maybe(r, &l.Concurrency, environment.IntRange{Min: 1, Max: 200, Std: 1}, environment.IntRange{Min: 2, Max: 8, Std: 4})
	}
	maybe(r, &l.Payload, 1024, 5242880, 104857600)
	maybe(r, &env.Admin.SmokeTest, false)
}

func (r random) actions(env *environment.Environment) {
	a := &env.Actions
	maybe(r, &a.RuntimeClass, "gvisor")
	maybe(r, &a.EphemeralStorage, "512Mi", "2Gi")
	maybe(r, &a.CPUPer256Mi, 100, 110)
	switch r.IntN(4) {
	case 0:
		a.Egress = environment.Egress{CIDRs: []string{}, Except: []string{}}
	case 1:
		a.Egress = environment.Egress{CIDRs: []string{"203.0.113.0/24", "0.0.0.0/0"}, Except: []string{"203.0.113.128/25", "10.0.0.0/8"}}
	case 2:
		a.Egress.Except = append(a.Egress.Except, "198.51.100.0/24")
	}
	a.PrePull = r.chance(30)
	rt := &env.Runtimes
	maybe(r, &rt.Families, []string{"nodejs"}, []string{"python", "nodejs", "go"})
	maybe(r, &rt.Registry, "registry.example.com/mirror", "registry.example.com:5000")
	if r.chance(40) {
		rt.StemCells = map[string]environment.StemCell{"nodejs:20": {Count: 1 + r.IntN(3), Memory: pick(r, "128Mi", "256Mi")}}
		if len(rt.Families) != 1 && r.chance(50) {
			rt.StemCells["python:3.11"] = environment.StemCell{Count: 1, Memory: "256Mi"}
		}
	}
	r.kinds(env)
}

func (r random) edge(env *environment.Environment) {
	e := &env.Edge
	maybe(r, &e.Host, "functions.example.com", "ow.local", "203.0.113.5")
	maybe(r, &e.Port, 8443, 31001)
	maybe(r, &e.Replicas, 1, 3, 4)
	maybe(r, &e.Autoscale, &environment.Autoscale{Min: 1, Max: 3, CPU: 70}, &environment.Autoscale{Min: 2, Max: 4, CPU: 90})
	maybe(r, &env.APIGateway.Autoscale, &environment.Autoscale{Min: 2, Max: 3, CPU: 10}, &environment.Autoscale{Min: 3, Max: 5, CPU: 60})
	maybe(r, &e.BodySize, 128, 1024)
	if env.Limits.Payload > 50<<20 && e.BodySize != 0 {
		e.BodySize = 200
	}
	maybe(r, &e.Uploads, 1, 64)
	maybe(r, &e.ReadTimeout, "3000s", "3600s")
	r.resources(&e.Resources, 128)
	e.Service.Type = pick(r, "ClusterIP", "NodePort", "LoadBalancer")
	maybe(r, &e.Service.Annotations, map[string]string{"example.com/lb": "internal", "a": "true"})
	if e.Service.Type == "NodePort" && r.chance(50) {
		e.Service.NodePort = 31001
		e.Port = 31001
	}
	if e.Service.Type == "LoadBalancer" {
		maybe(r, &e.Service.SourceRanges, []string{"198.51.100.0/24"}, []string{"198.51.100.0/24", "2001:db8::/32"})
	}
	named := e.Host != "203.0.113.5"
	if named && r.chance(30) {
		e.Ingress = &environment.Ingress{Class: pick(r, "nginx", "traefik.example.com")}
		maybe(r, &e.Ingress.Annotations, map[string]string{"example.com/x": "1", "nginx.ingress.kubernetes.io/proxy-body-size": "2g"})
		maybe(r, &e.Ingress.Secret, "public-tls")
	}
	if named && r.chance(30) {
		e.Gateway = &environment.Gateway{Name: pick(r, "public", "edge.v2"), Namespace: pick(r, "", "gateways"), SectionName: pick(r, "", "https")}
	}
	selfSigned := env.Profile == "development" && (e.Ingress == nil || e.Ingress.Secret != "")
	switch kind := r.IntN(4); {
	case kind == 0 && named:
		c := &environment.CertManager{
			Issuer:   environment.Issuer{Kind: pick(r, "ClusterIssuer", "Issuer"), Name: pick(r, "letsencrypt", "internal-ca"), Group: pick(r, "cert-manager.io", "awspca.cert-manager.io")},
			Wildcard: r.chance(50), Duration: pick(r, "2160h", "4320h"), RenewBefore: pick(r, "720h", "360h"),
		}
		maybe(r, &c.DNSNames, []string{"api.example.com"}, []string{"a.example.com", "b.example.com"})
		e.TLS.CertManager = c
	case kind == 1:
		e.TLS.Existing = &environment.ExistingTLS{Secret: pick(r, "wildcard.example.com", "edge-tls")}
	case kind == 2 && selfSigned:
		e.TLS.SelfSigned = &struct{}{}
	}
}

// packages are installed beside OpenWhisk itself, or none are.
func (r random) packages(env *environment.Environment) {
	if r.chance(50) {
		return
	}
	p := &environment.Packages{RouteManagement: env.APIGateway.Enabled && r.chance(70), Adopt: r.chance(30)}
	p.Catalogue = environment.PackagesCatalogue{Utils: r.chance(50), Samples: r.chance(50), Slack: r.chance(50)}
	small := environment.Resources{Requests: environment.ResourceList{CPU: "50m", Memory: "128Mi"}, Limits: environment.ResourceList{Memory: "512Mi"}}
	if r.chance(50) {
		p.Alarms = &environment.PackagesAlarms{Resources: small}
		r.resources(&p.Alarms.Resources, 256)
	}
	if r.chance(50) {
		p.Kafka = &environment.PackagesKafka{Brokers: append(some(r, "events-0.example.com:9092"), "events-1.example.com:9094"), Resources: small}
		r.resources(&p.Kafka.Resources, 256)
	}
	if r.chance(50) {
		p.Image = &environment.PackagesImage{
			Reference: pick(r, "registry.example.com/packages@sha256:", "registry.example.com:5000/a/b:1@sha256:") + strings.Repeat("0", 64),
			Path:      pick(r, "/packages", "/srv/catalogue"), Kinds: []string{},
		}
		maybe(r, &p.Image.Kinds, []string{"nodejs:20"}, []string{"nodejs:18", "nodejs:20"})
		p.Image.Kinds = offered(*env, p.Image.Kinds)
	}
	env.Packages = p
	if plain := env.Secrets.Plain; plain != nil && p.Alarms != nil {
		plain.CouchDB.Alarms = &environment.Login{Username: pick(r, "alarms", "alarms-2"), Password: pick(r, "rings", "e\"")}
	}
	if plain := env.Secrets.Plain; plain != nil && p.Kafka != nil {
		plain.CouchDB.Kafka = &environment.Login{Username: pick(r, "kafka", "kafka-2"), Password: pick(r, "reads", "e\"")}
	}
}

// metrics are read by somebody, or by nobody.
func (r random) metrics(env *environment.Environment) {
	if r.chance(40) {
		return
	}
	m := &environment.Metrics{Namespace: pick(r, "monitoring", "gmp-system"), Monitors: pick(r, "operator", "gke", "annotations", "none"), Interval: pick(r, "30s", "60s"), Alerts: r.chance(70)}
	maybe(r, &m.Pods, map[string]string{"app.kubernetes.io/name": "prometheus"})
	maybe(r, &m.Labels, map[string]string{"release": "kube-prometheus-stack"}, map[string]string{"app.kubernetes.io/name": "mine", "a": ""})
	if r.chance(60) {
		m.Dashboard = &environment.MetricsDashboard{Label: pick(r, "grafana_dashboard", "example.com/board"), Value: pick(r, "1", "yes")}
	}
	m.UserEvents = env.Kafka.TopicPrefix == "" && r.chance(50)
	if _, named := env.Images["user-events"]; m.UserEvents && env.OpenWhisk == "head" && !named {
		env.Images["user-events"] = environment.Image{Repository: "registry.example.com/user-events"}
	}
	env.Metrics = m
}

// load is a test under load, or none. Its subject may make that many calls.
func (r random) load(env *environment.Environment) {
	if r.chance(40) {
		return
	}
	l := &environment.LoadTest{
		Subject: pick(r, "guest", "whisk.system"), Work: pick(r, "10ms", "50ms"), Connections: pick(r, 200, 7), Deadline: pick(r, "", "7200s"),
		Stages:   []environment.LoadStage{{Kind: pick(r, "ramp", "burst"), PerMinute: pick(r, 600, 17), Duration: pick(r, "30s", "7s")}},
		Requests: environment.LoadTestRequests{Warm: pick(r, 85, 1), Cold: pick(r, 5, 0), Web: pick(r, 5, 100), NonBlocking: pick(r, 5, 33)},
		Thresholds: environment.LoadTestThresholds{
			P50: pick(r, "", "1500ms"), P95: pick(r, "", "2s"), P99: pick(r, "", "1m"), ColdP95: pick(r, "", "30s"), Errors: pick(r, 10, 0), Throughput: pick(r, 0, 5),
		},
	}
	if r.chance(50) {
		l.Stages = append(l.Stages, environment.LoadStage{Kind: "steady", PerMinute: pick(r, 60, 120), Duration: "60s"})
	}
	env.Limits.InvocationsPerMinute = max(env.Limits.InvocationsPerMinute, 800)
	env.Load = l
}

// gitops is one of the tools, or none.
func (r random) gitops(env *environment.Environment) {
	env.GitOps = environment.GitOps{}
	switch r.IntN(4) {
	case 0:
		f := &environment.Flux{
			Secret: pick(r, "", "openwhisk-git"), Namespace: pick(r, "flux-system", "delivery"), Shape: pick(r, "single", "tiers"),
			SourceInterval: pick(r, "1m", "30s"), Interval: pick(r, "10m", "1h"), RetryInterval: pick(r, "1m", "90s"),
			CancelsHealthChecks: r.chance(50), Timeout: pick(r, "", "20m"), ServiceAccount: r.chance(50),
		}
		if r.chance(50) {
			f.Git = &environment.FluxGit{URL: pick(r, "https://git.example.com/a.git", "ssh://git@git.example.com:22/a/b"), Branch: pick(r, "main", "release/1.2"), Path: pick(r, "", "platform/openwhisk")}
		} else {
			f.OCI = &environment.FluxOCI{URL: pick(r, "oci://registry.example.com/a", "oci://registry.example.com:5000/a/b"), Tag: pick(r, "", "stable"), Insecure: r.chance(50)}
		}
		env.GitOps.Flux = f
	case 1:
		env.GitOps.ArgoCD = &environment.ArgoCD{
			Git:       environment.ArgoCDGit{URL: pick(r, "https://git.example.com/a.git", "http://git.example.com/b"), Revision: pick(r, "main", "v1.2"), Path: pick(r, "", "platform")},
			Namespace: pick(r, "argocd", "delivery"), Server: pick(r, "https://kubernetes.default.svc", "https://10.0.0.1:6443"), ApplicationSet: pick(r, "", "openwhisk"),
		}
	}
}

// offered are those kinds of which actions can be made.
func offered(env environment.Environment, kinds []string) []string {
	v, err := derived.New(&env)
	return slices.DeleteFunc(kinds, func(kind string) bool {
		return err != nil || !slices.ContainsFunc(v.Kinds(), func(k derived.Kind) bool { return k.Kind.Kind == kind && !k.Deprecated })
	})
}
