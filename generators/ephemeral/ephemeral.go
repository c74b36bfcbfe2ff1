// Package ephemeral says of every container of the list, whoever made it, what it
// takes of its node's disk: it asks for its logs, and may not take more than them
// and the emptyDirs that it mounts. A pod that does is evicted, in place of
// whatever else runs on a node whose disk is full.
//
// The function goes late: it reads the volumes that others have added. Image
// layers do not count, and a read-only root filesystem has nothing else.
package ephemeral

import (
	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/quantity"
	"github.com/whiskops/whiskops/internal/value"
)

const resource = "ephemeral-storage"

// Process changes the workloads of the list.
func Process(rl *krm.ResourceList) error {
	config, err := krm.Decode[Spec](rl, Kind)
	if err != nil {
		return err
	}
	var c krm.Check
	logs := map[string]int64{}
	for _, field := range []string{"limit", "request"} {
		text := map[string]string{"request": config.Spec.Logs.Request, "limit": config.Spec.Logs.Limit}[field]
		n, err := quantity.Bytes(text)
		if err != nil || n < 1 {
			c.Fail("spec.logs.%s %q is no size", field, text)
		}
		logs[field] = n
	}
	if err := c.Err(); err != nil {
		return err
	}
	for _, n := range rl.Items {
		if !value.RunsPods(n.GetKind()) {
			continue
		}
		err := krm.Change(n, func(o krm.M) error { return bound(o, config.Spec.Logs.Request, logs["limit"]) })
		if err != nil {
			return krm.Fail("%s %q: %v", n.GetKind(), n.GetName(), err)
		}
	}
	return nil
}

// bound sets request and limit of all containers of a workload.
func bound(o krm.M, request string, logs int64) error {
	pod := value.PodSpec(o)
	sizes, err := emptyDirs(pod)
	if err != nil {
		return err
	}
	for _, field := range []string{"initContainers", "containers"} {
		for _, c := range entries(pod[field]) {
			limit := logs
			for _, m := range entries(c["volumeMounts"]) {
				name, _ := m["name"].(string)
				limit += sizes[name]
			}
			within(c, "requests")[resource] = request
			within(c, "limits")[resource] = quantity.FormatMiB(limit + quantity.MiB - 1)
		}
	}
	return nil
}

// emptyDirs by name, with the bytes that each may take of the disk.
func emptyDirs(pod krm.M) (map[string]int64, error) {
	sizes := map[string]int64{}
	for _, v := range entries(pod["volumes"]) {
		dir, ok := v["emptyDir"].(krm.M)
		if !ok || dir["medium"] == "Memory" {
			continue
		}
		name, _ := v["name"].(string)
		text, _ := dir["sizeLimit"].(string)
		n, err := quantity.Bytes(text)
		if err != nil {
			return nil, krm.Fail("the emptyDir %q has no sizeLimit, so nothing says what its container may take", name)
		}
		// More than any disk has is as good as that.
		sizes[name] = min(n, 1<<50)
	}
	return sizes, nil
}

func entries(list any) []krm.M {
	var all []krm.M
	l, _ := list.(krm.L)
	for _, e := range l {
		if m, ok := e.(krm.M); ok {
			all = append(all, m)
		}
	}
	return all
}

// within is a container's requests or limits, made where there are none.
func within(container krm.M, field string) krm.M {
	resources, _ := container["resources"].(krm.M)
	if resources == nil {
		resources = krm.M{}
		container["resources"] = resources
	}
	list, _ := resources[field].(krm.M)
	if list == nil {
		list = krm.M{}
		resources[field] = list
	}
	return list
}
