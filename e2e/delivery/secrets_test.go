package delivery_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/whiskops/whiskops/e2e/cluster/install"
	"github.com/whiskops/whiskops/e2e/controllers"
	"github.com/whiskops/whiskops/e2e/gitserver"
	"github.com/whiskops/whiskops/e2e/ground"
	"github.com/whiskops/whiskops/e2e/secrets"
)

// TestEncrypted has the real Flux decrypt what `whiskops secrets` encrypted with
// the real sops, from what whiskops generates for it.
func TestEncrypted(t *testing.T) {
	const env = "ci"
	release := ground.Releases()[0]
	ground.Holds(t, env, release, "flux: Secrets that sops encrypted are decrypted, without the key nothing is applied, a second pass changes nothing, and one that is rotated arrives", func(t *testing.T) {
		s, key := encrypted(t, release, env)
		s.at = s.repo.push(t, s.Ground, "begin")
		s.begin(t, env, s.folder(env))
		// The key comes after the rest.
		wait(t, s.Ground, time.Minute, func() []string {
			all := s.synced(env, s.at)
			if why := strings.Join(all, " "); strings.Contains(why, "sops-age") {
				return nil
			}
			return append(all, "nothing is said about the key")
		})
		_, err := s.Set.CoreV1().Secrets("flux-system").Create(s.Ctx, &corev1.Secret{
			ObjectMeta: metav1.ObjectMeta{Name: "sops-age"}, StringData: map[string]string{"age.agekey": key},
		}, metav1.CreateOptions{})
		must(t, err)
		s.poke(t, env)
		s.arrives(t, env, s.at)
		s.decrypted(t, env)
		unchanged(t, s, env)

		before := s.login(t, env)
		s.command(t, "secrets", "rotate", env, "couchdb/controller-password")
		s.repo.write(t, "environments/more.cue", "package environments\n\n"+env+": secrets: revisions: couchdb: 1\n")
		s.command(t, "generate")
		s.at = s.commit(t, env, "another password")
		s.arrives(t, env, s.at)
		s.decrypted(t, env)
		if after := s.login(t, env); after[0] == before[0] || after[1] == before[1] {
			t.Error("the user of the controllers, or its password, is what it was")
		}
	})
}

// encrypted is a stage with an environment whose Secrets sops encrypts, and the
// key that opens them. Its clusters/ are whiskops' own.
func encrypted(t *testing.T, release, env string) (*stage, string) {
	t.Helper()
	tools, err := secrets.Tools()
	must(t, err)
	key, err := exec.Command(filepath.Join(tools, "age-keygen")).Output()
	must(t, err)
	file := filepath.Join(t.TempDir(), "age.agekey")
	must(t, os.WriteFile(file, key, 0o600))
	t.Setenv("SOPS_AGE_KEY_FILE", file)
	t.Setenv("PATH", tools+":"+os.Getenv("PATH"))
	pools, classes := ground.Nodes(env)
	built, err := controllers.Build(t.Context(), ground.Progress)
	must(t, err)
	s := &stage{Ground: ground.New(t, release, classes, pools...), release: release, built: built}
	served, err := s.Plane.Folder("git")
	must(t, err)
	server, err := gitserver.Start(s.Ctx, served)
	must(t, err)
	s.repo = &repository{Server: server, dir: t.TempDir()}
	text, err := os.ReadFile("../../examples/environments/" + env + ".cue")
	must(t, err)
	recipient := regexp.MustCompile(`age1[0-9a-z]+`).Find(key)
	source := "secrets: source: sops: recipients: [\"" + string(recipient) + "\"]\n\tgitops: flux: {git: url: \"" + server.URL + "\", cancelsHealthChecks: true}\n"
	said := regexp.MustCompile(`gitops: argocd: .*\n`).ReplaceAllString(string(text), source)
	s.repo.write(t, "environments/"+env+".cue", said)
	s.command(t, "secrets", "create", env)
	s.command(t, "generate")
	s.tool = startFlux(t, s.Ground, built, true)
	// What else the README asks for: a certificate.
	_, readme := s.repo.generated(t, env)
	var asked []*corev1.Secret
	for _, a := range install.Asked(readme) {
		if a.Type == corev1.SecretTypeTLS {
			asked = append(asked, a)
		}
	}
	all, _ := s.repo.generated(t, env)
	must(t, s.Installer.Before(s.Ctx, s.Set, all, append(asked, install.Issued(all)...)))
	return s, string(key)
}

// command runs whiskops in the repository.
func (s *stage) command(t *testing.T, args ...string) {
	t.Helper()
	binary, err := ground.Whiskops()
	must(t, err)
	if out, err := exec.Command(binary, append(args, "-C", s.repo.dir)...).CombinedOutput(); err != nil {
		t.Fatalf("whiskops %v: %v\n%s", args, err, out)
	}
}

// decrypted holds each Secret of the cluster against its file, as the key opens
// it.
func (s *stage) decrypted(t *testing.T, env string) {
	t.Helper()
	for _, name := range []string{"couchdb-admin", "openwhisk-admin", "openwhisk-subjects"} {
		text, err := exec.Command("sops", "decrypt", filepath.Join(s.repo.dir, "clusters", env, "secrets", name+".yaml")).Output()
		must(t, err)
		var want corev1.Secret
		must(t, yaml.Unmarshal(text, &want))
		have, err := s.Set.CoreV1().Secrets(s.namespace(t, env)).Get(s.Ctx, name, metav1.GetOptions{})
		must(t, err)
		if len(have.Data) != len(want.StringData) {
			t.Errorf("%s has %d keys, want %d", name, len(have.Data), len(want.StringData))
		}
		for k, v := range want.StringData {
			if string(have.Data[k]) != v || strings.HasPrefix(v, "ENC[") {
				t.Errorf("%s/%s is not what its file has", name, k)
			}
		}
	}
}

// login is the controllers' user and password in the cluster.
func (s *stage) login(t *testing.T, env string) [2]string {
	t.Helper()
	have, err := s.Set.CoreV1().Secrets(s.namespace(t, env)).Get(s.Ctx, "couchdb-admin", metav1.GetOptions{})
	must(t, err)
	return [2]string{string(have.Data["controller-username"]), string(have.Data["controller-password"])}
}
