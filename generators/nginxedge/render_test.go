package nginxedge

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func edge() Spec {
	return Spec{
		Host: "f.example.com", PublicPort: 8443, Resolver: "dns.kube-system", BodySize: 65, ReadTimeout: "75s",
		Uploads: 3, Times: Times{Lookup: 5, KeepAlive: 75, Leave: 85},
		Ports: Ports{HTTP: 8080, HTTPS: 8443, Internal: 8081}, CertificateDir: "/certs",
		Upstreams: []Upstream{{Name: "b-two", Host: "b.svc", Port: 2}, {Name: "a", Host: "a.svc", Port: 1}},
		Routes: []Route{
			{Path: "/web", Upstream: "a", NamespacePath: "/web"},
			{Path: "/", Upstream: "a", NamespacePath: "/web"},
			{Path: "/api", Upstream: "b-two"},
		},
		Deny: []string{"/v1.0/metrics", "/api/private"},
	}
}

func files(t *testing.T, s Spec) map[string]string {
	t.Helper()
	f, err := render(s)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestFiles reads the files as nginx, Flux and Kustomize do, as far as that
// goes without them.
func TestFiles(t *testing.T) {
	fs := files(t, edge())
	for name, text := range fs {
		if strings.Contains(text, "${") || strings.Contains(text, "$$") {
			t.Errorf("%s has a variable that Flux replaces, or two dollars that it makes one", name)
		}
		for i, line := range strings.Split(text, "\n") {
			if strings.TrimRight(line, " \t") != line || strings.Contains(line, "\t") {
				t.Errorf("%s:%d has a blank at its end or a tab, and would not be a YAML block: %q", name, i+1, line)
			}
		}
		if strings.HasSuffix(name, ".conf") {
			directives(t, name, text)
		}
	}
	want := map[string]bool{"http.conf": true, "host.conf": true, "leave.conf": true, "routes.conf": true}
	got := map[string]bool{}
	for _, d := range directives(t, "nginx.conf", fs["nginx.conf"]) {
		if include, ok := strings.CutPrefix(d, "include "); ok {
			got[include] = true
			if fs[include] == "" {
				t.Errorf("nginx.conf includes %q, which is no key", include)
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("includes (-want +got):\n%s", diff)
	}
}

func TestPathsStandOnce(t *testing.T) {
	fs := files(t, edge())
	locations := 0
	for _, d := range directives(t, "routes.conf", fs["routes.conf"]) {
		if strings.HasPrefix(d, "location /") {
			locations++
		}
	}
	if locations != len(edge().Routes) {
		t.Errorf("%d locations, want %d", locations, len(edge().Routes))
	}
	for _, r := range edge().Routes {
		if n := strings.Count(fs["routes.conf"], "location "+r.Path+" {"); n != 1 {
			t.Errorf("location %s stands %d times", r.Path, n)
		}
	}
	// The second path has a route that knows no namespaces.
	for _, line := range []string{`"~^ /v1\.0/metrics(/|$)" 1;`, `"~^\S* /api/private(/|$)" 1;`} {
		if n := strings.Count(fs["nginx.conf"], line); n != 1 {
			t.Errorf("%s stands %d times", line, n)
		}
	}
}

// TestEnvironments changes what differs between environments, and expects
// the large file to stay as it is.
func TestEnvironments(t *testing.T) {
	changed := edge()
	changed.Host, changed.PublicPort, changed.Resolver = "g.example.com", 443, "dns.openshift-dns"
	changed.BodySize, changed.ReadTimeout, changed.Uploads = 10, "3m", 4
	changed.Upstreams[1].Host, changed.Upstreams[0].Host = "c.svc", "d.svc"
	before, after := files(t, edge()), files(t, changed)
	var differ []string
	for _, name := range slices.Sorted(maps.Keys(before)) {
		if before[name] != after[name] {
			differ = append(differ, name)
		}
	}
	if diff := cmp.Diff([]string{"host.conf", "http.conf"}, differ); diff != "" {
		t.Errorf("files that differ (-want +got):\n%s", diff)
	}
	if !strings.Contains(after["http.conf"], "proxy_read_timeout 180s;") {
		t.Errorf("no timeout in seconds:\n%s", after["http.conf"])
	}
}

func TestOrderDoesNotMatter(t *testing.T) {
	turned := edge()
	slices.Reverse(turned.Upstreams)
	slices.Reverse(turned.Routes)
	slices.Reverse(turned.Deny)
	if diff := cmp.Diff(files(t, edge()), files(t, turned)); diff != "" {
		t.Errorf("files differ with the order of lists:\n%s", diff)
	}
}

func TestRest(t *testing.T) {
	for _, tt := range []struct{ prefix, path, want string }{
		{"/", "/pkg/action", "pkg/action"},
		{"/", "/", ""},
		{"/", "/a\nb\n", "a\nb\n"},
		{"/api/v1.0", "/api/v1.0/pkg/action", "pkg/action"},
		{"/api/v1.0", "/api/v1.0", ""},
		{"/api/v1.0", "/api/v1.0/\n", "\n"},
		{"/api/v1.0", "/api/v1.0x", "no match"},
		{"/api/v1.0", "/api/v1x0/a", "no match"},
	} {
		got := "no match"
		if m := regexp.MustCompile(rest(tt.prefix)).FindStringSubmatch(tt.path); m != nil {
			got = m[1]
		}
		if got != tt.want {
			t.Errorf("rest of %q after %q: got %q, want %q", tt.path, tt.prefix, got, tt.want)
		}
	}
}

// directives splits a file of nginx into its directives, without quotes,
// and wants braces that balance.
func directives(t *testing.T, name, text string) []string {
	t.Helper()
	var found []string
	var word strings.Builder
	depth := 0
	var quote rune
	comment := false
	for _, c := range text {
		switch {
		case comment:
			comment = c != '\n'
		case quote != 0:
			if c == quote {
				quote = 0
			} else {
				word.WriteRune(c)
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '#':
			comment = true
		case c == ';' || c == '{':
			found = append(found, strings.Join(strings.Fields(word.String()), " "))
			word.Reset()
			if c == '{' {
				depth++
			}
		case c == '}':
			depth--
			if depth < 0 || strings.TrimSpace(word.String()) != "" {
				t.Fatalf("%s: a brace closes nothing, or a directive has no end: %q", name, word.String())
			}
		default:
			word.WriteRune(c)
		}
	}
	if depth != 0 || quote != 0 || strings.TrimSpace(word.String()) != "" {
		t.Fatalf("%s ends inside of a block, a quote or a directive", name)
	}
	return found
}
