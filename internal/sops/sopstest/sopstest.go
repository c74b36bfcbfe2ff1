// Package sopstest is a small sops for tests: it takes the same arguments, writes
// files of the same shape, and opens them again. It is for tests alone, and no
// protection: its key stands here.
//
// What it does differently is said by variables:
//
//	FAKE_SOPS_VERSION  the version that it says to be
//	FAKE_SOPS          hang, large, plain (encrypts nothing), other (for somebody
//	                   else too), silent (writes nothing)
//	FAKE_SOPS_KEY      must be set for it to decrypt: the user's key
//	FAKE_SOPS_RECORD   a file to which arguments and environment are added
//
// For encryption only PATH and HOME reach it, so these stand in a file
// "sops.conf" in HOME.
package sopstest

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

const conf = "sops.conf"

// Main is the program.
func Main() {
	os.Exit(run(os.Args[1:]))
}

// Run runs a package's tests, or the program where Install made the test binary
// that: it is for TestMain.
func Run(m *testing.M) {
	if filepath.Base(os.Args[0]) == "sops" {
		Main()
	}
	os.Exit(m.Run())
}

// Install makes the program the only one in the path, with settings, and returns
// the directory that it has for a home. The package's TestMain must call Run.
func Install(t *testing.T, settings ...string) (home string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	home = t.TempDir()
	t.Setenv("PATH", home)
	t.Setenv("HOME", home)
	t.Setenv("TMPDIR", home)
	if err := os.Symlink(self, filepath.Join(home, "sops")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(home, conf), []byte(strings.Join(settings, "\n")), 0o644); err != nil {
		t.Fatal(err)
	}
	return home
}

// settings are the variables.
func settings() map[string]string {
	all := map[string]string{}
	text, _ := os.ReadFile(filepath.Join(os.Getenv("HOME"), conf))
	for _, line := range append(strings.Split(string(text), "\n"), os.Environ()...) {
		if name, value, found := strings.Cut(line, "="); found && strings.HasPrefix(name, "FAKE_SOPS") {
			all[name] = value
		}
	}
	return all
}

