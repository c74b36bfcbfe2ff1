package preflight

import (
	"cmp"
	"strings"

	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/quantity"
)

// scope is what the templates of an assumption see: the derived values, the item
// that it is about, and what is here.
type scope struct {
	*derived.Values
	Item Item
}

// DNSName and DNSNamespace are those of the Service of the cluster's DNS.
func (s scope) DNSName() string {
	name, _ := s.DNSService()
	return name
}

func (s scope) DNSNamespace() string {
	_, namespace := s.DNSService()
	return namespace
}

// Scaled are the components whose pods an autoscaler counts.
func (s scope) Scaled() []string {
	var all []string
	for _, name := range s.Components() {
		if s.Autoscale(name) != nil {
			all = append(all, name)
		}
	}
	return all
}

// ActionDisk is what action pods may ask of a node's disk at once, in MiB.
func (s scope) ActionDisk() int64 {
	return s.MostActions(s.UserMemory) * derived.Bytes(s.Env.Actions.EphemeralStorage) / quantity.MiB
}

// GatewayNamespace is the Gateway's.
func (s scope) GatewayNamespace() string {
	return cmp.Or(s.Env.Edge.Gateway.Namespace, s.Env.Namespace)
}

// Stored tells that the Secrets follow a store of the platform's.
func (s scope) Stored() bool {
	external := s.Env.Secrets.Source.External
	return external != nil && external.Store != nil
}

// StoreKind of the store, as kubectl takes it.
func (s scope) StoreKind() string {
	return strings.ToLower(s.Env.Secrets.Source.External.Store.Kind) + ".external-secrets.io"
}
