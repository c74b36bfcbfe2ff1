package servers

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	authv1 "k8s.io/api/authentication/v1"
	authzv1 "k8s.io/api/authorization/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/whiskops/whiskops/e2e/servers/loopback"
	"github.com/whiskops/whiskops/e2e/servers/podproc"
	"github.com/whiskops/whiskops/e2e/servers/programs"
)

const loadComponent = "load"

// loadClaims are what a run under load proves, in the words of a list of what was
// not run.
var loadClaims = []string{
	"a run under load through nginx on real controllers and invokers meets its thresholds, counts cold starts by the records, and writes its report with the rights of its account",
	"the account of a run under load may make, read and change the report, by its name, and nothing else",
	"a slow action misses a threshold, with exit code 1",
	"errors of an edge that is gone are counted, with exit code 1",
}

// underLoad is an installation with nginx in front, on which runs are made.
type underLoad struct {
	*invokers
	edge    *edge
	account string
}

// loadReport is what is read of a report.
type loadReport struct {
	Verdict, Because, Summary string
	Requests, Errors          int
	Words                     map[string]int
	Warm                      struct {
		Count    int
		P50, P99 float64
	}
	Cold       struct{ P50 float64 }
	ColdStarts struct{ Of, Count int }
	Kinds      map[string]struct{ Sent, Failed int }
	Earlier    *struct{ Verdict string }
}

// Load proves the test under load: on real controllers, invokers and nginx, with a
// real API server for its report.
func Load(r *Run) error {
	folder := os.Getenv(OpenWhiskFolder)
	if folder == "" {
		r.notRun(OpenWhiskFolder+" is not set", loadClaims)
		return nil
	}
	if err := programs.Need("node", "nginx"); err != nil {
		return err
	}
	network, without, err := r.invokerRooms(folder)
	if err != nil {
		return fmt.Errorf("load: %w", err)
	}
	if network == nil {
		r.notRun(without, loadClaims)
		return nil
	}
	o, err := newOpenWhisk(r, folder)
	if err != nil {
		return fmt.Errorf("load: %w", err)
	}
	u := &underLoad{invokers: &invokers{openWhisk: o, network: network, image: filepath.Join(folder, "invoker")}}
	for _, step := range []struct {
		name  string
		check func() error
	}{
		{"controllers", o.begin}, {"tenant", u.makeTenant}, {"cluster", func() (err error) { u.cluster, err = newActionCluster(r); return err }}, {"invokers", u.invokers.begin},
		{"nginx", u.startEdge}, {"account", u.makeAccount}, {"rights", u.narrow},
		{"met", u.meets}, {"slow", u.misses}, {"gone", u.counts},
	} {
		if err := step.check(); err != nil {
			return fmt.Errorf("load: %s: %w", step.name, err)
		}
	}
	return nil
}

// makeTenant has the program of tenants write the one that runs call as.
func (u *underLoad) makeTenant() error {
	t := &tenants{couch: u.couch}
	if err := t.made(); err != nil {
		return err
	}
	u.secrets[tenantsSecret] = t.keys
	_, _, err := t.runOnce(u.run.Env)
	return err
}

// startEdge starts nginx in front of the controllers.
func (u *underLoad) startEdge() error {
	r := u.run
	version, err := nginxVersion()
	if err != nil {
		return err
	}
	e := &edge{run: r, version: version}
	if e.host, err = r.host(); err != nil {
		return err
	}
	if e.dns, err = loopback.NewDNS(0); err != nil {
		return err
	}
	r.atEnd(func() { _ = e.dns.Close() })
	e.dns.Set(r.fqdn("controller-ready"), u.ips...)
	if e.ip, err = r.address("nginx"); err != nil {
		return err
	}
	crt, key, _, err := certificate(e.host, 1)
	if err != nil {
		return err
	}
	if e.pod, err = r.nginxPod(e.ip, e.dns, crt, key); err != nil {
		return err
	}
	u.edge = e
	if e.process, err = e.pod.Start("nginx"); err != nil {
		return err
	}
	if err := r.probesPass(e.pod, "nginx", 20*time.Second); err != nil {
		return fmt.Errorf("%w\n%s", err, tail(e.process.Log()))
	}
	return nil
}

