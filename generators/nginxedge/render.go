package nginxedge

import (
	"cmp"
	"embed"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"text/template"
	"time"
)

//go:embed conf
var conf embed.FS

// parameters is how many requests with bodies below 1 MB take the room of an
// upload, which is 1 MiB each.
const parameters = 16

// file is what the templates below conf/ see.
type file struct {
	Spec
	// ReadSeconds is ReadTimeout, in seconds.
	ReadSeconds int
	// UploadsEach is how many of the uploads one client address may have.
	UploadsEach int
	// Parameters is how many requests with bodies below 1 MB are taken at once.
	Parameters int
}

// render returns the files of the ConfigMap by their names. The spec has been
// checked: no value in it can end a word of nginx's language.
func render(s Spec) (map[string]string, error) {
	f := file{
		Spec: s, ReadSeconds: seconds(s.ReadTimeout),
		UploadsEach: (s.Uploads + 1) / 2, Parameters: s.Uploads * parameters,
	}
	f.Deny = slices.Sorted(slices.Values(s.Deny))
	f.Routes = slices.SortedFunc(slices.Values(s.Routes), func(a, b Route) int { return cmp.Compare(a.Path, b.Path) })
	f.Upstreams = slices.SortedFunc(slices.Values(s.Upstreams), func(a, b Upstream) int { return cmp.Compare(a.Name, b.Name) })
	t, err := template.New("").Funcs(template.FuncMap{
		"quote":    regexp.QuoteMeta,
		"rest":     rest,
		"variable": variable,
		// namespaced paths are rewritten on the host of a namespace.
		"namespaced": func(path string) bool { return longest(s.Routes, path).NamespacePath != "" },
	}).ParseFS(conf, "conf/*")
	if err != nil {
		return nil, fmt.Errorf("parse nginx's files: %w", err)
	}
	files := map[string]string{}
	for _, name := range []string{"nginx.conf", "http.conf", "host.conf", "leave.conf", "routes.conf", "start.sh", "stop.sh"} {
		var b strings.Builder
		if err := t.ExecuteTemplate(&b, name, f); err != nil {
			return nil, fmt.Errorf("render %s: %w", name, err)
		}
		files[name] = b.String()
	}
	return files, nil
}

// longest finds the route that nginx takes for a path of Deny and all below it.
// No route is below such a path.
func longest(routes []Route, path string) Route {
	var found Route
	for _, r := range routes {
		if strings.HasPrefix(path, r.Path) && len(r.Path) > len(found.Path) {
			found = r
		}
	}
	return found
}

// variable holds host and port of an upstream. nginx resolves a name at the
// time of the request only when it comes from a variable.
func variable(upstream string) string {
	return "$to_" + strings.ReplaceAll(upstream, "-", "_")
}

// rest matches a path and captures what follows the prefix. It takes line
// feeds as well: a path that it leaves alone would reach the upstream outside
// of the namespace.
func rest(prefix string) string {
	if prefix == "/" {
		return `(?s)^/(.*)$`
	}
	return `(?s)^` + regexp.QuoteMeta(prefix) + `(?:/(.*))?$`
}

// seconds of a duration that has been checked.
func seconds(duration string) int {
	d, _ := time.ParseDuration(duration)
	return int(d / time.Second)
}
