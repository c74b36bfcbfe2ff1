package source

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/field"
	"github.com/whiskops/whiskops/internal/krm"
)

// check holds the names and paths of a catalogue against what they name. All
// that is wrong is reported at once.
func check(c *catalog.Catalog) error {
	k := &checker{catalog: c}
	for _, change := range c.Changes {
		k.change(change)
	}
	for _, name := range slices.Sorted(maps.Keys(c.Components)) {
		k.at = "component " + name
		k.component(name, c.Components[name])
	}
	for _, name := range slices.Sorted(maps.Keys(c.Secrets)) {
		k.at = "secret " + name
		k.secret(c.Secrets[name])
	}
	for _, kind := range slices.Sorted(maps.Keys(c.Topics)) {
		k.at = "topic " + kind
		if each := c.Topics[kind].Each; each != "" {
			k.exists(each)
		}
	}
	k.limits()
	k.fronts()
	k.assumptions()
	k.runbook()
	k.sight()
	k.at = "what is said"
	for _, said := range []map[string][]string{c.Said.Exposed, c.Said.Namespace, {"class": c.Said.Class, "images": c.Said.Images, "placement": c.Said.Placement, "scraped": {c.Said.Scraped}}} {
		for _, key := range slices.Sorted(maps.Keys(said)) {
			for _, path := range said[key] {
				k.path(path)
			}
		}
	}
	k.additions()
	k.packages()
	k.at = "the rest"
	k.rest()
	return errors.Join(k.wrong...)
}

func (k *checker) change(c catalog.Change) {
	k.when(c.When)
	if c.Says != "" {
		k.path(c.Says)
	}
}

type checker struct {
	catalog *catalog.Catalog
	at      string
	wrong   []error
}

func (k *checker) fail(format string, args ...any) {
	k.wrong = append(k.wrong, fmt.Errorf("catalogue of %s: %s: %w", k.catalog.Release, k.at, fmt.Errorf(format, args...)))
}

func (k *checker) component(name string, c catalog.Component) {
	k.tier(c.Tier)
	k.image(c.Image)
	for _, when := range []catalog.When{c.When, c.Runs, c.APIServer} {
		k.when(when)
	}
	k.field(c.Replicas, reflect.TypeFor[int]())
	k.field(c.Resources, reflect.TypeFor[environment.Resources]())
	k.field(c.Autoscale, reflect.TypeFor[*environment.Autoscale]())
	if c.Heap != nil {
		k.field(c.Heap.Field, reflect.TypeFor[string]())
	}
	if v := c.Voter; v != nil {
		k.when(v.When)
		k.field(v.Field, reflect.TypeFor[string]())
		if v.Apart != nil {
			k.field(v.Apart.Quorum, reflect.TypeFor[int]())
		}
	}
	if c.Certificate != nil {
		k.field(c.Certificate.Field, reflect.TypeFor[*environment.ServerTLS]())
	}
	if c.Data != nil {
		k.field(c.Data.Volume, reflect.TypeFor[environment.Volume]())
		if c.Data.Volume == "" {
			k.fail("its data have no field with their volume")
		}
		if c.Data.Loss == "" {
			k.fail("its data are nobody's loss")
		}
	}
	if c.Endpoint != nil {
		k.port(name, c.Endpoint.Port)
		k.service(c, c.Endpoint)
	}
	k.external(c)
	for _, list := range c.Lists {
		k.when(list.When)
	}
	for _, need := range c.Needs {
		k.need(need)
	}
	for _, change := range c.Changes {
		k.change(change)
	}
	for _, o := range c.Outside {
		// A list of host:port, or an address.
		if is := k.path(o.Servers); is != nil && is.Kind() != reflect.String {
			k.field(o.Servers, reflect.TypeFor[[]string]())
		}
		k.when(o.When)
		if o.Never != nil {
			k.exists(o.Never.Component)
		}
	}
	for _, p := range c.Public {
		k.port(name, p.Port)
		k.when(p.When)
	}
	if m := c.Metrics; m != nil {
		k.port(name, m.Port)
		if m.Of != "" {
			k.exists(m.Of)
		}
	}
	for _, container := range c.Containers()[1:] {
		image, _ := container["image"].(string)
		k.image(image)
	}
	for _, idle := range c.Idle {
		k.when(idle.When)
		for _, path := range idle.Fields {
			k.path(path)
		}
	}
	if c.Workload["kind"] == nil {
		k.fail("it has no workload")
	}
}

func (k *checker) external(c catalog.Component) {
	e := c.External
	if e == nil {
		return
	}
	if c.Endpoint == nil {
		k.fail("it has an external form and no endpoint")
	}
	if c.When[e.Field] != false {
		k.fail("it is there beside the server outside in its place: when has no %q: false", e.Field)
	}
	k.path(e.Field)
	k.field(e.Servers, reflect.TypeFor[[]string]())
	k.field(e.Protocol, reflect.TypeFor[string]())
	k.field(e.Host, reflect.TypeFor[string]())
	k.field(e.Port, reflect.TypeFor[int]())
	if (e.Servers == "") != (e.Host != "" && e.Port != "") {
		k.fail("a server outside has a list of servers, or a host and a port")
	}
}

