package rules

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/environment"
)

// unpublished finds images that nobody can pull by the name that the catalogue
// has for them.
func (c *checker) unpublished() {
	missing := map[string]bool{}
	for _, component := range c.Components() {
		name := c.Catalog.Components[component].Image
		if !c.Catalog.Images[name].Published && c.Env.Images[name] == (environment.Image{}) {
			missing[name] = true
		}
	}
	if len(missing) == 0 {
		return
	}
	names := slices.Sorted(maps.Keys(missing))
	var write []string
	for _, name := range names {
		write = append(write, cue(environment.JoinPath("images", name))+`: {repository: "registry.example.com/openwhisk/`+name+`", tag: "`+c.Catalog.Images[name].Tag+`"}`)
	}
	c.fail("WO270", c.written("openwhisk", "images"),
		fmt.Sprintf("OpenWhisk %q has no published image of %s: the pods wait for ever with ErrImagePull", c.Env.OpenWhisk, list(names)),
		fmt.Sprintf("build %s, and write %s, with your registry", verb(len(names), "it", "them"), strings.Join(write, " and ")))
}

// mostListed images, in a finding.
const mostListed = 4

// unlocked finds images that the lock file has not, if there is one.
func (c *checker) unlocked() {
	if c.Env.Lock == nil {
		return
	}
	var missing []string
	for _, i := range c.Images() {
		if _, ok := c.Env.Lock[i.Reference]; !ok && i.Lockable() && !strings.Contains(i.Reference, "@") {
			missing = append(missing, strconv.Quote(i.Reference))
		}
	}
	if len(missing) == 0 {
		return
	}
	n := len(missing)
	if n > mostListed {
		missing = append(missing[:mostListed], fmt.Sprintf("%d more", n-mostListed))
	}
	c.warn("WO632", "images",
		fmt.Sprintf("%s has no %s: %s by tag, which may mean another image tomorrow", environment.LockFile, list(missing), verb(n, "it is pulled", "they are pulled")),
		"run `whiskops images lock` and commit what it writes")
}

// architectures compares what images were built for with the nodes' own labels.
func (c *checker) architectures() {
	type gap struct{ pool, nodes, images string }
	gaps := map[gap][]string{}
	note := func(who, component string, built []string, known bool) {
		nodes, pool := c.NodeArchitecture(component)
		switch {
		case known && len(built) == 0:
			gaps[gap{}] = append(gaps[gap{}], who)
		case known && nodes != "" && !slices.Contains(built, nodes):
			g := gap{pool, nodes, list(built)}
			gaps[g] = append(gaps[g], who)
		}
	}
	for _, name := range c.Components() {
		built, known := c.Architectures(name)
		note(name, name, built, known)
	}
	built, known := c.KindArchitectures()
	note("the languages' pods", c.Catalog.Actions.By, built, known)
	for g, who := range gaps {
		if g == (gap{}) {
			c.fail("WO633", "images", fmt.Sprintf("%s: by %s no architecture has all images that they run: no node can start such a pod", list(who), environment.LockFile),
				"name images that were built for one architecture, and run `whiskops images lock`")
			continue
		}
		c.fail("WO633", environment.JoinPath("cluster", "nodes", g.pool, "labels", derived.ArchitectureLabel),
			fmt.Sprintf("the nodes of pool %s are %s by their label %s, and images were built for %s alone of %s: the pods do not start there", g.pool, g.nodes, derived.ArchitectureLabel, g.images, list(who)),
			fmt.Sprintf("place them on other nodes, or name images that were built for %s, under images and for languages by runtimes.registry: they count for any architecture until images.<name>.arch or `whiskops images lock` says which", g.nodes))
	}
}

// registries looks at where images come from.
func (c *checker) registries() {
	for _, field := range []struct{ path, value string }{{"mirror", c.Env.Mirror}, {"runtimes.registry", c.Env.Runtimes.Registry}} {
		if host, _, _ := strings.Cut(field.value, "/"); host != "" && host != "localhost" && !strings.ContainsAny(host, ".:") {
			c.fail("WO634", field.path,
				fmt.Sprintf("%s is %q, whose %q has no dot and no port: whoever pulls takes it for an account of Docker Hub", field.path, field.value, host),
				"write the registry's whole host name, for example registry.example.com, or its port too")
		}
	}
	if c.Env.Mirror == "" {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(c.Env.Images)) {
		if own := c.Env.Images[name].Repository; own != "" && derived.OnDockerHub(own) {
			field := environment.JoinPath("images", name, "repository")
			c.warn("WO635", field,
				fmt.Sprintf("%s is %q on Docker Hub, though mirror is %q: it wins", field, own, c.Env.Mirror),
				fmt.Sprintf("write %q if the mirror has it, or %q if Docker Hub is meant", derived.Mirrored(c.Env.Mirror, own), "docker.io/"+own))
		}
	}
	for _, i := range c.Images() {
		if of := c.Catalog.Images[i.Name].Repository; i.Name != "" && c.Env.Images[i.Name].Repository == "" && !derived.OnDockerHub(of) {
			c.warn("WO635", "mirror",
				fmt.Sprintf("mirror is %q, and the image of %s is not of Docker Hub: it comes from %s all the same", c.Env.Mirror, list(i.Components), of),
				fmt.Sprintf("write %s where you have a copy of it", cue(environment.JoinPath("images", i.Name)+".repository", "registry.example.com/"+i.Name)))
		}
	}
	if c.Env.Source.Written("runtimes.registry") && c.Env.Runtimes.Registry == "" {
		c.warn("WO635", "runtimes.registry",
			fmt.Sprintf("runtimes.registry is empty, which is its default, so the languages' images come from mirror %q too", c.Env.Mirror),
			`leave it out, or write "docker.io" if Docker Hub is meant`)
	}
}

// mirrors tells whether any image comes from the mirror.
func (c *checker) mirrors() bool {
	return c.Env.Runtimes.Registry == "" || slices.ContainsFunc(c.Images(), func(i derived.Image) bool {
		return i.Name != "" && c.Env.Images[i.Name].Repository == ""
	})
}
