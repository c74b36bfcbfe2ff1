package registry

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const (
	// tries of one request that changes nothing.
	tries = 3
	// longest pause before the next: a registry that wants more is not waited
	// for.
	longest = 10 * time.Second
	// most bytes of an answer: a manifest has less than four MiB.
	mostBytes = 8 << 20
)

var (
	errPlain = errors.New("plain HTTP")
	errLarge = errors.New("an answer that is too large")
	errLogin = errors.New("docker's configuration")
	// errReference is of what is none.
	errReference = errors.New("no reference")
)

// patient is a transport that tries again, when it is told to and not before,
// reads no answer without an end, and sends nothing over plain HTTP to another
// machine.
type patient struct {
	carrier  http.RoundTripper
	pause    func(context.Context, time.Duration) error
	insecure bool
}

func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p *patient) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Scheme != "https" && !p.insecure && !loopback(r.URL) {
		return nil, errPlain
	}
	again := r.Method == http.MethodGet || r.Method == http.MethodHead
	for n := 1; ; n++ {
		answer, err := p.carrier.RoundTrip(r)
		d := time.Duration(n) * time.Second
		if err == nil {
			d = pauseOf(answer, d)
		}
		if n == tries || !again || r.Context().Err() != nil || d > longest || !passes(answer, err) {
			return bounded(answer), err
		}
		if answer != nil {
			_ = answer.Body.Close() // nobody has read it
		}
		if err := p.pause(r.Context(), d); err != nil {
			return nil, err
		}
	}
}

// passes tells whether the next try may end otherwise.
func passes(answer *http.Response, err error) bool {
	if err != nil {
		var dns *net.DNSError
		return (errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, new(*net.OpError))) &&
			!(errors.As(err, &dns) && dns.IsNotFound)
	}
	switch answer.StatusCode {
	case http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// pauseOf is what an answer wants (Retry-After, in seconds), else what would be.
func pauseOf(answer *http.Response, usual time.Duration) time.Duration {
	text := strings.TrimSpace(answer.Header.Get("Retry-After"))
	if n, err := strconv.ParseUint(text, 10, 31); err == nil {
		return time.Duration(n) * time.Second
	}
	return usual
}

// bounded ends an answer with an error where it becomes too large.
func bounded(answer *http.Response) *http.Response {
	if answer != nil {
		answer.Body = &boundedBody{answer.Body, mostBytes}
	}
	return answer
}

type boundedBody struct {
	io.ReadCloser
	left int
}

func (b *boundedBody) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, errLarge
	}
	n, err := b.ReadCloser.Read(p[:min(len(p), b.left+1)])
	b.left -= n
	if b.left < 0 {
		return n, errLarge
	}
	return n, err
}

// Local tells whether a registry is on this machine, by its host and port.
func Local(host string) bool { return loopback(&url.URL{Host: host}) }

// loopback tells whether a server is on this machine, by its address.
func loopback(u *url.URL) bool {
	host := u.Hostname()
	return host == "localhost" || net.ParseIP(host).IsLoopback()
}
