package environment

// Environment is one checked environment: what the user wrote with the
// schema's defaults filled in. Field meanings and units are documented where
// they are defined, in schema/environment.cue; a test holds the two together.
// Zero values of optional fields mean "derive it": internal/plan does.
type Environment struct {
	// Name is the top-level CUE field. It is not part of the schema.
	Name string `json:"-"`
	// Source finds the user's position of a field.
	Source Source `json:"-"`

	Profile   string `json:"profile"`
	Namespace string `json:"namespace"`
	OpenWhisk string `json:"openwhisk"`

	Cluster    Cluster    `json:"cluster"`
	Placement  Placement  `json:"placement"`
	Edge       Edge       `json:"edge"`
	APIGateway APIGateway `json:"apigateway"`
	Redis      Redis      `json:"redis"`
	CouchDB    CouchDB    `json:"couchdb"`
	Kafka      Kafka      `json:"kafka"`
	Controller Controller `json:"controller"`
	Invoker    Invoker    `json:"invoker"`
	Actions    Actions    `json:"actions"`
	Admin      Admin      `json:"admin"`
	Limits     Limits     `json:"limits"`
	Runtimes   Runtimes   `json:"runtimes"`
	Secrets    Secrets    `json:"secrets"`

	Images           map[string]Image `json:"images,omitempty"`
	ImagePullSecrets []string         `json:"imagePullSecrets,omitempty"`
}

type Cluster struct {
	Kubernetes string              `json:"kubernetes"`
	Platform   string              `json:"platform"`
	Domain     string              `json:"domain"`
	DNS        string              `json:"dns,omitempty"`
	APIServer  APIServer           `json:"apiServer"`
	Nodes      map[string]NodePool `json:"nodes,omitempty"`
	Storage    Storage             `json:"storage"`
}

type APIServer struct {
	CIDRs []string `json:"cidrs,omitempty"`
	Ports []int    `json:"ports"`
}

type NodePool struct {
	Count  int               `json:"count"`
	CPU    string            `json:"cpu"`
	Memory string            `json:"memory"`
	Zones  int               `json:"zones"`
	Labels map[string]string `json:"labels,omitempty"`
	Taints []Taint           `json:"taints,omitempty"`
}

type Taint struct {
	Key    string `json:"key"`
	Value  string `json:"value"`
	Effect string `json:"effect"`
}

type Storage struct {
	Class string `json:"class,omitempty"`
}

type Placement struct {
	Enabled   bool                     `json:"enabled"`
	NodeLabel string                   `json:"nodeLabel"`
	Rules     map[string]PlacementRule `json:"rules,omitempty"`
}

type PlacementRule struct {
	Pool   string `json:"pool,omitempty"`
	Spread string `json:"spread,omitempty"`
	Zones  string `json:"zones,omitempty"`
}

type Edge struct {
	Host        string      `json:"host"`
	Port        int         `json:"port"`
	Replicas    int         `json:"replicas"`
	BodySize    int         `json:"bodySize"`
	ReadTimeout string      `json:"readTimeout"`
	Service     EdgeService `json:"service"`
	Ingress     *Ingress    `json:"ingress,omitempty"`
	Gateway     *Gateway    `json:"gateway,omitempty"`
	TLS         TLS         `json:"tls"`
	Resources   Resources   `json:"resources"`
}

type EdgeService struct {
	Type         string            `json:"type"`
	NodePort     int               `json:"nodePort,omitempty"`
	Annotations  map[string]string `json:"annotations,omitempty"`
	SourceRanges []string          `json:"sourceRanges,omitempty"`
}

type Ingress struct {
	Class       string            `json:"class"`
	Annotations map[string]string `json:"annotations,omitempty"`
	Secret      string            `json:"secret,omitempty"`
}

type Gateway struct {
	Name        string `json:"name"`
	Namespace   string `json:"namespace,omitempty"`
	SectionName string `json:"sectionName,omitempty"`
}

