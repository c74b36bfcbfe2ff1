package render

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"cuelang.org/go/cue/literal"
	yaml11 "go.yaml.in/yaml/v2"
	yaml12 "sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/kustomize"
	"github.com/whiskops/whiskops/internal/rules"
	"github.com/whiskops/whiskops/internal/seeds"
)

// freeStrings are what a person makes up in an environment.
type freeStrings struct{ annotation, admin, adminPassword, user, password, subject string }

const freeSource = `
odd: {
	profile: "development"
	cluster: nodes: core: {count: 1, cpu: "4", memory: "8Gi"}
	placement: enabled: false
	edge: {host: "openwhisk.localhost", replicas: 1, tls: selfSigned: {}, service: annotations: "example.com/odd": %s}
	controller: replicas: 1
	invoker: {replicas: 1, userMemory: "2Gi"}
	kafka: {replicas: 1, volume: none: {}}
	couchdb: volume: none: {}
	redis: volume: none:   {}
	secrets: plain: {
		couchdb: {
			admin: {username: %s, password: %s}
			controller: {username: %s, password: %s}
			invoker: {username: "invoker", password: "i-1"}
		}
		openwhisk: {
			controller: {username: %[4]s, password: %[5]s}
			invoker: {username: "invoker", password: "i-2"}
		}
		subjects: {
			"whisk.system": "00000000-0000-4000-8000-000000000001:abcdefghabcdefghabcdefghabcdefghabcdefghabcdefghabcdefghabcdefgh"
			guest:          "00000000-0000-4000-8000-000000000002:abcdefghabcdefghabcdefghabcdefghabcdefghabcdefghabcdefghabcdefgh"
			%s:             "00000000-0000-4000-8000-000000000003:abcdefghabcdefghabcdefghabcdefghabcdefghabcdefghabcdefghabcdefgh"
		}
	}
}
`

func (f freeStrings) source() []byte {
	q := literal.String.Quote
	return fmt.Appendf(nil, freeSource, q(f.annotation), q(f.admin), q(f.adminPassword), q(f.user), q(f.password), q(f.subject))
}

// odd makes a string of what readers trip over. Most characters are ordinary,
// so that whole strings are accepted now and then.
func odd(r *rand.Rand, ordinary, strange []rune) string {
	var b strings.Builder
	for range 1 + r.IntN(6) {
		from := ordinary
		if r.IntN(12) == 0 {
			from = strange
		}
		b.WriteRune(from[r.IntN(len(from))])
	}
	return b.String()
}

var (
	oddLetters = []rune("ab01-_.~!#%&*()[]{}<>|;=+,/?@^`\"'\\$ ")
	oddNames   = []rune("ab01-_.")
	oddWhole   = []string{"yes", "null", "~", "0x1F", "1e3", "- a", "a: b", "#c", "a #b", "{{.Env}}", "$(date)", "`id`", "$HOME", "%s", "\\n", "|", ">-", "<<", "=", "..", ".", "..data", " pw", "my admin", "!!binary a", "*a", "&a", "-hashed-x", "a ;b", "${VAR}", "$1"}
	oddText    = []rune("ab: #-'\"\\|>%@`{}[]*&!,?~=$()\n\t ä\u0085\u2028\ufeff\ufffe\u007f\u00a0\r\x00\U0001f600\uffff")
)

func freeOf(seed uint64) freeStrings {
	r := rand.New(rand.NewPCG(seed, 8))
	login := func() string {
		if r.IntN(4) == 0 {
			return oddWhole[r.IntN(len(oddWhole))]
		}
		return odd(r, oddLetters, []rune(":ä\t\u0085\ufffe\n"))
	}
	f := freeStrings{annotation: odd(r, oddText[:len(oddText)-9], oddText), admin: "admin", adminPassword: "a-1", user: "controller", password: "c-1", subject: "someone"}
	// One at a time, or nothing would ever be accepted.
	switch r.IntN(6) {
	case 0:
		f.admin = login()
	case 1:
		f.adminPassword = login()
	case 2:
		f.user = login()
	case 3:
		f.password = login()
	case 4:
		f.subject = odd(r, oddNames, oddLetters)
	}
	return f
}

