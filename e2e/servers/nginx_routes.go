package servers

import (
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"time"
)

// get returns the status and the body of what nginx answers.
func (e *edge) get(url string) (int, string, error) {
	response, err := e.client().Get(url)
	if err != nil {
		return 0, "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return response.StatusCode, string(body), err
}

var upstreamLine = regexp.MustCompile(`"(\S+):(\d+)";`)

func (e *edge) redirect() error {
	response, err := e.client().Get("http://" + e.host + ":8080/api/v1/namespaces?limit=1")
	if err != nil {
		return err
	}
	response.Body.Close()
	location := response.Header.Get("Location")
	if response.StatusCode != http.StatusPermanentRedirect || !strings.HasPrefix(location, "https://"+e.host) || !strings.HasSuffix(location, "/api/v1/namespaces?limit=1") {
		return fmt.Errorf("status %d to %q", response.StatusCode, location)
	}
	e.run.proved(e.version, "HTTP is sent to HTTPS with 308: %s", location)
	return nil
}

// late proves that nginx runs without what is behind it, and finds it once it
// is there.
func (e *edge) late() error {
	var err error
	if e.controller, err = e.appears("controller-ready", e.controllerIP, "/api/v1"); err != nil {
		return err
	}
	what := "controllers"
	if e.run.has("apigateway") {
		if _, err := e.appears("apigateway-ready", e.gatewayIP, "/api/guest/hello"); err != nil {
			return err
		}
		what = "controllers and without the API gateway"
	}
	e.run.proved(e.version, "nginx runs without %s (502 for their paths) and finds them when they are there", what)
	return nil
}

// appears gives a Service its first pod.
func (e *edge) appears(service, ip, path string) (*fake, error) {
	url := "https://" + e.host + ":8443" + path
	if status, _, err := e.get(url); err != nil || status != http.StatusBadGateway {
		return nil, wrong(err, "without %s: status %d, not 502", service, status)
	}
	component, port, err := e.run.Env.Target(service, 8080)
	if err != nil {
		return nil, err
	}
	made, err := e.run.newFake(component, ip, port, nil)
	if err != nil {
		return nil, err
	}
	e.dns.Set(e.run.fqdn(service), ip)
	err = eventually(e.run.Context, 10*time.Second, func() error {
		status, body, err := e.get(url)
		if err == nil && (status != http.StatusOK || !strings.HasPrefix(body, component+" ")) {
			err = fmt.Errorf("status %d: %s", status, body)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("%s is there, but: %w (http.conf: %s)\n%s", service, err,
			upstreamLine.FindAllString(e.run.configMapWith("http.conf")["http.conf"], -1), e.process.Log())
	}
	return made, nil
}

// fqdn of a Service of the environment.
func (r *Run) fqdn(service string) string {
	for _, s := range r.Env.Services {
		if s.Metadata.Name == service {
			return service + "." + s.Metadata.Namespace + ".svc.cluster.local"
		}
	}
	return ""
}

func (e *edge) routes() error {
	type route struct{ host, path, want string }
	public, guest := e.host, "guest."+e.host
	gateway := "controller"
	if e.run.has("apigateway") {
		gateway = "apigateway"
	}
	list := []route{
		{public, "/", "controller /"},
		{public, "/api/v1", "controller /api/v1"},
		{public, "/api/v1/namespaces/_/actions?limit=2", "controller /api/v1/namespaces/_/actions?limit=2"},
		{public, "/api/v1/web/guest/default/hello.json?a=b%20c", "controller /api/v1/web/guest/default/hello.json?a=b%20c"},
		{public, "/api/guest/hello", gateway + " /api/guest/hello"},
		{public, "/api", gateway + " /api"},
		{guest, "/default/hello.json?x=1", "controller /api/v1/web/guest/default/hello.json?x=1"},
		{guest, "/", "controller /api/v1/web/guest/"},
		{guest, "/ping", "controller /api/v1/web/guest/ping"},
		{guest, "/api/v1/web/default/hello", "controller /api/v1/web/guest/default/hello"},
		{guest, "/api/v1/web", "controller /api/v1/web/guest/"},
		{guest, "/api/v1/namespaces", "controller /api/v1/namespaces"},
	}
	for _, base := range []string{"https://%s:8443", "http://%s:8081"} {
		for _, l := range list {
			url := fmt.Sprintf(base, l.host) + l.path
			status, body, err := e.get(url)
			if err != nil {
				return err
			}
			if status != http.StatusOK || body != l.want+" 0" {
				return fmt.Errorf("%s: status %d %q, want %q\n%s", url, status, body, l.want, tail(e.process.Log()))
			}
		}
	}
	if status, body, err := e.get("https://" + e.host + ":8443/healthz"); err != nil || body != "controller /healthz 0" {
		return wrong(err, "/healthz of the public listener: %d %q", status, body)
	}
	e.run.proved(e.version, "%d routes by HTTPS and by the internal listener, a namespace's host among them", len(list))
	return nil
}

// leaving proves that a pod that goes closes each connection after its answer,
// and changes nothing else, however a path is written.
func (e *edge) leaving() error {
	mark := e.pod.Path("/tmp/leaving")
	urls := []string{
		"https://" + e.host + ":8443/api/v1/a%2Fb%3Fc//d/./e?x=%20&y=?",
		"https://guest." + e.host + ":8443/default/a%3Fb%25.json?x=1",
		"http://" + e.host + ":8081/api/guest/%C3%A9%0A",
		"http://" + e.host + ":8081/api/v1/web/guest/default/hello",
		"https://" + e.host + ":8443/ping",
		"http://" + e.host + ":8080/api?x=1",
		"http://" + e.host + ":8081/healthz",
		"http://" + e.host + ":8081/leaving",
	}
	seen := func() ([]string, []bool, error) {
		var texts []string
		var closed []bool
		client := e.client()
		client.Transport.(*http.Transport).DisableKeepAlives = false
		defer client.CloseIdleConnections()
		for _, url := range urls {
			response, err := client.Get(url)
			if err != nil {
				return nil, nil, err
			}
			body, err := io.ReadAll(response.Body)
			response.Body.Close()
			if err != nil {
				return nil, nil, err
			}
			texts = append(texts, fmt.Sprintf("%s: %d %s %s", url, response.StatusCode, response.Header.Get("Location"), body))
			closed = append(closed, response.Close)
		}
		return texts, closed, nil
	}
	before, kept, err := seen()
	if err != nil {
		return err
	}
	if err := os.WriteFile(mark, nil, 0o644); err != nil {
		return err
	}
	after, gone, err := seen()
	if err != nil {
		return err
	}
	for i := range urls {
		// What is denied is answered before anything else.
		if denied := strings.HasSuffix(urls[i], "/ping"); before[i] != after[i] || kept[i] || gone[i] == denied {
			return fmt.Errorf("%s, closed %t; while it leaves %s, closed %t", before[i], kept[i], after[i], gone[i])
		}
	}
	e.run.proved(e.version, "while it leaves nginx closes connections after their answers, and answers %d urls as before", len(urls))
	return os.Remove(mark)
}

func (e *edge) denied() error {
	paths := []string{"/activation", "/activation/count", "/disable", "/invokers", "/invokers/healthy/count", "/metrics", "/ping",
		"//ping", "/./ping", "/x/../ping", "/%70ing"}
	_, before := e.controller.last()
	for _, base := range []string{"https://" + e.host + ":8443", "http://" + e.host + ":8081"} {
		for _, path := range paths {
			status, body, err := e.get(base + path)
			if err != nil {
				return err
			}
			if status != http.StatusForbidden {
				return fmt.Errorf("%s%s is not denied: status %d %q", base, path, status, body)
			}
		}
	}
	if _, after := e.controller.last(); after != before {
		return fmt.Errorf("%d denied requests reached the controller", after-before)
	}
	e.run.proved(e.version, "%d paths of the controller are denied, however they are written", len(paths))
	return nil
}

func (e *edge) bodies() error {
	send := func(size int) (int, error) {
		response, err := e.client().Post("https://"+e.host+":8443/api/v1/body", "application/octet-stream", bytes.NewReader(make([]byte, size)))
		if err != nil {
			return 0, err
		}
		defer response.Body.Close()
		_, err = io.Copy(io.Discard, response.Body)
		return response.StatusCode, err
	}
	const limit = 50 << 20
	if status, err := send(limit); err != nil || status != http.StatusOK {
		return wrong(err, "a body of 50 MiB: status %d", status)
	}
	if last, _ := e.controller.last(); last.Body != limit {
		return fmt.Errorf("of a body of 50 MiB %d bytes reached the controller", last.Body)
	}
	// nginx answers before it has read all; the client may see the connection
	// close instead. So the size is only announced.
	status, err := e.announce(limit + 1)
	if err != nil || status != http.StatusRequestEntityTooLarge {
		return wrong(err, "a body of 50 MiB and a byte: status %d, want 413", status)
	}
	e.run.proved(e.version, "a body of 50 MiB passes, one more byte is refused with 413")
	return nil
}

// announce sends the head of a request with a body of that size, and no body.
func (e *edge) announce(size int) (int, error) {
	connection, err := tls.Dial("tcp", e.ip+":8443", &tls.Config{RootCAs: e.roots, ServerName: e.host})
	if err != nil {
		return 0, err
	}
	defer connection.Close()
	if err := connection.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		return 0, err
	}
	if _, err := fmt.Fprintf(connection, "POST /api/v1/body HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n\r\n", e.host, size); err != nil {
		return 0, err
	}
	var version string
	var status int
	_, err = fmt.Fscanf(connection, "%s %d", &version, &status)
	return status, err
}

func (e *edge) headers() error {
	request, err := http.NewRequest(http.MethodGet, "https://"+e.host+":8443/api/v1/headers", nil)
	if err != nil {
		return err
	}
	request.Header.Set("X-Request-ID", "made-up")
	response, err := e.client().Do(request)
	if err != nil {
		return err
	}
	response.Body.Close()
	last, _ := e.controller.last()
	id := response.Header.Get("X-Request-ID")
	switch {
	case id == "" || id == "made-up" || last.Header.Get("X-Request-ID") != id:
		return fmt.Errorf("X-Request-ID is %q for the client and %q for the controller", id, last.Header.Get("X-Request-ID"))
	case last.Header.Get("X-Forwarded-Proto") != "https":
		return fmt.Errorf("X-Forwarded-Proto is %q", last.Header.Get("X-Forwarded-Proto"))
	case last.Host != e.host+":8443" || last.Header.Get("X-Forwarded-Host") != e.host+":8443":
		return fmt.Errorf("the controller sees host %q, X-Forwarded-Host %q", last.Host, last.Header.Get("X-Forwarded-Host"))
	case response.Header.Get("Server") != "nginx":
		return fmt.Errorf("Server: %s", response.Header.Get("Server"))
	}
	// The log is written after the answer.
	err = eventually(e.run.Context, 3*time.Second, func() error {
		if !strings.Contains(e.process.Log(), `"request_id":"`+id+`"`) {
			return errors.New("the access log does not have the request's id")
		}
		return nil
	})
	if err != nil {
		return err
	}
	e.run.proved(e.version, "headers for the controller, and the request's id in the answer and the access log")
	return nil
}

// timeouts proves that a slow answer passes, and that one that is too late is
// not asked for again: it may have had an effect.
func (e *edge) timeouts() error {
	url := "https://" + e.host + ":8443/api/v1/slow?slow="
	if status, _, err := e.get(url + "2"); err != nil || status != http.StatusOK {
		return wrong(err, "an answer after 2 s of 3 s: status %d", status)
	}
	_, before := e.controller.last()
	response, err := e.client().Post(url+"5", "application/json", strings.NewReader("{}"))
	if err != nil {
		return err
	}
	response.Body.Close()
	if _, after := e.controller.last(); response.StatusCode != http.StatusGatewayTimeout || after != before+1 {
		return fmt.Errorf("an answer after 5 s of 3 s: status %d, and %d requests reached the controller", response.StatusCode, after-before)
	}
	e.run.proved(e.version, "a slow answer passes; one later than proxy_read_timeout (%ss, here 3s) is 504, and a POST is sent once", e.patience)
	return nil
}

// renewed proves that a certificate that is replaced in place is served, and
// that one that does not load changes nothing.
func (e *edge) renewed() error {
	serial := func() (int64, error) {
		connection, err := tls.Dial("tcp", e.ip+":8443", &tls.Config{RootCAs: e.roots, ServerName: e.host})
		if err != nil {
			return 0, err
		}
		defer connection.Close()
		return connection.ConnectionState().PeerCertificates[0].SerialNumber.Int64(), nil
	}
	mode := uint32(0o440)
	before := strings.Count(e.process.Log(), "certificate changed: nginx reloads")
	if err := e.pod.WriteFile("certs", "tls.crt", "not a certificate\n", &mode); err != nil {
		return err
	}
	time.Sleep(2500 * time.Millisecond)
	if _, err := serial(); err != nil || !e.process.Running() {
		return wrong(err, "a certificate that does not load stops nginx")
	}
	crt, key, parsed, err := certificate(e.host, 77)
	if err != nil {
		return err
	}
	e.roots.AddCert(parsed)
	if err := e.pod.WriteFile("certs", "tls.key", key, &mode); err != nil {
		return err
	}
	if err := e.pod.WriteFile("certs", "tls.crt", crt, &mode); err != nil {
		return err
	}
	err = eventually(e.run.Context, 15*time.Second, func() error {
		number, err := serial()
		if err == nil && number != 77 {
			err = fmt.Errorf("the old certificate is served, number %d", number)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("%w\n%s", err, tail(e.process.Log()))
	}
	if after := strings.Count(e.process.Log(), "certificate changed: nginx reloads"); after != before+1 {
		return fmt.Errorf("nginx was reloaded %d times for one certificate", after-before)
	}
	e.run.proved(e.version, "a renewed certificate is served without a restart; a broken one leaves nginx as it is")
	return nil
}

// tail is the end of a log.
func tail(log string) string {
	const size = 3000
	if len(log) > size {
		return "..." + log[len(log)-size:]
	}
	return log
}
