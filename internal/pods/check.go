package pods

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

// Check waits that a field has.
func Check(c *krm.Check, field string, waits []Wait) {
	for i, w := range waits {
		at := fmt.Sprintf("%s[%d]", field, i)
		if c.Given(at+".name", w.Name) {
			c.Label(at+".name", w.ContainerName())
		}
		checkWait(c, at, w)
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
