package rules

import "github.com/whiskops/whiskops/internal/finding"

// Code explains what a code stands for.
type Code struct {
	Code string
	// Severities that its findings have, the usual one first.
	Severities []finding.Severity
	// Title is what is wrong, in a few words.
	Title string
	// Symptom is what someone would see in the cluster, had it not been
	// found.
	Symptom string
}

// Codes lists the codes of this package in order. They are stable: a code keeps
// its meaning, and one that is gone is not used again.
func Codes() []Code {
	isError := []finding.Severity{finding.Error}
	isWarning := []finding.Severity{finding.Warning}
	isEither := []finding.Severity{finding.Error, finding.Warning}
	return []Code{
		// Where pods go.
		{"WO201", isError, "more pods than nodes under a hard spread", "The last pods of the component stay Pending, and a rollout that waits for them never ends."},
		{"WO202", isError, "a pool that the cluster does not have", "All pods of the component stay Pending: no node carries the pool's label."},
		{"WO203", isWarning, "no pool for invokers", "An action that takes much CPU or memory slows down or evicts the database and the brokers on its node."},
		{"WO204", isError, "a hard spread over one zone", "Pods stay Pending on nodes without a zone label; on others the rule does nothing."},
		{"WO205", isWarning, "a quorum over two zones", "The loss of the wrong zone takes most voters with it, and Kafka stops."},
		{"WO206", isWarning, "placement off on a cluster of several pools", "Action pods land beside databases and brokers, and starve them."},
		{"WO207", isError, "more zones than nodes", "What should survive the loss of a zone has nodes in fewer zones than written."},
		{"WO208", isWarning, "a component on the invokers' nodes", "Action pods take the memory that the component counts on."},
		{"WO209", isError, "a Kubernetes that is too old", "Pods do not start: fields and labels that they read are not there."},
		{"WO210", isWarning, "a single node for several pods of a component", "A drain of the node, for an upgrade say, never ends."},

		// Quorums and copies.
		{"WO211", isError, "more copies than brokers", "Topics cannot be created. Controllers and invokers start, and never hear of each other."},
		{"WO212", isError, "more copies to be written than there are", "Brokers answer NOT_ENOUGH_REPLICAS from the first day."},
		{"WO213", isError, "all copies must be written", "One broker that restarts stops activations until it is back."},
		{"WO214", isEither, "an even number of voters", "Two voters stop when either is down; four survive no more than three do."},
		{"WO215", isWarning, "a quorum of many", "Changes of topics and leaders are slow, since most of the voters must agree."},
		{"WO216", isWarning, "too few replicas for production", "A drained or failed node is an outage."},
		{"WO217", isWarning, "one copy in production", "Topics on a broker that is down cannot be read or written; a lost disk loses them."},
		{"WO218", isError, "a DaemonSet of invokers without ZooKeeper", "Invokers end right after they start: they have no number."},
		{"WO219", isWarning, "two controllers that find each other by address", "After a hard kill of one, half of the invokers' memory is not used until both are restarted."},
		{"WO220", isWarning, "a single invoker for a kind of actions", "While one invoker restarts, actions with images of users' own are answered 503."},

		// Kafka.
		{"WO221", isError, "a message limit below an activation", "Activations with large parameters or results never complete; small ones work."},
		{"WO222", isError, "a volume smaller than what topics keep", "After days of load a broker's disk is full, and it stops."},
		{"WO223", isError, "a segment smaller than an activation", "Brokers refuse large messages with RECORD_LIST_TOO_LARGE."},
		{"WO224", isWarning, "retention below a segment", "The disk holds more than the retention says."},
		{"WO225", isWarning, "retention shorter than an action", "Under load activations vanish from the queue before they are read."},
		{"WO226", isWarning, "topics made by chance", "A topic has the broker's retention and message size, for ever: OpenWhisk does not change one that exists."},
		{"WO227", isError, "Strimzi topics without a cluster", "The operator ignores the KafkaTopic objects; no topic is declared."},
		{"WO228", isError, "Strimzi topics for a Kafka that Strimzi does not run", "The operator ignores the KafkaTopic objects; no topic is declared."},

		// Pods, and what namespaces get.
		{"WO229", isError, "more pods than nodes take", "Action pods stay Pending with \"Too many pods\" while memory is free; invokers give up on them, become unhealthy and come back."},
		{"WO230", isWarning, "more at a time than may start in a minute", "Users get 429 far below the number of activations that they were promised."},

		// Memory and CPU.
		{"WO231", isError, "no memory for actions", "Invokers start with nothing to give, and no action runs."},
		{"WO232", isError, "more memory for actions than nodes have", "Under load action pods stay Pending until the invoker gives up on them."},
		{"WO233", isError, "too little memory for the number of controllers", "Large actions land on invokers that are full; logs say that the system is overloaded."},
		{"WO234", isError, "stem cells that leave no room", "Actions of other kinds wait for ever."},
		{"WO235", isError, "more CPUs for actions than nodes have", "Under load action pods stay Pending, though memory is free."},
		{"WO236", isError, "a pod larger than a node", "The pod stays Pending: Insufficient cpu or memory."},
		{"WO237", isError, "pods that ask for more than the pool has", "The last pods to come stay Pending: Insufficient cpu or memory."},
		{"WO238", isError, "a heap that does not fit into the memory limit", "The pod is OOMKilled under load, not when it starts."},
		{"WO239", isError, "a request above its limit", "The API server refuses the pods."},
		{"WO240", isError, "a size in which nothing starts", "The claim is refused, a container is refused or killed at once, or the JVM does not start."},

		// Limits, times and sizes of requests.
		{"WO241", isError, "limits out of order", "Actions that ask for nothing special cannot be created."},
		{"WO242", isError, "a size that is no whole number of MiB", "The limit that holds is another than the one written."},
		{"WO243", isWarning, "a drain shorter than an action", "Every update cuts off the longest actions."},
		{"WO244", isWarning, "concurrency with log collection", "Users read logs of other activations, or none."},
		{"WO245", isWarning, "concurrency for all", "Actions that keep state between calls mix up their users."},
		{"WO246", isError, "nginx gives up before the controller", "Blocking calls of a minute end with 504 and no activation id."},
		{"WO247", isError, "an Ingress gives up before nginx", "Blocking calls end with 504 and no activation id."},
		{"WO248", isWarning, "a load balancer gives up before nginx", "Connections of slow calls are dropped without an answer."},
		{"WO249", isError, "bodies smaller than an action", "Large actions cannot be created: 413."},
		{"WO250", isError, "an Ingress takes smaller bodies than nginx", "Large actions cannot be created: 413."},

		// The way in.
		{"WO251", isError, "two sources of one certificate", "Which certificate is served is chance."},
		{"WO252", isError, "a self-signed certificate outside development", "Clients refuse the connection, or are told not to check."},
		{"WO253", isError, "a certificate of cert-manager for an address", "The Certificate never becomes ready, and nginx waits for its Secret."},
		{"WO254", isWarning, "a host without names below it", "NAMESPACE.<host> does not resolve, or its certificate is refused."},
		{"WO255", isError, "a certificate's lifetime that cert-manager refuses", "The Certificate is rejected, and nginx waits for its Secret."},
		{"WO256", isError, "an Ingress without a certificate", "The Ingress serves its controller's default certificate."},
		{"WO257", isWarning, "an Ingress and a Gateway", "One of two ways in is used, and the other is forgotten."},
		{"WO258", isWarning, "a load balancer beside an Ingress or a Gateway", "nginx can be reached past what stands before it."},
		{"WO259", isError, "a node port for another type of Service", "The API server refuses the Service, or users find the port closed."},
		{"WO260", isWarning, "a node port outside the usual range", "The API server refuses the Service."},
		{"WO261", isError, "source ranges that nothing keeps to", "Everyone gets in."},
		{"WO262", isError, "an Ingress or a Gateway for an address", "The API server refuses the object."},
		{"WO263", isError, "port 80 for HTTPS at a load balancer", "The API server refuses the Service: one port twice."},
		{"WO264", isEither, "an annotation that its reader drops", "What it should set has the default of who reads it: calls end with 504, or large actions with 413."},

		// Languages.
		{"WO265", isError, "a family that OpenWhisk does not have", "Actions of that language cannot be created."},
		{"WO266", isError, "the family of the health test is missing", "All invokers are unhealthy, and no action runs."},
		{"WO267", isError, "a stem cell of a kind that is not offered", "Nothing is kept ready, and actions start cold."},
		{"WO268", isError, "a stem cell that no action fits", "Pods are kept ready and never used."},
		{"WO269", isWarning, "a stem cell of another size than actions have", "Actions start cold beside pods that are kept ready."},
		{"WO270", isError, "an image that nobody has published", "Pods stay in ErrImagePull."},

		// Secrets.
		{"WO271", isError, "secrets in plain text", "Keys and passwords are in git for good."},
		{"WO272", isError, "a subject that is needed is missing", "Invokers stay unhealthy, or the smoke test fails."},
		{"WO273", isError, "two subjects with one key", "Calls with the key are refused, or counted for someone else."},
		{"WO274", isEither, "a key that everyone knows", "Strangers use the installation, as its administrator if they like."},
		{"WO275", isError, "a value that the start script breaks", "The process starts with other variables' defaults, or with none of its settings."},
		{"WO276", isError, "a user name with a colon", "Nobody can log in as that user."},
		{"WO277", isError, "one user with two passwords", "One of the components cannot log in to CouchDB."},
		{"WO278", isError, "one name for two Secrets", "Pods do not start for want of a key, or use the wrong one."},
		{"WO279", isError, "a login that CouchDB does not keep as it is", "CouchDB has another user than everyone else, and nobody can log in."},

		// Volumes.
		{"WO280", isWarning, "a database that outgrows its volume", "After weeks CouchDB's disk is full: no action is made, none is invoked."},
		{"WO281", isError, "two kinds of one volume", "Which of them holds the data is chance."},
		{"WO282", isEither, "data that nothing keeps", "After a restart the data are gone."},
		{"WO283", isError, "a directory of a node outside development", "After a move to another node the data are gone."},
		{"WO284", isError, "one volume for several replicas", "Replicas destroy each other's data."},
		{"WO285", isError, "fewer volumes than replicas", "The last replicas stay Pending without a volume."},
		{"WO286", isError, "one place for two volumes", "Two servers destroy each other's data."},
		{"WO287", isError, "an access mode that the volume does not offer", "The pod stays Pending without a volume."},
		{"WO288", isWarning, "Kafka on NFS", "A broker stops when it deletes or renames a file that is open."},

		// Network, names and neighbours.
		{"WO289", isError, "a range that is allowed and excepted", "Actions reach what someone believes to be closed."},
		{"WO290", isWarning, "the metadata service is open to actions", "Users' code takes the node's credentials."},
		{"WO291", isError, "one namespace for the installation and its actions", "Action pods are refused, or can reach the database."},
		{"WO292", isError, "a namespace whose derived names are too long", "The API server refuses the namespace."},
		{"WO293", isEither, "a namespace of others", "Network policies cut off what else runs there, such as the cluster's DNS."},
		{"WO294", isWarning, "passwords in plain text on the network", "Who listens on the way has the database."},
		{"WO295", isError, "http on the port of https", "Everything that waits for CouchDB waits for ever."},
		{"WO296", isEither, "one server for two environments", "Activations, actions or routes of one show up in the other."},
		{"WO297", isError, "one volume for two environments", "Two servers destroy each other's data."},
		{"WO298", isWarning, "a field without effect", "Someone believes that the field does something."},
		{"WO299", isWarning, "a CouchDB that nobody sets up", "Controllers answer every call with an error."},

		// Numbers of pods that change.
		{"WO501", isError, "an autoscaler with more pods at least than at most", "The API server refuses the autoscaler, and the number of pods stays one."},
		{"WO502", isError, "an autoscaler for pods that find each other by a list", "Controllers give the invokers' memory away twice."},

		// Where pods stay.
		{"WO503", isWarning, "voters whose volumes may share a zone for ever", "The loss of one zone takes two voters, and stops the quorum of three."},

		// Delivery.
		{"WO504", isError, "two tools for one installation", "Objects change back and forth, and pods restart again and again."},
		{"WO505", isError, "no source, or two of them", "The API server refuses the source, or Flux applies the older of two trees."},
		{"WO506", isWarning, "a load balancer that nobody makes", "Flux reports the installation as failed, and Argo CD as progressing, though it works."},
		{"WO507", isError, "a name that is too long for what delivers it", "The API server refuses every object, since the label on it is too long."},
		{"WO508", isError, "two installations in one namespace", "Neither is ever in sync, or each takes the objects of the other."},

		// Environments of one cluster.
		{"WO510", isEither, "one host for two environments", "Calls of one installation are answered by the other."},
		{"WO511", isError, "one node port for two environments", "The API server refuses the second Service: the port is already allocated."},
		{"WO512", isError, "one Kustomization of Flux for two environments", "Flux prunes one installation when it applies the other."},
		{"WO513", isError, "one cluster described in two ways", "Memory for actions, pods and policies follow from nodes and addresses that are not so."},
		{"WO514", isError, "environments that ask for more than a pool has", "The last pods to come stay Pending, in whichever of the environments."},
		{"WO515", isError, "environments with more pods than nodes take", "Action pods stay Pending with \"Too many pods\", in whichever of the environments."},

		// Nodes, and families of addresses.
		{"WO516", isError, "a range of IPv6", "Nothing of the installation listens there, and actions reach what no exception keeps them from."},
		{"WO517", isError, "a pool whose labels say that it is another", "All pods of the pool stay Pending: no node has the label that they are sent by."},
		// Metrics.
		{"WO520", isError, "metrics that users' code may read", "Anybody who may make an action sees what all others do."},
		{"WO521", isError, "activations that are counted where nobody tells them", "The counts of activations stay at nothing, and no graph says why."},
		{"WO522", isWarning, "metrics that are read from among the installation's own pods", "Nothing is measured, and no alert ever fires."},
		// What is said beside the fields.
		{"WO540", isError, "a configuration key that does not exist", "Nothing changes, and nobody says so."},
		{"WO541", isError, "something that a field says", "Of two values of one thing chance decides, or the rules judge the one that does not hold."},
		{"WO542", isError, "a setting that nobody reads", "Nothing changes, and nobody says so."},
		{"WO543", isError, "a name, a path or a port that is taken", "The API server refuses the pods, or one of two containers ends with \"address already in use\"."},
		{"WO544", isError, "a label or an annotation that is not free", "Selectors find other pods, or none, or a controller writes over it."},
		{"WO545", isError, "pods that their namespace refuses", "No pod of the component is made any more: forbidden, violates PodSecurity."},
		{"WO546", isError, "a field of action pods that does not arrive", "Action pods are made without it, and nobody says so."},
		{"WO547", isError, "a password or a key in plain text", "It is in git for good."},
		{"WO548", isError, "fields that exclude each other", "The API server refuses the pods."},
		{"WO549", isWarning, "a proxy that policies do not know", "Calls of actions to the world outside end in a timeout."},
		{"WO551", isWarning, "a label that no node is known to have", "The pods stay Pending."},
		{"WO552", isError, "actions that are not to run as root, in images that do", "Action pods stay in CreateContainerConfigError."},
		{"WO553", isWarning, "a variable that is not there", "The container gets $(NAME) as its argument, and most programs end at that."},
		{"WO554", isError, "more than a pod should have", "The API server or the scheduler refuses the pods, or nobody can review them."},
		// Tenants.
		{"WO575", isError, "a tenant with a name of the installation's own", "Two programs write one subject in turn, and its key is now the one, now the other."},
		{"WO576", isError, "a namespace that two tenants have", "Of its keys one works, and nobody knows which."},
		{"WO577", isError, "a limit of a tenant that does not hold", "Another limit holds, and nobody says so; or nothing can be made at all."},
		{"WO578", isError, "a kind that is allowed and not offered", "Nobody can make an action of that kind."},
		{"WO579", isError, "plain keys of tenants that are missing, of nobody or the same", "A tenant is not made, or OpenWhisk takes one for the other."},
		{"WO580", isError, "more keys than a Secret takes", "The API server refuses the Secret, and no tenant is written."},
		{"WO581", isError, "a tenant without a namespace", "It has no key, and nobody can call as it."},

		// Kinds of their own.
		{"WO569", isError, "a family without exactly one default", "OpenWhisk refuses the manifest: no controller and no invoker starts."},
		{"WO570", isError, "a kind that no action can have", "Actions of that kind cannot be created."},
		{"WO571", isError, "an image of actions that nobody can pull", "Pods of its actions stay in ErrImagePull or InvalidImageName."},
		{"WO572", isError, "a runtimes manifest that is too large for a variable", "Controllers and invokers end with \"argument list too long\"."},
		{"WO573", isEither, "a stem cell that OpenWhisk refuses, or that crowds out actions", "No controller and no invoker starts; or kinds without a stem cell wait."},
		{"WO574", isWarning, "a deprecated kind where a new one is needed", "Actions of the family's default cannot be created, or pods are kept ready for nobody."},
		// Load.
		{"WO555", isError, "more load than its subject may make", "Most of the run is answered 429, and says nothing about the installation."},
		{"WO556", isError, "thresholds that no run meets, or none misses", "CI is red for ever, or green whatever happens."},
		{"WO557", isError, "a run that is longer than it may be", "It is stopped before its end, and there is no report."},
		{"WO558", isError, "a key for the load that is not there", "The pod of the run stays in ContainerCreating: a key of the Secret is missing."},
		{"WO559", isEither, "more calls at a time than there may be", "Calls are answered 429, or wait in the program that sends them."},
		// Packages of whisk.system and event providers.
		{"WO560", isError, "packages from an image without a digest", "Actions of whisk.system become other code without a change in git."},
		{"WO561", isError, "route management without the API gateway", "\"wsk api create\" ends with \"the API gateway does not answer\"."},
		{"WO562", isError, "packages of a kind that is not offered", "package-installer is never ready: the API refuses the actions with 400."},
		{"WO563", isWarning, "a provider's database that nobody makes", "The provider's pod waits for CouchDB for ever."},
		{"WO564", isWarning, "an image that nobody mends any more", "What is found in its language and libraries stays open."},
		{"WO565", isError, "users' triggers on OpenWhisk's own Kafka", "A user reads the activations of everyone."},
		{"WO566", isError, "a plain user that is missing", "The pod does not start: the Secret has no such key."},

		// The database's nodes, and copies of what it holds.
		{"WO593", isError, "a number of CouchDB's nodes that is worse than another", "With two nodes nothing works while either restarts."},
		{"WO594", isError, "nodes of CouchDB without a cookie", "Its pods stay in CreateContainerConfigError: couldn't find key cookie in Secret."},
		{"WO595", isError, "copies with no place, or with two", "Every run fails, or copies are not where somebody looks for them."},
		{"WO596", isError, "copies on the disk that they are there for", "The database's disk is full within days, and with it the copies are lost."},
		{"WO597", isWarning, "copies that travel in plain text", "Who is on the way has the keys of all subjects."},

		// Secured services.
		{"WO583", isError, "a login that the clients do not know", "Controllers and invokers end when they start: Unsupported or unknown SASL mechanism."},
		{"WO584", isWarning, "what travels in plain text on the network", "Who listens on the way has the password, or what actions get and give."},
		{"WO585", isWarning, "a broker that may be anybody", "Who has a certificate of the same authority reads all activations."},
		{"WO586", isError, "a login without its values", "Pods stay in CreateContainerConfigError."},
		{"WO587", isError, "a password that a JVM replaces a part of", "The init container kafka-client ends with an error, again and again."},
		{"WO588", isError, "a login of Strimzi's that is looked for elsewhere", "Pods wait for a Secret that nobody makes, or log in as somebody unknown."},
		{"WO589", isError, "a login that an installation's own brokers do not offer", "A password that is changed changes nothing, or no broker starts."},
		{"WO590", isError, "a login without TLS", "The password would travel in plain text."},
		{"WO591", isError, "a certificate that runs out before all brokers have the next", "Brokers no longer hear each other, and nothing is invoked."},
		{"WO592", isWarning, "brokers that trust who signs for others", "Who has a certificate of the same authority is taken for a broker, and reads all activations."},

		// Images.
		{"WO632", isWarning, "an image that is not locked", "Its tag may mean another image tomorrow, on some of the nodes."},
		{"WO633", isError, "images that were not built for the nodes", "Pods stay Pending for want of a node, or end at once with \"exec format error\"."},
		{"WO634", isError, "a registry that is read as an account of Docker Hub", "Every pull ends in ErrImagePull: the name is looked for on Docker Hub."},
		{"WO635", isWarning, "an image that does not come from the mirror", "Pods that start after Docker Hub counted too many pulls, or is not reached, stay in ErrImagePull."},

		// Where Secrets come from.
		{"WO651", isError, "two sources of the Secrets", "Pods have a password of one source, and the database that of the other."},
		{"WO652", isError, "encrypted files for a tool that decrypts none", "All pods start with ciphertext for passwords, and nobody can log in."},
		{"WO653", isError, "external Secrets from nowhere", "The operator refuses the objects, and pods wait for their Secrets for ever."},
		{"WO654", isError, "an age recipient that is none", "Nothing can be encrypted, or somebody cannot read it."},
		{"WO655", isError, "a password made for a server elsewhere", "Everything that waits for CouchDB waits for ever: 401."},
	}
}
