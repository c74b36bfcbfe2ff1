package render

import (
	"slices"
	"testing"

	"github.com/whiskops/whiskops/internal/kustomize"
)

// workload is an object with a pod template, as far as tests look at it.
type workload struct {
	kustomize.Object `json:"-"`

	Spec struct {
		ServiceName string   `json:"serviceName"`
		Selector    selector `json:"selector"`
		Strategy    struct {
			Type string `json:"type"`
		} `json:"strategy"`
		VolumeClaimTemplates []map[string]any `json:"volumeClaimTemplates"`
		Template             struct {
			Metadata metadata `json:"metadata"`
			Spec     pod      `json:"spec"`
		} `json:"template"`
	} `json:"spec"`
}

type metadata struct {
	Name        string            `json:"name"`
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations"`
}

type selector struct {
	MatchLabels      map[string]string `json:"matchLabels"`
	MatchExpressions []any             `json:"matchExpressions"`
}

type mount struct {
	Name      string `json:"name"`
	MountPath string `json:"mountPath"`
}

type named struct {
	Name string `json:"name"`
}

type pod struct {
	ServiceAccountName           string      `json:"serviceAccountName"`
	AutomountServiceAccountToken *bool       `json:"automountServiceAccountToken"`
	EnableServiceLinks           *bool       `json:"enableServiceLinks"`
	HostNetwork                  bool        `json:"hostNetwork"`
	HostPID                      bool        `json:"hostPID"`
	HostIPC                      bool        `json:"hostIPC"`
	SecurityContext              security    `json:"securityContext"`
	ImagePullSecrets             []named     `json:"imagePullSecrets"`
	InitContainers               []container `json:"initContainers"`
	Containers                   []container `json:"containers"`
	EphemeralContainers          []container `json:"ephemeralContainers"`
	Volumes                      []volume    `json:"volumes"`
	Affinity                     any         `json:"affinity"`
	TopologySpreadConstraints    []any       `json:"topologySpreadConstraints"`
}

type container struct {
	Name            string    `json:"name"`
	Image           string    `json:"image"`
	Command         []string  `json:"command"`
	Args            []string  `json:"args"`
	SecurityContext security  `json:"securityContext"`
	EnvFrom         []envFrom `json:"envFrom"`
	Env             []envVar  `json:"env"`
	Resources       struct {
		Requests map[string]string `json:"requests"`
		Limits   map[string]string `json:"limits"`
	} `json:"resources"`
	Ports []struct {
		Name          string `json:"name"`
		ContainerPort int    `json:"containerPort"`
		HostPort      int    `json:"hostPort"`
	} `json:"ports"`
	VolumeMounts   []mount `json:"volumeMounts"`
	StartupProbe   *probe  `json:"startupProbe"`
	ReadinessProbe *probe  `json:"readinessProbe"`
	LivenessProbe  *probe  `json:"livenessProbe"`
	Lifecycle      struct {
		PostStart *probe `json:"postStart"`
		PreStop   *probe `json:"preStop"`
	} `json:"lifecycle"`
}

type envFrom struct {
	ConfigMapRef *named `json:"configMapRef"`
	SecretRef    *named `json:"secretRef"`
}

type keyRef struct {
	Name string `json:"name"`
	Key  string `json:"key"`
}

type envVar struct {
	Name      string `json:"name"`
	Value     string `json:"value"`
	ValueFrom *struct {
		FieldRef *struct {
			FieldPath string `json:"fieldPath"`
		} `json:"fieldRef"`
		SecretKeyRef    *keyRef `json:"secretKeyRef"`
		ConfigMapKeyRef *keyRef `json:"configMapKeyRef"`
	} `json:"valueFrom"`
}

// probe is also a hook of the lifecycle.
type probe struct {
	HTTPGet   *target `json:"httpGet"`
	TCPSocket *target `json:"tcpSocket"`
	GRPC      *target `json:"grpc"`
	Exec      *struct {
		Command []string `json:"command"`
	} `json:"exec"`
}

type target struct {
	Host string `json:"host"`
	Port any    `json:"port"`
}

// volume is a name and one source by its kind.
type volume map[string]any

func (v volume) name() string { s, _ := v["name"].(string); return s }

var workloadKinds = []string{"Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob", "Pod", "ReplicaSet"}

// workloads of a sample. A kind that this does not know to read fails.
func (s *sample) workloads(t testing.TB) []*workload {
	t.Helper()
	if s.decoded != nil {
		return s.decoded
	}
	for _, o := range s.objects {
		if !slices.Contains(workloadKinds, o.Kind) {
			continue
		}
		value := o.Value
		if o.Kind == "CronJob" {
			// What is within is a Job.
			value = read[struct {
				Spec struct{ JobTemplate map[string]any }
			}](t, value).Spec.JobTemplate
		}
		w := read[workload](t, value)
		w.Object = o
		if len(w.pod().Containers) == 0 {
			t.Errorf("%s has no containers", o)
		}
		s.decoded = append(s.decoded, &w)
	}
	return s.decoded
}

func (w *workload) pod() *pod                 { return &w.Spec.Template.Spec }
func (w *workload) labels() map[string]string { return w.Spec.Template.Metadata.Labels }
func (w *workload) component() string         { return w.labels()["app.kubernetes.io/name"] }

// main is the container named after the component.
func (w *workload) main(t testing.TB) *container {
	t.Helper()
	for i, c := range w.pod().Containers {
		if c.Name == w.component() {
			return &w.pod().Containers[i]
		}
	}
	t.Fatalf("%s has no container %q", w.Object, w.component())
	return nil
}

// containers of all kinds.
func (p *pod) all() []container {
	return slices.Concat(p.InitContainers, p.Containers, p.EphemeralContainers)
}

// matches tells whether labels are selected. Of expressions the tests know
// none: the product writes none.
func (s selector) matches(t testing.TB, labels map[string]string) bool {
	t.Helper()
	if len(s.MatchExpressions) > 0 {
		t.Errorf("a selector has expressions, which this test cannot judge: %v", s.MatchExpressions)
	}
	for k, v := range s.MatchLabels {
		if labels[k] != v {
			return false
		}
	}
	return true
}
