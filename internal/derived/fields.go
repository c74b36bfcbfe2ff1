package derived

import "github.com/whiskops/whiskops/internal/environment"

// Resources that the environment gives a component's main container, and the
// field that says so; nil where they are the catalogue's.
func (v *Values) Resources(component string) (*environment.Resources, string) {
	e := v.Env
	switch component {
	case "nginx":
		return &e.Edge.Resources, "edge.resources"
	case "apigateway":
		return &e.APIGateway.Resources, "apigateway.resources"
	case "redis":
		return &e.Redis.Resources, "redis.resources"
	case "couchdb":
		return &e.CouchDB.Resources, "couchdb.resources"
	case "kafka":
		return &e.Kafka.Resources, "kafka.resources"
	case "controller":
		return &e.Controller.Resources, "controller.resources"
	case "invoker":
		return &e.Invoker.Resources, "invoker.resources"
	}
	return nil, ""
}

// Volume of a component that keeps data, and the field that says so; nil for
// one that keeps none.
func (v *Values) Volume(component string) (*environment.Volume, string) {
	e := v.Env
	switch component {
	case "kafka":
		return &e.Kafka.Volume, "kafka.volume"
	case "kafka-controller":
		return &e.Kafka.ControllerVolume, "kafka.controllerVolume"
	case "couchdb":
		return &e.CouchDB.Volume, "couchdb.volume"
	case "redis":
		return &e.Redis.Volume, "redis.volume"
	}
	return nil, ""
}