// object of a golden file.
func (u *underLoad) object(file string, into any) error {
	text, ok := u.run.Env.Files[file]
	if !ok {
		return fmt.Errorf("there is no %s", file)
	}
	return yaml.Unmarshal([]byte(text), into)
}

// makeAccount makes the generated account with its Role on the real API server, and
// what the kubelet would mount of it.
func (u *underLoad) makeAccount() error {
	var account corev1.ServiceAccount
	var role rbacv1.Role
	var binding rbacv1.RoleBinding
	for file, into := range map[string]any{"serviceaccount-load.yaml": &account, "role-load.yaml": &role, "rolebinding-load.yaml": &binding} {
		if err := u.object(file, into); err != nil {
			return err
		}
	}
	ctx, set, ns := u.run.Context, u.cluster.set, account.Namespace
	if _, err := set.CoreV1().ServiceAccounts(ns).Create(ctx, &account, metav1.CreateOptions{}); err != nil {
		return err
	}
	if _, err := set.RbacV1().Roles(ns).Create(ctx, &role, metav1.CreateOptions{}); err != nil {
		return err
	}
	if _, err := set.RbacV1().RoleBindings(ns).Create(ctx, &binding, metav1.CreateOptions{}); err != nil {
		return err
	}
	given, err := set.CoreV1().ServiceAccounts(ns).CreateToken(ctx, loadComponent, &authv1.TokenRequest{}, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	if u.account, err = u.run.Guard.Folder("account"); err != nil {
		return err
	}
	for name, text := range map[string]string{"token": given.Status.Token, "ca.crt": u.cluster.token["ca.crt"], "namespace": ns} {
		if err := os.WriteFile(filepath.Join(u.account, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return os.Chmod(u.account, 0o777) // for the message of the end
}

// narrow asks the API server what the account may do besides: nothing.
func (u *underLoad) narrow() error {
	ns := u.namespace()
	for _, c := range []struct {
		verb, resource, name string
		may                  bool
	}{
		{"create", "configmaps", "load-report", true}, {"get", "configmaps", "load-report", true}, {"patch", "configmaps", "load-report", true},
		{"create", "configmaps", "other", false}, {"create", "configmaps", "", false}, {"get", "configmaps", "other", false}, {"patch", "configmaps", "other", false},
		{"delete", "configmaps", "load-report", false}, {"list", "configmaps", "", false}, {"get", "secrets", "openwhisk-subjects", false}, {"get", "pods", "", false},
	} {
		review, err := u.cluster.set.AuthorizationV1().SubjectAccessReviews().Create(u.run.Context, &authzv1.SubjectAccessReview{Spec: authzv1.SubjectAccessReviewSpec{
			User:               "system:serviceaccount:" + ns + ":" + loadComponent,
			Groups:             []string{"system:serviceaccounts", "system:serviceaccounts:" + ns, "system:authenticated"},
			ResourceAttributes: &authzv1.ResourceAttributes{Namespace: ns, Verb: c.verb, Version: "v1", Resource: c.resource, Name: c.name},
		}}, metav1.CreateOptions{})
		if err != nil {
			return err
		}
		if review.Status.Allowed != c.may {
			return fmt.Errorf("its account may %s %s %q: %v", c.verb, c.resource, c.name, review.Status.Allowed)
		}
	}
	u.run.proved(invokerServer, "the account of a run under load may make, read and change the report, by its name, and nothing else")
	return nil
}

// runLoad makes a run, with these variables in place of what is generated, and gives
// its report, its exit code and its last words. The machine of a test is slower
// than a node: a request is late after a second.
func (u *underLoad) runLoad(meanwhile func(), env ...string) (loadReport, int, string, error) {
	var report loadReport
	termination := filepath.Join(u.account, "termination")
	pod, err := u.run.pod(podproc.Options{
		Component: loadComponent, Secrets: u.secrets,
		Env: append([]string{
			"KUBERNETES_SERVICE_HOST=" + u.cluster.host, "KUBERNETES_SERVICE_PORT=" + u.cluster.port,
			"ACCOUNT=" + u.account, "TERMINATION=" + termination, "LATE_MS=1000",
		}, env...),
		Rules: []podproc.Rule{{In: "env API_URL", From: "http://nginx-internal/", To: "http://" + net.JoinHostPort(u.edge.ip, "8081") + "/", Always: true}},
	})
	if err != nil {
		return report, 0, "", err
	}
	if meanwhile != nil {
		go meanwhile()
	}
	log, err := pod.Run(u.run.Context, loadComponent)
	code := 0
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		code = exit.ExitCode()
	} else if err != nil {
		return report, 0, "", err
	}
	words, _ := os.ReadFile(termination)
	kept, err := u.cluster.set.CoreV1().ConfigMaps(u.namespace()).Get(u.run.Context, "load-report", metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return report, code, string(words), fmt.Errorf("there is no report: code %d\n%s", code, tail(log))
	}
	if err != nil {
		return report, code, string(words), err
	}
	if !strings.HasPrefix(kept.Data["report.svg"], "<svg ") {
		return report, code, string(words), fmt.Errorf("the picture is %.100q", kept.Data["report.svg"])
	}
	if folder := os.Getenv("E2E_SCREENSHOTS"); folder != "" {
		for _, name := range []string{"report.svg", "report.json"} {
			if err := os.WriteFile(filepath.Join(folder, "load-"+kept.Data["verdict"]+"-"+name), []byte(kept.Data[name]), 0o644); err != nil {
				return report, code, string(words), err
			}
		}
	}
	return report, code, strings.TrimSpace(string(words)), json.Unmarshal([]byte(kept.Data["report.json"]), &report)
}

func (u *underLoad) namespace() string {
	w, err := u.run.Env.Workload(loadComponent)
	if err != nil {
		return ""
	}
	return w.Metadata.Namespace
}

// meets makes the run that the environment states.
func (u *underLoad) meets() error {
	report, code, words, err := u.runLoad(nil)
	if err != nil {
		return err
	}
	sent := 0
	for _, kind := range report.Kinds {
		sent += kind.Sent
	}
	switch k := report.Kinds; {
	case code != 0 || report.Verdict != "met":
		return fmt.Errorf("code %d, %s; %v", code, words, report.Words)
	case sent != report.Requests || k["warm"].Sent == 0 || k["cold"].Sent == 0 || k["web"].Sent == 0 || k["nonBlocking"].Sent == 0:
		return fmt.Errorf("the kinds are %+v of %d", k, report.Requests)
	case report.ColdStarts.Count < k["cold"].Sent || report.ColdStarts.Count >= report.ColdStarts.Of/2:
		return fmt.Errorf("%d of %d records are of cold starts, and %d calls were to start cold", report.ColdStarts.Count, report.ColdStarts.Of, k["cold"].Sent)
	case report.Warm.P50 < 10 || report.Warm.P99 < report.Warm.P50 || report.Cold.P50 <= report.Warm.P50:
		return fmt.Errorf("times are not plausible: %s; cold %v", report.Summary, report.Cold)
	}
	u.run.proved(invokerServer+", "+u.edge.version, "a run under load as the environment states it, with the key and the limits of a tenant's namespace, meets its thresholds: %s; its account may write the report, and the API server has it", report.Summary)
	return nil
}

// misses has the action work longer than the threshold.
func (u *underLoad) misses() error {
	report, code, words, err := u.runLoad(nil, "STAGES=steady 30 20", "REQUESTS=warm 1", "WORK_MS=6000")
	if err != nil {
		return err
	}
	if code != 1 || !strings.HasPrefix(words, "missed: p50 is ") || report.Earlier == nil || report.Earlier.Verdict != "met" {
		return fmt.Errorf("code %d, %s; the report before is %+v", code, words, report.Earlier)
	}
	u.run.proved(invokerServer+", "+u.edge.version, "an action that takes 6 s misses the median, with exit code 1, and the report has what the one before said")
	return nil
}

// counts ends nginx in the middle of a run.
func (u *underLoad) counts() error {
	report, code, words, err := u.runLoad(func() {
		// Until the run has begun: its actions are made and have answered.
		time.Sleep(15 * time.Second)
		u.edge.process.Kill()
	}, "STAGES=steady 120 40", "REQUESTS=warm 1")
	if err != nil {
		return err
	}
	if code != 1 || report.Words["ECONNREFUSED"] == 0 || report.Errors < report.Words["ECONNREFUSED"] {
		return fmt.Errorf("code %d, %s; %v", code, words, report.Words)
	}
	u.run.proved(invokerServer+", "+u.edge.version, "an edge that goes away in the middle of a run is %d errors of %d requests, by the system's word, with exit code 1", report.Errors, report.Requests)
	return nil
}
