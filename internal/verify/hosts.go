package verify

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/whiskops/whiskops/internal/kustomize"
	"github.com/whiskops/whiskops/internal/place"
	"github.com/whiskops/whiskops/internal/value"
)

// call is a host that some text calls.
type call struct {
	of        kustomize.Object
	path      []string
	where     string // for people
	namespace string // from which it is called
	host      string
	port      int // 0: none is said
	// sure that the text means a host of the cluster.
	sure bool
}

// hosts holds what texts call against the Services of the set: variables, the
// files of ConfigMaps, commands, and the fields that hold the name of a Service.
func (j *judge) hosts() {
	for _, o := range j.of("ConfigMap") {
		j.callsOf(o, value.Map(o.Value, "data"), func(key string) []string { return []string{"data", key} })
	}
	for _, p := range j.pods {
		for _, c := range p.containers {
			own, places := map[string]any{}, map[string]int{}
			for i, e := range list(c.is["env"]) {
				own[text(e["name"])], places[text(e["name"])] = e["value"], i
			}
			j.callsOf(p.of, own, func(key string) []string { return under(c.path, "env", strconv.Itoa(places[key]), "value") })
			for _, field := range []string{"command", "args"} {
				for i, w := range words(c.is[field]) {
					at := under(c.path, field, strconv.Itoa(i))
					for _, found := range scan(w, "") {
						found.of, found.path, found.namespace, found.where = p.of, at, p.of.Namespace, "the "+field+" of container "+c.name
						j.call(found)
					}
				}
			}
		}
	}
	j.serviceNames()
}

// callsOf are in texts by their names, each at its path. A variable that ends in
// "host" has a host alone, and its port is in the one that ends in "port".
func (j *judge) callsOf(o kustomize.Object, texts map[string]any, at func(key string) []string) {
	for _, key := range value.Keys(texts) {
		t := text(texts[key])
		found := scan(t, key)
		if stem, ok := hostVariable(key); ok && hostForm.MatchString(t) && len(found) == 0 {
			port, _ := strconv.Atoi(text(texts[stem+portOf(key)]))
			found = []call{{host: t, port: port, sure: !strings.Contains(t, ".")}}
		}
		for _, c := range found {
			c.of, c.path, c.namespace, c.where = o, at(key), o.Namespace, key
			j.call(c)
		}
	}
}

// hostVariable is the beginning of the name of a variable that has a host.
func hostVariable(name string) (stem string, ok bool) {
	for _, end := range []string{"host", "Host", "HOST"} {
		if stem, ok := strings.CutSuffix(name, end); ok && (stem == "" || strings.ContainsAny(stem[len(stem)-1:], "_-.") || end == "Host") {
			return stem, true
		}
	}
	return "", false
}

func portOf(key string) string {
	switch {
	case strings.HasSuffix(key, "HOST"):
		return "PORT"
	case strings.HasSuffix(key, "Host"):
		return "Port"
	}
	return "port"
}

const label = `[a-z0-9](?:[-a-z0-9]*[a-z0-9])?`

var (
	hostForm = regexp.MustCompile(`^` + label + `(\.` + label + `)*$`)
	// spoken finds hosts in text: what is before, the host, and its port. A dot
	// or a letter behind the port makes it something else, such as a version.
	spoken = regexp.MustCompile(`(^|[^A-Za-z0-9_.$%/@-]|//|@|/)(` + label + `(?:\.` + label + `)*)(?::([0-9]{1,5}))?`)
	// user and password before a host.
	user = regexp.MustCompile(`^[^\s/"'@]+@`)
	// addresses is the name of a variable that has hosts with ports.
	addresses = regexp.MustCompile(`(?i)(hosts?|servers?|brokers?|address(es)?|endpoints?|ur[il]s?|seeds?|peers?)$`)
)

// scan finds what a text calls. One word alone is a host only where it cannot be
// anything else.
func scan(text, key string) []call {
	var all []call
	for _, m := range spoken.FindAllStringSubmatchIndex(text, -1) {
		before, host := text[m[2]:m[3]], text[m[4]:m[5]]
		rest := text[m[1]:]
		if rest != "" && (isLetter(rest[0]) || strings.ContainsRune("_-$@", rune(rest[0])) || rest[0] == '.' && len(rest) > 1 && isLetter(rest[1])) {
			continue
		}
		if before == "//" && user.MatchString(text[m[4]:]) {
			continue
		}
		port := 0
		if m[6] >= 0 {
			port, _ = strconv.Atoi(text[m[6]:m[7]])
		}
		labels := strings.Split(host, ".")
		url := before == "//" || before == "@"
		switch {
		case isAddress(labels):
		case slices.Contains(labels, "svc"):
			all = append(all, call{host: host, port: port, sure: true})
		case len(labels) == 2 && (port > 0 || url):
			all = append(all, call{host: host, port: port})
		case len(labels) == 1 && host != "localhost" && (url || port > 0 && before != "/" && addresses.MatchString(key)):
			// In a program, "//host" may be a comment.
			all = append(all, call{host: host, port: port, sure: !strings.Contains(text, "\n")})
		}
	}
	return all
}

