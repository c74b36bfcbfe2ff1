package golden

import "fmt"

// PodSpec is the part of a pod's spec that a process can have.
type PodSpec struct {
	Containers                    []Container
	InitContainers                []Container
	Volumes                       []Volume
	TerminationGracePeriodSeconds *int
	// Tolerations of the taints of its pool: none where the environment places nothing.
	Tolerations     []struct{ Key, Value string }
	SecurityContext struct {
		RunAsUser  *uint32
		RunAsGroup *uint32
		FSGroup    *uint32 `json:"fsGroup"`
	}
}

// Container is one container.
type Container struct {
	Name    string
	Image   string
	Command []string
	Args    []string
	Env     []Var
	EnvFrom []struct {
		ConfigMapRef *struct{ Name string }
		SecretRef    *struct{ Name string }
	}
	Ports []struct {
		Name          string
		ContainerPort int
	}
	VolumeMounts []struct {
		Name      string
		MountPath string
		SubPath   string
	}
	StartupProbe   *Probe
	ReadinessProbe *Probe
	LivenessProbe  *Probe
	Lifecycle      struct {
		PreStop struct{ Exec *Exec }
	}
}

// Var is a variable of a container's environment.
type Var struct {
	Name      string
	Value     string
	ValueFrom *struct {
		FieldRef        *struct{ FieldPath string }
		SecretKeyRef    *struct{ Name, Key string }
		ConfigMapKeyRef *struct{ Name, Key string }
	}
}

// Exec is a command that is run in a container.
type Exec struct{ Command []string }

// Probe asks a container whether it is well.
type Probe struct {
	HTTPGet *struct {
		Path   string
		Port   any
		Scheme string
	} `json:"httpGet"`
	TCPSocket *struct{ Port any } `json:"tcpSocket"`
	Exec      *Exec
	// TimeoutSeconds is 1 when it is not set.
	TimeoutSeconds int
}

// Volume is what can be mounted into containers.
type Volume struct {
	Name      string
	ConfigMap *struct {
		Name        string
		DefaultMode *uint32
	}
	Secret *struct {
		SecretName  string
		DefaultMode *uint32
		Optional    bool
		Items       []struct{ Key, Path string }
	}
	EmptyDir              *struct{ SizeLimit string }
	PersistentVolumeClaim *struct{ ClaimName string }
	// Projected are several in one.
	Projected *struct {
		Sources []struct {
			ConfigMap, Secret *struct{ Name string }
		}
		DefaultMode *uint32
	}
}

// Port is the number of a port given by number or by name.
func (c Container) Port(port any) (int, error) {
	if number, ok := port.(float64); ok {
		return int(number), nil
	}
	for _, p := range c.Ports {
		if p.Name == port {
			return p.ContainerPort, nil
		}
	}
	return 0, fmt.Errorf("container %s has no port %v", c.Name, port)
}

// Probes are the container's probes by their names in the spec.
func (c Container) Probes() map[string]*Probe {
	probes := map[string]*Probe{}
	for name, p := range map[string]*Probe{
		"startupProbe": c.StartupProbe, "readinessProbe": c.ReadinessProbe, "livenessProbe": c.LivenessProbe,
	} {
		if p != nil {
			probes[name] = p
		}
	}
	return probes
}
