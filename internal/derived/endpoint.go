package derived

import (
	"fmt"
	"net"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/internal/field"
)

// Endpoint is a server as its clients see it, in the cluster or outside: who
// connects does not ask which.
type Endpoint struct {
	Protocol string
	// Host is short for a Service of the installation; FQDN is for resolvers
	// that complete no names. Both are empty where there are several Servers.
	Host, FQDN string
	Port       int
	// Servers is a host:port list, joined by commas.
	Servers string
	// Ports of all the servers, sorted.
	Ports []int
	// Outside tells that it is no component of the installation.
	Outside bool
}

// Endpoint of a component. It is there also when the component is not: what
// needs it may be gone too.
func (v *Values) Endpoint(component string) Endpoint {
	c := v.Catalog.Components[component]
	if e := c.External; e != nil && field.Given(field.Of(v.Env, e.Field)) {
		return v.outside(e)
	}
	e := c.Endpoint
	out := Endpoint{Protocol: e.Protocol, Port: c.Port(e.Port)}
	out.Ports = []int{out.Port}
	if e.Each {
		out.Servers = addresses(v.Members(component), out.Port)
		return out
	}
	service := e.Service
	if e.Ready != nil && e.Ready.When.Holds(v.Env) {
		service = e.Ready.Service
	}
	out.Host, out.FQDN = service, v.FQDN(service)
	out.Servers = addresses([]string{out.Host}, out.Port)
	return out
}

// Members are the hosts of a component's pods, by their ordinals.
func (v *Values) Members(component string) []string {
	hosts := make([]string, v.Replicas(component))
	for i := range hosts {
		hosts[i] = fmt.Sprintf("%s-%d.%s", component, i, v.Catalog.Components[component].Endpoint.Service)
	}
	return hosts
}

func addresses(hosts []string, port int) string {
	all := make([]string, len(hosts))
	for i, host := range hosts {
		all[i] = fmt.Sprintf("%s:%d", host, port)
	}
	return strings.Join(all, ",")
}

func (v *Values) outside(e *catalog.External) Endpoint {
	out := Endpoint{Outside: true}
	if e.Protocol != "" {
		out.Protocol = field.Of(v.Env, e.Protocol).String()
	}
	if e.Servers != "" {
		servers := v.Servers(e.Servers)
		out.Servers, out.Ports = strings.Join(servers, ","), Ports(servers)
		return out
	}
	out.Host, out.Port = field.Of(v.Env, e.Host).String(), int(field.Of(v.Env, e.Port).Int())
	out.FQDN, out.Ports = v.complete(out.Host), []int{out.Port}
	out.Servers = addresses([]string{out.Host}, out.Port)
	return out
}

// Servers is a field of the environment with a list of host:port, or with an
// address of http or https.
func (v *Values) Servers(path string) []string {
	given := field.Of(v.Env, path)
	if given.Kind() != reflect.String {
		return given.Interface().([]string)
	}
	address, err := url.Parse(given.String())
	if err != nil || address.Host == "" {
		return nil
	}
	if address.Port() != "" {
		return []string{address.Host}
	}
	return []string{net.JoinHostPort(address.Hostname(), map[string]string{"http": "80", "https": "443"}[address.Scheme])}
}

// Ports of a list of host:port, sorted, each once.
func Ports(servers []string) []int {
	var ports []int
	for _, server := range servers {
		if _, port, err := net.SplitHostPort(server); err == nil {
			n, _ := strconv.Atoi(port)
			ports = append(ports, n)
		}
	}
	slices.Sort(ports)
	return slices.Compact(ports)
}

// FQDN of a Service in the installation's namespace.
func (v *Values) FQDN(service string) string {
	return service + "." + v.Env.Namespace + ".svc." + v.Env.Cluster.Domain
}

// complete gives a host outside the installation its whole name, as a pod's
// resolver would: "db" and "db.data.svc" are Services of the cluster.
func (v *Values) complete(host string) string {
	switch {
	case !strings.Contains(host, "."):
		return v.FQDN(host)
	case strings.HasSuffix(host, ".svc"):
		return host + "." + v.Env.Cluster.Domain
	}
	return host
}
