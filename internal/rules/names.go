package rules

import (
	"fmt"
	"strings"
)

// names looks at namespaces.
func (c *checker) names() {
	e := c.Env
	const longest = 63 // of a DNS label
	switch {
	case c.ActionNamespace == e.Namespace:
		c.fail("WO291", c.written("actions.namespace", "namespace"),
			fmt.Sprintf("actions.namespace is %q, as namespace is: action pods need looser security than the installation and stricter policies, which a namespace has once", e.Namespace),
			"leave out actions.namespace, or write another one")
	case len(c.ActionNamespace) > longest:
		c.fail("WO292", c.written("namespace"),
			fmt.Sprintf("namespace has %d characters, and with \"-actions\" %d for the action pods: Kubernetes takes %d", len(e.Namespace), len(c.ActionNamespace), longest),
			fmt.Sprintf("write a namespace of at most %d characters, or actions.namespace", longest-len(c.ActionNamespace)+len(e.Namespace)))
	}
	for _, n := range []struct{ field, name string }{{"namespace", e.Namespace}, {"actions.namespace", e.Actions.Namespace}} {
		switch {
		case strings.HasPrefix(n.name, "kube-"):
			c.fail("WO293", c.written(n.field),
				fmt.Sprintf("%s is %q, which is Kubernetes' own: the policies that are generated deny all traffic in it, and take the cluster down", n.field, n.name),
				"write a namespace of its own, for example \"openwhisk\"")
		case n.name == "default":
			c.warn("WO293", c.written(n.field),
				fmt.Sprintf("%s is \"default\": the policies that are generated deny all traffic in it, also to what others run there", n.field),
				"write a namespace of its own, for example \"openwhisk\"")
		}
	}
}
