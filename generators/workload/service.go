package workload

import "github.com/whiskops/whiskops/internal/krm"

func services(s Spec) []krm.M {
	var all []krm.M
	for _, svc := range s.Services {
		o := s.Object("v1", "Service", svc.Name)
		o["spec"] = serviceSpec(s.Owner, svc)
		all = append(all, o)
	}
	return all
}

// serviceSpec names no IP families: the cluster's default is taken.
func serviceSpec(o krm.Owner, svc Service) krm.M {
	var ports krm.L
	for _, p := range svc.Ports {
		ports = append(ports, krm.M{"name": p.Name, "port": p.Port, "targetPort": p.Target, "protocol": "TCP"})
	}
	spec := krm.M{"type": "ClusterIP", "selector": o.Selector(), "ports": ports}
	if svc.Headless || svc.Ready {
		spec["clusterIP"] = "None"
	}
	if svc.Headless {
		// Peers find each other before any of them can be ready.
		spec["publishNotReadyAddresses"] = true
	}
	return spec
}

// headless is the name of the Service that names a StatefulSet's pods.
func headless(s Spec) string {
	for _, svc := range s.Services {
		if svc.Headless {
			return svc.Name
		}
	}
	return ""
}