// TestStringsSurvive: a string is refused at its line, or gets to whoever reads
// it as it was written.
func TestStringsSurvive(t *testing.T) {
	accepted, refused := 0, 0
	of := seeds.Of(t, 80, 4000)
	for _, seed := range of {
		f := freeOf(seed)
		envs, findings, err := environment.LoadBytes("environments", map[string][]byte{"odd.cue": f.source()})
		if err != nil {
			t.Fatalf("seed %d: %+q: %v", seed, f, err)
		}
		for i := range envs {
			v := valuesOf(t, &envs[i])
			findings = append(findings, rules.Check(&v)...)
		}
		for _, found := range findings {
			if found.Line == 0 {
				t.Errorf("seed %d: %+q has a finding without a line: %+v", seed, f, found)
			}
		}
		if hasError(findings) {
			refused++
			continue
		}
		accepted++
		err = errors.Join(f.configured(), splits(f.user, f.password), splits(f.admin, f.adminPassword))
		// Rendering takes a hundred times as long.
		if accepted%10 == 1 && err == nil {
			err = f.arrive(t, &envs[0])
		}
		if err != nil {
			t.Errorf("seed %d: %+q: %v", seed, f, err)
		}
	}
	if least := len(of) / 8; accepted < least || refused < least {
		t.Errorf("%d are accepted and %d refused: the test is looking at little", accepted, refused)
	}
}

// arrive follows each string to its readers.
func (f freeStrings) arrive(t *testing.T, env *environment.Environment) error {
	folders, err := rendererOf(t, env, Options{}).environment(env, ownFolder{})
	if err != nil {
		return err
	}
	for _, folder := range folders {
		for name, content := range folder.Files {
			if strings.HasSuffix(name, ".yaml") {
				if err := sameToBoth(content); err != nil {
					return fmt.Errorf("%s/%s: %w", folder.Path, name, err)
				}
			}
		}
	}
	s, err := newSample(env)
	if err != nil {
		return err
	}
	return errors.Join(f.annotated(&s), f.stored(&s), f.drained(t, &s), f.waited(t, &s))
}

// sameToBoth reads a file with a parser of YAML 1.1 and with one of YAML 1.2.
func sameToBoth(content []byte) error {
	one, two := yaml11.NewDecoder(bytes.NewReader(content)), yaml12.NewDecoder(bytes.NewReader(content))
	for {
		var a, b any
		errA, errB := one.Decode(&a), two.Decode(&b)
		if errors.Is(errA, io.EOF) && errors.Is(errB, io.EOF) {
			return nil
		}
		if errA != nil || errB != nil {
			return fmt.Errorf("one parser says %w, the other %w", errA, errB)
		}
		if fmt.Sprint(a) != fmt.Sprint(b) {
			return fmt.Errorf("one parser has\n%v\nthe other\n%v", a, b)
		}
	}
}

func (f freeStrings) annotated(s *sample) error {
	for _, o := range s.of("Service") {
		meta := o.Value["metadata"].(map[string]any)
		annotations, _ := meta["annotations"].(map[string]any)
		if got, ok := annotations["example.com/odd"]; ok {
			if got != f.annotation {
				return fmt.Errorf("the annotation is %q", got)
			}
			return nil
		}
	}
	return errors.New("no Service has the annotation")
}

// stored: the Secrets have the values, under names that are
// keys.
func (f freeStrings) stored(s *sample) error {
	want := map[string]map[string]string{
		"couchdb-admin":      {"username": f.admin, "password": f.adminPassword, "controller-username": f.user, "controller-password": f.password},
		"openwhisk-admin":    {"controller-username": f.user, "controller-password": f.password},
		"openwhisk-subjects": {f.subject: "00000000-0000-4000-8000-000000000003:" + strings.Repeat("abcdefgh", 8)},
	}
	for _, o := range s.of("Secret") {
		for key, value := range want[o.Name] {
			if got := o.Value["stringData"].(map[string]any)[key]; got != value {
				return fmt.Errorf("Secret %s has %q as %s", o.Name, got, key)
			}
		}
		delete(want, o.Name)
	}
	if len(want) > 0 {
		return fmt.Errorf("there is no Secret for %v", want)
	}
	// The setup program leaves out files that begin with a dot.
	if len(f.subject) > 253 || !regexp.MustCompile(`^[-._a-zA-Z0-9]+$`).MatchString(f.subject) || strings.HasPrefix(f.subject, ".") {
		return fmt.Errorf("the subject is no key")
	}
	return nil
}

