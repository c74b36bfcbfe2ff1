package rules

import (
	"fmt"
	"net/netip"
	"strings"
)

// edge looks at how nginx is reached.
func (c *checker) edge() {
	c.service()
	e := c.Env.Edge
	var front string
	switch {
	case e.Ingress != nil && e.Gateway != nil:
		c.warn("WO257", c.written("edge.gateway"),
			"edge.ingress and edge.gateway are both given: two ways in for one host, of which DNS chooses one, and the other is not looked after",
			"leave out one of them, once whoever moves from one to the other is done")
		front = "an Ingress and a Gateway"
	case e.Ingress != nil:
		front = "an Ingress"
	case e.Gateway != nil:
		front = "a Gateway"
	default:
		return
	}
	if e.Service.Type == "LoadBalancer" {
		c.warn("WO258", c.written("edge.service.type"),
			fmt.Sprintf("edge.service.type is \"LoadBalancer\" beside %s: nginx can be reached past it, and past what it checks", front),
			"leave out edge.service.type")
	}
}

func (c *checker) service() {
	s := c.Env.Edge.Service
	if s.NodePort != 0 {
		switch {
		case s.Type != "NodePort":
			c.fail("WO259", "edge.service.nodePort",
				fmt.Sprintf("edge.service.nodePort is %d with %s: only a Service of type \"NodePort\" is given that port", s.NodePort, c.show("edge.service.type", s.Type)),
				"write edge: service: type: \"NodePort\", or leave out nodePort")
		case s.NodePort < 30000 || s.NodePort > 32767:
			c.warn("WO260", "edge.service.nodePort",
				fmt.Sprintf("edge.service.nodePort is %d, outside 30000 to 32767: an API server that was not told of another range refuses the Service", s.NodePort),
				"write a port from 30000 to 32767")
		}
	}
	if len(s.SourceRanges) > 0 && s.Type != "LoadBalancer" {
		c.fail("WO261", "edge.service.sourceRanges",
			fmt.Sprintf("edge.service.sourceRanges is given with %s: only a load balancer keeps to it, and everyone gets in", c.show("edge.service.type", s.Type)),
			"write edge: service: type: \"LoadBalancer\", or leave out sourceRanges and limit the addresses in front of nginx")
	}
	if s.Type == "LoadBalancer" && c.Env.Edge.Port == 80 {
		c.fail("WO263", c.written("edge.port"),
			"edge.port is 80, where the load balancer serves plain HTTP and sends everyone to HTTPS: both cannot have it",
			"leave out edge.port, or write another one, for example 8443")
	}
}

// host looks at the public name.
func (c *checker) host() {
	e := c.Env.Edge
	const field = "edge.host"
	_, err := netip.ParseAddr(e.Host)
	address := err == nil
	switch {
	case address && (e.Ingress != nil || e.Gateway != nil):
		c.fail("WO262", field,
			fmt.Sprintf("edge.host is the address %q, but an Ingress and a Gateway tell installations apart by name: the API server refuses them", e.Host),
			"write a DNS name, for example \"functions.example.com\"")
	case address && e.TLS.CertManager != nil:
		c.fail("WO253", field,
			fmt.Sprintf("edge.host is the address %q, for which cert-manager is asked as for a name: no issuer signs it, and nginx never starts", e.Host),
			"write a DNS name, or edge.tls.existing with a certificate for the address")
	case address && !c.development():
		c.warn("WO254", field,
			fmt.Sprintf("edge.host is the address %q: actions of a namespace NS answer at NS.<host>, and there is no NS.%s", e.Host, e.Host),
			"write a DNS name, for example \"functions.example.com\"")
	case !strings.Contains(e.Host, ".") && !c.development():
		c.warn("WO254", field,
			fmt.Sprintf("edge.host %q has no dot: clients take no certificate for *.%s, so the names of namespaces do not work, and no public issuer signs the host", e.Host, e.Host),
			"write a full name, for example \"functions.example.com\"")
	}
}
