package servers

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/whiskops/whiskops/e2e/servers/actionnode"
	"github.com/whiskops/whiskops/e2e/servers/golden"
	"github.com/whiskops/whiskops/e2e/servers/podproc"
)

const packageInstaller = "package-installer"

// Packages proves that real controllers take the packages of whisk.system by their
// API: those of an environment from nothing, again, and those of less, which has some
// of them no more. Without the folder with OpenWhisk it says what was not run.
func Packages(r *Run, less *golden.Env) error {
	folder := os.Getenv(OpenWhiskFolder)
	if folder == "" {
		r.notRun(OpenWhiskFolder+" is not set", []string{"package-installer puts packages in by the API of real controllers, changes nothing the second time, and takes back what is not wanted any more"})
		return nil
	}
	o, err := newOpenWhisk(r, folder)
	if err == nil {
		err = o.begin()
	}
	if err != nil {
		return fmt.Errorf("packages: %w", err)
	}
	p := &packages{openWhisk: o}
	for _, step := range []struct {
		name  string
		check func() error
	}{
		{"install", p.install}, {"again", p.again}, {"run an action", p.action}, {"remove", func() error { return p.remove(less) }},
	} {
		if err := step.check(); err != nil {
			return fmt.Errorf("packages: %s: %w", step.name, err)
		}
	}
	return nil
}

// packages of whisk.system, on real controllers.
type packages struct {
	*openWhisk
	versions map[string]string
}

// installer runs the program of an environment until it is ready, and returns what it
// said.
func (p *packages) installer(env *golden.Env) (string, error) {
	ip, err := p.run.address(packageInstaller)
	if err != nil {
		return "", err
	}
	pod, err := podproc.New(env, p.run.Guard, podproc.Options{Component: packageInstaller, IP: ip, Secrets: p.secrets, Rules: []podproc.Rule{
		{In: "env API_URL", From: "http://nginx-internal/", To: "http://" + p.ips[0] + ":8080/", Always: true},
		{In: "file again.js", From: `"/secrets"`, To: `"$POD/root/secrets"`, Always: true},
	}})
	if err != nil {
		return "", err
	}
	process, err := pod.Start(packageInstaller)
	if err != nil {
		return "", err
	}
	defer process.Kill()
	if err := p.run.probesPass(pod, packageInstaller, 2*time.Minute); err != nil {
		return "", fmt.Errorf("%w\n%s", err, tail(process.Log()))
	}
	if err := process.Stop(syscall.SIGTERM, 2*time.Second); err != nil {
		return "", err
	}
	for _, key := range p.secrets["openwhisk-subjects"] {
		if _, secret, _ := strings.Cut(key, ":"); strings.Contains(process.Log(), secret) {
			return "", fmt.Errorf("the log has a key: %s", process.Log())
		}
	}
	return process.Log(), nil
}

// system is a request with the key of whisk.system, which must be answered 200.
func (p *packages) system(method, path string, body, into any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	q, err := http.NewRequestWithContext(p.run.Context, method, "http://"+p.ips[0]+":8080/api/v1/namespaces/_"+path, bytes.NewReader(text))
	if err != nil {
		return err
	}
	id, key, _ := strings.Cut(p.secrets["openwhisk-subjects"]["whisk.system"], ":")
	q.SetBasicAuth(id, key)
	q.Header.Set("Content-Type", "application/json")
	answer, err := (&http.Client{Timeout: 30 * time.Second}).Do(q)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	said, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s %s is answered %d: %.300s", method, path, answer.StatusCode, said)
	}
	if err == nil && into != nil {
		err = json.Unmarshal(said, into)
	}
	return err
}

type packageEntity struct {
	Name, Version string
	Publish       bool
	Actions       []struct{ Name, Version string }
}

