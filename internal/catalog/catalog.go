// Package catalog is what OpenWhisk is, release by release, as data: the types
// here, and values that are made of schema/catalog when whiskops is built (see
// package source below). The data hold templates ({{...}}, text/template) over
// the derived values of an environment; Expand fills them in.
package catalog

import (
	"slices"

	"github.com/whiskops/whiskops/internal/runtimes"
)

// Catalog of one OpenWhisk release.
type Catalog struct {
	// Release as environments write it.
	Release string `json:"release"`
	// SharedPool is where components run that have no pool of their own.
	SharedPool string `json:"sharedPool"`
	// WaitImage is the image that waits before a component starts.
	WaitImage string `json:"waitImage"`
	// Images by the name that the schema's images field uses.
	Images map[string]Image `json:"images"`
	// Components by name.
	Components map[string]Component `json:"components"`
	// Shared are environment variables that several components read in the
	// same words.
	Shared Shared `json:"shared"`
	// Topics of Kafka by kind.
	Topics map[string]Topic `json:"topics"`
	// Secrets that an installation expects.
	Secrets map[string]Secret `json:"secrets"`
	// Tenancy is how tenants are written.
	Tenancy Tenancy `json:"tenancy"`
	// SASL are the mechanisms of logging in to Kafka, by the names that Kafka has
	// for them.
	SASL map[string]Mechanism `json:"sasl"`
	// Edge is what nginx serves and refuses.
	Edge Edge `json:"edge"`
	// Databases of CouchDB by role.
	Databases map[string]Database `json:"databases"`
	// DNS names the cluster's DNS Service, by platform; "generic" is for the
	// rest. It lacks the cluster's domain.
	DNS map[string]string `json:"dns"`
	// APIPorts are those of the API server behind its Service, by platform, where it
	// has others than most.
	APIPorts map[string][]int `json:"apiPorts"`
	// Pods that a node takes, by platform; "generic" is for the rest.
	Pods map[string]int `json:"pods"`
	// ClusterRoles that a platform wants to be bound, by platform.
	ClusterRoles map[string]ClusterRoles `json:"clusterRoles"`
	// Runtimes are the families of the runtimes manifest.
	Runtimes map[string][]runtimes.Kind `json:"runtimes"`
	// Blackboxes are images that users may base their own on.
	Blackboxes []runtimes.Image `json:"blackboxes"`
	// Attached is how the code of a kind is kept that the environment adds.
	Attached runtimes.Attached `json:"attached"`
	// Facts are numbers that rules and derivations need.
	Facts Facts `json:"facts"`
	// Actions are what users' pods look like.
	Actions Actions `json:"actions"`
	// Logs is what those of a container take of its node's disk.
	Logs Logs `json:"logs"`
	// Growth is how records of activations fill a disk.
	Growth Growth `json:"growth"`
	// Drain is what all that goes away waits for.
	Drain Drain `json:"drain"`
	// Limits are the links of each flow, from the edge to the database.
	Limits []Limit `json:"limits"`
	// Tables are the texts of ConfigMaps that are tables, by ConfigMap and key: what
	// the words of a line are.
	Tables map[string]map[string][]string `json:"tables"`
	// Documents are the texts of ConfigMaps that are JSON, by ConfigMap and key: the
	// field by which the parts that have one are told apart.
	Documents map[string]map[string]string `json:"documents"`
	// Changes say what a change of a field of an object means that is no component's.
	Changes []Change `json:"changes"`
	// Said are fields of an environment that say what many objects have.
	Said Said `json:"said"`
	// Protect says which objects outlive what made them.
	Protect Protect `json:"protect"`
	// Delivery is the order of what is delivered, and what becomes of it.
	Delivery Delivery `json:"delivery"`
	// Fronts stand in front of the edge, by their names.
	Fronts map[string]Front `json:"fronts"`
	// Assumptions are the facts about a cluster that are taken for granted, in the
	// order in which a person is asked.
	Assumptions Part[[]Assumption] `json:"assumptions"`
	// Throttle is how a namespace's limits are shared out.
	Throttle Throttle `json:"throttle"`
	// Symptoms of the runbook, by id.
	Symptoms Part[map[string]Symptom] `json:"symptoms"`
	// Alerts and Dashboard are what watches an installation.
	Alerts    Part[[]Alert]   `json:"alerts"`
	Dashboard Part[Dashboard] `json:"dashboard"`
	// Packages are what is installed into the namespace of whisk.system, by name.
	Packages map[string]Package `json:"packages"`
	// PackageValues are what parameters of packages ask for by name: addresses.
	PackageValues map[string]PackageValue `json:"packageValues"`
	// SaidBy are the fields that say what templates ask for, by their words there.
	SaidBy map[string]string `json:"saidBy"`
}

