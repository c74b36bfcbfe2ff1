package secret

import (
	"fmt"
	"testing"
	"testing/fstest"
	"time"

	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/sops/sopstest"
)

func tenantsNamed(n int) map[string]environment.Tenant {
	all := map[string]environment.Tenant{}
	for i := range n {
		all[fmt.Sprintf("tenant-%d", i)] = environment.Tenant{}
	}
	return all
}

// Tenants that come get keys, in the file that is there, and all others keep theirs.
func TestKeysOfTenantsThatCome(t *testing.T) {
	sopstest.Install(t)
	t.Setenv("FAKE_SOPS_KEY", "mine")
	text, _ := certificate(t, time.Hour)
	root := fstest.MapFS{"certificates/e.pem": {Data: text}}
	for name, v := range map[string]*derived.Values{"sops": withSOPS(t), "sealed": of(t, `sealed: certificate: "certificates/e.pem"`)} {
		t.Run(name, func(t *testing.T) {
			v.Env.Tenants = tenantsNamed(2)
			files, _ := made(t, root, v)
			const file = "clusters/e/secrets/openwhisk-tenants.yaml"
			before, err := Read(mapped(files), v)
			if err != nil || len(before.Findings)+len(before.Missing) > 0 || files[file] == nil {
				t.Fatal(before, err)
			}

			v.Env.Tenants = tenantsNamed(9)
			lacks, err := Read(mapped(files), v)
			const want = "the Secret openwhisk-tenants has no key for namespaces of tenants, who are not let in: tenant-2, tenant-3, tenant-4, tenant-5, tenant-6 and 2 more"
			if err != nil || len(lacks.Missing) != 1 || lacks.Missing[0].Message != want || lacks.Missing[0].Code != codeMissing || lacks.Missing[0].File != file {
				t.Fatalf("%+v %v", lacks.Missing, err)
			}
			m, err := NewMaker(t.Context(), root, v, Options{Hide: func(string) {}, Timeout: time.Minute, Now: time.Now()})
			if err != nil {
				t.Fatal(err)
			}
			changed, err := m.Create(lacks, false)
			if err != nil || len(changed) != 1 || changed[file] == nil {
				t.Fatalf("%v %v", changed, err)
			}
			old := encryptedOf(t, v, before)
			files[file] = changed[file]
			after, err := Read(mapped(files), v)
			if err != nil || len(after.Findings)+len(after.Missing) > 0 {
				t.Fatal(after, err)
			}
			now := encryptedOf(t, v, after)
			if len(now) != 9 {
				t.Errorf("%d keys", len(now))
			}
			if name == "sops" { // it encrypts the file as a whole
				old, now = asValues(opened(t, m, textOf(before, v))), asValues(opened(t, m, textOf(after, v)))
			}
			for k, is := range old {
				if now[k] != is {
					t.Errorf("the key of %s is another", k)
				}
			}
			// And nothing more.
			again, err := m.Create(after, false)
			if err != nil || len(again) != 0 {
				t.Errorf("%v %v", again, err)
			}
		})
	}
}

func encryptedOf(t *testing.T, v *derived.Values, f *Folder) map[string]any {
	t.Helper()
	o, ok := f.Secret(v, "openwhisk-tenants")
	if !ok {
		t.Fatal("there is no Secret")
	}
	return values(o)
}

func textOf(f *Folder, v *derived.Values) []byte {
	o, _ := f.Secret(v, "openwhisk-tenants")
	return f.files[key(o.Kind, o.Namespace, o.Name)].text
}

func asValues(data map[string]string) map[string]any {
	all := map[string]any{}
	for k, text := range data {
		all[k] = text
	}
	return all
}

// A list that is as whiskops made it gets what it lacks; somebody's own stays.
func TestListGrows(t *testing.T) {
	text, _ := certificate(t, time.Hour)
	root := fstest.MapFS{"certificates/e.pem": {Data: text}}
	v := of(t, `sealed: certificate: "certificates/e.pem"`)
	files, _ := made(t, root, v)
	const list, more = "clusters/e/secrets/kustomization.yaml", "clusters/e/secrets/openwhisk-tenants.yaml"
	for name, ours := range map[string]bool{"": true, "# Mine.\n": false} {
		files[list] = append([]byte(name), files[list]...)
		folder, err := Read(mapped(files), v)
		if err != nil {
			t.Fatal(err)
		}
		at, text, ok := folder.Extended(v, map[string][]byte{more: nil})
		if ok != ours {
			t.Errorf("after %q it is extended: %v", name, ok)
		}
		if want := string(files[list]) + "- openwhisk-tenants.yaml\n"; ok && (at != list || string(text) != want) {
			t.Errorf("%s is\n%s\nand not\n%s", at, text, want)
		}
		files[list] = files[list][len(name):]
	}
}
