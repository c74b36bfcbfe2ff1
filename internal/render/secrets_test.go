package render

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"testing"
	"testing/fstest"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/whiskops/whiskops/internal/delivery"
	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/leak"
	"github.com/whiskops/whiskops/internal/seeds"
	"github.com/whiskops/whiskops/internal/value"
)

const (
	aliceKey = "age1afwpz72gfvvr3c2vjhrskuhdyrqu9rllxxf85a0sf9dy47ylxs4quvqdxy"
	bobKey   = "age1zxcdvukne55p59squtw6zaj46e544652dkxlgljd75v026mg6q3su0498v"
)

// ownFiles are what environments have in their clusters/<environment>/secrets/:
// files of the right form, which nobody can open.
func ownFiles(envs ...environment.Environment) fs.ReadLinkFS {
	root := fstest.MapFS{}
	b := func(n int) string { return base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{1}, n)) }
	encrypted := fmt.Sprintf("ENC[AES256_GCM,data:%s,iv:%s,tag:%s,type:str]", b(48), b(32), b(16))
	sealed := b(2 + 257 + 48 + 16) // the length is 0x0101
	for _, env := range envs {
		source := env.Secrets.Source
		if source.SOPS == nil && source.Sealed == nil {
			continue
		}
		v, err := derived.New(&env)
		if err != nil {
			panic(err)
		}
		list := "resources:\n"
		for _, s := range v.Secrets() {
			var text strings.Builder
			if source.SOPS != nil {
				fmt.Fprintf(&text, "apiVersion: v1\nkind: Secret\nmetadata: {name: %s, namespace: %s}\nstringData:\n", s.Name, env.Namespace)
				for k := range s.Values {
					fmt.Fprintf(&text, "  %s: %s\n", k, encrypted)
				}
				fmt.Fprintf(&text, "sops:\n  mac: %s\n  age:\n", encrypted)
				for _, r := range source.SOPS.Recipients {
					fmt.Fprintf(&text, "  - {recipient: %s, enc: x}\n", r)
				}
			} else {
				fmt.Fprintf(&text, "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: %s, namespace: %s}\nspec:\n  encryptedData:\n", s.Name, env.Namespace)
				for k := range s.Values {
					fmt.Fprintf(&text, "    %s: %s\n", k, sealed)
				}
			}
			root[path.Join(delivery.SecretsOf(env.Name), s.Name+".yaml")] = &fstest.MapFile{Data: []byte(text.String())}
			list += "- " + s.Name + ".yaml\n"
		}
		root[path.Join(delivery.SecretsOf(env.Name), "kustomization.yaml")] = &fstest.MapFile{Data: []byte(list)}
	}
	return root
}

// documents of a file of YAML; none of another.
func documents(t *testing.T, text []byte) []map[string]any {
	t.Helper()
	var all []map[string]any
	d := yaml.NewDecoder(bytes.NewReader(text))
	for {
		var n yaml.Node
		if d.Decode(&n) != nil {
			return all
		}
		read, err := value.Read(&n)
		if err != nil {
			return all
		}
		if o, ok := read.(map[string]any); ok {
			all = append(all, o)
		}
	}
}

// TestSecretsStayOut: whatever the environment, a value of secrets.plain is in
// Secrets alone, and nothing else that is generated looks like one.
func TestSecretsStayOut(t *testing.T) {
	plain := 0
	for _, s := range seeds.Of(t, 6, 200) {
		env := randomEnvironment(s)
		var values []string
		if p := env.Secrets.Plain; p != nil {
			plain++
			for i, l := range []*environment.Login{&p.CouchDB.Admin, &p.CouchDB.Controller, &p.CouchDB.Invoker, &p.OpenWhisk.Controller, &p.OpenWhisk.Invoker} {
				l.Password = fmt.Sprintf("Zx%dQ8rT2mK5vB9nL3wP7yD4cF6hJ1gS0aE%d", i, s)
				values = append(values, l.Password, base64.StdEncoding.EncodeToString([]byte(l.Password)))
			}
			for _, key := range p.Subjects {
				values = append(values, key)
			}
		}
		folders, err := rendererOf(t, &env, Options{}).environment(&env, ownFolder{})
		if err != nil {
			t.Fatalf("seed %d: %v", s, err)
		}
		for _, f := range folders {
			for name, text := range f.Files {
				for _, o := range documents(t, text) {
					if o["kind"] == "Secret" {
						continue
					}
					if found := leak.Fields(o); len(found) > 0 {
						t.Errorf("seed %d: %s/%s: %v look secret", s, f.Path, name, found)
					}
				}
				for _, v := range values {
					if bytes.Contains(text, []byte(v)) && !bytes.Contains(text, []byte("kind: Secret")) {
						t.Errorf("seed %d: %s/%s has a value of secrets.plain", s, f.Path, name)
					}
				}
			}
		}
	}
	if plain == 0 {
		t.Error("no environment has plain secrets")
	}
}

// TestDecryption: exactly the Kustomization that brings encrypted files decrypts
// them, and no other has them.
func TestDecryption(t *testing.T) {
	decrypts, brings := 0, 0
	for _, s := range seeds.Of(t, 80, 600) {
		env := randomEnvironment(s)
		if env.GitOps.Flux == nil || env.Secrets.Source.SOPS == nil && env.Secrets.Source.Sealed == nil {
			continue
		}
		folders, err := rendererOf(t, &env, Options{}).environment(&env, ownFolder{})
		if err != nil {
			t.Fatalf("seed %d: %v", s, err)
		}
		files := folders[len(folders)-1].Files
		with := 0
		for _, o := range documents(t, files["sync.yaml"]) {
			spec := value.Map(o, "spec")
			at := strings.SplitN(fmt.Sprint(spec["path"]), "clusters/"+env.Name+"/flux/", 2)[1]
			has := bytes.Contains(files[path.Join(at, "kustomization.yaml")], []byte("../secrets\n"))
			if has {
				with++
			}
			decryption := value.Map(spec, "decryption")
			if (decryption != nil) != (has && env.Secrets.Source.SOPS != nil) {
				t.Errorf("seed %d: %s has the files: %v, and decrypts: %v", s, at, has, decryption)
			}
			if decryption != nil {
				decrypts++
				if name := value.Map(decryption, "secretRef")["name"]; name != env.Secrets.Source.SOPS.Secret {
					t.Errorf("seed %d: the key is in %v", s, name)
				}
			}
		}
		if with != 1 {
			t.Errorf("seed %d: %d Kustomizations bring the Secrets", s, with)
		}
		brings += with
	}
	if decrypts == 0 || brings == decrypts {
		t.Errorf("%d decrypt, %d bring files: the test looks at one source alone", decrypts, brings)
	}
}
