package catalog_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/environment"
)

// prepared runs the script that prepares the API gateway's configuration, for an
// environment, over files of the shape that the image's have, and returns them. The
// error is the script's.
func prepared(t *testing.T, more string, management string) (map[string]string, error) {
	t.Helper()
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip(err)
	}
	text := "package environments\n\ne: edge: host: \"functions.example.com\"\ne: " + more + "\n"
	envs, found, err := environment.LoadBytes(".", map[string][]byte{"e.cue": []byte(text)})
	if err != nil || len(found) > 0 {
		t.Fatal(err, found)
	}
	v, err := derived.New(&envs[0])
	if err != nil {
		t.Fatal(err)
	}
	script, err := catalog.Text(v.Catalog.Components["apigateway"].Files.Value()["apigateway-scripts"]["prepare.sh"], &v)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, content := range map[string]string{
		"etc/includes/resolvers.conf": "",
		"etc/default.conf":            "server {\n    listen 80 default_server;\n}\n",
		"etc/managed_endpoints.conf":  "server {\n    listen 8080 default_server;\n    client_max_body_size 5m;\n    location ~ \"^/api/(a)\" {\n        proxy_read_timeout 70s;\n    }\n}\n",
		"etc/management_apis.conf":    management,
		"secrets/whisk.system":        systemKey + "\n",
		"conf/.keep":                  "",
		"logs/.keep":                  "",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	script = strings.NewReplacer("/etc/api-gateway/conf.d", dir+"/etc", " /conf", " "+dir+"/conf", "\"/logs/", "\""+dir+"/logs/", "/secrets/", dir+"/secrets/").Replace(script)
	out, err := exec.Command(bash, "-c", script).CombinedOutput()
	if err != nil {
		t.Logf("%v: %s", err, out)
	}
	files := map[string]string{}
	for _, name := range []string{"management_apis.conf", "managed_endpoints.conf"} {
		content, readErr := os.ReadFile(filepath.Join(dir, "conf", name))
		if readErr != nil {
			t.Fatal(readErr)
		}
		files[name] = string(content)
	}
	return files, err
}

const managementConf = "server {\n    listen 9000;\n    location ~ /(?<version>v2)/(?<tenantId>[^/]*)/apis/? {\n        access;\n    }\n    location ~ /v1/tenants/? {\n        access;\n    }\n    location /v1/health-check {\n        open;\n    }\n}\n"

// Each path of the management is for who has the token, and the health check is not.
func TestManagementWantsAToken(t *testing.T) {
	files, err := prepared(t, "packages: {}", managementConf)
	if err != nil {
		t.Fatal(err)
	}
	guard := ` if ($http_authorization != "Bearer ` + gatewayToken + `") { return 401; }` + "\n"
	want := strings.NewReplacer("apis/? {\n", "apis/? {\n"+guard, "tenants/? {\n", "tenants/? {\n"+guard).Replace(managementConf)
	if got := files["management_apis.conf"]; got != want {
		t.Errorf("%s", got)
	}
	// The key is in no file.
	for name, text := range files {
		if strings.Contains(text, systemKey) {
			t.Errorf("%s has the key", name)
		}
	}
	// A release whose file has another shape does not start, rather than unguarded.
	if _, err := prepared(t, "packages: {}", strings.ReplaceAll(managementConf, "tenants/? {", "tenants/?\n    {")); err == nil {
		t.Error("a path without a guard is left open")
	}
	files, err = prepared(t, "apigateway: enabled: true", managementConf)
	if err != nil || files["management_apis.conf"] != managementConf {
		t.Errorf("without route management: %v\n%s", err, files["management_apis.conf"])
	}
}

// nginx ends at a directive that is there twice, and that of a location wins.
func TestGatewayDirectivesOnce(t *testing.T) {
	files, err := prepared(t, "apigateway: enabled: true", managementConf)
	if err != nil {
		t.Fatal(err)
	}
	text := files["managed_endpoints.conf"]
	for _, directive := range []string{"client_max_body_size 1m;", "proxy_read_timeout 75s;"} {
		name, _, _ := strings.Cut(directive, " ")
		if strings.Count(text, name) != 1 || !strings.Contains(text, directive) {
			t.Errorf("%s is not there once as %q:\n%s", name, directive, text)
		}
	}
}
