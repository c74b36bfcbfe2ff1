package nginxedge

import (
	"github.com/whiskops/whiskops/internal/krm"
)

// publicService serves the public port at a load balancer, and 443 where
// something else stands between nginx and the users.
func publicService(s Spec) krm.M {
	port := 443
	if s.Service.Type == "LoadBalancer" {
		port = s.PublicPort
	}
	https := krm.M{"name": "https", "port": port, "targetPort": s.Ports.HTTPS, "protocol": "TCP"}
	if s.Service.NodePort != 0 {
		https["nodePort"] = s.Service.NodePort
	}
	spec := krm.M{
		"type":     s.Service.Type,
		"selector": s.Selector(),
		"ports":    krm.L{https, krm.M{"name": "http", "port": 80, "targetPort": s.Ports.HTTP, "protocol": "TCP"}},
	}
	if s.Service.Type == "LoadBalancer" {
		// The client's own address reaches the log, and a hop is saved. A
		// node port stays open on all nodes: users know it by any of them.
		spec["externalTrafficPolicy"] = "Local"
	}
	if len(s.Service.SourceRanges) > 0 {
		spec["loadBalancerSourceRanges"] = s.Service.SourceRanges
	}
	o := s.Object("v1", "Service", s.Component)
	o["spec"] = spec
	return krm.Annotate(o, s.Service.Annotations)
}

func internalService(s Spec) krm.M {
	o := s.Object("v1", "Service", s.Internal)
	o["spec"] = krm.M{
		"type":     "ClusterIP",
		"selector": s.Selector(),
		"ports":    krm.L{krm.M{"name": "http", "port": 80, "targetPort": s.Ports.Internal, "protocol": "TCP"}},
	}
	return o
}

// hosts that nginx answers as.
func (s Spec) hosts() krm.L { return krm.L{s.Host, "*." + s.Host} }

func ingress(s Spec) krm.M {
	var rules krm.L
	for _, h := range s.hosts() {
		rules = append(rules, krm.M{"host": h, "http": krm.M{"paths": krm.L{krm.M{
			"path": "/", "pathType": "Prefix",
			"backend": krm.M{"service": krm.M{"name": s.Internal, "port": krm.M{"name": "http"}}},
		}}}})
	}
	o := s.Object("networking.k8s.io/v1", "Ingress", s.Component)
	o["spec"] = krm.M{
		"ingressClassName": s.Ingress.Class,
		"rules":            rules,
		"tls":              krm.L{krm.M{"hosts": s.hosts(), "secretName": s.Ingress.Secret}},
	}
	return krm.Annotate(o, s.Ingress.Annotations)
}

func httpRoute(s Spec) krm.M {
	parent := krm.M{"name": s.Gateway.Name}
	if s.Gateway.Namespace != "" {
		parent["namespace"] = s.Gateway.Namespace
	}
	if s.Gateway.SectionName != "" {
		parent["sectionName"] = s.Gateway.SectionName
	}
	o := s.Object("gateway.networking.k8s.io/v1", "HTTPRoute", s.Component)
	o["spec"] = krm.M{
		"parentRefs": krm.L{parent},
		"hostnames":  s.hosts(),
		"rules": krm.L{krm.M{
			"matches":     krm.L{krm.M{"path": krm.M{"type": "PathPrefix", "value": "/"}}},
			"backendRefs": krm.L{krm.M{"name": s.Internal, "port": 80}},
			// Gateways have short ones of their own, which would cut what
			// blocks for as long as nginx waits.
			"timeouts": krm.M{"request": s.ReadTimeout, "backendRequest": s.ReadTimeout},
		}},
	}
	return o
}