func isLetter(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

func isAddress(labels []string) bool {
	_, err := strconv.Atoi(labels[len(labels)-1])
	return err == nil
}

// call holds one against the set.
func (j *judge) call(c call) {
	service, wrong, help := j.answers(c)
	if service == nil && slices.Contains(j.Hosts, c.host) {
		return
	}
	if wrong == "" {
		if service != nil && c.port > 0 {
			wrong, help = j.port(*service, c.port)
		}
		if wrong != "" {
			j.fail(fault{code: codeHost, of: c.of, path: c.path, word: c.host, also: []string{service.Name}, message: fmt.Sprintf("%s calls %q: %s", c.where, hostPort(c), wrong), help: help})
		}
		return
	}
	before := j.plain != nil
	if before {
		was, no, _ := j.plain.answers(c)
		before = was != nil && no == ""
	}
	if !before && !c.sure && service == nil {
		return
	}
	j.fail(fault{
		code: codeHost, of: c.of, path: c.path, word: c.host, also: causes(c.host),
		message: fmt.Sprintf("%s calls %q: %s", c.where, hostPort(c), wrong), help: help,
		// Somebody else may have made it, unless it was there before.
		warning: !before,
	})
}

// causes are words of a kustomization by which a host may have gone.
func causes(host string) []string {
	return append(strings.Split(host, ".")[:min(2, strings.Count(host, ".")+1)], "namePrefix", "nameSuffix", "namespace")
}

func hostPort(c call) string {
	if c.port == 0 {
		return c.host
	}
	return fmt.Sprintf("%s:%d", c.host, c.port)
}

// answers finds the Service that a host is of. It is nil, and nothing wrong, for
// what is outside the set.
func (j *judge) answers(c call) (service *kustomize.Object, wrong, help string) {
	labels := strings.Split(c.host, ".")
	if i := slices.Index(labels, "svc"); i >= 0 {
		labels = labels[:i]
		if len(labels) < 2 {
			return nil, "", ""
		}
		return j.service(labels[len(labels)-1], labels[:len(labels)-1])
	}
	switch len(labels) {
	case 1:
		return j.service(c.namespace, labels)
	case 2:
		// A pod of a Service, or a Service of a namespace.
		if _, ok := j.by[id{"Service", c.namespace, labels[1]}]; ok {
			return j.service(c.namespace, labels)
		}
		if slices.Contains(j.namespaces, labels[1]) {
			return j.service(labels[1], labels[:1])
		}
		if j.plain != nil {
			if _, ok := j.plain.by[id{"Service", c.namespace, labels[1]}]; ok {
				return j.service(c.namespace, labels)
			}
		}
	}
	return nil, "", ""
}

// service finds the one of a namespace by its name, and the name of a pod before it.
func (j *judge) service(namespace string, labels []string) (*kustomize.Object, string, string) {
	if !slices.Contains(j.namespaces, namespace) {
		return nil, "", ""
	}
	name := labels[len(labels)-1]
	o, ok := j.by[id{"Service", namespace, name}]
	if !ok {
		return nil, fmt.Sprintf("there is no Service %s in namespace %s", name, namespace), j.nearService(namespace, name)
	}
	if len(labels) == 2 {
		if wrong := j.hasPod(o, labels[0]); wrong != "" {
			return &o, wrong, "write the name of a pod that is there, or change how many there are in the environment, which keeps the two together"
		}
	}
	return &o, "", ""
}

func (j *judge) nearService(namespace, name string) string {
	var there []string
	for _, o := range j.of("Service") {
		if o.Namespace == namespace {
			there = append(there, o.Name)
		}
	}
	slices.Sort(there)
	for _, t := range there {
		if strings.HasSuffix(t, "-"+name) || strings.HasPrefix(t, name+"-") {
			return fmt.Sprintf("the Service is called %s now: names stand in text that kustomize does not change, so leave namePrefix and nameSuffix out", t)
		}
	}
	if better := place.Suggest(name, there); better != "" {
		return fmt.Sprintf("did you mean %s?", better)
	}
	if len(there) == 0 {
		return "add the Service, or write the host where it is"
	}
	return "there is " + names(there)
}

// hasPod tells whether a headless Service gives a pod a name.
func (j *judge) hasPod(service kustomize.Object, name string) string {
	if value.Map(service.Value, "spec")["clusterIP"] != "None" {
		return fmt.Sprintf("Service %s is not headless, so its pods have no names", service.Name)
	}
	for _, o := range j.of("StatefulSet") {
		if o.Namespace != service.Namespace || text(value.Map(o.Value, "spec")["serviceName"]) != service.Name {
			continue
		}
		if n, ok := strings.CutPrefix(name, o.Name+"-"); ok {
			number, err := strconv.Atoi(n)
			if count := replicas(o); err == nil && number >= count {
				return fmt.Sprintf("StatefulSet %s has %d pods, and the last is %s-%d", o.Name, count, o.Name, count-1)
			}
			return ""
		}
	}
	return fmt.Sprintf("no StatefulSet of Service %s has a pod %s", service.Name, name)
}

// replicas of a workload.
func replicas(o kustomize.Object) int {
	if n, ok := value.Map(o.Value, "spec")["replicas"].(int64); ok {
		return int(n)
	}
	return 1
}
