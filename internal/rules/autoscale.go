package rules

import "fmt"

// autoscale looks at the autoscalers of components.
func (c *checker) autoscale() {
	for _, name := range c.Components() {
		a := c.Autoscale(name)
		if a == nil {
			continue
		}
		path := c.Catalog.Components[name].Autoscale
		if a.Min > a.Max {
			c.fail("WO501", c.written(path+".min", path+".max"),
				fmt.Sprintf("%s is %d, more than %s, which is %d: the API server refuses the autoscaler", path+".min", a.Min, path+".max", a.Max),
				fmt.Sprintf("write %s or less, or %s or more", cue(path+".min", a.Max), cue(path+".max", a.Min)))
		}
		c.idle([]string{c.Catalog.Components[name].Replicas}, path+" decides how many pods there are")
		for _, list := range c.Catalog.Components[name].Lists {
			if list.When.Holds(c.Env) {
				c.fail("WO502", path,
					fmt.Sprintf("%s changes the number of pods, but controller.clustering is %q: the list of seeds has a fixed number, and pods that are not in it may form a cluster of their own and give the invokers' memory away twice", path, c.Env.Controller.Clustering),
					fmt.Sprintf("write controller: clustering: \"kubernetes\", or leave out %s", path))
			}
		}
	}
}
