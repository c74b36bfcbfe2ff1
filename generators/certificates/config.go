package certificates

import (
	_ "embed"

	"github.com/whiskops/whiskops/internal/krm"
)

// Kind of the functionConfig.
const Kind = "AddCertificate"

//go:embed config.go
var source string

// Function adds a certificate.
var Function = krm.Define(krm.Definition{
	Kind: Kind, Command: "add-certificate", Source: source,
	Short: "Mount a TLS certificate in a container: an existing one, cert-manager's, or one that each pod makes",
	Example: `apiVersion: fn.whiskops.github.io/v1alpha1
kind: AddCertificate
metadata:
  name: web
spec:
  selector:
    kind: Deployment
    name: web
  secret: web-tls
  mountPath: /etc/web/tls
  dnsNames: [web.example.com]
  certManager:
    issuerKind: ClusterIssuer
    issuerName: letsencrypt
    issuerGroup: cert-manager.io
    duration: 2160h
    renewBefore: 720h
`,
}, process)

// Process runs the function.
func Process(rl *krm.ResourceList) error { return Function.Process(rl) }

// Spec says where pods get their TLS certificate from, and mounts it. With neither
// certManager nor selfSigned, the Secret exists already.
type Spec struct {
	// Selector of the objects whose pods get the certificate.
	Selector *krm.Selector `json:"selector"`
	// Labels of the Certificate that is made.
	Labels krm.Labels `json:"labels,omitempty"`
	// Secret of type kubernetes.io/tls, unless the certificate is self-signed.
	Secret string `json:"secret,omitempty" form:"name"`
	// MountPath of tls.crt and tls.key in the container.
	MountPath string `json:"mountPath" form:"path"`
	// DNSNames of the certificate, the common name first. Addresses may be among them.
	DNSNames []string `json:"dnsNames,omitempty"`

	// Peers tells that pods show it to each other, as clients too. Its private key is
	// PKCS #8 then, which a JVM reads.
	Peers bool `json:"peers,omitempty"`

	// CertManager fills the Secret.
	CertManager *CertManager `json:"certManager,omitempty"`
	// SelfSigned certificates stay in the pod.
	SelfSigned *SelfSigned `json:"selfSigned,omitempty"`
}

// CertManager asks an issuer of cert-manager.
type CertManager struct {
	// IssuerKind, as "ClusterIssuer".
	IssuerKind string `json:"issuerKind"`
	// IssuerName in the cluster or namespace.
	IssuerName string `json:"issuerName" form:"name"`
	// IssuerGroup of the API, as "cert-manager.io".
	IssuerGroup string `json:"issuerGroup" form:"name"`
	// Duration of a certificate, as Go writes durations: "2160h".
	Duration string `json:"duration" form:"duration"`
	// RenewBefore its end.
	RenewBefore string `json:"renewBefore" form:"duration"`
}

// SelfSigned certificates are made by each pod when it starts; the key never
// leaves the pod.
type SelfSigned struct {
	// Image with openssl and a shell.
	Image string `json:"image"`
}
