package servers

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/whiskops/whiskops/e2e/runbook"
)

// desk is that of a person who pastes commands of the README's "When something is
// wrong". Programs that lead to a cluster or to the installation's public host lead
// to the test's servers instead; everything else of a command is run as it stands.
type desk struct {
	run      *Run
	commands []runbook.Command
	shell    runbook.Shell
	folder   string
}

// kubectl of the desk: logs are files, and exec runs a program of the test's, by the
// name of what a person asks for.
const deskKubectl = `#!/bin/bash
set -eu
[ "$1" != -n ] || shift 2
verb=$1; shift
case $verb in
logs)
  of= tail=cat
  while [ $# -gt 0 ]; do
    case $1 in
    -l) of=$2; shift ;;
    --tail=-1|--since=*|--prefix) ;;
    --tail=*) tail="tail -n ${1#--tail=}" ;;
    *) of=$1 ;;
    esac
    shift
  done
  file="%[1]s/logs/${of//\//_}"
  [ -e "$file" ] || file=/dev/null
  exec $tail "$file" ;;
exec)
  of=$1; shift
  while [ "$1" != -- ]; do shift; done
  shift
  exec "%[1]s/exec/${of//\//_}" "$@" ;;
get) exec cat "%[1]s/get/$1_$2" ;;
esac
echo "the desk knows no kubectl $verb" >&2
exit 2
`

func newDesk(r *Run) (*desk, error) {
	commands, err := runbook.Read(r.Env.Readme)
	if err != nil {
		return nil, err
	}
	folder, err := r.Guard.Folder("desk")
	if err != nil {
		return nil, err
	}
	d := &desk{run: r, commands: commands, folder: folder}
	d.shell = runbook.Shell{Folder: folder, Env: []string{"PATH=" + filepath.Join(folder, "bin") + ":" + os.Getenv("PATH"), "CURL_HOME=" + folder}}
	for _, name := range []string{"bin", "logs", "exec", "get"} {
		if err := os.Mkdir(filepath.Join(folder, name), 0o755); err != nil {
			return nil, err
		}
	}
	return d, d.program("bin/kubectl", fmt.Sprintf(deskKubectl, folder))
}

// program of the desk.
func (d *desk) program(name, text string) error {
	return os.WriteFile(filepath.Join(d.folder, name), []byte(text), 0o755)
}

// log is what kubectl logs gives of something from now on.
func (d *desk) log(of, text string) error {
	return os.WriteFile(filepath.Join(d.folder, "logs", strings.ReplaceAll(of, "/", "_")), []byte(text), 0o644)
}

// secret is what kubectl get secret gives for the key that is asked for.
func (d *desk) secret(name, value string) error {
	return os.WriteFile(filepath.Join(d.folder, "get", "secret_"+name), []byte(base64.StdEncoding.EncodeToString([]byte(value))), 0o644)
}

// at sends what is meant for the installation's public host to an address.
func (d *desk) at(host, address, certificate string) error {
	if err := os.WriteFile(filepath.Join(d.folder, "ca.pem"), []byte(certificate), 0o644); err != nil {
		return err
	}
	curlrc := fmt.Sprintf("connect-to = \"::%s\"\ncacert = \"%s/ca.pem\"\n", address, d.folder)
	if err := os.WriteFile(filepath.Join(d.folder, ".curlrc"), []byte(curlrc), 0o644); err != nil {
		return err
	}
	return d.program("bin/openssl", fmt.Sprintf("#!/bin/bash\nexec /usr/bin/openssl \"${@/#%s:*/%s}\"\n", host, address))
}

// look runs the one command of a symptom that has a text in it. It gives what a person
// sees, errors too.
func (d *desk) look(symptom, has string) (string, error) {
	c, err := runbook.Of(d.commands, symptom, has)
	if err != nil {
		return "", err
	}
	out, said, err := d.shell.Run(d.run.Context, c.Run, nil)
	d.run.Print(fmt.Sprintf("%s: %s: %s\n%s%s", d.run.Env.Name, symptom, c.Run, out, said))
	if err != nil {
		err = fmt.Errorf("%s: %w: %s%s", c.Run, err, out, said)
	}
	return out + said, err
}

// names of workloads that a command asks for.
var names = []*regexp.Regexp{
	regexp.MustCompile(`(?:deployment|statefulset)/([a-z-]+)`),
	regexp.MustCompile(`name=([a-z-]+)`),
	regexp.MustCompile(`name in \(([a-z,-]+)\)`),
	regexp.MustCompile(`(?:exec|logs) ([a-z-]+)-(?:\d|\$n) `),
}

// rest runs the commands that look into containers and that no step has run: what they
// ask for is there, and all that stands around it works. Logs are empty.
func (d *desk) rest() (int, error) {
	ran := 0
	for _, c := range d.commands {
		// Kafka's programs are run by RunbookKafka alone.
		if c.Remedy || c.Needs() != "kubelet" || strings.Contains(c.Run, "/opt/kafka/bin/") {
			continue
		}
		found := 0
		for _, n := range names {
			for _, m := range n.FindAllStringSubmatch(c.Run, -1) {
				for component := range strings.SplitSeq(m[1], ",") {
					if found++; !d.run.has(component) {
						return ran, fmt.Errorf("%s: there is no %s", c.Run, component)
					}
				}
			}
		}
		if found == 0 && !strings.Contains(c.Run, "POD") {
			return ran, fmt.Errorf("%s names nothing", c.Run)
		}
		out, said, err := d.shell.Run(d.run.Context, c.Run, map[string]string{"POD": "kafka-0"})
		if err != nil || said != "" {
			return ran, wrong(err, "%s: %s: %s%s", c.Symptom, c.Run, out, said)
		}
		ran++
	}
	return ran, nil
}

// shown is an error unless a text has all the parts.
func shown(text string, parts ...string) error {
	for _, p := range parts {
		if !strings.Contains(text, p) {
			return fmt.Errorf("it does not show %s: %s", p, text)
		}
	}
	return nil
}
