package nginxedge

import (
	"fmt"
	"net/netip"
	"regexp"
	"strings"
	"time"

	"github.com/whiskops/whiskops/internal/krm"
)

var (
	hostName     = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`)
	path         = regexp.MustCompile(`^(/[A-Za-z0-9_-][A-Za-z0-9._-]*)+$`)
	upstreamName = regexp.MustCompile(`^[a-z][-a-z0-9]*$`)
)

// check says all that is wrong with a spec. What passes can stand in nginx's
// files as it is.
func check(s Spec) error {
	var c krm.Check
	c.Owner(s.Owner)
	host(&c, "spec.host", s.Host)
	c.Port("spec.publicPort", s.PublicPort)
	checkPorts(&c, s.Ports)
	if s.BodySize < 1 {
		c.Fail("spec.bodySize is %d, wanted at least 1 (MiB)", s.BodySize)
	}
	if d, err := time.ParseDuration(s.ReadTimeout); err != nil || d < time.Second || d%time.Second != 0 {
		c.Fail("spec.readTimeout %q is no duration in whole seconds", s.ReadTimeout)
	}
	if s.Uploads < 1 {
		c.Fail("spec.uploads is %d, wanted at least 1", s.Uploads)
	}
	checkTimes(&c, s.Times)
	filePath(&c, "spec.certificateDir", s.CertificateDir)
	upstreams := checkUpstreams(&c, s)
	checkPaths(&c, s, upstreams)
	checkService(&c, s)
	c.Label("spec.internal", s.Internal)
	if s.Internal == s.Component {
		c.Fail("spec.internal is %q, which is the public Service", s.Internal)
	}
	checkFronts(&c, s)
	checkMeter(&c, s.Meter)
	return c.Err()
}

var meterFormat = regexp.MustCompile(`^\$[a-z_]+( \$[a-z_]+)*$`)

func checkMeter(c *krm.Check, m *Meter) {
	if m == nil {
		return
	}
	// nginx would look a name up once, and not start without an answer.
	if _, err := netip.ParseAddrPort(m.Address); err != nil {
		c.Fail("spec.meter.address %q is no address with a port", m.Address)
	}
	if !meterFormat.MatchString(m.Format) {
		c.Fail("spec.meter.format %q is no list of nginx's variables", m.Format)
	}
}

func host(c *krm.Check, field, value string) {
	if c.Given(field, value) && (len(value) > 253 || !hostName.MatchString(value)) {
		c.Fail("%s %q is no host name in lower case", field, value)
	}
}

func filePath(c *krm.Check, field, value string) {
	if c.Given(field, value) && !path.MatchString(value) {
		c.Fail("%s %q is no absolute path of letters, digits, '-', '_' and '.'", field, value)
	}
}

func checkPorts(c *krm.Check, p Ports) {
	seen := map[int]bool{}
	for _, port := range []struct {
		field string
		value int
	}{{"http", p.HTTP}, {"https", p.HTTPS}, {"internal", p.Internal}} {
		if port.value < 1024 || port.value > 65535 {
			c.Fail("spec.ports.%s is %d, wanted 1024 to 65535", port.field, port.value)
		}
		if seen[port.value] {
			c.Fail("spec.ports.%s is %d, as another port is", port.field, port.value)
		}
		seen[port.value] = true
	}
}

// checkTimes wants whole seconds, and a pod that outlasts the connections that
// its clients keep: what is cut at the end was idle too long in any case.
func checkTimes(c *krm.Check, t Times) {
	for _, time := range []struct {
		field string
		value int
	}{{"lookup", t.Lookup}, {"keepAlive", t.KeepAlive}} {
		if time.value < 1 {
			c.Fail("spec.times.%s is %d, wanted at least 1 (second)", time.field, time.value)
		}
	}
	if t.Leave <= t.KeepAlive {
		c.Fail("spec.times.leave is %d: a pod that goes wants more than spec.times.keepAlive, %d", t.Leave, t.KeepAlive)
	}
}

// checkUpstreams returns the names of the upstreams.
func checkUpstreams(c *krm.Check, s Spec) map[string]bool {
	names := map[string]bool{}
	for i, u := range s.Upstreams {
		field := fmt.Sprintf("spec.upstreams[%d]", i)
		if c.Given(field+".name", u.Name) && !upstreamName.MatchString(u.Name) {
			c.Fail("%s.name %q has other characters than a-z, 0-9 and '-'", field, u.Name)
		}
		c.Unique(field+".name", u.Name, names)
		host(c, field+".host", u.Host)
		c.Port(field+".port", u.Port)
	}
	host(c, "spec.resolver", s.Resolver)
	return names
}

func checkPaths(c *krm.Check, s Spec, upstreams map[string]bool) {
	denied := map[string]bool{}
	for i, p := range s.Deny {
		field := fmt.Sprintf("spec.deny[%d]", i)
		filePath(c, field, p)
		c.Unique(field, p, denied)
	}
	routes := map[string]bool{}
	for i, r := range s.Routes {
		field := fmt.Sprintf("spec.routes[%d]", i)
		if r.Path != "/" {
			filePath(c, field+".path", r.Path)
		}
		c.Unique(field+".path", r.Path, routes)
		if r.NamespacePath != "" {
			filePath(c, field+".namespacePath", r.NamespacePath)
		}
		if !upstreams[r.Upstream] {
			c.Fail("%s.upstream %q is not in spec.upstreams", field, r.Upstream)
		}
		for _, p := range s.Deny {
			if strings.HasPrefix(r.Path+"/", p+"/") {
				c.Fail("%s.path %q cannot be reached: spec.deny has %q", field, r.Path, p)
			}
		}
	}
	if !routes["/"] {
		c.Fail("spec.routes has no path \"/\"")
	}
}

func checkService(c *krm.Check, s Spec) {
	c.OneOf("spec.service.type", s.Service.Type, "ClusterIP", "NodePort", "LoadBalancer")
	if s.Service.NodePort != 0 {
		c.Port("spec.service.nodePort", s.Service.NodePort)
		if s.Service.Type == "ClusterIP" {
			c.Fail("spec.service.nodePort is %d, but spec.service.type is ClusterIP", s.Service.NodePort)
		}
	}
	if s.Service.Type == "LoadBalancer" && s.PublicPort == 80 {
		c.Fail("spec.publicPort is 80, where the load balancer serves plain HTTP")
	}
	if len(s.Service.SourceRanges) > 0 && s.Service.Type != "LoadBalancer" {
		c.Fail("spec.service.sourceRanges works with type LoadBalancer alone, not %s", s.Service.Type)
	}
	for i, r := range s.Service.SourceRanges {
		if _, err := netip.ParsePrefix(r); err != nil {
			c.Fail("spec.service.sourceRanges[%d] %q is no address range", i, r)
		}
	}
}

func checkFronts(c *krm.Check, s Spec) {
	_, err := netip.ParseAddr(s.Host)
	if address := err == nil; address && (s.Ingress != nil || s.Gateway != nil) {
		c.Fail("spec.host %q is an address: an Ingress and a Gateway want a name", s.Host)
	}
	if s.Ingress != nil {
		c.Name("spec.ingress.class", s.Ingress.Class)
		c.Name("spec.ingress.secret", s.Ingress.Secret)
	}
	if s.Gateway != nil {
		c.Name("spec.gateway.name", s.Gateway.Name)
		if s.Gateway.Namespace != "" {
			c.Label("spec.gateway.namespace", s.Gateway.Namespace)
		}
		if s.Gateway.SectionName != "" {
			c.Name("spec.gateway.sectionName", s.Gateway.SectionName)
		}
	}
}
