// Package nginxedge makes nginx the one way into an installation: its
// configuration in a hashed ConfigMap, its public and its internal Service,
// and an Ingress or an HTTPRoute in front of it. The functionConfig comes in
// with the list; these objects are added to it. The pods are a Workload's.
//
// The ConfigMap is named after the component and is mounted whole into one
// directory. The pod runs `sh <directory>/start.sh`, as any user, with a
// read-only root filesystem and a writable /tmp. Its keys:
//
//	nginx.conf   what is the same in every environment; includes the next four
//	http.conf    limits, the resolver, upstreams
//	host.conf    the names of the host, for the servers
//	leave.conf   what a pod that goes does with its clients, for the servers
//	routes.conf  the paths, for the servers
//	start.sh     runs nginx and reloads it when the certificate changes
//	stop.sh      for preStop: nginx tells its clients to go, and some time passes
//
// Any Host header is served, on HTTPS and inside the cluster: users come by
// address and by port-forward, and calls from the cluster name a Service. A
// host <namespace>.<host> makes the paths those of the namespace. nginx
// listens on IPv4 alone, as a pod without IPv6 cannot open [::].
package nginxedge

import (
	"github.com/whiskops/whiskops/internal/krm"
)

// Process adds nginx's objects to the list.
func Process(rl *krm.ResourceList) error {
	config, err := krm.Decode[Spec](rl, Kind)
	if err != nil {
		return err
	}
	spec := config.Spec
	if err := check(spec); err != nil {
		return err
	}
	files, err := render(spec)
	if err != nil {
		return err
	}
	objects := []krm.M{spec.ConfigMap(spec.Component, files), publicService(spec), internalService(spec)}
	if spec.Ingress != nil {
		objects = append(objects, ingress(spec))
	}
	if spec.Gateway != nil {
		objects = append(objects, httpRoute(spec))
	}
	return krm.Add(rl, objects...)
}
