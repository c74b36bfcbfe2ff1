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

// hostPort is an address that is waited for; with a variable it may be any text.
var hostPort = regexp.MustCompile(`^[^:@]+:[0-9]{1,5}$`)

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
	if w.TCP != "" {
		for i, address := range strings.Split(w.TCP, ",") {
			if !strings.ContainsAny(address, "$ ") && !hostPort.MatchString(address) {
				c.Fail("%s.tcp: address %d is no host:port", field, i+1)
			}
		}
	}
	if strings.ContainsAny(w.TCP, " ") {
		c.Fail("%s.tcp %q has a blank: hosts are separated by a comma alone", field, w.TCP)
	}
	checkEndpoint(c, field, w)
	for _, f := range []struct{ name, value string }{{"tcp", w.TCP}, {"hint", w.Hint}} {
		if f.value != "" && !shellWords.MatchString(f.value) {
			c.Fail("%s.%s %q is no text with variables as $NAME", field, f.name, f.value)
		}
	}
	if w.Contains != "" && !line.MatchString(w.Contains) {
		c.Fail("%s.contains %q is not one line without $(, ${ and $$", field, w.Contains)
	}
}

// secretVariable is a password that comes from the environment.
var secretVariable = regexp.MustCompile(`^\$[A-Za-z_][A-Za-z0-9_]*$`)

// checkEndpoint says what a URL, and who asks for it, cannot be: never showing them,
// since a password may be in them. A pod that waits prints its URL.
func checkEndpoint(c *krm.Check, field string, w Wait) {
	name, password, _ := strings.Cut(w.User, ":")
	host, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(w.URL, "http://"), "https://"), "/")
	switch {
	case w.URL != "" && !shellWords.MatchString(w.URL):
		c.Fail("%s.url is no text with variables as $NAME", field)
	case strings.Contains(w.URL, " "):
		c.Fail("%s.url has a blank: no server answers to that", field)
	case strings.Contains(host, "@"):
		c.Fail("%s.url has a user in it, and pods print it while they wait: give user", field)
	}
	switch {
	case w.User == "":
	case !shellWords.MatchString(w.User):
		c.Fail("%s.user is no text with variables as $NAME", field)
	case name == "" || !secretVariable.MatchString(password):
		c.Fail("%s.user is to be a name and a variable for the password, as admin:$PASSWORD, with env from a Secret: a pod's script is no place for a password", field)
	}
}