func run(args []string) int {
	set := settings()
	if file := set["FAKE_SOPS_RECORD"]; file != "" {
		f, err := os.OpenFile(file, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
		if err != nil {
			return fail(1, err.Error())
		}
		fmt.Fprintln(f, args, os.Environ())
		f.Close()
	}
	if slices.Contains(args, "--version") {
		version := set["FAKE_SOPS_VERSION"]
		if version == "" {
			version = "3.13.2"
		}
		fmt.Println("sops " + version + " (latest)")
		return 0
	}
	in, err := io.ReadAll(os.Stdin)
	if err != nil {
		return fail(1, err.Error())
	}
	switch set["FAKE_SOPS"] {
	case "hang":
		time.Sleep(time.Hour)
	case "large":
		for range 5 << 10 {
			os.Stdout.Write(bytes.Repeat([]byte("# large\n"), 128))
		}
		return 0
	case "plain":
		os.Stdout.Write(in)
		return 0
	case "silent":
		return 0
	}
	switch {
	case slices.Contains(args, "encrypt"):
		recipients := strings.Split(after(args, "--age"), ",")
		if set["FAKE_SOPS"] == "other" {
			recipients = append(recipients, "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj")
		}
		return encrypt(in, recipients, after(args, "--encrypted-regex"))
	case slices.Contains(args, "decrypt"):
		if set["FAKE_SOPS_KEY"] == "" {
			return fail(128, "Failed to get the data key required to decrypt the SOPS file.")
		}
		return decrypt(in)
	}
	return fail(1, "what?")
}

func after(args []string, flag string) string {
	if i := slices.Index(args, flag); i >= 0 && i+1 < len(args) {
		return args[i+1]
	}
	return ""
}

func fail(code int, said string) int {
	fmt.Fprintln(os.Stderr, said)
	return code
}

// encrypt the fields of each part whose name matches.
func encrypt(in []byte, recipients []string, form string) int {
	n, err := yaml.Parse(string(in))
	if err != nil {
		return fail(1, err.Error())
	}
	parts := regexp.MustCompile(form)
	all := map[string]string{}
	err = n.VisitFields(func(part *yaml.MapNode) error {
		if name := part.Key.YNode().Value; parts.MatchString(name) {
			return part.Value.VisitFields(func(f *yaml.MapNode) error {
				all[f.Key.YNode().Value] = f.Value.YNode().Value
				f.Value.YNode().SetString(seal(f.Value.YNode().Value))
				return nil
			})
		}
		return nil
	})
	if err != nil {
		return fail(1, err.Error())
	}
	var keys strings.Builder
	for _, r := range recipients {
		fmt.Fprintf(&keys, "    - recipient: %s\n      enc: |\n        -----BEGIN AGE ENCRYPTED FILE-----\n        -----END AGE ENCRYPTED FILE-----\n", r)
	}
	text, _ := n.String()
	fmt.Printf("%ssops:\n    age:\n%s    mac: %s\n    encrypted_regex: %s\n    version: 3.13.2\n", text, keys.String(), seal(mac(all)), form)
	return 0
}

func decrypt(in []byte) int {
	n, err := yaml.Parse(string(in))
	if err != nil {
		return fail(1, err.Error())
	}
	all := map[string]string{}
	broken := false
	err = n.VisitFields(func(part *yaml.MapNode) error {
		if name := part.Key.YNode().Value; name == "data" || name == "stringData" {
			return part.Value.VisitFields(func(f *yaml.MapNode) error {
				text, ok := unseal(f.Value.YNode().Value)
				broken = broken || !ok
				all[f.Key.YNode().Value] = text
				f.Value.YNode().SetString(text)
				return nil
			})
		}
		return nil
	})
	if err != nil {
		return fail(1, err.Error())
	}
	sum, err := n.Pipe(yaml.Lookup("sops", "mac"))
	if err != nil || sum == nil {
		return fail(52, "Failed to verify data integrity. expected mac")
	}
	want, ok := unseal(sum.YNode().Value)
	if broken {
		return fail(25, "Error decrypting tree: cipher: message authentication failed")
	}
	if !ok || want != mac(all) {
		return fail(51, "MAC mismatch.")
	}
	if err := n.PipeE(yaml.Clear("sops")); err != nil {
		return fail(1, err.Error())
	}
	text, _ := n.String()
	fmt.Print(text)
	return 0
}

func mac(all map[string]string) string {
	h := sha256.New()
	for _, k := range slices.Sorted(maps.Keys(all)) {
		fmt.Fprintln(h, k, all[k])
	}
	return fmt.Sprintf("%X", h.Sum(nil))
}

const nonce = 32

// aead of the one key that all files have.
func aead() cipher.AEAD {
	key := sha256.Sum256([]byte("sopstest"))
	block, err := aes.NewCipher(key[:])
	if err != nil {
		panic(err)
	}
	a, err := cipher.NewGCMWithNonceSize(block, nonce)
	if err != nil {
		panic(err)
	}
	return a
}

func seal(text string) string {
	iv := make([]byte, nonce)
	rand.Read(iv)
	sealed := aead().Seal(nil, iv, []byte(text), nil)
	data, tag := sealed[:len(text)], sealed[len(text):]
	b := base64.StdEncoding.EncodeToString
	return fmt.Sprintf("ENC[AES256_GCM,data:%s,iv:%s,tag:%s,type:str]", b(data), b(iv), b(tag))
}

var sealedForm = regexp.MustCompile(`^ENC\[AES256_GCM,data:(.*),iv:(.*),tag:(.*),type:str\]$`)

func unseal(text string) (string, bool) {
	m := sealedForm.FindStringSubmatch(text)
	if m == nil {
		return "", false
	}
	var parts [3][]byte
	for i := range parts {
		parts[i], _ = base64.StdEncoding.DecodeString(m[i+1])
	}
	if len(parts[1]) != nonce {
		return "", false
	}
	opened, err := aead().Open(nil, parts[1], append(parts[0], parts[2]...), nil)
	return string(opened), err == nil
}
