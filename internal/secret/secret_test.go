package secret

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/bitnami-labs/sealed-secrets/pkg/crypto"
	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/sops/sopstest"
	"github.com/whiskops/whiskops/internal/value"
)

func TestMain(m *testing.M) { sopstest.Run(m) }

const (
	alice = "age1afwpz72gfvvr3c2vjhrskuhdyrqu9rllxxf85a0sf9dy47ylxs4quvqdxy"
	bob   = "age1zxcdvukne55p59squtw6zaj46e544652dkxlgljd75v026mg6q3su0498v"
)

// values of an environment "e" with a source of Secrets.
func of(t testing.TB, source string) *derived.Values {
	t.Helper()
	envs, findings, err := environment.LoadBytes("environments", map[string][]byte{"environments/e.cue": []byte("package environments\n\ne: {\n\tedge: host: \"a.example.com\"\n\tsecrets: source: " + source + "\n}\n")})
	if err != nil || len(findings) > 0 || len(envs) != 1 {
		t.Fatal(findings, err)
	}
	v, err := derived.New(&envs[0])
	if err != nil {
		t.Fatal(err)
	}
	return &v
}

func withSOPS(t testing.TB) *derived.Values {
	return of(t, fmt.Sprintf("sops: recipients: [%q, %q]", alice, bob))
}

// certificate of a controller, and its key.
func certificate(t *testing.T, lasts time.Duration) ([]byte, *rsa.PrivateKey) {
	t.Helper()
	key, cert, err := crypto.GeneratePrivateKeyAndCert(2048, lasts, "sealed-secret")
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw}), key
}

