package preflight

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"maps"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// Each way of judging, one below, at and one above what is wanted.
func TestJudge(t *testing.T) {
	for _, c := range []struct{ judge, shown, want string }{
		{"found", "a", "ok"}, {"found", "*", "ok"}, {"equals *", "*", "ok"}, {"includes a", "*", "wrong"}, {"among a", "*", "wrong"}, {"found", " \n", "wrong"}, {"found", "", "wrong"},
		{"equals True", "True\n", "ok"}, {"equals True", "False", "wrong"}, {"equals True", "True True", "wrong"}, {"equals True", "", "wrong"},
		{"among 443 6443", "6443", "ok"}, {"among 443 6443", "443 6443 443", "ok"}, {"among 443 6443", "16443", "wrong"},
		{"among 443 6443", "443 16443", "wrong"}, {"among 443", "", "wrong"}, {"among 443", "44", "wrong"},
		{"includes a b", "c b a", "ok"}, {"includes a b", "a,b", "ok"}, {"includes a b", "a", "wrong"}, {"includes a", "ab", "wrong"},
		{"some 53 5353", "9153 5353", "ok"}, {"some 53 5353", "9153", "wrong"}, {"some 53", "", "wrong"},
		{"matches '^b'", "a\nb", "ok"}, {"matches '^b'", "ab", "wrong"}, {"matches '-l x'", "-l x", "ok"},
		{"lacks '^b'", "ab", "ok"}, {"lacks '^b'", "", "ok"}, {"lacks '^b'", "b", "wrong"},
		{"each x=y:NoSchedule", "n1 x=y:NoSchedule\nn2 z=:NoExecute x=y:NoSchedule\n", "ok"}, {"each x=y:NoSchedule", "n1 x=y:NoSchedule\nn2\n", "wrong"},
		{"each a b", "n a b", "ok"}, {"each a b", "n a", "wrong"}, {"each a", "", "wrong"}, {"each a", "n aa", "wrong"},
		{"rows 2", "a\nb\n", "ok"}, {"rows 2", "a\n\n", "wrong"}, {"rows 3", "a\nb\n", "wrong"},
		{"rows 1 4 15Gi 58", "4 15Gi 58", "ok"}, {"rows 1 4 15Gi 58", "3999m 15Gi 58", "wrong"}, {"rows 1 4 15Gi 58", "4001m 16106127360 59", "ok"},
		{"rows 1 4 15Gi 58", "4 16106127359 58", "wrong"}, {"rows 1 4 15Gi 58", "4 15728640Ki 58", "ok"}, {"rows 1 4 15Gi 58", "4 15728639Ki 58", "wrong"},
		{"rows 1 4 15Gi 58", "4 15Gi 57", "wrong"}, {"rows 2 100m", "0.1\n0.2\n", "ok"}, {"rows 2 100m", "0.1\n99m\n", "wrong"},
		{"rows 1 1 1G", "1 1000000k", "ok"}, {"rows 1 1 1G", "1 953Mi", "wrong"}, {"rows 1 1 1G", "1 954Mi", "ok"}, {"rows 1 1 1Ti", "1 1023Gi", "wrong"},
		{"distinct 3", "a b c a", "ok"}, {"distinct 3", "a b a", "wrong"}, {"distinct 1", "", "wrong"},
		{"release 34", "v1.34.4+k3s1 v1.35.0", "ok"}, {"release 34", "v1.34.0 v1.33.9", "wrong"}, {"release 34", `"gitVersion": "v1.34.4-eks-1"`, "ok"}, {"release 34", "", "wrong"},
		{"release 9", "v1.10.0", "ok"},
		{"within 10.0.0.0/8 100.64.0.0/10", "10.255.255.255 100.64.0.1", "ok"}, {"within 10.0.0.0/8", "11.0.0.0", "wrong"}, {"within 100.64.0.0/10", "100.128.0.0", "wrong"},
		{"within 100.64.0.0/10", "100.127.255.255", "ok"}, {"within 10.0.0.4/32", "10.0.0.4", "ok"}, {"within 10.0.0.4/32", "10.0.0.5", "wrong"}, {"within 10.0.0.4/32", "10.0.0.3", "wrong"},
		{"within 0.0.0.0/0", "203.0.113.1", "ok"}, {"within 0.0.0.0/0", "fd00::1", "wrong"}, {"within 10.0.0.0/8", "", "wrong"}, {"within 10.0.0.0/8", "10.0.0.1 8.8.8.8", "wrong"},
		{"within 10.0.0.0/9", "10.0.0.0/9", "ok"}, {"within 10.0.0.0/9", "10.0.0.0/8", "wrong"}, {"within 10.0.0.0/9", "10.0.0.0/10", "ok"},
	} {
		if got := verdict(t, "printf %s "+quote(c.shown)+` >"$shown"`+"\njudge "+c.judge); got != c.want {
			t.Errorf("%s of %q: %s, want %s", c.judge, c.shown, got, c.want)
		}
	}
}