type TLS struct {
	CertManager *CertManager `json:"certManager,omitempty"`
	Existing    *ExistingTLS `json:"existing,omitempty"`
	SelfSigned  *struct{}    `json:"selfSigned,omitempty"`
}

type CertManager struct {
	Issuer      Issuer   `json:"issuer"`
	DNSNames    []string `json:"dnsNames,omitempty"`
	Wildcard    bool     `json:"wildcard"`
	Duration    string   `json:"duration"`
	RenewBefore string   `json:"renewBefore"`
}

type Issuer struct {
	Kind  string `json:"kind"`
	Name  string `json:"name"`
	Group string `json:"group"`
}

type ExistingTLS struct {
	Secret string `json:"secret"`
}

type APIGateway struct {
	Enabled   bool      `json:"enabled"`
	Replicas  int       `json:"replicas"`
	Resources Resources `json:"resources"`
}

type Redis struct {
	External  *RedisExternal `json:"external,omitempty"`
	Volume    Volume         `json:"volume"`
	Resources Resources      `json:"resources"`
}

type RedisExternal struct {
	Host string `json:"host"`
	Port int    `json:"port"`
}

type CouchDB struct {
	External  *CouchDBExternal `json:"external,omitempty"`
	Prefix    string           `json:"prefix"`
	Init      bool             `json:"init"`
	Volume    Volume           `json:"volume"`
	Resources Resources        `json:"resources"`
}

type CouchDBExternal struct {
	Protocol string `json:"protocol"`
	Host     string `json:"host"`
	Port     int    `json:"port"`
}

type Kafka struct {
	External          *KafkaExternal `json:"external,omitempty"`
	Replicas          int            `json:"replicas"`
	Mode              string         `json:"mode"`
	Controllers       int            `json:"controllers"`
	ReplicationFactor int            `json:"replicationFactor,omitempty"`
	MinInSyncReplicas int            `json:"minInSyncReplicas,omitempty"`
	MessageMaxBytes   int            `json:"messageMaxBytes,omitempty"`
	ClusterID         string         `json:"clusterID,omitempty"`
	TopicPrefix       string         `json:"topicPrefix"`
	Topics            KafkaTopics    `json:"topics"`
	Heap              string         `json:"heap"`
	Volume            Volume         `json:"volume"`
	ControllerVolume  Volume         `json:"controllerVolume"`
	Resources         Resources      `json:"resources"`
}

type KafkaExternal struct {
	Bootstrap       []string `json:"bootstrap"`
	Brokers         int      `json:"brokers"`
	MessageMaxBytes int      `json:"messageMaxBytes"`
}

type KafkaTopics struct {
	By             string               `json:"by"`
	StrimziCluster string               `json:"strimziCluster,omitempty"`
	AutoCreate     bool                 `json:"autoCreate"`
	Retention      map[string]Retention `json:"retention,omitempty"`
}

// Retention is what a topic's partition keeps; zero means OpenWhisk's own.
type Retention struct {
	SegmentBytes int `json:"segmentBytes,omitempty"`
	Bytes        int `json:"bytes,omitempty"`
	MS           int `json:"ms,omitempty"`
}

type Controller struct {
	Replicas   int       `json:"replicas"`
	Heap       string    `json:"heap"`
	LogLevel   string    `json:"logLevel"`
	Clustering string    `json:"clustering"`
	Drain      string    `json:"drain"`
	Resources  Resources `json:"resources"`
}

type Invoker struct {
	Kind       string    `json:"kind"`
	Replicas   int       `json:"replicas"`
	ZooKeeper  []string  `json:"zookeeper,omitempty"`
	UserMemory string    `json:"userMemory,omitempty"`
	Reserve    string    `json:"reserve"`
	Heap       string    `json:"heap"`
	LogLevel   string    `json:"logLevel"`
	PodTimeout string    `json:"podTimeout"`
	Drain      string    `json:"drain"`
	Logs       string    `json:"logs"`
	Resources  Resources `json:"resources"`
}

type Actions struct {
	Namespace    string `json:"namespace,omitempty"`
	RuntimeClass string `json:"runtimeClass,omitempty"`
	CPUPer256Mi  int    `json:"cpuPer256Mi,omitempty"`
	Egress       Egress `json:"egress"`
}