// ClusterRoles for the service accounts of the two namespaces.
type ClusterRoles struct {
	Installation []string `json:"installation"`
	Actions      []string `json:"actions"`
}

// Protect names the kinds of objects that no reconciler may prune or delete, and
// the environments where it may.
type Protect struct {
	Kinds  []string `json:"kinds"`
	Except When     `json:"except"`
}

// Image of a container.
type Image struct {
	Repository string `json:"repository"`
	Tag        string `json:"tag"`
	// Note says what of the image was verified, and how.
	Note string `json:"note"`
	// Published tells that it can be pulled as it is named here; where it is
	// not known to be, an environment must name it.
	Published bool `json:"published"`
	// Ended says that it rests on what nobody mends any more.
	Ended string `json:"ended,omitempty"`
}

// Component is one part of the installation. Fields of an environment are named
// by their paths, "kafka.volume".
type Component struct {
	// Tier of the installation that the component is part of.
	Tier string `json:"tier"`
	// Image by its name in Images.
	Image string `json:"image"`
	// When it is part of an installation, and Runs when it has pods then.
	When When `json:"when"`
	Runs When `json:"runs"`
	// Pool of nodes, where the cluster has it; Spread and Zones as in the
	// schema's placement rules.
	Pool   string `json:"pool"`
	Spread string `json:"spread"`
	Zones  string `json:"zones"`
	// Arch is the architecture that the image was built for, if for one
	// alone.
	Arch string `json:"arch"`
	// Replicas and Resources are fields; empty where the catalogue says it.
	Replicas  string `json:"replicas"`
	Resources string `json:"resources"`
	// Counts are the numbers of pods that it can have, rising; none: any.
	Counts []int `json:"counts,omitempty"`
	// Autoscale is the field with its autoscaler; empty where its number of pods
	// cannot be left to one.
	Autoscale string `json:"autoscale"`
	// Heap of its JVM, if it has one.
	Heap *Heap `json:"heap"`
	// Voter says when its pods vote in a quorum; nil: never.
	Voter *Voter `json:"voter"`
	// Loss is what users lose while its only pod is away; empty: nothing that
	// replicas would save.
	Loss string `json:"loss"`
	// Data says where the component keeps its data, if it does.
	Data *Data `json:"data"`
	// Endpoint that others connect to, and External, a server outside in its
	// place.
	Endpoint *Endpoint `json:"endpoint"`
	External *External `json:"external"`
	// Access is what each that connects to it has besides, with templates: see
	// package derived, asked.go.
	Access map[string]any `json:"access,omitempty"`
	// Env becomes a ConfigMap named after the component, for the main
	// container. A value that turns out empty is left out. Config is the same
	// by configuration keys; it is empty in a catalogue that was loaded, where
	// all variables are in Env.
	Env    map[string]string `json:"env"`
	Config map[string]string `json:"config,omitempty"`
	// Lists are variables with an element for each replica: the element's
	// number follows the name.
	Lists map[string]List `json:"lists"`
	// Shared tells that it reads the shared variables too.
	Shared bool `json:"shared"`
	// Files become a ConfigMap each, by name and key.
	Files Part[map[string]map[string]string] `json:"files"`
	// Certificate by which clients know its pods; nil: it has none.
	Certificate *Certificate `json:"certificate,omitempty"`
	// Needs are the edges of the graph: who is talked to, on which ports.
	Needs []Need `json:"needs"`
	// Outside are servers that are no component.
	Outside []Outside `json:"outside"`
	// APIServer says when the pods talk to the Kubernetes API; nil: never.
	APIServer When `json:"apiServer"`
	// Public ports are open to the world.
	Public []Public `json:"public"`
	// Metrics says where they are read.
	Metrics *Metrics `json:"metrics"`
	// Before and After are the functions that make objects of it before and
	// after its Workload.
	Before []string `json:"before"`
	After  []string `json:"after"`
	// Workload is the functionConfig's spec, with templates.
	Workload map[string]any `json:"workload"`
	// Program of OpenWhisk that it is, whose configuration keys it takes; empty:
	// none. JVM is the variable with the options of its JVM.
	Program string `json:"program,omitempty"`
	JVM     string `json:"jvm,omitempty"`
	// Test tells that it tries whether the rest works: nothing waits for it.
	Test bool `json:"test"`
	// Idle are fields without effect.
	Idle []Idle `json:"idle"`
	// Changes say what a change of a field means to what is stored.
	Changes []Change `json:"changes,omitempty"`
}