// A certificate is judged by its end, and nothing of a Secret is shown but that.
func TestLasts(t *testing.T) {
	if _, err := exec.LookPath("openssl"); err != nil {
		t.Skip("no openssl")
	}
	long, short, over := selfSigned(t, 15*24*time.Hour), selfSigned(t, 14*24*time.Hour-time.Minute), selfSigned(t, -time.Hour)
	for _, c := range []struct{ name, shown, want string }{
		{"long", long, "ok"}, {"two", long + long, "ok"}, {"short", short, "wrong"}, {"over", over, "wrong"}, {"one of two is short", long + short, "wrong"},
		{"none", "", "wrong"}, {"something else", "s3cret", "wrong"}, {"no certificate", "-----BEGIN CERTIFICATE-----\ns3cret\n-----END CERTIFICATE-----\n", "wrong"},
	} {
		script := "printf %s " + quote(c.shown) + ` >"$shown"` + "\njudge lasts 14"
		if got := verdict(t, script); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
		shows := strings.Replace(script, "judge lasts 14", `lasts 14; grep -q s3cret "$shown" && echo leak >"$shown"; judge lacks leak`, 1)
		if got := verdict(t, shows); got != "ok" {
			t.Errorf("%s: what the Secret has is shown", c.name)
		}
	}
	if got := verdict(t, "printf %s "+quote(long)+` >"$shown"`+"\nPATH=$work\njudge lasts 14"); got == "ok" {
		t.Error("without openssl a certificate is found sound")
	}
}

// selfSigned is a certificate in PEM that ends after a time.
func selfSigned(t *testing.T, after time.Duration) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-24 * time.Hour), NotAfter: time.Now().Add(after)}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

// What kubectl did not show is told from what is not there, and what proves nothing
// from what is wrong.
func TestUnsure(t *testing.T) {
	const (
		missing   = `Error from server (NotFound): secrets "a" not found`
		noKind    = `error: the server doesn't have a resource type "gateways"`
		forbidden = `Error from server (Forbidden): nodes is forbidden`
	)
	for _, c := range []struct{ said, unsure, shown, want string }{
		{missing, "", "", "wrong"}, {noKind, "", "", "wrong"}, {forbidden, "", "", "unasked"},
		{missing, "unasked", "", "wrong"}, {forbidden, "unasked", "", "look"},
		{missing, "unshown", "", "look"}, {forbidden, "unshown", "", "look"},
		{"", "", "b", "wrong"}, {"", "unasked", "b", "wrong"}, {"", "unshown", "b", "look"}, {"", "unshown", "a", "ok"},
	} {
		lines := "printf %s " + quote(c.shown) + ` >"$shown"` + "\nunsure=" + c.unsure + "\n"
		if c.said != "" {
			lines += "echo " + quote(c.said) + ` >"$said"` + "\nfailed\n"
		}
		if got := verdict(t, lines+"judge equals a"); got != c.want {
			t.Errorf("%q, unsure %q, shown %q: %s, want %s", c.said, c.unsure, c.shown, got, c.want)
		}
	}
}

// shells that there are: the system's, bash as POSIX has it, and busybox with its
// own awk, grep, sed and tr.
func shells(t *testing.T) map[string][]string {
	t.Helper()
	all := map[string][]string{"sh": {"sh"}}
	if _, err := exec.LookPath("bash"); err == nil {
		all["bash"] = []string{"bash", "--posix"}
	}
	if _, err := exec.LookPath("busybox"); err == nil {
		all["busybox"] = []string{"busybox", "sh"}
	}
	return all
}

// programs is a folder with a kubectl that is content, and where it is asked for, the
// tools of busybox.
func programs(t *testing.T, shell string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "kubectl"), []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	if busybox, err := exec.LookPath("busybox"); err == nil && shell == "busybox" {
		for _, tool := range []string{"awk", "grep", "sed", "tr", "cut", "sort", "wc", "mktemp", "rm"} {
			if err := os.Symlink(busybox, filepath.Join(dir, tool)); err != nil {
				t.Fatal(err)
			}
		}
	}
	return dir
}

// verdict is the first word that the script prints of a fact, in every shell.
func verdict(t *testing.T, lines string) string {
	t.Helper()
	said := map[string]string{}
	in := shells(t)
	if names := slices.Sorted(maps.Keys(in)); testing.Short() { // one of them, another of other lines
		name := names[len(lines)%len(names)]
		in = map[string][]string{name: in[name]}
	}
	for name, shell := range in {
		cmd := exec.Command(shell[0], append(shell[1:], "-c", functions+"\nfact x must why\n"+lines+"\nsummary\n")...)
		cmd.Env = append(os.Environ(), "PATH="+programs(t, name)+":"+os.Getenv("PATH"))
		out, err := cmd.Output()
		word, _, _ := strings.Cut(string(out), " ")
		if fine := word == "ok" || word == "look"; fine != (err == nil) {
			t.Errorf("%s: %s: it ends with %v after %s", name, lines, err, word)
		}
		said[word] = name
	}
	if len(said) != 1 {
		t.Errorf("%s: shells do not agree: %v", lines, said)
	}
	for word := range said {
		return word
	}
	return ""
}
