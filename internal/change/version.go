package change

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/whiskops/whiskops/internal/value"
)

// older says that a program goes back to a version before the one that wrote the data. Sources:
// Kafka's upgrade notes (a metadata.version that is finalized is not taken back) and
// CouchDB's (what a newer version has written an older one need not read).
func (c *comparison) older(p pair) {
	component, ok := c.component(p.new)
	if !ok || component.Data == nil || stored(p.old.Value, component.Data.MountPath) == nil {
		return
	}
	old, new := imageOf(p.old.Value, component.Data.MountPath), imageOf(p.new.Value, component.Data.MountPath)
	if before, after := versionOf(old), versionOf(new); len(before) == 0 || len(after) == 0 || !less(after, before) {
		return
	}
	c.say(p, Effect{
		Class: Data, Field: "spec.template.spec.containers", Old: show(old), New: show(new), Harmless: true,
		Message: "an older version need not read what a newer has written, and may not start",
		Help:    "keep the newer version, or start from a copy that the older one has made",
		Says:    c.says(p.new, "image"),
	})
}

// imageOf the container that has the data.
func imageOf(o map[string]any, mountPath string) string {
	containers, _ := value.PodSpec(o)["containers"].([]any)
	for _, container := range containers {
		mounts, _ := value.Map(container)["volumeMounts"].([]any)
		for _, m := range mounts {
			if value.Map(m)["mountPath"] == mountPath {
				image, _ := value.Map(container)["image"].(string)
				return image
			}
		}
	}
	return ""
}

// versionOf are the numbers that an image's tag begins with; none of a tag that is no
// version.
func versionOf(image string) []int {
	image, _, _ = strings.Cut(image, "@")
	_, tag, _ := strings.Cut(image[strings.LastIndex(image, "/")+1:], ":")
	var numbers []int
	for part := range strings.SplitSeq(strings.TrimPrefix(tag, "v"), ".") {
		digits := part[:len(part)-len(strings.TrimLeft(part, "0123456789"))]
		n, err := strconv.Atoi(digits)
		if err != nil {
			break
		}
		numbers = append(numbers, n)
		if digits != part {
			break
		}
	}
	return numbers
}

// less compares as far as both go: "3.4" is any of 3.4.
func less(a, b []int) bool {
	for i := range min(len(a), len(b)) {
		if c := cmp.Compare(a[i], b[i]); c != 0 {
			return c < 0
		}
	}
	return false
}
