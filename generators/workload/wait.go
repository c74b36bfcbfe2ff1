package workload

import (
	"cmp"
	"strings"

	"github.com/whiskops/whiskops/internal/krm"
)

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

func waitContainer(s Spec, w Wait) krm.M {
	c := krm.M{
		"name":            waitName(w),
		"image":           s.WaitImage,
		"command":         krm.L{"sh", "-c", waitScript(w)},
		"securityContext": containerSecurity(),
		"resources": krm.M{
			"requests": krm.M{"cpu": "10m", "memory": "16Mi"},
			"limits":   krm.M{"memory": "64Mi"},
		},
	}
	set(c, "envFrom", envFrom(w.EnvFrom))
	set(c, "env", w.Env)
	return c
}

func waitName(w Wait) string { return "wait-for-" + w.Name }

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
