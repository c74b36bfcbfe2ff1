package rules

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/whiskops/whiskops/internal/environment"
)

// Annotations that shorten what nginx allows, because they belong to what
// stands in front of it.
const (
	ingressTimeout = "nginx.ingress.kubernetes.io/proxy-read-timeout"
	ingressBody    = "nginx.ingress.kubernetes.io/proxy-body-size"
	balancerIdle   = "service.beta.kubernetes.io/aws-load-balancer-connection-idle-timeout"
)

// timeouts grow from the inside out: a server that gives up before the one
// behind it throws its answer away.
func (c *checker) timeouts() {
	edge := c.Env.Edge
	wait, inner := lasts(edge.ReadTimeout), time.Duration(c.Catalog.Facts.RequestTimeout)*time.Second
	if wait <= inner {
		c.fail("WO246", "edge.readTimeout",
			fmt.Sprintf("edge.readTimeout is %q, no longer than the controller's own timeout of %ds: nginx answers 504 while the controller would still have told the activation's id", edge.ReadTimeout, int(inner.Seconds())),
			fmt.Sprintf("leave out edge.readTimeout, or write %s or more", cue("edge.readTimeout", fmt.Sprintf("%ds", int(inner.Seconds())+10))))
		return // those in front are measured by it
	}
	if i := edge.Ingress; i != nil {
		if s, ok := annotatedSeconds(i.Annotations, ingressTimeout); ok && s < int(wait.Seconds()) {
			c.fail("WO247", environment.JoinPath("edge", "ingress", "annotations", ingressTimeout),
				fmt.Sprintf("the Ingress waits %ds (%s), less than edge.readTimeout %q: it answers 504 to calls that nginx still waits for", s, ingressTimeout, edge.ReadTimeout),
				"leave out the annotation: it is derived from edge.readTimeout")
		}
	}
	if s, ok := annotatedSeconds(edge.Service.Annotations, balancerIdle); ok && s < int(wait.Seconds()) && edge.Service.Type == "LoadBalancer" {
		c.warn("WO248", environment.JoinPath("edge", "service", "annotations", balancerIdle),
			fmt.Sprintf("the load balancer drops a connection that is idle for %ds (%s), less than edge.readTimeout %q: calls that take longer end without an answer", s, balancerIdle, edge.ReadTimeout),
			fmt.Sprintf("write \"%d\" or more", int(wait.Seconds())))
	}
}

func annotatedSeconds(annotations map[string]string, name string) (int, bool) {
	n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(annotations[name]), "s"))
	return n, err == nil && n >= 0
}

// bodySize lets the largest action and the largest payload in. An action comes
// as base64 in JSON, so a body of exactly that size is too small.
func (c *checker) bodySize() {
	edge, facts := c.Env.Edge, c.Catalog.Facts
	const mib = 1 << 20
	action := base64.StdEncoding.EncodedLen(facts.ExecSizeLimit)
	most, what := action, fmt.Sprintf("the largest action of %d MiB has %d MiB in base64 and some JSON around it", facts.ExecSizeLimit/mib, action/mib)
	if c.Env.Limits.Payload > most {
		most, what = c.Env.Limits.Payload, fmt.Sprintf("limits.payload is %d bytes, and has some JSON around it", c.Env.Limits.Payload)
	}
	if edge.BodySize*mib <= most {
		c.fail("WO249", c.written("edge.bodySize", "limits.payload"),
			fmt.Sprintf("edge.bodySize is %d MiB, but %s: nginx answers 413 to what OpenWhisk allows", edge.BodySize, what),
			fmt.Sprintf("write %s or more", cue("edge.bodySize", most/mib+1)))
		return
	}
	if i := edge.Ingress; i != nil {
		if n, ok := nginxSize(i.Annotations[ingressBody]); ok && n < int64(edge.BodySize)*mib {
			c.fail("WO250", environment.JoinPath("edge", "ingress", "annotations", ingressBody),
				fmt.Sprintf("the Ingress takes bodies of %q (%s), less than edge.bodySize of %d MiB: it answers 413 to what nginx allows", i.Annotations[ingressBody], ingressBody, edge.BodySize),
				"leave out the annotation: it is derived from edge.bodySize")
		}
	}
}

// nginxSize reads "50m" as nginx does. 0 means that there is no limit, so it
// is no size.
func nginxSize(text string) (int64, bool) {
	text = strings.ToLower(strings.TrimSpace(text))
	shift := 0
	for suffix, by := range map[string]int{"k": 10, "m": 20, "g": 30} {
		if number, ok := strings.CutSuffix(text, suffix); ok {
			text, shift = number, by
		}
	}
	n, err := strconv.ParseInt(text, 10, 32)
	return n << shift, err == nil && n > 0
}
