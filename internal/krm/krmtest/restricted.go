package krmtest

import (
	"fmt"

	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/value"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// restrictedVolumes are the volume types that the restricted Pod Security
// Standard allows.
var restrictedVolumes = []string{
	"configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret",
}

// Restricted says how the pods of a workload break the restricted Pod
// Security Standard. It knows the rules for Linux pods, of
// https://kubernetes.io/docs/concepts/security/pod-security-standards/.
func Restricted(workload *yaml.RNode) ([]string, error) {
	var broken []string
	err := krm.Change(workload.Copy(), func(o krm.M) error {
		pod := value.PodSpec(o)
		if pod == nil {
			return fmt.Errorf("%s %s has no pod template", workload.GetKind(), workload.GetName())
		}
		broken = podBreaks(pod)
		return nil
	})
	return broken, err
}

func podBreaks(pod krm.M) []string {
	var broken []string
	for _, host := range []string{"hostNetwork", "hostPID", "hostIPC"} {
		if pod[host] == true {
			broken = append(broken, host)
		}
	}
	security, _ := pod["securityContext"].(krm.M)
	if security["sysctls"] != nil {
		broken = append(broken, "sysctls")
	}
	volumes, _ := pod["volumes"].(krm.L)
	for _, v := range volumes {
		if !allowed(v.(krm.M)) {
			broken = append(broken, fmt.Sprintf("volume %v", v.(krm.M)["name"]))
		}
	}
	for _, list := range []string{"initContainers", "containers", "ephemeralContainers"} {
		containers, _ := pod[list].(krm.L)
		for _, c := range containers {
			for _, b := range containerBreaks(security, c.(krm.M)) {
				broken = append(broken, fmt.Sprintf("container %v: %s", c.(krm.M)["name"], b))
			}
		}
	}
	return broken
}

func allowed(volume krm.M) bool {
	for _, kind := range restrictedVolumes {
		if volume[kind] != nil {
			return true
		}
	}
	return false
}

func containerBreaks(pod, container krm.M) []string {
	own, _ := container["securityContext"].(krm.M)
	// value of a field that a pod can set for all its containers.
	value := func(field string) any {
		if v, ok := own[field]; ok {
			return v
		}
		return pod[field]
	}
	var broken []string
	breaks := func(is bool, what string) {
		if is {
			broken = append(broken, what)
		}
	}
	breaks(own["privileged"] == true, "privileged")
	breaks(own["allowPrivilegeEscalation"] != false, "allowPrivilegeEscalation")
	breaks(own["procMount"] != nil && own["procMount"] != "Default", "procMount")
	breaks(value("runAsNonRoot") != true, "runAsNonRoot")
	breaks(value("runAsUser") == int64(0), "runAsUser")
	profile, _ := value("seccompProfile").(krm.M)
	breaks(profile["type"] != "RuntimeDefault" && profile["type"] != "Localhost", "seccompProfile")
	breaks(!dropsAll(own), "capabilities")
	ports, _ := container["ports"].(krm.L)
	for _, p := range ports {
		breaks(p.(krm.M)["hostPort"] != nil, "hostPort")
	}
	return broken
}

func dropsAll(security krm.M) bool {
	capabilities, _ := security["capabilities"].(krm.M)
	added, _ := capabilities["add"].(krm.L)
	for _, a := range added {
		if a != "NET_BIND_SERVICE" {
			return false
		}
	}
	dropped, _ := capabilities["drop"].(krm.L)
	for _, d := range dropped {
		if d == "ALL" {
			return true
		}
	}
	return false
}
