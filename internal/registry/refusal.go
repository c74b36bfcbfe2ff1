package registry

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"

	"github.com/google/go-containerregistry/pkg/v1/remote/transport"
)

// Refusal says why a registry did not do what it was asked.
type Refusal struct {
	// Message begins with the registry or the reference.
	Message string
	// Help says what to do.
	Help string
	// Gone: the registry is fine, and has no such thing.
	Gone bool
}

func (r *Refusal) Error() string { return r.Message }

// refusal puts an error into words that have nothing of it.
func (c Client) refusal(reference, registry string, err error) *Refusal {
	say := func(help, format string, args ...any) *Refusal {
		return &Refusal{Message: fmt.Sprintf(format, args...), Help: help}
	}
	if errors.Is(err, errReference) {
		// It may have a login in it.
		return say("write registry/repository:tag in lower case, without a protocol and a login", "the reference of an image is none")
	}
	var status *transport.Error
	var dns *net.DNSError
	switch {
	case errors.As(err, &status):
		return ofStatus(reference, registry, status)
	case errors.Is(err, errPlain):
		return say("let it speak TLS, or allow plain HTTP with --insecure", "%s would be asked for %q over plain HTTP, which anyone on the way can change", registry, reference)
	case errors.Is(err, errLogin):
		return say("look whether `docker login "+registry+"` works: the file is ~/.docker/config.json, or below DOCKER_CONFIG",
			"the login for %s cannot be had from docker's configuration, or from the program that it names", registry)
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return say("look whether it can be reached from here, or give it longer with --patience", "%s did not answer within %s when asked for %q", registry, c.Patience, reference)
	case errors.As(err, &dns):
		return say("look at the name, and at the network", "%s has no address by that name, asked for %q", registry, reference)
	case untrusted(err):
		return say("add its authority to those that this machine trusts (SSL_CERT_FILE)", "%s has a certificate that is not trusted here, asked for %q", registry, reference)
	case errors.As(err, new(tls.RecordHeaderError)), errors.Is(err, http.ErrSchemeMismatch):
		return say("let it speak TLS, or allow plain HTTP with --insecure", "%s speaks no TLS, asked for %q", registry, reference)
	case errors.Is(err, syscall.ECONNREFUSED), errors.As(err, new(*net.OpError)), errors.Is(err, io.EOF):
		return say("look whether it runs, and at the network", "%s cannot be reached, asked for %q", registry, reference)
	case errors.Is(err, errLarge):
		return say("look at what answers there", "%s answers with more than %d MiB, asked for %q", registry, mostBytes>>20, reference)
	}
	return say("look at what answers there: a proxy, or a server that is no registry?", "%s answers otherwise than a registry does, asked for %q", registry, reference)
}

// untrusted tells whether a certificate was refused.
func untrusted(err error) bool {
	return errors.As(err, new(*tls.CertificateVerificationError)) || errors.As(err, new(x509.UnknownAuthorityError)) || errors.As(err, new(x509.HostnameError))
}

func ofStatus(reference, registry string, e *transport.Error) *Refusal {
	login := "log in with `docker login " + registry + "`"
	switch e.StatusCode {
	case http.StatusUnauthorized, http.StatusForbidden:
		return &Refusal{
			Message: fmt.Sprintf("%s does not let this user have %q (%d): some answer so for what they do not have, too", registry, reference, e.StatusCode),
			Help:    login + " as someone who may, and look at the name",
		}
	case http.StatusNotFound:
		return &Refusal{
			Message: fmt.Sprintf("%s has no %q (404)", registry, reference), Gone: true,
			Help: "look at the repository and the tag or digest, under images, mirror or runtimes of the environment",
		}
	case http.StatusTooManyRequests:
		return &Refusal{
			Message: fmt.Sprintf("%s counted too many requests when asked for %q (429)", registry, reference),
			Help:    "wait, " + login + ", which most count apart, or set mirror",
		}
	}
	kind := "is not well"
	if e.StatusCode < http.StatusInternalServerError {
		kind = "refuses the request"
	}
	return &Refusal{
		Message: fmt.Sprintf("%s %s, asked for %q (%d%s)", registry, kind, reference, e.StatusCode, strings.ToLower(strings.TrimRight(" "+http.StatusText(e.StatusCode), " "))),
		Help:    "try again later, or ask who runs it",
	}
}