// Said are fields of an environment, the nearest to an object first: who gets in, by
// the object's kind; its namespace, by its tier, "" being all others; the class of a volume that
// names none; the image of a container; where pods go.
type Said struct {
	Exposed map[string][]string `json:"exposed"`
	// Scraped is that of who reads metrics.
	Scraped   string              `json:"scraped"`
	Namespace map[string][]string `json:"namespace"`
	Class     []string            `json:"class"`
	Images    []string            `json:"images"`
	Placement []string            `json:"placement"`
}

// Change is a rule about one field of one object of a component.
type Change struct {
	// Kind and Name of the object; the name is without the hash of its content, and "*"
	// is any.
	Kind string `json:"kind"`
	Name string `json:"name"`
	// Field of the object as a path; [*] is each row of a table, or each of a
	// mapping's fields.
	Field string `json:"field"`
	// Else is the field that says the same where the object has not the first.
	Else string `json:"else,omitempty"`
	// If says which change: "differs", "shrinks" or "grows" (to another number),
	// "appears", "disappears", "parts" (of two lists with commas, which have nothing in
	// common), or "goes" (with its object).
	If string `json:"if"`
	// From and To are the only old and new values that are meant, "" of what is not
	// there; empty: any.
	From []string `json:"from,omitempty"`
	To   []string `json:"to,omitempty"`
	// Still is a field of the object without whose change it is meant alone; empty: none.
	Still string `json:"still,omitempty"`
	// When says in which environments it is, as they will be.
	When When `json:"when,omitempty"`
	// Units of numbers: what the word behind one multiplies it by.
	Units map[string]int64 `json:"units,omitempty"`
	// Same are names of one thing: a change from one to another is none.
	Same []string `json:"same,omitempty"`
	// Class is "data", "quorum", "exposed", "closed" or "left behind", Severity "error",
	// "warning", or "note" of what is shown and no finding.
	Class    string `json:"class"`
	Severity string `json:"severity"`
	// Says is the field of the environment; empty: that of the component's volume.
	Says string `json:"says,omitempty"`
	// Message and Help hold {old}, {new}, {element} and {namespace}, the object's.
	Message string `json:"message"`
	Help    string `json:"help"`
}

// Heap of a JVM.
type Heap struct {
	Field string `json:"field"`
	// Overhead is what the JVM needs besides, as a quantity.
	Overhead string `json:"overhead"`
}

// Voter is a component whose pods vote in a quorum.
type Voter struct {
	When When `json:"when"`
	// Of is whose quorum it is, Slow what waits for most of its voters.
	Of   string `json:"of"`
	Slow string `json:"slow"`
	// Field decides where the voters are, if any does.
	Field string `json:"field"`
	// Apart is what Field may be instead: its Value, why (Since), and the field
	// with the number of the voters then (Quorum).
	Apart *struct {
		Value  string `json:"value"`
		Since  string `json:"since"`
		Quorum string `json:"quorum"`
	} `json:"apart"`
}

