package nginxedge

import "github.com/whiskops/whiskops/internal/krm"

// Kind of the functionConfig.
const Kind = "NginxEdge"

// Spec describes nginx as the one way in: its configuration, its Services,
// and what stands in front of it. The pods are made by a Workload.
type Spec struct {
	krm.Owner
	// Host is the public host name; NAMESPACE.<host> is a namespace's own.
	Host string `json:"host"`
	// PublicPort is the HTTPS port as users see it.
	PublicPort int `json:"publicPort"`
	// Resolver is the host name or address of the cluster's DNS.
	Resolver string `json:"resolver"`
	// Ports that nginx listens on.
	Ports Ports `json:"ports"`
	// BodySize is the largest request body in MiB.
	BodySize int `json:"bodySize"`
	// ReadTimeout of upstreams, as nginx writes it: "75s".
	ReadTimeout string `json:"readTimeout"`
	// Uploads is how many requests with large bodies are taken at once. Each
	// may fill BodySize of /tmp.
	Uploads int `json:"uploads"`
	// Times of a pod that goes.
	Times Times `json:"times"`
	// CertificateDir holds tls.crt and tls.key.
	CertificateDir string `json:"certificateDir"`

	// Meter, if given, hears of each request.
	Meter *Meter `json:"meter,omitempty"`

	Upstreams []Upstream `json:"upstreams"`
	// Routes in any order: nginx takes the longest matching prefix.
	Routes []Route `json:"routes"`
	// Deny lists paths that are not for the public, each with what is below.
	Deny []string `json:"deny"`

	// Service is the public one; Internal names the one that serves plain
	// HTTP inside the cluster.
	Service  Service  `json:"service"`
	Internal string   `json:"internal"`
	Ingress  *Ingress `json:"ingress,omitempty"`
	Gateway  *Gateway `json:"gateway,omitempty"`
}

// Times, in seconds.
type Times struct {
	// Lookup is how long an upstream's addresses are kept.
	Lookup int `json:"lookup"`
	// KeepAlive is how long a client's connection may be idle.
	KeepAlive int `json:"keepAlive"`
	// Leave is how long a pod that goes still answers: until nothing sends
	// new connections to it, and the clients of the old ones know.
	Leave int `json:"leave"`
}

// Meter is a server of syslog over UDP.
type Meter struct {
	// Address is host:port, without a name to look up.
	Address string `json:"address"`
	// Format of a line, in variables of nginx.
	Format string `json:"format"`
}

// Ports of the container, all above 1023.
type Ports struct {
	// HTTP redirects to HTTPS.
	HTTP  int `json:"http"`
	HTTPS int `json:"https"`
	// Internal serves plain HTTP to the cluster, and /healthz.
	Internal int `json:"internal"`
}

// Upstream is where requests go: each to any of the addresses that Host has at
// that time. nginx starts without them.
type Upstream struct {
	Name string `json:"name"`
	// Host is fully qualified: Resolver completes no names.
	Host string `json:"host"`
	// Port of the addresses: for a headless Service, that of the pods.
	Port int `json:"port"`
}

// Route sends a path prefix to an upstream.
type Route struct {
	Path     string `json:"path"`
	Upstream string `json:"upstream"`
	// NamespacePath, if given, is put in front of the rest of the path
	// with the namespace of the host name: /api/v1/web/<namespace>/<rest>.
	NamespacePath string `json:"namespacePath,omitempty"`
}

// Service of nginx.
type Service struct {
	Type         string            `json:"type"`
	NodePort     int               `json:"nodePort,omitempty"`
	Annotations  map[string]string `json:"annotations,omitempty"`
	SourceRanges []string          `json:"sourceRanges,omitempty"`
}

// Ingress in front of nginx. It ends TLS itself, with Secret.
type Ingress struct {
	Class       string            `json:"class"`
	Annotations map[string]string `json:"annotations,omitempty"`
	Secret      string            `json:"secret"`
}

// Gateway that an HTTPRoute attaches to.
type Gateway struct {
	Name        string `json:"name"`
	Namespace   string `json:"namespace,omitempty"`
	SectionName string `json:"sectionName,omitempty"`
}
