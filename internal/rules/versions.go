package rules

import (
	"fmt"
	"strconv"
	"strings"
)

// versions looks at what the cluster must be able to do.
func (c *checker) versions() {
	facts := c.Catalog.Facts
	minor, err := strconv.Atoi(strings.TrimPrefix(c.Env.Cluster.Kubernetes, "1."))
	if err == nil && minor < facts.MinimumKubernetes {
		c.fail("WO209", "cluster.kubernetes",
			fmt.Sprintf("Kubernetes %q is too old: %s, so pods of an older cluster never start", c.Env.Cluster.Kubernetes, facts.KubernetesNote),
			fmt.Sprintf("upgrade the cluster to 1.%d or newer and write its version", facts.MinimumKubernetes))
	}
}
