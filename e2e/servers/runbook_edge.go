package servers

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"time"
)

// RunbookEdge breaks what is at and behind the edge, and follows the page.
func RunbookEdge(r *Run) error {
	e, err := newEdge(r)
	if err != nil {
		return err
	}
	if err := e.begin(); err != nil {
		return err
	}
	d, err := newDesk(r)
	if err != nil {
		return err
	}
	p := &edgePage{edge: e, desk: d}
	for _, step := range []struct {
		name  string
		check func() error
	}{
		{"502", p.noController}, {"413", p.tooLarge}, {"429", p.tooOften}, {"503", p.tooManyUploads}, {"504", p.tooSlow}, {"401", p.unknown}, {"certificate", p.certificate}, {"the rest", p.others},
	} {
		if err := step.check(); err != nil {
			return fmt.Errorf("runbook: %s: %w", step.name, err)
		}
	}
	return nil
}

// edgePage is the page about an edge.
type edgePage struct {
	*edge
	*desk
}

// status asks for something and looks at the log for the answer's status.
func (p *edgePage) status(symptom, status string, ask func() (int, error), parts ...string) error {
	got, err := ask()
	if err != nil || fmt.Sprint(got) != status {
		return wrong(err, "status %d, not %s", got, status)
	}
	// A refused body is read for some seconds more before it is written down.
	return eventually(p.edge.run.Context, 15*time.Second, func() error {
		time.Sleep(300 * time.Millisecond)
		if err := p.log("app.kubernetes.io/name=nginx", p.process.Log()); err != nil {
			return err
		}
		out, err := p.look(symptom, `"status":"`+status+`"`)
		if err != nil {
			return err
		}
		lines := strings.Split(strings.TrimSpace(out), "\n")
		return shown(lines[len(lines)-1], parts...)
	})
}

func (p *edgePage) asks(path string) func() (int, error) {
	return func() (int, error) {
		status, _, err := p.get("https://" + p.host + ":8443" + path)
		return status, err
	}
}

// noController: none is there, one is and answers 502 itself, and one that is gone.
func (p *edgePage) noController() error {
	if err := p.status("status-502", "502", p.asks("/api/v1/none"), `"upstream":""`); err != nil {
		return err
	}
	var err error
	if p.controller, err = p.appears("controller-ready", p.controllerIP, "/api/v1"); err != nil {
		return err
	}
	p.controller.answers(http.StatusBadGateway)
	if err := p.status("status-502", "502", p.asks("/api/v1/fails"), `"upstream_connect":"0.`); err != nil {
		return err
	}
	p.controller.answers(0)
	p.controller.close()
	if err := p.status("status-502", "502", p.asks("/api/v1/gone"), `"upstream_connect":"-"`); err != nil {
		return err
	}
	// Its pod is back.
	if p.controller, err = p.edge.run.newFake("controller", p.controllerIP, 8080, nil); err != nil {
		return err
	}
	if status, err := p.asks("/api/v1/back")(); err != nil || status != http.StatusOK {
		return wrong(err, "a controller that is back: status %d", status)
	}
	p.edge.run.proved(p.version, "runbook, 502: the page's command tells a controller that is gone from an action that failed, and all is well once one is back")
	return nil
}

func (p *edgePage) tooLarge() error {
	if err := p.status("status-413", "413", func() (int, error) { return p.announce(50<<20 + 1) }, `"upstream":""`); err != nil {
		return err
	}
	p.controller.answers(http.StatusRequestEntityTooLarge)
	if err := p.status("status-413", "413", p.asks("/api/v1/actions"), `"upstream":"`+p.controllerIP); err != nil {
		return err
	}
	p.controller.answers(0)
	p.edge.run.proved(p.version, "runbook, 413: the page's command tells who refused a body, nginx or a controller")
	return nil
}

func (p *edgePage) tooOften() error {
	p.controller.answers(http.StatusTooManyRequests)
	err := p.status("status-429", "429", p.asks("/api/v1/namespaces/_/actions/hello"), `"upstream":"`+p.controllerIP, `"path":"/api/v1/namespaces/_/actions/hello"`, `"client":"127.`)
	p.controller.answers(0)
	if err == nil {
		p.edge.run.proved(p.version, "runbook, 429: the page's command tells who calls what, and which controller counted")
	}
	return err
}

