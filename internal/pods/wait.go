// Package pods owns fragments that any pod may have, whoever makes it: init containers
// that wait, what the restricted Pod Security Standard asks for, and the disruption
// budget beside it. Plain values come out; who puts them where is the functions' affair.
package pods

import (
	"cmp"
	_ "embed"
	"strings"

	"github.com/whiskops/whiskops/internal/krm"
)

// WaitSource is this file, whose comments are the documentation of a Wait.
//
//go:embed wait.go
var WaitSource string

// Wait holds a pod back until an endpoint answers. Exactly one of TCP and URL
// is given; both are shell words in double quotes: variables of envFrom and
// env may stand in them as $NAME.
type Wait struct {
	// Name of what is waited for; the container is "wait-for-<name>".
	Name string `json:"name"`
	// TCP is a comma-separated list of host:port. More than half of them
	// must accept a connection.
	TCP string `json:"tcp,omitempty" form:"endpoints"`
	// URL must answer a GET with a 2xx status.
	URL string `json:"url,omitempty"`
	// Contains must stand in the answer's body.
	Contains string `json:"contains,omitempty"`
	// User is "name:$PASSWORD" for basic authentication: the password is a variable of
	// env, from a Secret.
	User string `json:"user,omitempty"`
	// Hint says what to do when it takes minutes, as shell words.
	Hint string `json:"hint,omitempty"`
	// EnvFrom are ConfigMaps whose keys are environment variables.
	EnvFrom []string `json:"envFrom,omitempty"`
	// Env of this wait alone, for example its password.
	Env []krm.M `json:"env,omitempty"`
	// Mounts of volumes of the pod that this wait reads, for example who signed the
	// server's certificate, for the variable CURL_CA_BUNDLE.
	Mounts []krm.M `json:"volumeMounts,omitempty"`
}

// The scripts are plain POSIX shell, and careful with three readers before
// the shell: Flux replaces ${NAME}, Kubernetes replaces $(NAME) and $$, so
// neither is used, and counting is left to expr in backquotes. A shell that
// is process 1 would ignore the signal to stop, hence the trap.

// waitTCP counts the addresses that accept a connection.
const waitTCP = `trap 'exit 1' TERM
hosts="HOSTS"
ready() {
  all=0 up=0
  IFS=,
  for address in $hosts; do
    all=` + "`expr $all + 1`" + `
    IFS=:
    set -- $address
    if nc -z -w 2 "$1" "$2"; then up=` + "`expr $up + 1`" + `; fi
  done
  test ` + "`expr $up + $up`" + ` -gt $all
}
n=0
until ready; do
  echo "waiting for NAME: $up of $all accept a connection: $hosts"
  n=` + "`expr $n + 1`" + `
  test $n -lt ROUNDS || echo "HINT"
  sleep 3
done
echo "NAME: $up of $all accept a connection"
`

// waitURL asks until the answer is what it should be.
const waitURL = `trap 'exit 1' TERM
url="URL"
ready() {
  REQUEST
}
n=0
until ready; do
  echo "waiting for NAME: $url"
  n=` + "`expr $n + 1`" + `
  test $n -lt ROUNDS || echo "HINT"
  sleep 3
done
echo "NAME answers"
`

// Rounds of a wait, each of three seconds and what the question takes, after
// which it says what to do, and what that is where nobody says better.
const (
	hintAfter = "40"
	anyHint   = "it takes long: does it run, and may this pod reach it?"
)

// Container is the init container of a wait. Its image has a shell, expr, nc and curl.
func (w Wait) Container(image string) krm.M {
	c := krm.M{
		"name":            w.ContainerName(),
		"image":           image,
		"command":         krm.L{"sh", "-c", waitScript(w)},
		"securityContext": Restricted(),
		"resources": krm.M{
			"requests": krm.M{"cpu": "10m", "memory": "16Mi"},
			"limits":   krm.M{"memory": "64Mi"},
		},
	}
	var from, env krm.L
	for _, name := range w.EnvFrom {
		from = append(from, krm.M{"configMapRef": krm.M{"name": name}})
	}
	for _, e := range w.Env {
		env = append(env, e)
	}
	if len(from) > 0 {
		c["envFrom"] = from
	}
	if len(env) > 0 {
		c["env"] = env
	}
	if len(w.Mounts) > 0 {
		var mounts krm.L
		for _, m := range w.Mounts {
			mounts = append(mounts, m)
		}
		c["volumeMounts"] = mounts
	}
	return c
}

// ContainerName of a wait in the pod.
func (w Wait) ContainerName() string { return "wait-for-" + w.Name }

func waitScript(w Wait) string {
	hint := cmp.Or(w.Hint, anyHint)
	if w.TCP != "" {
		return strings.NewReplacer("HOSTS", w.TCP, "NAME", w.Name, "ROUNDS", hintAfter, "HINT", hint).Replace(waitTCP)
	}
	return strings.NewReplacer("URL", w.URL, "REQUEST", request(w), "NAME", w.Name, "ROUNDS", hintAfter, "HINT", hint).Replace(waitURL)
}

func request(w Wait) string {
	curl := "curl -fsS --max-time 5"
	if w.User != "" {
		curl += ` -u "` + w.User + `"`
	}
	if w.Contains == "" {
		return curl + ` -o /dev/null "$url"`
	}
	// grep reads to the end: curl would complain of a closed pipe.
	return curl + ` "$url" | grep -F -e '` + strings.ReplaceAll(w.Contains, "'", `'\''`) + `' >/dev/null`
}
