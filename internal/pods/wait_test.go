package pods

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The stand-ins for what a wait runs. Who answers is in the file "up" (nc) or
// "body" (curl) of $STATE; "sleep" brings in what answers next, after as many
// rounds as "sleeps" has lines.
var standIns = map[string]string{
	"nc": `#!/bin/sh
test "$1 $2 $3" = "-z -w 2" && grep -qxF "$4:$5" "$STATE/up"
`,
	"curl": `#!/bin/sh
printf '%s\n' "$@" >"$STATE/curl"
test -e "$STATE/body" || exit 22
case "$*" in *"-o /dev/null"*) ;; *) cat "$STATE/body" ;; esac
`,
	"sleep": `#!/bin/sh
echo slept >>"$STATE/slept"
if test -s "$STATE/sleeps"; then sed -i 1d "$STATE/sleeps"; exit; fi
mv "$STATE/next" "$STATE/$BECOMES"
`,
}

// run runs a wait's script in a real shell and returns what it printed. It
// ends with an error when the script still waits after what is next.
func run(t *testing.T, w Wait, env map[string]string, state map[string]string) (string, string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("no POSIX shell")
	}
	bin, dir := t.TempDir(), t.TempDir()
	for name, script := range standIns {
		writeFile(t, filepath.Join(bin, name), script, 0o755)
	}
	for name, content := range state {
		writeFile(t, filepath.Join(dir, name), content, 0o644)
	}
	cmd := exec.CommandContext(t.Context(), "sh", "-c", "set -e\n"+waitScript(w))
	cmd.Env = []string{"PATH=" + bin + ":" + os.Getenv("PATH"), "STATE=" + dir}
	for k, v := range env {
		cmd.Env = append(cmd.Env, k+"="+v)
	}
	// set -e ends the script when sleep finds nothing next.
	out, _ := cmd.CombinedOutput()
	curl, err := os.ReadFile(filepath.Join(dir, "curl"))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return string(out), string(curl)
}

func writeFile(t *testing.T, path, content string, mode os.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), mode); err != nil {
		t.Fatal(err)
	}
}

func TestWaitTCPNeedsMoreThanHalf(t *testing.T) {
	three := "k-0.k:9092,k-1.k:9092,k-2.k:9092"
	for name, tt := range map[string]struct {
		hosts, up, next string
		want            []string
	}{
		"one of one": {
			hosts: "k:9092", up: "k:9092\n",
			want: []string{"kafka: 1 of 1 accept a connection"},
		},
		"none, then one": {
			hosts: "k:9092", next: "k:9092\n",
			want: []string{
				"waiting for kafka: 0 of 1 accept a connection: k:9092",
				"kafka: 1 of 1 accept a connection",
			},
		},
		"one of three is not enough, two are": {
			hosts: three, up: "k-1.k:9092\n", next: "k-1.k:9092\nk-2.k:9092\n",
			want: []string{
				"waiting for kafka: 1 of 3 accept a connection: " + three,
				"kafka: 2 of 3 accept a connection",
			},
		},
		"one of two is not enough": {
			hosts: "a:1,b:2", up: "a:1\n", next: "a:1\nb:2\n",
			want: []string{
				"waiting for kafka: 1 of 2 accept a connection: a:1,b:2",
				"kafka: 2 of 2 accept a connection",
			},
		},
		"another port is another address": {
			hosts: "a:1", up: "a:2\n", next: "a:1\n",
			want: []string{
				"waiting for kafka: 0 of 1 accept a connection: a:1",
				"kafka: 1 of 1 accept a connection",
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			state := map[string]string{"up": tt.up}
			if tt.next != "" {
				state["next"] = tt.next
			}
			got, _ := run(t, Wait{Name: "kafka", TCP: "$KAFKA_HOSTS"},
				map[string]string{"KAFKA_HOSTS": tt.hosts, "BECOMES": "up"}, state)
			if diff := cmp.Diff(strings.Join(tt.want, "\n")+"\n", got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestWaitTCPNeverTakesAnUnsetVariableForReady(t *testing.T) {
	got, _ := run(t, Wait{Name: "kafka", TCP: "$KAFKA_HOSTS"}, nil, map[string]string{"up": ""})
	if want := "waiting for kafka: 0 of 0 accept a connection: \n"; !strings.HasPrefix(got, want) {
		t.Errorf("got %q, want %q first", got, want)
	}
}

func TestWaitURL(t *testing.T) {
	env := map[string]string{"HOST": "couchdb", "USER_NAME": "a b", "PASSWORD": `x"y$z`, "BECOMES": "body"}
	for name, tt := range map[string]struct {
		wait  Wait
		state map[string]string
		out   string
		curl  []string
	}{
		"answers": {
			Wait{URL: "http://$HOST:5984/_up"}, map[string]string{"body": "anything"},
			"couchdb answers\n",
			[]string{"-fsS", "--max-time", "5", "-o", "/dev/null", "http://couchdb:5984/_up"},
		},
		"answers later": {
			Wait{URL: "http://$HOST/"}, map[string]string{"next": "anything"},
			"waiting for couchdb: http://couchdb/\ncouchdb answers\n",
			[]string{"-fsS", "--max-time", "5", "-o", "/dev/null", "http://couchdb/"},
		},
		"contains, with a user": {
			Wait{URL: "http://$HOST/", Contains: `it's "ok"`, User: "$USER_NAME:$PASSWORD"},
			map[string]string{"body": `it's "no"`, "next": `{it's "ok"}`},
			"waiting for couchdb: http://couchdb/\ncouchdb answers\n",
			[]string{"-fsS", "--max-time", "5", "-u", `a b:x"y$z`, "http://couchdb/"},
		},
		"contains is no pattern": {
			Wait{URL: "http://$HOST/", Contains: "-a.c"},
			map[string]string{"body": "-abc", "next": "-a.c"},
			"waiting for couchdb: http://couchdb/\ncouchdb answers\n",
			[]string{"-fsS", "--max-time", "5", "http://couchdb/"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			tt.wait.Name = "couchdb"
			out, curl := run(t, tt.wait, env, tt.state)
			if diff := cmp.Diff(tt.out, out); diff != "" {
				t.Errorf("output (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(strings.Join(tt.curl, "\n")+"\n", curl); diff != "" {
				t.Errorf("curl's arguments (-want +got):\n%s", diff)
			}
		})
	}
}

// A wait that takes minutes says what to do, and no earlier one does.
func TestHint(t *testing.T) {
	for _, tt := range []struct {
		wait Wait
		want string
	}{
		{Wait{Name: "b", TCP: "b:1"}, anyHint},
		{Wait{Name: "b", TCP: "b:1", Hint: "ask $WHOM"}, "ask them"},
		{Wait{Name: "b", URL: "http://b", Hint: "ask $WHOM"}, "ask them"},
	} {
		for _, rounds := range []int{39, 40, 41} {
			if testing.Short() && rounds != 40 && tt.wait.Hint != "" {
				continue // the bound is the same one for each
			}
			// sleep fails once the rounds are over, which ends the script.
			state := map[string]string{"up": "", "sleeps": strings.Repeat("x\n", rounds-1)}
			got, _ := run(t, tt.wait, map[string]string{"WHOM": "them", "BECOMES": "other"}, state)
			if n := strings.Count(got, "waiting for b"); n != rounds {
				t.Fatalf("%d rounds, want %d:\n%s", n, rounds, got)
			}
			if n, want := strings.Count(got, tt.want+"\n"), max(0, rounds-39); n != want {
				t.Errorf("in %d rounds %d times %q, want %d", rounds, n, tt.want, want)
			}
		}
	}
}
