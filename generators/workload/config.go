package workload

import (
	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/pods"
)

// Kind of the functionConfig.
const Kind = "Workload"

// Spec describes one workload and what belongs to it: its service account,
// Services and disruption budget. Fields of type krm.M are Kubernetes API
// fragments, passed through as they are.
type Spec struct {
	krm.Owner
	// Kind is Deployment, StatefulSet, DaemonSet, Job or CronJob.
	Kind string `json:"kind"`
	// Replicas of a Deployment or StatefulSet.
	Replicas int `json:"replicas,omitempty"`
	// Autoscale makes an autoscaler, and leaves Replicas out of the workload.
	Autoscale *Autoscale `json:"autoscale,omitempty"`

	// Surge starts a new pod of a Deployment before it takes an old one away.
	// Without it, replicas that may not share a node find no place for one
	// more.
	Surge bool `json:"surge,omitempty"`
	// Recreate takes all pods of a Deployment away before it starts new ones:
	// for a program of which no two should run.
	Recreate bool `json:"recreate,omitempty"`

	// Judged are tests of kube-score that the workload does not pass, and why.
	Judged map[string]string `json:"judged,omitempty"`

	// UID is the numeric user and group of all containers, and the group
	// that owns volumes.
	UID int `json:"uid"`
	// WritableRoot leaves the main container's root filesystem writable: an
	// exception for an image that cannot do without. The reason goes into
	// the pod template as an annotation.
	WritableRoot string `json:"writableRoot,omitempty"`
	// Annotations of the pods.
	Annotations map[string]string `json:"annotations,omitempty"`
	// PullSecrets are names of Secrets with which images are pulled.
	PullSecrets []string `json:"pullSecrets,omitempty"`
	// Secrets are versions of the keys of Secrets, by the Secrets' names; the
	// key "" stands for all that are not named. A hash of those that the pods
	// read goes into the pod template, so that they roll when one changes.
	Secrets map[string]map[string]string `json:"secrets,omitempty"`
	// Rereads tells that mounted Secrets are read again and again: the pods
	// need not roll for them.
	Rereads bool `json:"rereads,omitempty"`
	// MinReadySeconds is how long a pod is to be ready before the next one may
	// be taken away.
	MinReadySeconds int `json:"minReadySeconds,omitempty"`
	// GracePeriod is the time a pod gets to stop, in seconds.
	GracePeriod int `json:"gracePeriod,omitempty"`

	// Waits run first, in this order, each as an init container.
	Waits []Wait `json:"waits,omitempty"`
	// WaitImage has a shell, expr, nc and curl. It runs as UID.
	WaitImage string `json:"waitImage,omitempty"`
	// Init containers run after the waits.
	Init []Container `json:"init,omitempty"`
	// Main container. Its name is the component's.
	Main Container `json:"main"`
	// Sidecars run beside it.
	Sidecars []Container `json:"sidecars,omitempty"`
	// Volumes of the pod that Mounts of the containers name.
	Volumes []krm.M `json:"volumes,omitempty"`

	// Token mounts the service account's token: only for what talks to the
	// API server.
	Token bool `json:"token,omitempty"`
	// LastingToken makes that token one that does not expire, in a Secret named
	// after the component: for a program that reads it once. Kubernetes gives
	// other tokens an end, and a pod a new one in time.
	LastingToken bool `json:"lastingToken,omitempty"`
	// Rules of a Role in the workload's own namespace.
	Rules []krm.M `json:"rules,omitempty"`

	// Services in front of the pods. A StatefulSet needs a headless one.
	Services []Service `json:"services,omitempty"`
	// MaxUnavailable pods during a voluntary disruption; none makes no
	// PodDisruptionBudget. A DaemonSet has none, and rolls so many at once.
	MaxUnavailable Amount `json:"maxUnavailable,omitempty"`

	// BackoffLimit of a Job, or of each Job of a CronJob.
	BackoffLimit int `json:"backoffLimit,omitempty"`
	// Schedule of a CronJob, in cron's five fields.
	Schedule string `json:"schedule,omitempty"`
	// Suspend tells that a CronJob starts nothing by itself: its Jobs are made of
	// it by hand (kubectl create job --from).
	Suspend bool `json:"suspend,omitempty"`
	// DeadlineSeconds after which a Job, or each Job of a CronJob, is stopped and
	// has failed; 0 is never.
	DeadlineSeconds int `json:"deadlineSeconds,omitempty"`
}

// Autoscale of a Deployment's or StatefulSet's pods by their use of CPU.
type Autoscale struct {
	// Min and Max are numbers of pods.
	Min int `json:"min"`
	Max int `json:"max"`
	// CPU is the use at which there are more, in percent of the request.
	CPU int `json:"cpu"`
}

// Container of a pod.
type Container struct {
	// Name of an init container or a sidecar. The main one is named after the component.
	Name string `json:"name,omitempty"`
	// RestartPolicy "Always" lets an init container go on: the next ones start once
	// its startup probe is answered, and it ends after the main one.
	RestartPolicy string   `json:"restartPolicy,omitempty"`
	Image         string   `json:"image"`
	Command       []string `json:"command,omitempty"`
	Args          []string `json:"args,omitempty"`
	// EnvFrom are ConfigMaps whose keys are environment variables.
	EnvFrom   []string `json:"envFrom,omitempty"`
	Env       []krm.M  `json:"env,omitempty"`
	Ports     []Port   `json:"ports,omitempty"`
	Resources krm.M    `json:"resources,omitempty"`
	Startup   krm.M    `json:"startup,omitempty"`
	Readiness krm.M    `json:"readiness,omitempty"`
	Liveness  krm.M    `json:"liveness,omitempty"`
	Lifecycle krm.M    `json:"lifecycle,omitempty"`
	Mounts    []krm.M  `json:"mounts,omitempty"`
	// Writable directories, each an emptyDir of its own.
	Writable []Directory `json:"writable,omitempty"`
}

// Port that a container listens on.
type Port struct {
	Name string `json:"name"`
	Port int    `json:"port"`
}

// Directory that a container writes to and nobody keeps.
type Directory struct {
	Path string `json:"path"`
	// Size limit, as a quantity.
	Size string `json:"size"`
}

// Wait holds a pod back until an endpoint answers.
type Wait = pods.Wait

// Service in front of the pods.
type Service struct {
	Name string `json:"name"`
	// Headless gives pods stable names, also before they are ready.
	Headless bool `json:"headless,omitempty"`
	// Ready gives the addresses of all pods that are ready, in place of one
	// address for all.
	Ready bool          `json:"ready,omitempty"`
	Ports []ServicePort `json:"ports"`
}

// ServicePort of a Service.
type ServicePort struct {
	Name string `json:"name"`
	Port int    `json:"port"`
	// Target is the name of a port of the main container or of a sidecar.
	Target string `json:"target"`
}
