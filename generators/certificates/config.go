package certificates

import "github.com/whiskops/whiskops/internal/krm"

// Kind of the functionConfig.
const Kind = "Certificates"

// Spec says where a component's workload gets its TLS certificate from, and
// mounts it. With neither CertManager nor SelfSigned, Secret exists already.
type Spec struct {
	krm.Owner
	// Secret of type kubernetes.io/tls, unless SelfSigned.
	Secret string `json:"secret,omitempty"`
	// MountPath of tls.crt and tls.key in the main container.
	MountPath string `json:"mountPath"`
	// DNSNames of the certificate, the common name first.
	DNSNames []string `json:"dnsNames"`

	CertManager *CertManager `json:"certManager,omitempty"`
	SelfSigned  *SelfSigned  `json:"selfSigned,omitempty"`
}

// CertManager asks an issuer of cert-manager.
type CertManager struct {
	IssuerKind  string `json:"issuerKind"`
	IssuerName  string `json:"issuerName"`
	IssuerGroup string `json:"issuerGroup"`
	// Duration and RenewBefore, as Go writes durations.
	Duration    string `json:"duration"`
	RenewBefore string `json:"renewBefore"`
}

// SelfSigned certificates are made by each pod when it starts; the key never
// leaves the pod.
type SelfSigned struct {
	// Image with openssl and a shell.
	Image string `json:"image"`
}