func (p *edgePage) tooManyUploads() error {
	held := &uploaders{edge: p.edge}
	err := p.status("status-429", "503", func() (int, error) {
		for range 20 {
			refused, err := held.start("127.0.0.1", 1500000)
			if err != nil {
				return 0, err
			}
			if refused {
				return http.StatusServiceUnavailable, nil
			}
		}
		return 0, errors.New("20 uploads of one client are taken")
	}, `"upstream":""`)
	held.close()
	if err == nil {
		p.edge.run.proved(p.version, "runbook, 503: the page's command shows bodies that nginx takes no more of")
	}
	return err
}

func (p *edgePage) tooSlow() error {
	if err := p.status("status-504", "504", p.asks("/api/v1/slow?slow=5"), `"upstream_seconds":"3.`); err != nil {
		return err
	}
	if status, err := p.asks("/api/v1/slow?slow=1")(); err != nil || status != http.StatusOK {
		return wrong(err, "an answer in time: status %d", status)
	}
	p.edge.run.proved(p.version, "runbook, 504: upstream_seconds of the page's command is the time that nginx waited (%ss, here 3s)", p.patience)
	return nil
}

// unknown: the key in the Secret is known to the controller, or is not.
func (p *edgePage) unknown() error {
	key := madeSecrets()["openwhisk-subjects"]["guest"]
	if err := p.secret("openwhisk-subjects", key); err != nil {
		return err
	}
	crt, err := os.ReadFile(p.pod.Path("/certs/tls.crt"))
	if err != nil {
		return err
	}
	if err := p.at(p.host, p.ip+":8443", string(crt)); err != nil {
		return err
	}
	var known atomic.Pointer[string]
	p.controller.answerWith(func(w http.ResponseWriter, q *http.Request) bool {
		if q.Header.Get("Authorization") == "Basic "+base64.StdEncoding.EncodeToString([]byte(*known.Load())) {
			return false
		}
		w.WriteHeader(http.StatusUnauthorized)
		return true
	})
	for _, s := range []struct{ known, want string }{{key, "200"}, {"another", "401"}, {key, "200"}} {
		known.Store(&s.known)
		out, err := p.look("status-401", "curl")
		if err != nil || strings.TrimSpace(out) != s.want {
			return wrong(err, "%q, not %s", out, s.want)
		}
		if strings.Contains(out, key) {
			return errors.New("the page's command shows a key")
		}
	}
	p.controller.answers(0)
	p.edge.run.proved(p.version, "runbook, 401: the page's command tells a key that is known from one that is not, and shows neither")
	return nil
}

// certificate: what clients are shown, and what they are after a new one.
func (p *edgePage) certificate() error {
	out, err := p.look("certificate", "s_client")
	if err == nil {
		err = shown(out, "notAfter=", "DNS:"+p.host)
	}
	if err != nil {
		return err
	}
	p.edge.run.proved(p.version, "runbook, certificate: the page's command shows the names and the end of the one that is served")
	return nil
}

// others are the commands that look into containers of which there are none here: a
// controller's is a double, what measures a disk measures this machine's.
func (p *edgePage) others() error {
	p.controller.answerWith(func(w http.ResponseWriter, q *http.Request) bool {
		if q.URL.Path != "/invokers" {
			return false
		}
		fmt.Fprint(w, `{"invoker0/0":"up"}`)
		return true
	})
	address := fmt.Sprintf("127.0.0.1:8080:%s:8080", p.controllerIP)
	programs := map[string]string{"exec/statefulset_controller": "#!/bin/bash\nexec \"$1\" -q --connect-to " + address + " \"${@:2}\"\n"}
	for i := range 3 {
		programs[fmt.Sprintf("exec/kafka-%d", i)] = "#!/bin/bash\nexec \"${@/#\\/var*/.}\"\n"
	}
	programs["exec/couchdb-0"] = "#!/bin/bash\nexec \"${@/#\\/opt*/.}\"\n"
	for name, text := range programs {
		if err := p.program(name, text); err != nil {
			return err
		}
	}
	out, err := p.look("no-healthy-invoker", "/invokers")
	if err != nil || out != `{"invoker0/0":"up"}` {
		return wrong(err, "invokers: %q", out)
	}
	ran, err := p.rest()
	if err != nil {
		return err
	}
	p.edge.run.Print(fmt.Sprintf("%s: %d commands of the runbook that look into containers end well, and what they name is generated", p.edge.run.Env.Name, ran))
	return nil
}
