// Package catalog decodes schema/catalog: what OpenWhisk is, as data. The
// data hold templates ({{...}}, text/template) over the derived values of an
// environment; Expand fills them in.
package catalog

import (
	"fmt"
	"io/fs"
	"strings"
	"sync"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/build"
	"cuelang.org/go/cue/cuecontext"
	"cuelang.org/go/cue/parser"

	files "github.com/whiskops/whiskops/schema/catalog"
)

// Catalog of one OpenWhisk release.
type Catalog struct {
	// Images by the name that the schema's images field uses.
	Images map[string]Image `json:"images"`
	// Components by name.
	Components map[string]Component `json:"components"`
	// Shared are environment variables that several components read in the
	// same words, in one ConfigMap.
	Shared Shared `json:"shared"`
	// Topics of Kafka by kind.
	Topics map[string]Topic `json:"topics"`
	// Edge is what nginx serves and refuses.
	Edge Edge `json:"edge"`
	// Databases of CouchDB by role.
	Databases map[string]Database `json:"databases"`
	// DNS names the cluster's DNS Service, by platform; "generic" is for the
	// rest. It lacks the cluster's domain.
	DNS map[string]string `json:"dns"`
	// ClusterRoles that a platform wants to be bound, by platform.
	ClusterRoles map[string]ClusterRoles `json:"clusterRoles"`
	// Runtimes are the families of the runtimes manifest.
	Runtimes map[string][]map[string]any `json:"runtimes"`
	// Blackboxes are images that users may base their own on.
	Blackboxes []map[string]any `json:"blackboxes"`
	// Facts are numbers that rules and derivations need.
	Facts Facts `json:"facts"`
	// Actions are what users' pods look like.
	Actions Actions `json:"actions"`
}

// ClusterRoles for the service accounts of the two namespaces.
type ClusterRoles struct {
	Installation []string `json:"installation"`
	Actions      []string `json:"actions"`
}

// Image of a container.
type Image struct {
	Repository string `json:"repository"`
	Tag        string `json:"tag"`
	// Note says what of the image was verified, and how.
	Note string `json:"note"`
}

// Component is one part of the installation.
type Component struct {
	// Tier of the installation that the component is part of.
	Tier string `json:"tier"`
	// Image by its name in Images.
	Image string `json:"image"`
	// Pool of nodes, where the cluster has it; Spread and Zones as in the
	// schema's placement rules.
	Pool   string `json:"pool"`
	Spread string `json:"spread"`
	Zones  string `json:"zones"`
	// Env becomes a ConfigMap named after the component, for the main
	// container. A value that turns out empty is left out.
	Env map[string]string `json:"env"`
	// Files become a ConfigMap each, by name and key.
	Files map[string]map[string]string `json:"files"`
	// Needs are the edges of the graph: who is talked to, on which ports.
	Needs []Need `json:"needs"`
	// APIServer tells that the pods talk to the Kubernetes API.
	APIServer bool `json:"apiServer"`
	// Arch is the architecture that the image was built for, if for one
	// alone.
	Arch string `json:"arch"`
	// Public ports are open to the world.
	Public []string `json:"public"`
	// Workload is the functionConfig's spec, with templates.
	Workload map[string]any `json:"workload"`
	// Data says where the component keeps its data, if it does.
	Data *Data `json:"data"`
	// HeapOverhead is what a JVM needs besides its heap, as a quantity.
	HeapOverhead string `json:"heapOverhead"`
	// Seeds is the variable of a seed node, with its number appended.
	Seeds *Seeds `json:"seeds"`
}

// Port of the main container by its name; 0 where it has no such port.
func (c Component) Port(name string) int {
	main, _ := c.Workload["main"].(map[string]any)
	ports, _ := main["ports"].([]any)
	for _, p := range ports {
		port, _ := p.(map[string]any)
		if port["name"] == name {
			return number(port["port"])
		}
	}
	return 0
}

// number that CUE decoded, of whatever Go type.
func number(v any) int {
	switch n := v.(type) {
	case int:
		return n
	case int64:
		return int(n)
	case float64:
		return int(n)
	}
	return 0
}

