package derived

import (
	"cmp"
	"net/netip"
	"strings"
)

// DNSService is the Service of the cluster's DNS and its namespace: the one that
// cluster.dns names, or, where that is an address, the one that the platform has. Both are empty for a
// name without a namespace.
func (v *Values) DNSService() (name, namespace string) {
	host := v.DNS
	if v.DNSAddress() {
		host = cmp.Or(v.Catalog.DNS[v.Env.Cluster.Platform], v.Catalog.DNS["generic"])
	}
	labels := strings.Split(host, ".")
	if len(labels) < 2 {
		return "", ""
	}
	return labels[0], labels[1]
}

// DNSAddress tells that the cluster's DNS is known by an address.
func (v *Values) DNSAddress() bool {
	_, err := netip.ParseAddr(v.DNS)
	return err == nil
}

// apiPorts is the field with the API server's ports.
const apiPorts = "cluster.apiServer.ports"

// APIPorts of the API server behind its Service: those that the environment writes,
// else the platform's, else what most clusters have.
func (v *Values) APIPorts() []int {
	own := v.Catalog.APIPorts[v.Env.Cluster.Platform]
	if len(own) == 0 || v.Env.Source != nil && v.Env.Source.Written(apiPorts) {
		return v.Env.Cluster.APIServer.Ports
	}
	return own
}