// Data of a component.
type Data struct {
	MountPath string `json:"mountPath"`
	// Volume is the field that says where it is.
	Volume string `json:"volume"`
	// Each replica has data of its own, and there may be several.
	Each bool `json:"each"`
	// Loss is what is gone with the data. Spare data may be lost where nobody
	// depends on them.
	Loss  string `json:"loss"`
	Spare bool   `json:"spare"`
	// NFS is what speaks against it, if anything does.
	NFS string `json:"nfs"`
}

// Endpoint of a component: a port of a Service, or with Each the pods of a
// headless one by their names. Ready is a Service that leads to any of several
// pods that is ready, in the place of one that names each of them.
type Endpoint struct {
	Service  string `json:"service"`
	Port     string `json:"port"`
	Protocol string `json:"protocol"`
	Each     bool   `json:"each"`
	Ready    *struct {
		Service string `json:"service"`
		When    When   `json:"when"`
	} `json:"ready"`
}

// External is a server outside in a component's place. Field is given if it is
// used; Servers is a list of host:port, and otherwise there are a Host and a
// Port.
type External struct {
	Field    string `json:"field"`
	Servers  string `json:"servers"`
	Protocol string `json:"protocol"`
	Host     string `json:"host"`
	Port     string `json:"port"`
}

// List is one variable for each replica. Each is its value, a template over the
// replica's number.
type List struct {
	When When   `json:"when"`
	Each string `json:"each"`
}

// Outside are servers that are no component: a field with a list of host:port.
type Outside struct {
	Servers string `json:"servers"`
	When    When   `json:"when"`
	// Never are the servers of a component that must not be among them.
	Never *Never `json:"never,omitempty"`
}

// Never says whose servers something must not talk to, and why.
type Never struct {
	Component string `json:"component"`
	Because   string `json:"because"`
}

// Public port.
type Public struct {
	Port string `json:"port"`
	When When   `json:"when"`
}

// Idle fields of an environment, and why they have no effect.
type Idle struct {
	When    When     `json:"when"`
	Because string   `json:"because"`
	Fields  []string `json:"fields"`
}

// Port of the main container or of a sidecar by its name; 0 where there is no such
// port.
func (c Component) Port(name string) int {
	for _, container := range c.Containers() {
		ports, _ := container["ports"].([]any)
		for _, p := range ports {
			port, _ := p.(map[string]any)
			if port["name"] == name {
				n, _ := port["port"].(int)
				return n
			}
		}
	}
	return 0
}

// Opens tells whether a port may be open to the world.
func (c Component) Opens(port string) bool {
	return slices.ContainsFunc(c.Public, func(p Public) bool { return p.Port == port })
}

// Containers of a pod that stay, the main one first, with templates.
func (c Component) Containers() []map[string]any {
	main, _ := c.Workload["main"].(map[string]any)
	all := []map[string]any{main}
	sidecars, _ := c.Workload["sidecars"].([]any)
	for _, s := range sidecars {
		sidecar, _ := s.(map[string]any)
		all = append(all, sidecar)
	}
	return all
}

// Need of a component.
type Need struct {
	Component string   `json:"component"`
	Ports     []string `json:"ports"`
	When      When     `json:"when"`
}

// Shared environment variables, by the ConfigMap that holds them.
type Shared struct {
	Tier       string               `json:"tier"`
	ConfigMaps map[string]Variables `json:"configMaps"`
}

// Variables by their names, and by the configuration keys that they set.
type Variables struct {
	Env    map[string]string `json:"env"`
	Config map[string]string `json:"config,omitempty"`
}

// Secret that an installation expects. Name is the field with its name, Revision
// that with the number of its changes, and Apart those of keys that have their
// own; Keys are the fields with its values in plain text, by key, and All a field
// with all of them.
type Secret struct {
	// When it is expected, and Or when else.
	When     When              `json:"when,omitempty"`
	Or       When              `json:"or,omitempty"`
	Name     string            `json:"name"`
	Revision string            `json:"revision"`
	Apart    map[string]string `json:"apart,omitempty"`
	Keys     map[string]string `json:"keys"`
	All      string            `json:"all"`
	// Values must be there where none is plain.
	Values map[string]Value `json:"values"`
}