// there are the versions of all packages of whisk.system, and of their actions.
func (p *packages) there() (map[string]string, error) {
	var list []packageEntity
	if err := p.system(http.MethodGet, "/packages", nil, &list); err != nil {
		return nil, err
	}
	versions := map[string]string{}
	for _, one := range list {
		var whole packageEntity
		if err := p.system(http.MethodGet, "/packages/"+one.Name, nil, &whole); err != nil {
			return nil, err
		}
		versions[one.Name] = whole.Version
		for _, a := range whole.Actions {
			versions[one.Name+"/"+a.Name] = a.Version
		}
	}
	return versions, nil
}

func (p *packages) install() error {
	if err := p.system(http.MethodPut, "/packages/foreign", map[string]any{"publish": true}, nil); err != nil {
		return err
	}
	if err := p.system(http.MethodPut, "/actions/foreign/theirs", action(100), nil); err != nil {
		return err
	}
	log, err := p.installer(p.run.Env)
	if err != nil {
		return err
	}
	if p.versions, err = p.there(); err != nil {
		return err
	}
	for _, name := range []string{"apimgmt", "apimgmt/createApi", "apimgmt/getApi", "apimgmt/deleteApi", "utils/echo", "samples/greeting", "foreign/theirs"} {
		if p.versions[name] == "" {
			return fmt.Errorf("there is no %s: %v\n%s", name, p.versions, tail(log))
		}
	}
	// Others see what is shared, and not what holds the gateway's token.
	status, said, err := p.call(len(p.ips)-1, http.MethodGet, "/whisk.system/packages", nil)
	if err != nil || status != http.StatusOK || !strings.Contains(said, `"utils"`) || strings.Contains(said, "apimgmt") {
		return wrong(err, "a guest sees of whisk.system %d: %.500s", status, said)
	}
	status, said, err = p.call(len(p.ips)-1, http.MethodGet, "/whisk.system/packages/apimgmt", nil)
	if err != nil || status != http.StatusForbidden {
		return wrong(err, "a guest who asks for apimgmt is answered %d: %.300s", status, said)
	}
	p.run.proved(openWhiskServer, "package-installer puts %d packages and actions of whisk.system in by the API; a guest sees those that are shared, and is refused the one that holds the gateway's token", len(p.versions)-2)
	return nil
}

// again changes nothing, but for what somebody spoiled.
func (p *packages) again() error {
	if log, err := p.installer(p.run.Env); err != nil || strings.Contains(log, "changed") || strings.Contains(log, "created") {
		return wrong(err, "a second run says %s", log)
	}
	versions, err := p.there()
	if err != nil {
		return err
	}
	for name, version := range p.versions {
		if versions[name] != version {
			return fmt.Errorf("a second run changes %s from %s to %s", name, version, versions[name])
		}
	}
	if err := p.system(http.MethodPut, "/actions/utils/echo?overwrite=true", action(100), nil); err != nil {
		return err
	}
	if log, err := p.installer(p.run.Env); err != nil || strings.Count(log, ": changed") != 1 || !strings.Contains(log, "action utils/echo: changed") {
		return wrong(err, "after a change by hand it says %s", log)
	}
	p.run.proved(openWhiskServer, "a second run of package-installer changes nothing, by the versions that the controllers count, and a third puts right the one action that was changed by hand")
	return nil
}

