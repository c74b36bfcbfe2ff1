package verify

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/whiskops/whiskops/internal/value"
)

// mount is where a container finds a volume.
type mount struct {
	at     string
	volume map[string]any
	sub    string
}

// mounts holds volumes, mounts and the files in them against each other.
func (j *judge) mounts() {
	for _, p := range j.pods {
		volumes := map[string]map[string]any{}
		for _, v := range list(p.spec["volumes"]) {
			volumes[text(v["name"])] = v
		}
		for _, t := range list(value.Map(p.of.Value, "spec")["volumeClaimTemplates"]) {
			volumes[text(value.Map(t, "metadata")["name"])] = map[string]any{}
		}
		for _, c := range p.containers {
			var all []mount
			for i, m := range list(c.is["volumeMounts"]) {
				at := under(c.path, "volumeMounts", strconv.Itoa(i))
				name, where := text(m["name"]), path.Clean(text(m["mountPath"]))
				v, ok := volumes[name]
				if !ok {
					j.fail(fault{
						code: codeMount, of: p.of, path: under(at, "name"), word: name,
						message: fmt.Sprintf("container %s mounts volume %s, and its pods have none of that name: an API server refuses it", c.name, name),
						help:    "add the volume, or take the mount away",
					})
					continue
				}
				if slices.ContainsFunc(all, func(o mount) bool { return o.at == where }) {
					j.fail(fault{
						code: codeMount, of: p.of, path: under(at, "mountPath"), word: where,
						message: fmt.Sprintf("container %s mounts two volumes at %s: an API server refuses it", c.name, where), help: "mount one of them elsewhere",
					})
				}
				all = append(all, mount{where, v, text(m["subPath"])})
			}
			j.files(p, c, all)
		}
	}
}

// certificates are files that a text names by the endings of certificates and keys.
var certificates = regexp.MustCompile(`(?:^|[\s"'=:;,])(/[A-Za-z0-9_./-]+\.(?:crt|key|pem|p12|jks))\b`)

// images have certificates of their own in these folders.
var images = []string{"/etc/ssl/", "/etc/pki/", "/usr/", "/opt/", "/var/run/secrets/", "/run/secrets/", "/tmp/", "/etc/ca-certificates/"}

// files holds the files that a container's texts name, below a mount whose files
// are known, against those files, and certificates against all mounts.
func (j *judge) files(p *pod, c container, mounts []mount) {
	for _, t := range j.texts(p, c, mounts) {
		for _, m := range mounts {
			there, ok := j.filesIn(p, m)
			if !ok {
				continue
			}
			for _, name := range namedBelow(t.is, m.at) {
				if !slices.Contains(there, name) {
					j.noFile(p, t, path.Join(m.at, name), fmt.Sprintf("and the volume at %s has no such file", m.at), "it has "+names(there))
				}
			}
		}
		for _, m := range certificates.FindAllStringSubmatch(t.is, -1) {
			file := m[1]
			if slices.ContainsFunc(images, func(i string) bool { return strings.HasPrefix(file, i) }) ||
				j.mountedBefore(p, c, file) || slices.ContainsFunc(mounts, func(o mount) bool { return o.at == "/" || strings.HasPrefix(file, o.at+"/") || file == o.at }) {
				continue
			}
			if t.shared && c.kind == "initContainers" {
				continue // it takes the ConfigMap for other variables: whose file it is, is said of the pod's own containers
			}
			j.noFile(p, t, file, fmt.Sprintf("and container %s mounts nothing there", c.name), "mount the Secret with the certificate there, or write where it is")
		}
	}
}

func (j *judge) noFile(p *pod, t written, file, why, help string) {
	j.fail(fault{
		code: codeMount, of: p.of, path: t.path, word: file, warning: !generated(p.of),
		message: fmt.Sprintf("%s names %s, %s", t.where, file, why), help: help,
	})
}

// written is a text that a container reads.
type written struct {
	is, where string
	path      []string
	shared    bool // with the pod's other containers: it is of a ConfigMap's variables
}

// texts that a container reads: its command, its variables, and the files of
// ConfigMaps that it mounts.
func (j *judge) texts(p *pod, c container, mounts []mount) []written {
	var all []written
	for _, field := range []string{"command", "args"} {
		for i, w := range words(c.is[field]) {
			all = append(all, written{is: w, where: fmt.Sprintf("the %s of container %s", field, c.name), path: under(c.path, field, strconv.Itoa(i))})
		}
	}
	variables, _ := j.variablesOf(p, c)
	for _, v := range variables {
		all = append(all, written{is: v.value, where: "variable " + v.name, path: c.path, shared: v.at < 0})
	}
	for _, m := range mounts {
		name := text(value.Map(m.volume, "configMap")["name"])
		data := value.Map(j.by[id{"ConfigMap", p.of.Namespace, name}].Value, "data")
		for _, k := range value.Keys(data) {
			all = append(all, written{is: text(data[k]), where: fmt.Sprintf("%s of ConfigMap %s", k, name), path: c.path})
		}
	}
	return all
}

// filesIn are those that a mount shows, if they are known.
func (j *judge) filesIn(p *pod, m mount) ([]string, bool) {
	kind, name := "ConfigMap", text(value.Map(m.volume, "configMap")["name"])
	items := list(value.Map(m.volume, "configMap")["items"])
	if name == "" {
		kind, name = "Secret", text(value.Map(m.volume, "secret")["secretName"])
		items = list(value.Map(m.volume, "secret")["items"])
	}
	if name == "" || m.sub != "" {
		return nil, false
	}
	if len(items) > 0 {
		var all []string
		for _, i := range items {
			first, _, _ := strings.Cut(text(i["path"]), "/")
			all = append(all, first)
		}
		return all, true
	}
	keys, found, known := j.keys(kind, p.of.Namespace, name)
	return keys, found && known && keys != nil
}

// namedBelow are the names of files that a text has below a folder.
func namedBelow(text, dir string) []string {
	var all []string
	for rest := text; ; {
		i := strings.Index(rest, dir+"/")
		if i < 0 {
			return all
		}
		before := byte(' ')
		if i > 0 {
			before = rest[i-1]
		}
		rest = rest[i+len(dir)+1:]
		end := strings.IndexFunc(rest, func(r rune) bool {
			return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/*$", r)
		})
		if end < 0 {
			end = len(rest)
		}
		name := strings.TrimRight(rest[:end], ".")
		// What is part of a longer path, a pattern or a folder is no file's name.
		if !isLetter(before) && !strings.ContainsAny(string(before), "_-./$}") && name != "" && !strings.ContainsAny(name, "/*$") && strings.Contains(name, ".") {
			all = append(all, name)
		}
	}
}
