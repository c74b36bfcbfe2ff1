package sops

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/whiskops/whiskops/internal/sops/sopstest"
)

func TestMain(m *testing.M) { sopstest.Run(m) }

const (
	recipient = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj"
	manifest  = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\nstringData:\n  password: hunter2-zebra\n"
)

// TestThrough: what is plain comes back as it was, and is in no argument, no
// variable and no file.
func TestThrough(t *testing.T) {
	record := filepath.Join(t.TempDir(), "record")
	home := sopstest.Install(t, "FAKE_SOPS_RECORD="+record)
	t.Setenv("SOPS_PGP_FP", "85D77543B3D624B63CEA9E6DBC17301B491B3F21")
	t.Setenv("FAKE_SOPS_KEY", "mine")
	p, err := Find(t.Context(), time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	encrypted, err := p.Encrypt(t.Context(), []byte(manifest), []string{recipient})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(encrypted), "zebra") || !strings.Contains(string(encrypted), recipient) {
		t.Errorf("encrypted: %s", encrypted)
	}
	opened, err := p.Decrypt(t.Context(), encrypted)
	if err != nil {
		t.Fatal(err)
	}
	if string(opened) != manifest {
		t.Errorf("opened: %s", opened)
	}
	said, err := os.ReadFile(record)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(said)), "\n")
	if len(lines) != 3 {
		t.Fatalf("%d runs: %s", len(lines), said)
	}
	if strings.Contains(string(said), "zebra") {
		t.Errorf("a value is in the arguments or the environment: %s", said)
	}
	// Only who decrypts has the user's variables: others would add recipients.
	for i, want := range []bool{false, false, true} {
		if got := strings.Contains(lines[i], "SOPS_PGP_FP"); got != want {
			t.Errorf("run %d has the user's variables: %v, want %v", i, got, want)
		}
	}
	holds(t, home, "zebra")
}

// holds fails for each file below a directory that has a text in it.
func holds(t *testing.T, dir, text string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(name string, e os.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(name)
		if strings.Contains(string(content), text) {
			t.Errorf("%s has it", name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestFind(t *testing.T) {
	for version, want := range map[string]string{
		"3.9.4": "sops 3.9.4, which reads no standard input", "2.99.99": "sops 2.99.99, which", "3.10.0": "", "3.10.1": "", "3.11.0": "", "4.0.0": "", "3.9.99999": "does not say", "next": "does not say",
	} {
		sopstest.Install(t, "FAKE_SOPS_VERSION="+version)
		_, err := Find(t.Context(), time.Minute)
		if refused := (*Error)(nil); want == "" && err != nil || want != "" && (!errors.As(err, &refused) || !strings.Contains(refused.Message, want) || refused.Help == "") {
			t.Errorf("%s: %v, want %q", version, err, want)
		}
	}
	t.Setenv("PATH", t.TempDir())
	if _, err := Find(t.Context(), time.Minute); err == nil || !strings.Contains(err.Error(), "is not in the path") {
		t.Errorf("no program: %v", err)
	}
}

func TestRefused(t *testing.T) {
	for _, tt := range []struct {
		name, setting, want string
		text                func(string) string
	}{
		{name: "hang", setting: "FAKE_SOPS=hang", want: "did not end within 300ms"},
		{name: "large", setting: "FAKE_SOPS=large", want: "more than 4 MiB"},
		{name: "no key", want: "none of your keys opens the file"},
		{name: "value moved", setting: "FAKE_SOPS_KEY=mine", want: "was changed after it was encrypted", text: func(s string) string { return strings.Replace(s, "password:", "passwort:", 1) }},
		{name: "value changed", setting: "FAKE_SOPS_KEY=mine", want: "was changed after it was encrypted", text: func(s string) string {
			return strings.Replace(s, "ENC[AES256_GCM,data:", "ENC[AES256_GCM,data:AAAA", 1)
		}},
		{name: "no mac", setting: "FAKE_SOPS_KEY=mine", want: "was changed after it was encrypted", text: func(s string) string { return strings.Replace(s, "mac:", "mc:", 1) }},
		{name: "no yaml", setting: "FAKE_SOPS_KEY=mine", want: "sops ended with 1", text: func(string) string { return "a: [" }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			sopstest.Install(t)
			p, err := Find(t.Context(), time.Minute)
			if err != nil {
				t.Fatal(err)
			}
			encrypted, err := p.Encrypt(t.Context(), []byte(manifest), []string{recipient})
			if err != nil {
				t.Fatal(err)
			}
			if tt.text != nil {
				encrypted = []byte(tt.text(string(encrypted)))
			}
			sopstest.Install(t, tt.setting)
			if p, err = Find(t.Context(), time.Minute); err != nil {
				t.Fatal(err)
			}
			if tt.name == "hang" {
				p.timeout = 300 * time.Millisecond
			}
			_, err = p.Decrypt(context.Background(), encrypted)
			if refused := (*Error)(nil); !errors.As(err, &refused) || !strings.Contains(refused.Message, tt.want) || refused.Help == "" {
				t.Errorf("%v, want %q", err, tt.want)
			}
		})
	}
}