// made are the files of a whole folder, and the values that were made.
func made(t *testing.T, root fstest.MapFS, v *derived.Values) (map[string][]byte, []string) {
	t.Helper()
	var hidden []string
	m, err := NewMaker(t.Context(), root, v, Options{Hide: func(s string) { hidden = append(hidden, s) }, Timeout: time.Minute, Now: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	have, err := Read(root, v)
	if err != nil {
		t.Fatal(err)
	}
	files, err := m.Create(have, false)
	if err != nil {
		t.Fatal(err)
	}
	name, text := Listing(v, files)
	files[name] = text
	return files, hidden
}

func mapped(files map[string][]byte) fstest.MapFS {
	all := fstest.MapFS{}
	for name, text := range files {
		all[name] = &fstest.MapFile{Data: text}
	}
	return all
}

// TestMake: each value has its form, no two are one, and each letter is as likely
// as any other.
func TestMake(t *testing.T) {
	v := withSOPS(t)
	seen, counts, total := map[string]bool{}, map[rune]int{}, 0
	for range 500 {
		for _, s := range v.Secrets() {
			for k, form := range s.Values {
				text, err := Make(form, rand.Reader)
				if err != nil {
					t.Fatal(err)
				}
				if !Takes(form, text) {
					t.Fatalf("%s/%s: %q has not its form", s.Field, k, text)
				}
				if form.Fixed != "" {
					continue
				}
				if seen[text] || len(text) < 48 {
					t.Fatalf("%q is made twice, or too short", text)
				}
				seen[text] = true
				for _, r := range text[len(text)-48:] {
					counts[r]++
					total++
				}
			}
		}
	}
	if len(counts) != len(letters) {
		t.Errorf("%d letters", len(counts))
	}
	// Six standard deviations: 62 letters do not all stay within less by chance.
	mean := float64(total) / float64(len(letters))
	for r, n := range counts {
		if math.Abs(float64(n)-mean) > 6*math.Sqrt(mean) {
			t.Errorf("%c: %d times, and %.0f are fair", r, n, mean)
		}
	}
	if _, err := Make(catalog.Value{Length: 32}, strings.NewReader("short")); err == nil {
		t.Error("a value without randomness")
	}
}

// TestForms: a value that is made is one that the schema takes in its place.
func TestForms(t *testing.T) {
	for i := range 20 {
		var logins [5]string
		for j := range logins {
			logins[j], _ = Make(catalog.Value{Length: 48}, rand.Reader)
		}
		system, _ := Make(catalog.Value{Length: 64, Subject: true}, rand.Reader)
		guest, _ := Make(catalog.Value{Length: 64, Subject: true}, rand.Reader)
		login := func(user, password string) string { return fmt.Sprintf("{username: %q, password: %q}", user, password) }
		src := fmt.Sprintf("package environments\ne: {\n profile: \"development\"\n edge: host: \"a.example.com\"\n secrets: plain: {couchdb: {admin: %s, controller: %s, invoker: %s}, openwhisk: {controller: %s, invoker: %s}, subjects: {\"whisk.system\": %q, guest: %q}}\n}\n",
			login("admin", logins[0]), login("controller", logins[1]), login("invoker", logins[2]), login("controller", logins[3]), login("invoker", logins[4]), system, guest)
		if _, findings, err := environment.LoadBytes("environments", map[string][]byte{"environments/e.cue": []byte(src)}); err != nil || len(findings) > 0 {
			t.Fatalf("%d: %v %v", i, findings, err)
		}
	}
}

// TestSOPS: a folder that is made is complete, nothing of it is plain, and one
// value is changed without the others.
func TestSOPS(t *testing.T) {
	record := filepath.Join(t.TempDir(), "record")
	home := sopstest.Install(t, "FAKE_SOPS_RECORD="+record)
	t.Setenv("FAKE_SOPS_KEY", "mine")
	v := withSOPS(t)
	files, values := made(t, fstest.MapFS{}, v)
	folder, err := Read(mapped(files), v)
	if err != nil || len(folder.Findings)+len(folder.Missing) > 0 {
		t.Fatal(folder, err)
	}
	m, err := NewMaker(t.Context(), fstest.MapFS{}, v, Options{Hide: func(s string) { values = append(values, s) }, Timeout: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	if found, err := folder.Open(t.Context(), m.encrypt.(encrypter).program, v); err != nil || len(found) > 0 {
		t.Errorf("opened: %v %v", found, err)
	}
	const name = "clusters/e/secrets/couchdb-admin.yaml"
	before := opened(t, m, files[name])
	changed := map[string][]byte{}
	// A user of the databases gets a new name too; the administrator stays who
	// that is.
	for key, other := range map[string]string{"password": "", "controller-password": "controller-username", "invoker-password": "invoker-username"} {
		if changed, err = m.Rotate(folder, v.Secrets()[0], key); err != nil {
			t.Fatal(err)
		}
		after := opened(t, m, changed[name])
		for k := range before {
			if same := before[k] == after[k]; same == (k == key || k == other) {
				t.Errorf("%s anew: that %s is the same is %v", key, k, same)
			}
		}
		if other != "" && !regexp.MustCompile("^"+before[other]+"-[a-z0-9]{6}$").MatchString(after[other]) {
			t.Errorf("%s: %q", other, after[other])
		}
	}
	if len(values) != 10 {
		t.Errorf("%d values were made, want 3+2+2 and three", len(values))
	}
	record2, err := os.ReadFile(record)
	if err != nil {
		t.Fatal(err)
	}
	everything := string(record2) + string(bytes.Join(slices.Collect(maps.Values(files)), nil)) + string(changed[name]) + contents(t, home)
	for _, text := range values {
		if strings.Contains(everything, text) || strings.Contains(everything, base64.StdEncoding.EncodeToString([]byte(text))) {
			t.Errorf("%q is plain somewhere", text)
		}
	}
}

// contents of all files below a directory.
func contents(t *testing.T, dir string) string {
	t.Helper()
	var all strings.Builder
	err := filepath.WalkDir(dir, func(name string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(name)
		all.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}

func opened(t *testing.T, m *Maker, text []byte) map[string]string {
	t.Helper()
	decrypted, err := m.encrypt.(encrypter).program.Decrypt(context.Background(), text)
	if err != nil {
		t.Fatal(err)
	}
	data, ok := plain(decrypted)
	if !ok {
		t.Fatal("no Secret")
	}
	return data
}

// TestSealed: the controller's own code opens all that is made.
func TestSealed(t *testing.T) {
	text, private := certificate(t, time.Hour)
	v := of(t, `sealed: certificate: "certificates/e.pem"`)
	root := fstest.MapFS{"certificates/e.pem": {Data: text}}
	files, made := made(t, root, v)
	folder, err := Read(mapped(files), v)
	if err != nil || len(folder.Findings)+len(folder.Missing) > 0 || len(folder.Objects) != 3 {
		t.Fatal(folder, err)
	}
	m, err := NewMaker(t.Context(), root, v, Options{Hide: func(s string) { made = append(made, s) }, Now: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	changed, err := m.Rotate(folder, v.Secrets()[2], "guest")
	if err != nil {
		t.Fatal(err)
	}
	before, after := files["clusters/e/secrets/openwhisk-subjects.yaml"], changed["clusters/e/secrets/openwhisk-subjects.yaml"]
	old, new := sealedIn(t, v, private, before), sealedIn(t, v, private, after)
	if old["whisk.system"] != new["whisk.system"] || old["guest"] == new["guest"] || new["guest"] != made[len(made)-1] {
		t.Error("more changed than guest, or not that")
	}
	// Of the file itself, one line differs.
	if a, b := strings.Split(string(before), "\n"), strings.Split(string(after), "\n"); len(a) != len(b) {
		t.Errorf("%s", cmp.Diff(string(before), string(after)))
	}
}

func sealedIn(t *testing.T, v *derived.Values, key *rsa.PrivateKey, text []byte) map[string]string {
	t.Helper()
	const name = "clusters/e/secrets/openwhisk-subjects.yaml"
	list, kustomization := Listing(v, map[string][]byte{name: text})
	folder, err := Read(mapped(map[string][]byte{name: text, list: kustomization}), v)
	if err != nil || len(folder.Objects) != 1 {
		t.Fatal(folder, err)
	}
	all := map[string]string{}
	for k, sealed := range value.Map(folder.Objects[0].Value, "spec", "encryptedData") {
		raw, err := base64.StdEncoding.DecodeString(sealed.(string))
		if err != nil {
			t.Fatal(err)
		}
		text, err := crypto.HybridDecrypt(rand.Reader, map[string]*rsa.PrivateKey{"": key}, raw, []byte("openwhisk/openwhisk-subjects"))
		if err != nil {
			t.Fatal(err)
		}
		all[k] = string(text)
	}
	return all
}

// TestNothingWrong: what sops gets wrong comes to no disk.
func TestNothingWrong(t *testing.T) {
	for setting, want := range map[string]string{
		"FAKE_SOPS=plain":  "WO662: nothing was written: the Secret openwhisk/couchdb-admin is in plain text",
		"FAKE_SOPS=other":  "WO663: nothing was written: \"age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj\" opens the file too",
		"FAKE_SOPS=silent": "no object",
	} {
		sopstest.Install(t, setting)
		v := withSOPS(t)
		m, err := NewMaker(t.Context(), fstest.MapFS{}, v, Options{Hide: func(string) {}, Timeout: time.Minute})
		if err != nil {
			t.Fatal(err)
		}
		files, err := m.Create(&Folder{files: map[string]document{}}, false)
		if said := words(err); !strings.Contains(said, want) {
			t.Errorf("%s: %d files, %s, want %q", setting, len(files), said, want)
		}
	}
}

func words(err error) string {
	found := (Findings)(nil)
	if !errors.As(err, &found) {
		return fmt.Sprint(err)
	}
	var b strings.Builder
	if e := finding.WriteText(&b, found, finding.Options{}); e != nil {
		return e.Error()
	}
	return strings.ReplaceAll(b.String(), "error ", "")
}

// TestExpired looks at the bounds of a certificate's time.
func TestExpired(t *testing.T) {
	text, _ := certificate(t, 100*24*time.Hour)
	v := of(t, `sealed: certificate: "a.pem"`)
	root := fstest.MapFS{"a.pem": {Data: text}}
	c, _ := Certificate(root, v, time.Now())
	for _, tt := range []struct {
		now  time.Time
		want string
	}{
		{c.From.Add(-time.Second), "begins on"}, {c.From, ""}, {c.Until.Add(-soon), ""}, {c.Until.Add(-soon + time.Second), "ends on"},
		{c.Until.Add(-time.Second), "ends on"}, {c.Until, "ended on"}, {c.Until.Add(time.Second), "ended on"},
	} {
		_, found := Certificate(root, v, tt.now)
		if tt.want == "" && len(found) > 0 || tt.want != "" && (len(found) != 1 || !strings.Contains(found[0].Message, tt.want)) {
			t.Errorf("%s: %v, want %q", tt.now, found, tt.want)
		}
		_, err := NewMaker(t.Context(), root, v, Options{Now: tt.now})
		if (err != nil) != (tt.want == "ended on") {
			t.Errorf("%s: %v", tt.now, err)
		}
	}
	for name, root := range map[string]fstest.MapFS{"none": {}, "large": {"a.pem": {Data: make([]byte, mostCertificate+1)}}, "empty": {"a.pem": {}}} {
		if _, err := NewMaker(t.Context(), root, v, Options{Now: c.From}); !strings.Contains(words(err), "WO665") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestOddName: a Secret may have any name, that of the folder's kustomization too.
func TestOddName(t *testing.T) {
	sopstest.Install(t)
	v := withSOPS(t)
	v.Env.Secrets.CouchDB = "kustomization"
	files, _ := made(t, fstest.MapFS{}, v)
	folder, err := Read(mapped(files), v)
	if err != nil || len(files) != 4 || len(folder.Findings)+len(folder.Missing) > 0 {
		t.Error(len(files), folder, err)
	}
}
