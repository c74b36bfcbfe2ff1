// Package wire counts what a program asks of the API server, by standing
// between them.
package wire

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"sync"

	"k8s.io/client-go/rest"
)

// Wire is a way to the API server.
type Wire struct {
	// Config leads over the wire. It needs no token: whoever comes this way is
	// the administrator, and may impersonate others.
	Config *rest.Config

	server *http.Server
	mutex  sync.Mutex
	tally  Tally
}

// Tally is what went over the wire. Watches are no reads.
type Tally struct {
	Reads, DryRuns, Writes int
	// Bytes of all bodies but those of watches.
	Sent, Received int64
	// Written are the writes that were no dry run, as method and path.
	Written []string
}

// New opens a way to where the configuration leads, on loopback.
func New(to *rest.Config) (*Wire, error) {
	target, err := url.Parse(to.Host)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(to.CAData) {
		return nil, fmt.Errorf("the API server's authority is no certificate")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	w := &Wire{Config: &rest.Config{Host: "http://" + listener.Addr().String()}}
	proxy := &httputil.ReverseProxy{
		FlushInterval: -1, // watches
		Transport:     &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, ForceAttemptHTTP2: true},
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			r.Out.Header.Set("Authorization", "Bearer "+to.BearerToken)
		},
		ModifyResponse: w.answer,
		ErrorHandler:   func(out http.ResponseWriter, _ *http.Request, _ error) { out.WriteHeader(http.StatusBadGateway) },
	}
	w.server = &http.Server{Handler: http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		w.ask(r)
		proxy.ServeHTTP(out, r)
	})}
	go func() { _ = w.server.Serve(listener) }()
	return w, nil
}

// Close ends it.
func (w *Wire) Close() error { return w.server.Close() }

// Taken gives the tally since it was last asked for.
func (w *Wire) Taken() Tally {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	t := w.tally
	w.tally = Tally{}
	return t
}

func (w *Wire) count(f func(*Tally)) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	f(&w.tally)
}

func watches(u *url.URL) bool { return u.Query().Has("watch") }

func (w *Wire) ask(r *http.Request) {
	if watches(r.URL) {
		return
	}
	w.count(func(t *Tally) {
		switch {
		case r.Method == http.MethodGet:
			t.Reads++
		case r.URL.Query().Has("dryRun"):
			t.DryRuns++
		default:
			t.Writes++
			t.Written = append(t.Written, r.Method+" "+r.URL.Path)
		}
	})
	r.Body = &counted{ReadCloser: r.Body, add: func(n int) { w.count(func(t *Tally) { t.Sent += int64(n) }) }}
}

func (w *Wire) answer(r *http.Response) error {
	if !watches(r.Request.URL) {
		r.Body = &counted{ReadCloser: r.Body, add: func(n int) { w.count(func(t *Tally) { t.Received += int64(n) }) }}
	}
	return nil
}

type counted struct {
	io.ReadCloser
	add func(int)
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	c.add(n)
	return n, err
}