// RevisionOf a key is the field with the number of its changes.
func (s Secret) RevisionOf(key string) string {
	if apart, ok := s.Apart[key]; ok {
		return apart
	}
	return s.Revision
}

// Certificate of a server of the installation's own.
type Certificate struct {
	// Field of the environment that says where it is, if it is.
	Field string `json:"field"`
	// Names that it is for, with templates; one that comes out empty is left out.
	Names []string `json:"names"`
	// Mutual tells that pods show it to each other, and take who has one of its
	// authority for one of them.
	Mutual bool `json:"mutual"`
	// Who has it, and Without is what becomes of them where there is none.
	Who     string `json:"who"`
	Without string `json:"without"`
}

// Mechanism of logging in to Kafka.
type Mechanism struct {
	// Module is the class of Java's clients, and Exporter the word of that of
	// metrics.
	Module   string `json:"module,omitempty"`
	Exporter string `json:"exporter,omitempty"`
	// Lacks is what the clients lack for it, and Instead what to do; empty: nothing.
	Lacks   string `json:"lacks,omitempty"`
	Instead string `json:"instead,omitempty"`
}

// Value of a key of a Secret: a Fixed name that is no secret, or Length letters
// and digits, before which a Subject's key has a UUID and a colon.
type Value struct {
	Fixed   string `json:"fixed,omitempty"`
	Length  int    `json:"length,omitempty"`
	Subject bool   `json:"subject,omitempty"`
	Login   string `json:"login,omitempty"`
	// Without is a field that says it instead.
	Without string `json:"without,omitempty"`
	Outside string `json:"outside,omitempty"`
	// When the key is wanted.
	When When `json:"when,omitempty"`
	// Rolling says what a new value does while pods have the old one.
	Rolling []Rolling `json:"rolling,omitempty"`
}

// Rolling is what a new value does for as long as pods have the old one, and what to do
// Instead of no more than that, where {namespace} is the installation's. With Stop all that reads it is stopped while it changes.
type Rolling struct {
	When    When   `json:"when,omitempty"`
	Because string `json:"because"`
	Instead string `json:"instead"`
	Stop    bool   `json:"stop,omitempty"`
}

// Topic kind.
type Topic struct {
	// Name of the topic, to which the number of the component's pod is
	// appended if Each is given.
	Name string `json:"name"`
	Each string `json:"each"`
	// Group of its consumers, where it does not begin with the name.
	Group string `json:"group,omitempty"`
	// Key is the segment of its configuration keys.
	Key string `json:"key"`
	// Payload topics carry activations, and are given their size.
	Payload      bool `json:"payload"`
	SegmentBytes int  `json:"segmentBytes"`
	Bytes        int  `json:"bytes"`
	MS           int  `json:"ms"`
}

// Edge of the installation.
type Edge struct {
	// Internal is the Service that serves plain HTTP in the cluster,
	// Certificate the Secret where an environment names none.
	Internal    string `json:"internal"`
	Certificate string `json:"certificate"`
	// Ports are the names of the container's: http, https, internal.
	Ports map[string]string `json:"ports"`
	// Upstreams are the endpoints of components that requests go to.
	Upstreams []Upstream       `json:"upstreams"`
	Routes    []map[string]any `json:"routes"`
	Deny      []string         `json:"deny"`
	// Meter hears of each request where there are metrics.
	Meter Meter `json:"meter"`
}

// Meter is an address of syslog, and a line as nginx writes its formats.
type Meter struct {
	Address string `json:"address"`
	Format  string `json:"format"`
}

// Upstream is a component's endpoint under a name of its own.
type Upstream struct {
	Name      string `json:"name"`
	Component string `json:"component"`
}

// Drain is how long it takes until nobody sends requests to a pod that goes, in
// seconds.
type Drain struct {
	// Endpoints is until their change is known to all nodes and DNS servers.
	Endpoints int `json:"endpoints"`
	// Records is how long DNS keeps an answer, Lookup how long nginx does.
	Records int `json:"records"`
	Lookup  int `json:"lookup"`
	// KeepAlive is how long nginx keeps the idle connection of a client.
	KeepAlive int `json:"keepAlive"`
	// Found is the time for what nginx finds by DNS.
	Found int `json:"found"`
}

