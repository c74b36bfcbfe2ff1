package servers

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// seen is a request that reached a fake server.
type seen struct {
	Method, Path, Query, Host string
	Header                    http.Header
	Body                      int64
}

// fake is an HTTP server of a component: it answers with its name, the path and
// the size of the body, and remembers what came. /slow/SECONDS waits first.
type fake struct {
	name   string
	server *http.Server
	mu     sync.Mutex
	came   []seen
	// answer, if it is set and returns true, has answered.
	answer func(http.ResponseWriter, *http.Request) bool
}

// newFake starts a fake component at ip:port.
func (r *Run) newFake(name, ip string, port int, answer func(http.ResponseWriter, *http.Request) bool) (*fake, error) {
	listener, err := net.Listen("tcp", net.JoinHostPort(ip, strconv.Itoa(port)))
	if err != nil {
		return nil, err
	}
	f := &fake{name: name, answer: answer}
	f.server = &http.Server{Handler: http.HandlerFunc(f.serve)}
	go func() { _ = f.server.Serve(listener) }()
	r.atEnd(f.close)
	return f, nil
}

func (f *fake) close() { _ = f.server.Close() }

func (f *fake) serve(w http.ResponseWriter, q *http.Request) {
	size, _ := io.Copy(io.Discard, q.Body)
	f.mu.Lock()
	f.came = append(f.came, seen{q.Method, q.URL.Path, q.URL.RawQuery, q.Host, q.Header.Clone(), size})
	answer := f.answer
	f.mu.Unlock()
	if answer != nil && answer(w, q) {
		return
	}
	var seconds float64
	if _, err := fmt.Sscanf(q.URL.Query().Get("slow"), "%g", &seconds); err == nil {
		time.Sleep(time.Duration(seconds * float64(time.Second)))
	}
	fmt.Fprintf(w, "%s %s %d", f.name, q.URL.RequestURI(), size)
}

// answerWith has it answer so from now on; nil is as in the beginning.
func (f *fake) answerWith(answer func(http.ResponseWriter, *http.Request) bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.answer = answer
}

// answers has it answer everything with a status from now on; 0 is as in the
// beginning.
func (f *fake) answers(status int) {
	if status == 0 {
		f.answerWith(nil)
		return
	}
	f.answerWith(func(w http.ResponseWriter, _ *http.Request) bool {
		w.WriteHeader(status)
		return true
	})
}

// last is the last request that came, and how many there were.
func (f *fake) last() (seen, int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.came) == 0 {
		return seen{}, 0
	}
	return f.came[len(f.came)-1], len(f.came)
}

func (f *fake) all() []seen {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]seen{}, f.came...)
}
