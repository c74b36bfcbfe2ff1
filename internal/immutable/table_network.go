package immutable

import "github.com/whiskops/whiskops/internal/value"

const remakeService = "delete the Service with `kubectl{in} delete service {name}`, then apply: it gets another address, and until then nobody reaches it; or give it another name"

func network() map[string]row {
	return map[string]row{
		"Service": {
			source: "core/validation.go, ValidateServiceUpdate; pkg/registry/core/service: an address that is left out is kept",
			rules: rules(
				// A Service that is only a name has no address.
				[]rule{
					{field: "spec.clusterIP", when: fromOrToName, may: true},
					{field: "spec.clusterIPs", when: fromOrToName, may: true},
					{field: "spec.clusterIP", when: stuckWithoutAddress,
						message: "the API server refuses the new type: the Service has no address of its own (clusterIP: None), and keeps that where none is said",
						help:    remakeService},
					{field: "spec.clusterIP", when: leftOut, may: true},
					{field: "spec.clusterIPs", when: leftOut, may: true},
					{field: "spec.clusterIPs", when: secondAddress, may: true},
					{field: "spec.clusterIPs", when: sameAddress, may: true},
					{field: "spec.ipFamilies", when: familiesMay, may: true},
					{field: "spec.loadBalancerClass", when: func(c change) bool { return !bothAre(c, "LoadBalancer") }, may: true},
					{field: "spec.healthCheckNodePort", when: func(c change) bool { return c.new == nil || !bothAreChecked(c) }, may: true},
				},
				fixed("the API server refuses another address of a Service, and that it gets one or loses it", remakeService,
					"spec.clusterIP", "spec.clusterIPs"),
				fixed("the API server refuses another first IP family of a Service", remakeService, "spec.ipFamilies"),
				fixed("the API server refuses another class of a load balancer", remakeService, "spec.loadBalancerClass"),
				fixed("the API server refuses another port for the health checks of a load balancer", "leave the field out: the port that was chosen stays", "spec.healthCheckNodePort"),
			),
			defaults: map[string]any{"spec.type": "ClusterIP"},
		},
		"networking.k8s.io/IngressClass": {
			source: "networking/validation.go, validateIngressClassSpecUpdate",
			rules: fixed("the API server refuses another controller of an IngressClass", "make a class of another name, and have each Ingress name it",
				"spec.controller"),
		},
		"networking.k8s.io/Ingress":       nothing("networking/validation.go, ValidateIngressUpdate"),
		"networking.k8s.io/NetworkPolicy": nothing("networking/validation.go, ValidateNetworkPolicyUpdate"),
		"discovery.k8s.io/EndpointSlice": {
			source: "discovery/validation.go, ValidateEndpointSliceUpdate",
			rules:  fixed("the API server refuses another type of addresses in an EndpointSlice", "make a slice of another name", "addressType"),
		},
	}
}

func typeOf(o map[string]any) any {
	if t := at(o, "spec", "type"); t != nil && t != "" {
		return t
	}
	return "ClusterIP"
}

func bothAre(c change, of string) bool { return typeOf(c.before) == of && typeOf(c.after) == of }

func fromOrToName(c change) bool {
	return typeOf(c.before) == "ExternalName" || typeOf(c.after) == "ExternalName"
}

// bothAreChecked tells that a load balancer has its nodes' health checked, as it
// has where traffic stays on a node.
func bothAreChecked(c change) bool {
	local := func(o map[string]any) bool { return at(o, "spec", "externalTrafficPolicy") == "Local" }
	return bothAre(c, "LoadBalancer") && local(c.before) && local(c.after)
}

func headless(o map[string]any) bool { return at(o, "spec", "clusterIP") == "None" }

// stuckWithoutAddress tells that a headless Service leaves its address out and becomes
// of a type that needs one.
func stuckWithoutAddress(c change) bool {
	return c.new == nil && headless(c.before) && isOneOf(typeOf(c.after), "NodePort", "LoadBalancer")
}

// secondAddress tells that an address behind the first changes: a Service may get
// one of the other family, or lose it.
func secondAddress(c change) bool {
	return len(c.path) > 2 && c.path[2].name != "0" && (c.old == nil || c.new == nil)
}

// sameAddress tells that the address is said once more, in the list.
func sameAddress(c change) bool {
	all, isList := c.new.([]any)
	return isList && len(all) == 1 && all[0] == at(c.before, "spec", "clusterIP")
}

// familiesMay tells that the families change in a way that is allowed: not the first
// one, or where there is no address that has it.
func familiesMay(c change) bool {
	first := func(o map[string]any) any {
		if all, _ := value.Map(o, "spec")["ipFamilies"].([]any); len(all) > 0 {
			return all[0]
		}
		return nil
	}
	was, is := first(c.before), first(c.after)
	return was == nil || is == nil || was == is || fromOrToName(c) || headless(c.before)
}