// Logs of a container: what they usually take, and what they may take.
type Logs struct {
	Request string `json:"request"`
	Limit   string `json:"limit"`
}

// Growth of CouchDB's files.
type Growth struct {
	// Compaction is how many times its live data a file takes at most.
	Compaction int `json:"compaction"`
	// Index is what a record takes beside its own bytes, views included.
	Index int `json:"index"`
	// Tombstone is what stays of a document that was deleted, in bytes.
	Tombstone int `json:"tombstone"`
}

// Database of CouchDB.
type Database struct {
	// Suffix of the name, after the environment's prefix.
	Suffix string `json:"suffix"`
	// When it is there.
	When When `json:"when,omitempty"`
	// Designs are the design documents by name.
	Designs map[string]Design `json:"designs"`
	// Members are the users that may read and write.
	Members []string `json:"members"`
}

// Design document. Map functions and filters are JavaScript; the catalogue has
// them in files of their own.
type Design struct {
	Views   map[string]View   `json:"views"`
	Filters map[string]string `json:"filters"`
}

// View of a design document.
type View struct {
	Map string `json:"map"`
	// Reduce is empty, "_count" or "_sum".
	Reduce string `json:"reduce"`
}

// Actions are users' pods.
type Actions struct {
	// By is the component that starts them, File where it finds the template.
	By   string `json:"by"`
	File struct {
		ConfigMap string `json:"configMap"`
		Key       string `json:"key"`
	} `json:"file"`
	// Rules of the invoker's Role in the action pods' namespace.
	Rules []map[string]any `json:"rules"`
	// Labels that every action pod carries.
	Labels map[string]string `json:"labels"`
	// Judged are tests of kube-score that policies of action pods do not pass, and
	// why.
	Judged map[string]string `json:"judged"`
	// Port that it listens on.
	Port int `json:"port"`
	// Needs are the edges of the graph that start at action pods.
	Needs []Need `json:"needs"`
	// System are those among them that run actions of whisk.system.
	System SystemActions `json:"system"`
	// Arch is the architecture that the languages' images were built for, if for one
	// alone.
	Arch string `json:"arch"`
	// Template of the pod, with templates.
	Template map[string]any `json:"template"`
	// Annotations of the pod by platform; "generic" is for the rest.
	Annotations map[string]map[string]string `json:"annotations"`
	// Model is what By knows of a pod: by type its fields, each with the type
	// below it, or "" where anything may stand.
	Model map[string]map[string]string `json:"model"`
	// Variables is the first of those by which By is told of one for all action
	// pods, NAME=VALUE; it ends in a number, and others count on. Reserved is how
	// OpenWhisk's own begin.
	Variables string `json:"variables"`
	Reserved  string `json:"reserved"`
	// Owned are the labels that By sets.
	Owned []string `json:"owned"`
	// Overwritten are fields of the environment's pod that By takes no notice of;
	// Instead says of fields of a template that are lost what does the same.
	Overwritten map[string]Overwritten `json:"overwritten"`
	Instead     map[string]string      `json:"instead"`
}

// SystemActions are action pods that run what packages of whisk.system have.
type SystemActions struct {
	// Labels by which they are told from those that run users' code.
	Labels map[string]string `json:"labels"`
	// Needs are the edges of the graph that start at them alone.
	Needs []Need `json:"needs"`
}

// Overwritten field, why it is, and what to write instead.
type Overwritten struct {
	Because string `json:"because"`
	Instead string `json:"instead"`
}

// Facts about OpenWhisk and its servers. Sizes are in bytes, times in seconds.
type Facts struct {
	SerdesOverhead        int    `json:"serdesOverhead"`
	ParameterLimit        int    `json:"parameterLimit"`
	HealthFamily          string `json:"healthFamily"`
	MinimumKubernetes     int    `json:"minimumKubernetes"`
	KubernetesNote        string `json:"kubernetesNote"`
	ReplicationFactorGoal int    `json:"replicationFactorGoal"`
}
