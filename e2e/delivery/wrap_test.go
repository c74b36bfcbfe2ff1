package delivery_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/whiskops/whiskops/e2e/cluster/objects"
)

// wrap writes clusters/<env> as whiskops will, with the address of the served
// repository in it.
func wrap(t *testing.T, r *repository, env string) {
	t.Helper()
	all, _ := r.generated(t, env)
	namespaces := map[string]bool{}
	for _, o := range all {
		if o.GetKind() == "Namespace" {
			namespaces[o.GetName()] = true
		}
	}
	patch := func(kind, annotation, value string) string {
		return fmt.Sprintf(`- target: {kind: %s}
  patch: |
    - op: add
      path: /metadata/annotations/%s
      value: %s
`, kind, strings.ReplaceAll(annotation, "/", "~1"), value)
	}
	// Objects without annotations take no addition to them.
	first := func(kind string) string {
		return fmt.Sprintf(`- target: {kind: %s}
  patch: |
    apiVersion: v1
    kind: Any
    metadata:
      name: any
      annotations: {e2e.example.com/wrapped: "yes"}
`, kind)
	}
	tree := func(patches ...string) string {
		return "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [../../../../overlays/" + env + "]\npatches:\n" +
			strings.Join(patches, "")
	}
	flux := "clusters/" + env + "/flux/"
	keep := "kustomize.toolkit.fluxcd.io/prune"
	kept := []string{"Namespace", "PersistentVolume"}
	if !r.unprotected {
		kept = append(kept, "ConfigMap")
	}
	patches := []string{first("Job"), patch("Job", "kustomize.toolkit.fluxcd.io/force", "enabled")}
	for _, kind := range kept {
		patches = append(patches, first(kind), patch(kind, keep, "disabled"))
	}
	r.write(t, flux+"tree/kustomization.yaml", tree(patches...))
	r.write(t, flux+"kustomization.yaml", "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [source.yaml, sync.yaml]\n")
	r.write(t, flux+"source.yaml", fmt.Sprintf(`apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: openwhisk-%[1]s, namespace: flux-system}
spec:
  interval: 1m
  url: %[2]s
  ref: {branch: main}
  timeout: 60s
  ignore: |
    /*
    !/base
    !/overlays
    /overlays/*
    !/overlays/%[1]s
    !/clusters
    /clusters/*
    !/clusters/%[1]s
`, env, r.URL))
	r.write(t, flux+"sync.yaml", fmt.Sprintf(`apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: openwhisk-%[1]s, namespace: flux-system}
spec:
  interval: 10m
  retryInterval: 1m
  timeout: 5m
  prune: true
  wait: true
  deletionPolicy: MirrorPrune
  path: ./clusters/%[1]s/flux/tree
  sourceRef: {kind: GitRepository, name: openwhisk-%[1]s}
`, env))
	argocd := "clusters/" + env + "/argocd/"
	options := "argocd.argoproj.io/sync-options"
	r.write(t, argocd+"tree/kustomization.yaml", tree(
		first("Namespace"), patch("Namespace", options, "Prune=false,Delete=false"),
		first("PersistentVolume"), patch("PersistentVolume", options, "Prune=false,Delete=false")))
	r.write(t, argocd+"kustomization.yaml", "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [project.yaml, application.yaml]\n")
	var destinations strings.Builder
	for n := range namespaces {
		fmt.Fprintf(&destinations, "  - {server: https://kubernetes.default.svc, namespace: %s}\n", n)
	}
	r.write(t, argocd+"project.yaml", fmt.Sprintf(`apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata: {name: openwhisk-%s, namespace: argocd}
spec:
  sourceRepos: [%s]
  destinations:
%s  clusterResourceWhitelist:
  - {group: "", kind: Namespace}
  - {group: "", kind: PersistentVolume}
`, env, r.URL, destinations.String()))
	r.write(t, argocd+"application.yaml", fmt.Sprintf(`apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: openwhisk-%[1]s
  namespace: argocd
  finalizers: [resources-finalizer.argocd.argoproj.io/foreground]
spec:
  project: openwhisk-%[1]s
  destination: {server: https://kubernetes.default.svc, namespace: %[3]s}
  source: {repoURL: %[2]s, targetRevision: main, path: clusters/%[1]s/argocd/tree}
  syncPolicy:
    automated: {prune: true, selfHeal: true}
    syncOptions: [ServerSideApply=true, FailOnSharedResource=true, PruneLast=true]
    retry: {limit: 5, refresh: true, backoff: {duration: 10s, factor: 2, maxDuration: 3m}}
`, env, r.URL, objects.Namespace(all)))
}