// Egress holds address ranges. An empty list means none, not a default.
type Egress struct {
	CIDRs  []string `json:"cidrs"`
	Except []string `json:"except"`
}

type Admin struct {
	SmokeTest bool `json:"smokeTest"`
}

type Limits struct {
	InvocationsPerMinute  int         `json:"invocationsPerMinute"`
	ConcurrentInvocations int         `json:"concurrentInvocations"`
	FiresPerMinute        int         `json:"firesPerMinute"`
	SequenceLength        int         `json:"sequenceLength"`
	Time                  StringRange `json:"time"`
	Memory                StringRange `json:"memory"`
	Concurrency           IntRange    `json:"concurrency"`
	Log                   StringRange `json:"log"`
	Payload               int         `json:"payload"`
}

// StringRange is a smallest, largest and standard quantity or duration.
type StringRange struct {
	Min string `json:"min"`
	Max string `json:"max"`
	Std string `json:"std"`
}

// IntRange is a smallest, largest and standard number.
type IntRange struct {
	Min int `json:"min"`
	Max int `json:"max"`
	Std int `json:"std"`
}

type Runtimes struct {
	Families  []string            `json:"families,omitempty"`
	Registry  string              `json:"registry"`
	StemCells map[string]StemCell `json:"stemCells,omitempty"`
}

type StemCell struct {
	Count  int    `json:"count"`
	Memory string `json:"memory"`
}

type Secrets struct {
	CouchDB   string        `json:"couchdb"`
	OpenWhisk string        `json:"openwhisk"`
	Subjects  string        `json:"subjects"`
	Plain     *PlainSecrets `json:"plain,omitempty"`
}

type PlainSecrets struct {
	CouchDB   CouchDBLogins     `json:"couchdb"`
	OpenWhisk OpenWhiskLogins   `json:"openwhisk"`
	Subjects  map[string]string `json:"subjects"`
}

type CouchDBLogins struct {
	Admin      Login `json:"admin"`
	Controller Login `json:"controller"`
	Invoker    Login `json:"invoker"`
}

type OpenWhiskLogins struct {
	Controller Login `json:"controller"`
	Invoker    Login `json:"invoker"`
}

type Login struct {
	Username string `json:"username"`
	Password string `json:"password"`
}

type Volume struct {
	Size          string       `json:"size"`
	Class         string       `json:"class,omitempty"`
	AccessMode    string       `json:"accessMode"`
	ReclaimPolicy string       `json:"reclaimPolicy"`
	ExistingClaim string       `json:"existingClaim,omitempty"`
	NFS           *NFSVolume   `json:"nfs,omitempty"`
	CSI           *CSIVolume   `json:"csi,omitempty"`
	Local         *LocalVolume `json:"local,omitempty"`
	HostPath      *HostPath    `json:"hostPath,omitempty"`
	None          *struct{}    `json:"none,omitempty"`
}

type NFSVolume struct {
	Server       string   `json:"server"`
	Path         string   `json:"path"`
	MountOptions []string `json:"mountOptions,omitempty"`
}

type CSIVolume struct {
	Driver     string            `json:"driver"`
	Handles    []string          `json:"handles"`
	FSType     string            `json:"fsType,omitempty"`
	Attributes map[string]string `json:"attributes,omitempty"`
}

type LocalVolume struct {
	Path  string   `json:"path"`
	Nodes []string `json:"nodes"`
}

type HostPath struct {
	Path string `json:"path"`
}

type Resources struct {
	Requests ResourceList `json:"requests"`
	Limits   ResourceList `json:"limits"`
}

// ResourceList holds quantities; an empty one is absent.
type ResourceList struct {
	CPU    string `json:"cpu,omitempty"`
	Memory string `json:"memory,omitempty"`
}

type Image struct {
	Repository string `json:"repository,omitempty"`
	Tag        string `json:"tag,omitempty"`
	Digest     string `json:"digest,omitempty"`
}
