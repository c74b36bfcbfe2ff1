package delivery

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/kustomize"
	"github.com/whiskops/whiskops/internal/value"
)

// Argo CD's API, and what it reads of an object.
// Source: Argo CD 3.5, "Sync Phases and Waves", "Sync Options", "Resource Hooks".
const (
	argoVersion    = "argoproj.io/v1alpha1"
	argoWave       = "argocd.argoproj.io/sync-wave"
	argoOptions    = "argocd.argoproj.io/sync-options"
	argoHook       = "argocd.argoproj.io/hook"
	argoHookDelete = "argocd.argoproj.io/hook-delete-policy"
	argoLasting    = "Prune=false,Delete=false"
	argoReplaced   = "Force=true,Replace=true"
	argoAfter      = "PostSync"
	argoHookGoes   = "BeforeHookCreation,HookSucceeded"
	argoFinalizer  = "resources-finalizer.argocd.argoproj.io/foreground"
	argoTree       = "tree"
)

// argocd writes the AppProject, the Application and the folder that it builds.
func (d *delivery) argocd() error {
	dir := d.folder(argocdFolder)
	objects := make([]Annotated, 0, len(d.Built))
	for _, o := range d.Built {
		objects = append(objects, Annotated{o, d.argoAnnotations(o)})
	}
	if err := d.wrap(path.Join(dir, argoTree), d.Overlay, d.Built, objects, d.argoRules()); err != nil {
		return err
	}
	files := []string{"project.yaml"}
	if err := d.write(path.Join(dir, "project.yaml"), "", d.project()); err != nil {
		return err
	}
	if d.Values.Env.GitOps.ArgoCD.ApplicationSet == "" {
		files = append(files, "application.yaml")
		if err := d.write(path.Join(dir, "application.yaml"), "", d.application()); err != nil {
			return err
		}
	}
	return d.list(dir, files...)
}

// argoAnnotations of an object. What somebody wrote of its wave stays. A test's Job
// goes once it has succeeded: it has another name when it changes, and Argo CD prunes
// no hook.
func (d *delivery) argoAnnotations(o kustomize.Object) map[string]string {
	add := map[string]string{}
	switch {
	case d.policy.lasting(o):
		add[argoOptions] = argoLasting
	case d.policy.test(o):
		add[argoHook], add[argoHookDelete] = argoAfter, argoHookGoes
	case d.policy.replaced(o):
		add[argoOptions] = argoReplaced
	}
	if wave := d.argoWave(o); wave > 0 {
		add[argoWave] = strconv.Itoa(wave)
	}
	return add
}

// argoWave is 0 where there is nothing to say. Of custom/, what pods may read
// comes first, and the rest last, since nobody knows what it waits for.
func (d *delivery) argoWave(o kustomize.Object) int {
	switch {
	case ours(o):
		return d.policy.wave(label(o, krm.TierLabel))
	case d.unordered(o):
		return d.policy.last()
	default:
		return 0
	}
}

// unordered objects are the user's, and have no wave.
func (d *delivery) unordered(o kustomize.Object) bool {
	_, waved := value.Map(o.Value, "metadata", "annotations")[argoWave]
	return !ours(o) && !waved && !slices.Contains(d.policy.Read, o.Kind)
}

// argoRules say the same as argoAnnotations does, by selectors, where there is
// anything to select.
func (d *delivery) argoRules() []rule {
	var rules []rule
	add := func(is func(kustomize.Object) bool, labels, annotations string, what map[string]string) {
		if k := matching(d.Built, is); k != "" {
			rules = append(rules, rule{selects: selector{kinds: k, labels: labels, annotations: annotations}, add: what})
		}
	}
	for _, tier := range d.policy.tiers {
		if wave := d.policy.wave(tier); wave > 0 {
			rules = append(rules, rule{
				selects: selector{labels: generated(krm.TierLabel + "=" + tier)},
				add:     map[string]string{argoWave: strconv.Itoa(wave)},
			})
		}
	}
	add(d.unordered, krm.ManagedByLabel+"!="+krm.Manager, "!"+argoWave, map[string]string{argoWave: strconv.Itoa(d.policy.last())})
	add(d.policy.lasting, "", "", map[string]string{argoOptions: argoLasting})
	replaced := func(o kustomize.Object) bool { return d.policy.replaced(o) && !d.policy.test(o) }
	if len(d.policy.tests) == 0 {
		add(replaced, "", "", map[string]string{argoOptions: argoReplaced})
		return rules
	}
	tests := labelIn(krm.NameLabel, d.policy.tests)
	add(replaced, strings.Replace(tests, " in ", " notin ", 1), "", map[string]string{argoOptions: argoReplaced})
	add(d.policy.test, tests, "", map[string]string{argoHook: argoAfter, argoHookDelete: argoHookGoes})
	return rules
}

// application brings the whole overlay, and goes with all that is not protected.
func (d *delivery) application() krm.M {
	a := d.Values.Env.GitOps.ArgoCD
	return krm.M{
		"apiVersion": argoVersion, "kind": "Application",
		"metadata": krm.M{"name": d.name(), "namespace": a.Namespace, "finalizers": []any{argoFinalizer}},
		"spec":     applied(d.name(), a.Git.URL, a.Git.Revision, path.Join(a.Git.Path, argoPath(d.Values.Env.Name)), a.Server, d.Values.Env.Namespace),
	}
}

// argoPath is the folder that an environment's Application builds, below the root.
func argoPath(environment string) string {
	return path.Join(Folder, environment, argocdFolder, argoTree)
}

// applied is the specification of an Application.
func applied(project, url, revision, at, server, namespace string) krm.M {
	return krm.M{
		"project":     project,
		"source":      krm.M{"repoURL": url, "targetRevision": revision, "path": at},
		"destination": krm.M{"server": server, "namespace": namespace},
		"syncPolicy":  syncPolicy(),
	}
}

// syncPolicy is that of every Application. What is pruned goes last: a pod of the
// revision before may start again until the new one is healthy. What is tried again
// is what is in git then: else a commit that was refused keeps its fix waiting.
func syncPolicy() krm.M {
	return krm.M{
		"automated":   krm.M{"prune": true, "selfHeal": true},
		"syncOptions": []any{"ServerSideApply=true", "FailOnSharedResource=true", "PruneLast=true"},
		"retry":       krm.M{"limit": 5, "refresh": true, "backoff": krm.M{"duration": "10s", "factor": 2, "maxDuration": "3m"}},
	}
}

// project allows what is generated, and what custom/ adds, in the namespaces
// where it is.
func (d *delivery) project() krm.M {
	a := d.Values.Env.GitOps.ArgoCD
	var destinations, cluster, namespaced []any
	for _, namespace := range d.namespaces() {
		destinations = append(destinations, krm.M{"server": a.Server, "namespace": namespace})
	}
	for _, k := range d.kinds() {
		allowed := krm.M{"group": k.group, "kind": k.kind}
		if d.clusterWide(k) {
			cluster = append(cluster, allowed)
		} else {
			namespaced = append(namespaced, allowed)
		}
	}
	return krm.M{
		"apiVersion": argoVersion, "kind": "AppProject",
		"metadata": krm.M{"name": d.name(), "namespace": a.Namespace},
		"spec": krm.M{
			"description":                "OpenWhisk in environment " + d.Values.Env.Name,
			"sourceRepos":                []any{a.Git.URL},
			"destinations":               destinations,
			"clusterResourceWhitelist":   cluster,
			"namespaceResourceWhitelist": namespaced,
		},
	}
}
