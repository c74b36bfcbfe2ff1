package render

import (
	"regexp"
	"slices"
	"testing"
)

// What the clean-up of ConfigMaps looks into, and how it knows a generated one.
// Source: schema/catalog/flux/configmaps.js.
var (
	startsPods  = []string{"CronJob", "DaemonSet", "Deployment", "Job", "StatefulSet"}
	cleanedName = regexp.MustCompile(`^[a-z0-9.-]+-[2456789bcdfghkmt]{10}$`)
)

// A ConfigMap that nothing refers to would be deleted and made again, hour by
// hour; one in another namespace, or without a hash, would stay for ever.
func TestNoConfigMapIsAnOrphan(t *testing.T) {
	eachSample(t, func(t *testing.T, s *sample) {
		texts := map[string]bool{}
		for _, o := range s.objects {
			if slices.Contains(startsPods, o.Kind) && o.Namespace == s.values.Env.Namespace {
				eachText(o.Value, texts)
			}
		}
		found := 0
		for _, o := range s.objects {
			if o.Kind != "ConfigMap" || watches(o) {
				continue
			}
			found++
			if !cleanedName.MatchString(o.Name) || o.Namespace != s.values.Env.Namespace {
				t.Errorf("ConfigMap %s/%s is none that the clean-up knows", o.Namespace, o.Name)
			}
			if !texts[o.Name] {
				t.Errorf("nothing that starts pods refers to ConfigMap %s", o.Name)
			}
		}
		if found == 0 {
			t.Error("there is no ConfigMap")
		}
	})
}

// eachText collects the texts in a value.
func eachText(v any, into map[string]bool) {
	switch v := v.(type) {
	case string:
		into[v] = true
	case []any:
		for _, inner := range v {
			eachText(inner, into)
		}
	case map[string]any:
		for _, inner := range v {
			eachText(inner, into)
		}
	}
}