// configured: the image's entry point writes the administrator into a file that
// CouchDB reads, older than 3.4 in one way and newer in another.
func (f freeStrings) configured() error {
	line := f.admin + " = " + f.adminPassword
	if strings.HasPrefix(line, ";") || strings.HasPrefix(line, "[") {
		return errors.New("the administrator is a comment or a section")
	}
	words := regexp.MustCompile(`\s?=\s?`).Split(line, -1)
	value := regexp.MustCompile(" ;|\t;").Split(strings.Join(words[1:], "="), 2)[0]
	if words[0] != f.admin || value != f.adminPassword {
		return fmt.Errorf("CouchDB up to 3.3 reads %q, %q", words[0], value)
	}
	uncommented, _, _ := strings.Cut(line, " ;")
	name, value, _ := strings.Cut(uncommented, " = ")
	if strings.TrimSpace(name) != f.admin || strings.TrimSpace(value) != f.adminPassword || strings.HasPrefix(value, "-") && regexp.MustCompile("^-(hashed|pbkdf2)").MatchString(value) {
		return fmt.Errorf("CouchDB reads %q, %q", name, value)
	}
	return nil
}

// drained: the controller's last words have the login in their header.
func (f freeStrings) drained(t *testing.T, s *sample) error {
	o, err := theOne(s, "ConfigMap", "controller-scripts")
	if err != nil {
		return err
	}
	script := o.Value["data"].(map[string]any)["drain.sh"].(string)
	got, err := shell(t, script, map[string]string{
		"CONFIG_whisk_controller_username": f.user, "CONFIG_whisk_controller_password": f.password,
	})
	if err != nil {
		return err
	}
	login := base64.StdEncoding.EncodeToString([]byte(f.user + ":" + f.password))
	if want := `header = "Authorization: Basic ` + login + `"`; !strings.Contains(got, want) {
		return fmt.Errorf("the drain script says %q, want %q", got, want)
	}
	return nil
}

// splits: who gets a login over HTTP cuts it at its first colon.
func splits(user, password string) error {
	if name, rest, _ := strings.Cut(user+":"+password, ":"); name != user || rest != password {
		return fmt.Errorf("over HTTP the login is %q, %q", name, rest)
	}
	return nil
}

// waited: curl gets the login as one argument.
func (f freeStrings) waited(t *testing.T, s *sample) error {
	o, err := theOne(s, "StatefulSet", "controller")
	if err != nil {
		return err
	}
	pod := o.Value["spec"].(map[string]any)["template"].(map[string]any)["spec"].(map[string]any)
	for _, c := range pod["initContainers"].([]any) {
		container := c.(map[string]any)
		if container["name"] != "wait-for-couchdb" {
			continue
		}
		script := container["command"].([]any)[2].(string)
		got, err := shell(t, "set -e\n"+script, map[string]string{"COUCHDB_USERNAME": f.user, "COUCHDB_PASSWORD": f.password})
		if want := "<" + f.user + ":" + f.password + ">"; !strings.Contains(got, want) {
			return fmt.Errorf("the wait says %q (%s), want %q", got, fmt.Sprint(err), want)
		}
		return nil
	}
	return errors.New("the controller does not wait for CouchDB")
}

func theOne(s *sample, kind, name string) (kustomize.Object, error) {
	for _, o := range s.of(kind) {
		if o.Name == name || strings.HasPrefix(o.Name, name+"-") {
			return o, nil
		}
	}
	return kustomize.Object{}, fmt.Errorf("there is no %s %s", kind, name)
}

// shell runs a script with a curl that prints its arguments and its input, and
// with no time passing.
func shell(t *testing.T, script string, env map[string]string) (string, error) {
	t.Helper()
	bin := t.TempDir()
	for name, text := range map[string]string{
		"curl":  "#!/bin/sh\nfor a; do printf '<%s>\\n' \"$a\" >>\"$SAID\"; done\ncase \"$*\" in *'-K -'*) cat >>\"$SAID\" ;; *count) printf 0 ;; esac\n",
		"sleep": "#!/bin/sh\nexit 1\n",
	} {
		if err := os.WriteFile(filepath.Join(bin, name), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	said := filepath.Join(bin, "said")
	cmd := exec.CommandContext(t.Context(), "sh", "-c", script)
	cmd.Env = []string{"PATH=" + bin + ":" + os.Getenv("PATH"), "SAID=" + said}
	for name, value := range env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	out, err := cmd.CombinedOutput()
	text, _ := os.ReadFile(said)
	if err != nil {
		err = fmt.Errorf("%w: %s", err, out)
	}
	return string(text), err
}
