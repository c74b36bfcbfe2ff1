package render

import (
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/internal/environment"
)

// TestKindsOfDelivery: what applies an installation has rights over all of its
// kinds, and knows when one that is not Kubernetes' own is healthy.
func TestKindsOfDelivery(t *testing.T) {
	eachSample(t, func(t *testing.T, s *sample) {
		c := s.values.Catalog.Delivery
		for _, o := range s.objects {
			i := slices.IndexFunc(c.Kinds, func(k catalog.Kind) bool { return k.APIVersion == o.APIVersion && k.Kind == o.Kind })
			if i < 0 {
				t.Errorf("%s is of a kind (%s) that delivery.kinds lacks", o, o.APIVersion)
				continue
			}
			if c.Kinds[i].Cluster != (o.Namespace == "") {
				t.Errorf("%s: delivery.kinds has cluster: %v", o, c.Kinds[i].Cluster)
			}
			known := slices.ContainsFunc(c.Health, func(h catalog.Health) bool { return h.APIVersion == o.APIVersion && h.Kind == o.Kind })
			group, _, _ := strings.Cut(o.APIVersion, "/")
			// Generators of External Secrets and what Prometheus reads are read, and
			// nobody waits for a status of theirs.
			own := strings.HasPrefix(group, "monitoring.") || !strings.Contains(group, ".") || group == "generators.external-secrets.io" || group == "networking.k8s.io" || group == "rbac.authorization.k8s.io"
			if !own && !known {
				t.Errorf("%s: delivery.health does not say when it is", o)
			}
		}
	})
}

// withCustomFolder is a repository with a custom folder, and the kustomization's own files.
func withCustomFolder(custom string, more ...string) fstest.MapFS {
	root := fstest.MapFS{"overlays/e/custom/kustomization.yaml": {Data: []byte(custom)}}
	for i := 0; i < len(more); i += 2 {
		root[more[i]] = &fstest.MapFile{Data: []byte(more[i+1])}
	}
	return root
}

const ownConfigMap = "{apiVersion: v1, kind: ConfigMap, metadata: {name: own, namespace: openwhisk}, data: {a: b}}\n"

// TestDeliveredCustom: custom/ is in every way of delivery, or refused by name.
func TestDeliveredCustom(t *testing.T) {
	flux := func(shape string) environment.GitOps {
		return environment.GitOps{Flux: &environment.Flux{Shape: shape, Git: &environment.FluxGit{URL: "https://git.example.com/a.git", Branch: "main"}}}
	}
	argocd := environment.GitOps{ArgoCD: &environment.ArgoCD{Git: environment.ArgoCDGit{URL: "https://git.example.com/a.git"}}}
	component := "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n"
	link := withCustomFolder("resources: [linked.yaml]\n", "overlays/e/custom/real.yaml", ownConfigMap)
	link["overlays/e/custom/linked.yaml"] = &fstest.MapFile{Data: []byte("real.yaml"), Mode: fs.ModeSymlink}
	for name, c := range map[string]struct {
		tool environment.GitOps
		root fstest.MapFS
		// refused is part of the finding; want is in the file.
		refused, file, want string
	}{
		"flux, a component": {
			flux("single"), withCustomFolder(component+"resources: [../../../shared]\n", "shared/kustomization.yaml", "resources: [a.yaml]\n", "shared/a.yaml", ownConfigMap),
			"", "clusters/e/flux/source.yaml", "!/shared\n",
		},
		"flux by tiers, a component": {
			flux("tiers"), withCustomFolder(component+"resources: [a.yaml]\n", "overlays/e/custom/a.yaml", ownConfigMap), `"tiers"`, "", "",
		},
		"flux by tiers, resources": {
			flux("tiers"), withCustomFolder("resources: [a.yaml]\n", "overlays/e/custom/a.yaml", ownConfigMap),
			"", "clusters/e/flux/tree/custom/kustomization.yaml", "overlays/e/custom\n",
		},
		"flux by tiers, a reference to another tier": {
			flux("tiers"), withCustomFolder("resources: [a.yaml]\n", "overlays/e/custom/a.yaml",
				"{apiVersion: v1, kind: Pod, metadata: {name: own, namespace: openwhisk}, spec: {securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}, containers: [{name: a, image: b, securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}, envFrom: [{configMapRef: {name: controller-env}}]}]}}\n"),
			"with this folder clusters/e/flux/tree/custom does not build what the overlay builds: Pod openwhisk/own is otherwise; an object of it may refer to one of another tier, or patch one: " +
				"write gitops: flux: shape: \"single\", or name what it refers to as it is in golden/", "", "",
		},
		"flux, functions": {
			flux("single"), functionIn("overlays/e/custom", "SetPlacement", "{selector: {name: nginx}, tolerations: [{key: edge, operator: Exists}]}"),
			"", "clusters/e/flux/source.yaml", "!/overlays/e\n",
		},
		"flux by tiers, functions": {
			flux("tiers"), functionIn("overlays/e/custom", "SetPlacement", "{selector: {name: nginx}, tolerations: [{key: edge, operator: Exists}]}"),
			"the folder has functions, which may change objects of any tier", "", "",
		},
		"argo cd, functions": {
			argocd, functionIn("overlays/e/custom", "AddCertificate", "{selector: {kind: Deployment, name: kafka-topics}, secret: own, mountPath: /own, dnsNames: [a.example.com], certManager: {issuerKind: ClusterIssuer, issuerName: a, issuerGroup: cert-manager.io, duration: 2160h, renewBefore: 720h}}"),
			"", "clusters/e/argocd/project.yaml", "kind: Certificate\n",
		},
		"flux, a link":    {flux("single"), link, "link", "", ""},
		"argo cd, a link": {argocd, link, "", "clusters/e/argocd/tree/kustomization.yaml", "overlays/e\n"},
		"argo cd, a kind that waits": {
			argocd, withCustomFolder("resources: [a.yaml]\n", "overlays/e/custom/a.yaml", "{apiVersion: example.com/v1, kind: Widget, metadata: {name: own, namespace: openwhisk}}\n"),
			"", "clusters/e/argocd/tree/kustomization.yaml", "kind: Widget\n",
		},
		"argo cd, the kinds of the project": {
			argocd, withCustomFolder("resources: [a.yaml]\n", "overlays/e/custom/a.yaml", "{apiVersion: example.com/v1, kind: Widget, metadata: {name: own, namespace: other}}\n"),
			"", "clusters/e/argocd/project.yaml", "namespace: other\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			env := environment.Base()
			env.Name, env.GitOps, env.Source = "e", c.tool, unwritten{}
			folders, err := Tree([]environment.Environment{env}, c.root, Options{})
			found := Mistakes(err)
			if c.refused != "" {
				if len(found) != 1 || found[0].Code != codeDelivery || !strings.Contains(found[0].Message+"; "+found[0].Help, c.refused) {
					t.Fatalf("found %v (%v), want %s with %q", found, err, codeDelivery, c.refused)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range folders {
				if rest, ok := strings.CutPrefix(c.file, f.Path+"/"); ok {
					if text := string(f.Files[rest]); !strings.Contains(text, c.want) {
						t.Errorf("%s lacks %q:\n%s", c.file, c.want, text)
					}
					return
				}
			}
			t.Errorf("there is no %s", c.file)
		})
	}
}
