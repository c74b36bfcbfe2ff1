package derived

import (
	"maps"
	"strconv"
)

// leave works out what fronts that send to the edge's pods want of them: how long
// one that goes still answers after its endpoint is gone, and labels of the
// namespace.
func (v *Values) leave() {
	known := v.Catalog.Drain.KeepAlive
	for _, f := range v.Fronts() {
		if !f.SendsToPods() {
			continue
		}
		seconds, ok := f.Forgets()
		if !ok {
			seconds = f.Pods.Default
		}
		known = max(known, f.Pods.Least, seconds)
		if len(f.Pods.Labels) > 0 && v.NamespaceLabels == nil {
			v.NamespaceLabels = map[string]string{}
		}
		maps.Copy(v.NamespaceLabels, f.Pods.Labels)
	}
	v.EdgeLeave = v.Catalog.Drain.Endpoints + known
}

// SendsToPods tells whether the front sends to pods and not to their nodes.
func (f Front) SendsToPods() bool {
	if f.Pods == nil || len(f.Pods.Marks) == 0 {
		return f.Pods != nil
	}
	for key, value := range f.Pods.Marks {
		if f.Annotations[key] == value {
			return true
		}
	}
	return false
}

// Forgets is how many seconds the front takes to forget a pod that goes; false
// where the annotation holds no such number.
func (f Front) Forgets() (int, bool) {
	text := f.Delay()
	if text == "" {
		return f.Pods.Default, true
	}
	n, err := strconv.Atoi(text)
	return n, err == nil && n >= 0 && n <= f.Pods.Most
}

// Delay is what the user wrote of that time; empty: nothing.
func (f Front) Delay() string { return Part(f.Annotations[f.Pods.Key], f.Pods.Part) }
