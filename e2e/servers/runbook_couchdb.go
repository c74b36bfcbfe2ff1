package servers

import (
	"fmt"
	"strings"
	"syscall"
	"time"

	"github.com/whiskops/whiskops/e2e/servers/podproc"
)

// RunbookCouchDB takes CouchDB and its data away, and follows the page.
func RunbookCouchDB(r *Run) error {
	c, err := newCouch(r)
	if err != nil {
		return err
	}
	d, err := newDesk(r)
	if err != nil {
		return err
	}
	p := &couchPage{couch: c, desk: d}
	for _, step := range []struct {
		name  string
		check func() error
	}{
		{"start", c.begin}, {"set up", p.setUp}, {"disk", p.disk}, {"away", p.away}, {"emptied", p.emptied},
	} {
		if err := step.check(); err != nil {
			return fmt.Errorf("runbook: %s: %w", step.name, err)
		}
	}
	return nil
}

// couchPage is the page about CouchDB.
type couchPage struct {
	*couch
	*desk
	setting *podproc.Process
}

// said looks at the last that is said of the set-up, by both symptoms that lead there.
func (p *couchPage) said(want string) error {
	return eventually(p.couch.run.Context, healing, func() error {
		if err := p.log("deployment/couchdb-init", p.setting.Log()); err != nil {
			return err
		}
		for _, s := range []string{"status-401", "pod-init"} {
			out, err := p.look(s, "logs deployment/couchdb-init")
			if err != nil {
				return err
			}
			lines := strings.Split(strings.TrimSpace(out), "\n")
			if err := shown(lines[len(lines)-1], want); err != nil {
				return err
			}
		}
		time.Sleep(500 * time.Millisecond)
		return nil
	})
}

func (p *couchPage) setUp() (err error) {
	if p.setting, err = p.init.Start(couchInit); err != nil {
		return err
	}
	return p.said(strings.TrimSpace(allIsRight))
}

func (p *couchPage) disk() error {
	if err := p.program("exec/couchdb-0", fmt.Sprintf("#!/bin/bash\nexec \"${@/#\\/opt\\/couchdb\\/data/%s}\"\n", p.data())); err != nil {
		return err
	}
	out, err := p.look("database-disk-full", "df -h")
	if err != nil {
		return err
	}
	return shown(out, "Use%", "Avail")
}

// away is CouchDB until it is back.
func (p *couchPage) away() error {
	if err := p.server.Stop(syscall.SIGTERM, 20*time.Second); err != nil {
		return err
	}
	if err := p.said("failed: "); err != nil {
		return err
	}
	if err := p.serve(); err != nil {
		return err
	}
	if err := p.said(strings.TrimSpace(allIsRight)); err != nil {
		return err
	}
	p.proved("runbook, pod-init and status-401: the page's command says what keeps the set-up while the server is away, and that all is well when it is back")
	return nil
}

// emptied is its volume.
func (p *couchPage) emptied() error {
	wanted, err := p.state()
	if err != nil {
		return err
	}
	told := len(p.setting.Log())
	if _, err := p.replaceVolume("", wanted); err != nil {
		return err
	}
	if made := p.setting.Log()[told:]; !strings.Contains(made, "guest") {
		return fmt.Errorf("the log does not say that subjects were made: %s", tail(made))
	}
	if err := p.said(": created"); err != nil {
		return err
	}
	p.proved("runbook, a restored database: after its volume was emptied the log that the page names says what was made again")
	return nil
}