// service wants the Service that an endpoint names.
func (k *checker) service(c catalog.Component, e *catalog.Endpoint) {
	services, _ := c.Workload["services"].([]any)
	for _, s := range services {
		s, _ := s.(map[string]any)
		if s["name"] == e.Service {
			return
		}
	}
	k.fail("it has no service %q", e.Service)
}

func (k *checker) secret(s catalog.Secret) {
	k.when(s.When)
	k.when(s.Or)
	k.field(s.Name, reflect.TypeFor[string]())
	k.field(s.Revision, reflect.TypeFor[int]())
	for _, path := range s.Apart {
		k.field(path, reflect.TypeFor[int]())
	}
	for _, path := range s.Keys {
		k.field(path, reflect.TypeFor[string]())
	}
	k.field(s.All, reflect.TypeFor[map[string]string]())
	for _, key := range slices.Sorted(maps.Keys(s.Keys)) {
		if _, ok := s.Values[key]; !ok {
			k.fail("nothing says what the value of %q is made of", key)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(s.Values)) {
		v := s.Values[key]
		if (v.Fixed == "") == (v.Length == 0) || v.Subject && v.Length == 0 {
			k.fail("the value of %q is either fixed or of a length", key)
		}
		for _, path := range []string{v.Outside, v.Without} {
			if path != "" {
				k.path(path)
			}
		}
		k.when(v.When)
		for _, r := range v.Rolling {
			k.when(r.When)
		}
		if v.Login != "" && s.Values[v.Login].Fixed == "" {
			k.fail("the value of %q is the password of %q, which is no user's name", key, v.Login)
		}
	}
}

// additions are judged by what the catalogue says of fields and variables.
func (k *checker) additions() {
	k.at = "additions"
	for _, what := range slices.Sorted(maps.Keys(k.catalog.SaidBy)) {
		k.path(k.catalog.SaidBy[what])
	}
	a := k.catalog.Actions
	for _, name := range slices.Sorted(maps.Keys(a.Overwritten)) {
		k.path("actions.pod." + name)
		if o := a.Overwritten[name]; o.Because == "" || o.Instead == "" {
			k.fail("nothing says why %q is overwritten, or what to write instead", name)
		}
	}
	for _, lost := range slices.Sorted(maps.Keys(a.Instead)) {
		k.path("actions.pod." + strings.TrimPrefix(lost, "spec."))
	}
	if !strings.HasSuffix(a.Variables, "1") {
		k.fail("the first free variable of action pods is %q: others could not count on from it", a.Variables)
	}
}

func (k *checker) rest() {
	k.tier(k.catalog.Shared.Tier)
	k.when(k.catalog.Protect.Except)
	if len(k.catalog.Protect.Except) == 0 {
		k.fail("protect.except holds everywhere, and nothing is protected")
	}
	k.image(k.catalog.WaitImage)
	k.exists(k.catalog.Actions.By)
	for _, need := range slices.Concat(k.catalog.Actions.Needs, k.catalog.Actions.System.Needs) {
		k.need(need)
	}
	upstreams := map[any]bool{}
	for _, u := range k.catalog.Edge.Upstreams {
		upstreams[u.Name] = true
		k.exists(u.Component)
		if k.catalog.Components[u.Component].Endpoint == nil {
			k.fail("upstream %q has no endpoint", u.Name)
		}
	}
	for _, route := range k.catalog.Edge.Routes {
		if !upstreams[route["upstream"]] {
			k.fail("route %v has no upstream %q", route["path"], route["upstream"])
		}
	}
}

func (k *checker) need(n catalog.Need) {
	k.exists(n.Component)
	k.when(n.When)
	for _, port := range n.Ports {
		k.port(n.Component, port)
	}
}

func (k *checker) exists(component string) {
	if _, ok := k.catalog.Components[component]; !ok {
		k.fail("there is no component %q", component)
	}
}

func (k *checker) port(component, port string) {
	if k.catalog.Components[component].Port(port) == 0 {
		k.fail("component %s has no port %q", component, port)
	}
}

func (k *checker) tier(tier string) {
	if !slices.Contains(krm.Tiers[:], tier) {
		k.fail("there is no tier %q", tier)
	}
}

func (k *checker) image(name string) {
	if _, ok := k.catalog.Images[name]; !ok {
		k.fail("there is no image %q", name)
	}
}

func (k *checker) when(w catalog.When) {
	for _, path := range slices.Sorted(maps.Keys(w)) {
		is := k.path(path)
		if is == nil {
			continue
		}
		if _, number := w[path].(float64); number && is.Kind() == reflect.Int {
			continue
		}
		if _, text := w[path].(string); text != (is.Kind() == reflect.String) && (text || !field.Optional(environmentType, path)) {
			k.fail("field %q is a %s, and never %v", path, is, w[path])
		}
	}
}

var environmentType = reflect.TypeFor[environment.Environment]()

func (k *checker) path(path string) reflect.Type {
	t, err := field.Type(environmentType, path)
	if err != nil {
		k.fail("%w", err)
	}
	return t
}

// field wants a path, if there is one, to a field of a type.
func (k *checker) field(path string, want reflect.Type) {
	if path == "" {
		return
	}
	if is := k.path(path); is != nil && is != want {
		k.fail("field %q is a %s, wanted %s", path, is, want)
	}
}
