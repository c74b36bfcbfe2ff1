package overlay

// references calls rename for each name of a ConfigMap that an object refers
// to, and writes the name that it returns in its place: in the volumes and
// variables of pod templates, and in what roles may read.
func references(kind string, value map[string]any, rename func(string) (string, error)) error {
	at := func(m map[string]any) error {
		name, ok := m["name"].(string)
		if !ok {
			return nil
		}
		renamed, err := rename(name)
		if err == nil && renamed != name {
			m["name"] = renamed
		}
		return err
	}
	if kind == "Role" || kind == "ClusterRole" {
		return roleReferences(value, rename)
	}
	pod := podSpec(kind, value)
	for _, v := range elements(pod, "volumes") {
		if err := at(mapping(v, "configMap")); err != nil {
			return err
		}
		for _, s := range elements(mapping(v, "projected"), "sources") {
			if err := at(mapping(s, "configMap")); err != nil {
				return err
			}
		}
	}
	for _, c := range append(elements(pod, "initContainers"), elements(pod, "containers")...) {
		for _, e := range elements(c, "env") {
			if err := at(mapping(e, "valueFrom", "configMapKeyRef")); err != nil {
				return err
			}
		}
		for _, e := range elements(c, "envFrom") {
			if err := at(mapping(e, "configMapRef")); err != nil {
				return err
			}
		}
	}
	return nil
}

func roleReferences(value map[string]any, rename func(string) (string, error)) error {
	for _, rule := range elements(value, "rules") {
		resources, _ := rule["resources"].([]any)
		for _, r := range resources {
			if r != "configmaps" {
				continue
			}
			names, _ := rule["resourceNames"].([]any)
			for i, n := range names {
				s, _ := n.(string)
				renamed, err := rename(s)
				if err != nil {
					return err
				}
				names[i] = renamed
			}
		}
	}
	return nil
}

// podSpec of the kinds that run pods; nil for others.
func podSpec(kind string, value map[string]any) map[string]any {
	switch kind {
	case "Pod":
		return mapping(value, "spec")
	case "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job":
		return mapping(value, "spec", "template", "spec")
	case "CronJob":
		return mapping(value, "spec", "jobTemplate", "spec", "template", "spec")
	case "PodTemplate":
		return mapping(value, "template", "spec")
	}
	return nil
}

// mapping follows keys through mappings; nil if one is missing.
func mapping(v map[string]any, path ...string) map[string]any {
	for _, key := range path {
		v, _ = v[key].(map[string]any)
	}
	return v
}

// elements are the elements of a list that are mappings.
func elements(v map[string]any, key string) []map[string]any {
	list, _ := v[key].([]any)
	var found []map[string]any
	for _, e := range list {
		if m, ok := e.(map[string]any); ok {
			found = append(found, m)
		}
	}
	return found
}
