package workload

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/whiskops/whiskops/internal/krm"
)

// shellWords may stand between double quotes in a wait's script: nothing that
// ends the quotes or runs a command, and of variables $NAME alone.
var shellWords = regexp.MustCompile("^([^\"`\\\\$\\x00-\\x1f]|\\$[A-Za-z_][A-Za-z0-9_]*)+$")

// line may stand between single quotes: one line, without what Flux or
// Kubernetes would replace.
var line = regexp.MustCompile(`^([^$\x00-\x1f]|\$[^$({\x00-\x1f])+\$?$`)

func checkWaits(c *krm.Check, s Spec) {
	if len(s.Waits) > 0 {
		c.Given("spec.waitImage", s.WaitImage)
	}
	for i, w := range s.Waits {
		field := fmt.Sprintf("spec.waits[%d]", i)
		if c.Given(field+".name", w.Name) {
			c.Label(field+".name", waitName(w))
		}
		checkWait(c, field, w)
	}
}

func checkWait(c *krm.Check, field string, w Wait) {
	if (w.TCP == "") == (w.URL == "") {
		c.Fail("%s wants either tcp or url", field)
	}
	if w.TCP != "" && w.Contains+w.User != "" {
		c.Fail("%s has contains or user, which are for a url", field)
	}
	if strings.ContainsAny(w.TCP, " ") {
		c.Fail("%s.tcp %q has a blank: hosts are separated by a comma alone", field, w.TCP)
	}
	for _, f := range []struct{ name, value string }{{"tcp", w.TCP}, {"url", w.URL}, {"user", w.User}, {"hint", w.Hint}} {
		if f.value != "" && !shellWords.MatchString(f.value) {
			c.Fail("%s.%s %q is no text with variables as $NAME", field, f.name, f.value)
		}
	}
	if w.Contains != "" && !line.MatchString(w.Contains) {
		c.Fail("%s.contains %q is not one line without $(, ${ and $$", field, w.Contains)
	}
}