// action runs route management's code as the controllers keep it, by the protocol of
// OpenWhisk's runtimes in Node, against a management of the gateway that asks for the
// token.
func (p *packages) action() error {
	var kept struct {
		Exec        struct{ Code, Kind string }
		Annotations []struct {
			Key   string
			Value any
		}
	}
	if err := p.system(http.MethodGet, "/actions/apimgmt/createApi", nil, &kept); err != nil {
		return err
	}
	var pack struct {
		Parameters []struct {
			Key   string
			Value string
		}
	}
	if err := p.system(http.MethodGet, "/packages/apimgmt", nil, &pack); err != nil {
		return err
	}
	params := map[string]any{}
	for _, one := range pack.Parameters {
		params[one.Key] = one.Value
	}
	gateway, made := &http.Server{}, ""
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	gateway.Handler = http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if q.Header.Get("Authorization") != fmt.Sprint("Bearer ", params["gatewayToken"]) {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		body, _ := io.ReadAll(q.Body)
		if q.Method == http.MethodGet {
			fmt.Fprint(w, "[]")
			return
		}
		made = q.Method + " " + q.URL.Path
		fmt.Fprintf(w, `{"artifact_id":"1","managed_url":"https://here/api/x","open_api_doc":%s}`, body)
	})
	go func() { _ = gateway.Serve(listener) }()
	defer gateway.Close()
	guest := madeSecrets()["openwhisk-subjects"]["guest"]
	id, _, _ := strings.Cut(guest, ":")
	params["gatewayUrl"] = "http://" + listener.Addr().String() + "/v2"
	params["__ow_user"] = "guest"
	params["__ow_headers"] = map[string]string{"authorization": basicAuth(guest)}
	params["apidoc"] = map[string]any{"gatewayBasePath": "/a", "gatewayPath": "/b", "gatewayMethod": "get", "action": map[string]string{
		"name": "/_/c", "namespace": "_", "backendUrl": "https://here/api/v1/web/_/default/c.json",
	}}
	said, err := p.runtime(kept.Exec.Code, params)
	if err != nil {
		return err
	}
	if made != "POST /v2/"+id+"/apis" || !strings.Contains(said, `"gwApiUrl":"https://here/api/x"`) {
		return fmt.Errorf("createApi asks the gateway %q, and answers %s", made, said)
	}
	p.run.proved(openWhiskServer+"; node", "createApi, as the controllers keep it (%s), makes an API at a management of the gateway that wants the token, for the namespace whose key was sent", kept.Exec.Kind)
	return nil
}

func basicAuth(key string) string {
	q := &http.Request{Header: http.Header{}}
	user, password, _ := strings.Cut(key, ":")
	q.SetBasicAuth(user, password)
	return q.Header.Get("Authorization")
}

// runtime runs code once as an action pod does, and returns what it answers.
func (p *packages) runtime(code string, params map[string]any) (string, error) {
	node, err := actionnode.New(p.run.Guard, p.run.addresses)
	if err != nil {
		return "", err
	}
	defer node.Close()
	ip, err := node.Start(&corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: "actions", Name: "system", UID: "1"},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Image: "openwhisk/action-nodejs-v20:1"}}},
	})
	if err != nil {
		return "", err
	}
	post := func(path string, value any) (string, error) {
		body, err := json.Marshal(map[string]any{"value": value})
		if err != nil {
			return "", err
		}
		answer, err := http.Post("http://"+ip+":8080"+path, "application/json", bytes.NewReader(body))
		if err != nil {
			return "", err
		}
		defer answer.Body.Close()
		said, err := io.ReadAll(answer.Body)
		if err == nil && answer.StatusCode != http.StatusOK {
			err = fmt.Errorf("%s is answered %d: %.300s", path, answer.StatusCode, said)
		}
		return string(said), err
	}
	if err := eventually(p.run.Context, 20*time.Second, func() error {
		_, err := post("/init", map[string]any{"code": code, "main": "main"})
		return err
	}); err != nil {
		return "", err
	}
	return post("/run", params)
}

// remove takes back what the other environment does not have any more.
func (p *packages) remove(less *golden.Env) error {
	log, err := p.installer(less)
	if err != nil {
		return err
	}
	versions, err := p.there()
	if err != nil {
		return err
	}
	for name := range p.versions {
		_, still := versions[name]
		if gone := name == "samples" || strings.HasPrefix(name, "samples/"); gone == still {
			return fmt.Errorf("%s: there %v\n%s", name, still, log)
		}
	}
	if versions["foreign"] != p.versions["foreign"] || versions["foreign/theirs"] != p.versions["foreign/theirs"] {
		return fmt.Errorf("a foreign package was touched: %v", versions)
	}
	p.run.proved(openWhiskServer, "a package that is wanted no more goes with its actions, and the others and a foreign one stay as they are")
	return nil
}
