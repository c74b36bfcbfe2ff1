package servers

import (
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"sync"
)

// gate passes requests on to a server and counts them. At a chosen one it calls
// a function, before the server gets it or before the client gets its answer.
type gate struct {
	ip, target string
	mu         sync.Mutex
	count      int
	at         int
	after      bool
	call       func()
}

func (r *Run) newGate(target string) (*gate, error) {
	_, port, err := net.SplitHostPort(target)
	if err != nil {
		return nil, err
	}
	ip, err := r.addresses(5984)
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", net.JoinHostPort(ip, port))
	if err != nil {
		return nil, err
	}
	g := &gate{ip: ip, target: target}
	proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: target})
	proxy.ErrorHandler = func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) }
	proxy.ModifyResponse = func(*http.Response) error { g.pass(true); return nil }
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		g.mu.Lock()
		g.count++
		g.mu.Unlock()
		g.pass(false)
		proxy.ServeHTTP(w, q)
	})}
	go func() { _ = server.Serve(listener) }()
	r.atEnd(func() { _ = server.Close() })
	return g, nil
}

// arm counts from zero and chooses a request; 0 is none.
func (g *gate) arm(at int, after bool, call func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.count, g.at, g.after, g.call = 0, at, after, call
}

func (g *gate) passed() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.count
}

func (g *gate) pass(after bool) {
	g.mu.Lock()
	call := g.call
	if g.at == 0 || g.count != g.at || after != g.after {
		call = nil
	}
	g.mu.Unlock()
	if call != nil {
		call()
	}
}
