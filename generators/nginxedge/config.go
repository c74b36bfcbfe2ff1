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
	// CertificateDir holds tls.crt and tls.key.
	CertificateDir string `json:"certificateDir"`

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

// Ports of the container, all above 1023.
type Ports struct {
	// HTTP redirects to HTTPS.
	HTTP  int `json:"http"`
	HTTPS int `json:"https"`
	// Internal serves plain HTTP to the cluster, and /healthz.
	Internal int `json:"internal"`
}

// Upstream is a Service that requests go to.
type Upstream struct {
	Name string `json:"name"`
	// Host is looked up when nginx starts, unless Late.
	Host string `json:"host"`
	Port int    `json:"port"`
	// Late upstreams are looked up at each request, through Resolver: nginx
	// starts without them. Host is then fully qualified.
	Late bool `json:"late,omitempty"`
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
