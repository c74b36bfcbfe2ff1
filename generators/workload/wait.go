package workload

import (
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
until ready; do
  echo "waiting for NAME: $up of $all accept a connection: $hosts"
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
until ready; do
  echo "waiting for NAME: $url"
  sleep 3
done
echo "NAME answers"
`

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
	if w.TCP != "" {
		return strings.NewReplacer("HOSTS", w.TCP, "NAME", w.Name).Replace(waitTCP)
	}
	return strings.NewReplacer("URL", w.URL, "REQUEST", request(w), "NAME", w.Name).Replace(waitURL)
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
