package guide

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/delivery"
	"github.com/whiskops/whiskops/internal/derived"
)

// Names that nginx answers as, for people.
func (v view) Names() string {
	if v.address() {
		return "`" + v.Env.Edge.Host + "`"
	}
	return fmt.Sprintf("`%s` and `*.%s`", v.Env.Edge.Host, v.Env.Edge.Host)
}

// address tells that the host is an address, which has no names below it.
func (v view) address() bool {
	_, err := netip.ParseAddr(v.Env.Edge.Host)
	return err == nil
}

// Wildcard tells that cert-manager is asked for *.<host>.
func (v view) Wildcard() bool { return v.Env.Edge.TLS.CertManager.Wildcard && !v.address() }

// OwnCertificate tells that nginx's certificate is a Secret that someone makes.
func (v view) OwnCertificate() bool {
	return v.Env.Edge.TLS.CertManager == nil && v.Env.Edge.TLS.SelfSigned == nil
}

// Issuer of the certificate, as kubectl takes it.
func (v view) Issuer() string {
	i := v.Env.Edge.TLS.CertManager.Issuer
	issuer := strings.ToLower(i.Kind) + "." + i.Group + " " + i.Name
	if i.Kind == "Issuer" {
		return "-n " + v.Env.Namespace + " get " + issuer
	}
	return "get " + issuer
}

// IngressSecret is the Ingress's certificate, if it is not what nginx has too.
func (v view) IngressSecret() string {
	i := v.Env.Edge.Ingress
	switch {
	case i == nil:
		return ""
	case i.Secret == "" && v.Env.Edge.TLS.SelfSigned != nil:
		// nginx's certificate is in its pods, and in no Secret.
		return v.CertificateSecret
	case i.Secret == v.CertificateSecret:
		return ""
	}
	return i.Secret
}

// GatewayNamespace is the Gateway's.
func (v view) GatewayNamespace() string {
	if ns := v.Env.Edge.Gateway.Namespace; ns != "" {
		return ns
	}
	return v.Env.Namespace
}

// Front tells that something else ends TLS in front of nginx.
func (v view) Front() bool { return v.Env.Edge.Ingress != nil || v.Env.Edge.Gateway != nil }

// Local tells that the host's names lead to this machine, as RFC 6761 wants.
func (v view) Local() bool {
	return v.Env.Edge.Host == "localhost" || strings.HasSuffix(v.Env.Edge.Host, ".localhost")
}

// Insecure tells that tools cannot verify the certificate.
func (v view) Insecure() bool { return v.Env.Edge.TLS.SelfSigned != nil && !v.Front() }

// Subject to try the installation with: guest, unless the environment has none.
func (v view) Subject() string {
	if p := v.Env.Secrets.Plain; p != nil {
		if names := sorted(p.Subjects); len(names) > 0 && !slices.Contains(names, "guest") {
			return names[0]
		}
	}
	return "guest"
}

// SubjectPath is the subject's key in the Secret, in kubectl's JSONPath, where
// a dot in a name has to be escaped.
func (v view) SubjectPath() string { return strings.ReplaceAll(v.Subject(), ".", `\.`) }

// Trust are the keys of Secrets with certificates that somebody else makes.
func (v view) Trust() []derived.Trusted {
	return slices.DeleteFunc(v.Trusted(), func(t derived.Trusted) bool { return t.Made })
}

// SecretNames of those that the installation expects.
func (v view) SecretNames() []string {
	var names []string
	for _, s := range v.Values.Secrets() {
		names = append(names, s.Name)
	}
	return names
}

// SecretFolder has their files, where they come from files.
func (v view) SecretFolder() string {
	if !v.SecretFiles() {
		return ""
	}
	return delivery.SecretsOf(v.Env.Name)
}

// Store tells that the Secrets follow a store of the platform's.
func (v view) Store() bool {
	external := v.Env.Secrets.Source.External
	return external != nil && external.Store != nil
}