// Data of a component.
type Data struct {
	MountPath string `json:"mountPath"`
}

// Seeds are the variables that list the first members of a cluster.
type Seeds struct {
	Variable string `json:"variable"`
	Address  string `json:"address"`
}

// Need of a component.
type Need struct {
	Component string   `json:"component"`
	Ports     []string `json:"ports"`
}

// Shared environment variables.
type Shared struct {
	Tier string            `json:"tier"`
	Env  map[string]string `json:"env"`
}

// Topic kind.
type Topic struct {
	// Name of the topic, to which the number of the component's pod is
	// appended if Each is given.
	Name string `json:"name"`
	Each string `json:"each"`
	// Payload topics carry activations, and are given their size.
	Payload      bool `json:"payload"`
	SegmentBytes int  `json:"segmentBytes"`
	Bytes        int  `json:"bytes"`
	MS           int  `json:"ms"`
}

// Edge of the installation.
type Edge struct {
	Routes []map[string]any `json:"routes"`
	Deny   []string         `json:"deny"`
}

// Database of CouchDB.
type Database struct {
	// Suffix of the name, after the environment's prefix.
	Suffix string `json:"suffix"`
	// Designs are the design documents by name.
	Designs map[string]Design `json:"designs"`
	// Members are the users that may read and write.
	Members []string `json:"members"`
}

// Design document. Its functions are files of the catalogue.
type Design struct {
	Views   map[string]View `json:"views"`
	Filters []string        `json:"filters"`
}

// View of a design document.
type View struct {
	// Reduce is empty, "_count" or "_sum".
	Reduce string `json:"reduce"`
}

// Actions are users' pods.
type Actions struct {
	// Rules of the invoker's Role in the action pods' namespace.
	Rules []map[string]any `json:"rules"`
	// Labels that every action pod carries.
	Labels map[string]string `json:"labels"`
	// Port that it listens on.
	Port int `json:"port"`
	// Needs are the edges of the graph that start at action pods.
	Needs []Need `json:"needs"`
	// Template of the pod, with templates.
	Template map[string]any `json:"template"`
}

// Facts about OpenWhisk and its servers. Sizes are in bytes, times in seconds.
type Facts struct {
	SerdesOverhead        int    `json:"serdesOverhead"`
	RequestTimeout        int    `json:"requestTimeout"`
	ExecSizeLimit         int    `json:"execSizeLimit"`
	HealthFamily          string `json:"healthFamily"`
	KafkaMessageMaxBytes  int    `json:"kafkaMessageMaxBytes"`
	MinimumKubernetes     int    `json:"minimumKubernetes"`
	KubernetesNote        string `json:"kubernetesNote"`
	ReplicationFactorGoal int    `json:"replicationFactorGoal"`
}

// Load decodes the embedded catalogue of a release, once in a process.
var Load = sync.OnceValues(load)

func load() (*Catalog, error) {
	inst := build.NewContext().NewInstance("", nil)
	names, err := fs.Glob(files.Files, "*.cue")
	if err != nil {
		return nil, fmt.Errorf("list the catalogue: %w", err)
	}
	for _, name := range names {
		src, err := files.Files.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read the catalogue: %w", err)
		}
		f, err := parser.ParseFile(name, src)
		if err != nil {
			return nil, fmt.Errorf("parse the catalogue: %w", err)
		}
		if err := inst.AddSyntax(f); err != nil {
			return nil, fmt.Errorf("parse the catalogue: %w", err)
		}
	}
	v := cuecontext.New().BuildInstance(inst)
	if err := v.Validate(cue.Concrete(true)); err != nil {
		return nil, fmt.Errorf("evaluate the catalogue: %w", err)
	}
	var c Catalog
	if err := v.Decode(&c); err != nil {
		return nil, fmt.Errorf("decode the catalogue: %w", err)
	}
	return &c, nil
}

// File of the catalogue by its path, for example "smoke/smoke.sh".
func File(path string) (string, error) {
	b, err := files.Files.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("read the catalogue: %w", err)
	}
	return strings.TrimRight(string(b), "\n") + "\n", nil
}
