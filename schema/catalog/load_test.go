package catalog_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"encoding/pem"
	"encoding/xml"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/whiskops/whiskops/schema/catalog"
)

// report is what the tests read of one.
type report struct {
	Verdict, Because, Summary string
	Requests, Answered        int
	Errors, Late, Waited      int
	Words                     map[string]int
	Warm, Cold                struct {
		Count         int
		P50, P95, P99 float64
	}
	ColdStarts struct{ Of, Count int }
	Kinds      map[string]struct{ Sent, Failed int }
	Earlier    *struct {
		Verdict  string
		Requests int
	}
}

// trial is one run of load.js.
type trial struct {
	code        int
	out         string
	termination string
	report      report
	picture     string
}

// loadPrograms writes the programs as a pod has them, behind a link as the kubelet
// mounts a ConfigMap, and gives the path of the first.
func loadPrograms(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "..2026"), 0o755); err != nil {
		t.Fatal(err)
	}
	all, err := fs.Glob(catalog.Files, "load/*.js")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range append(all, "apiserver.js") {
		base := path.Base(name)
		err := os.WriteFile(filepath.Join(dir, "..2026", base), []byte(file(t, name)), 0o600)
		if err == nil {
			err = os.Symlink(filepath.Join("..2026", base), filepath.Join(dir, base))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "load.js")
}

func node(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("node")
	if err != nil {
		t.Skip(err)
	}
	return path
}

// drive runs load.js against the two, and stops it after a time if there is one.
func drive(t *testing.T, api *whisk, k *keeper, stop time.Duration, env ...string) trial {
	t.Helper()
	program := loadPrograms(t)
	api.made, api.warm = map[string]bool{}, map[string]bool{}
	server := httptest.NewServer(api)
	defer server.Close()
	kube := httptest.NewTLSServer(k)
	defer kube.Close()
	at, err := url.Parse(kube.URL)
	if err != nil {
		t.Fatal(err)
	}
	account := t.TempDir()
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: kube.Certificate().Raw})
	for name, text := range map[string]string{"token": "token", "ca.crt": string(ca), "namespace": "whisk", "key": "id:key"} {
		if err := os.WriteFile(filepath.Join(account, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	termination := filepath.Join(account, "termination")
	cmd := exec.Command(node(t), program)
	cmd.Env = append([]string{
		"ACCOUNT=" + account, "KUBERNETES_SERVICE_HOST=" + at.Hostname(), "KUBERNETES_SERVICE_PORT=" + at.Port(),
		"API_URL=" + server.URL + "/api/v1", "KEY_FILE=" + filepath.Join(account, "key"), "TERMINATION=" + termination,
		"STAGES=ramp 1200 1,steady 1200 2", "REQUESTS=warm 70,cold 10,web 10,nonBlocking 10", "WORK_MS=0", "CONNECTIONS=50",
		"CALL_SECONDS=5", "START_SECONDS=2", "LATE_MS=400", "ERRORS=10", "REPORT=load-report", "RUN=load-1",
	}, env...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if api.held > 0 {
		// A machine that has no time for it.
		time.AfterFunc(api.held, func() { _ = cmd.Process.Signal(syscall.SIGSTOP) })
		time.AfterFunc(api.held+time.Second, func() { _ = cmd.Process.Signal(syscall.SIGCONT) })
	}
	if stop > 0 {
		defer time.AfterFunc(stop, func() { _ = cmd.Process.Signal(syscall.SIGTERM) }).Stop()
	}
	err = cmd.Wait()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	line, _ := os.ReadFile(termination)
	got := trial{code: cmd.ProcessState.ExitCode(), out: out.String(), termination: string(line)}
	if data, ok := k.held["data"].(map[string]any); ok {
		if err := json.Unmarshal([]byte(data["report.json"].(string)), &got.report); err != nil {
			t.Fatal(err)
		}
		got.picture = data["report.svg"].(string)
	}
	if strings.Contains(got.out, "id:key") {
		t.Errorf("the log has the key: %s", got.out)
	}
	api.mu.Lock()
	defer api.mu.Unlock()
	for name := range api.made {
		api.left = append(api.left, name)
	}
	return got
}

// A run that goes well meets its thresholds, counts what it sent, knows which
// calls started cold, and leaves a report and no action.
func TestLoadMet(t *testing.T) {
	k, api := &keeper{}, &whisk{}
	got := drive(t, api, k, 0, "P50_MS=400", "P95_MS=900", "P99_MS=1000", "COLD_P95_MS=1000", "THROUGHPUT=900")
	r := got.report
	if got.code != 0 || r.Verdict != "met" || !strings.HasPrefix(got.termination, "met: all thresholds are met (50 requests, 0 errors, ") {
		t.Fatalf("code %d, %q\n%s", got.code, got.termination, got.out)
	}
	want := map[string]int{"warm": 35, "cold": 5, "web": 5, "nonBlocking": 5}
	for kind, n := range want {
		if r.Kinds[kind].Sent != n || r.Kinds[kind].Failed != 0 {
			t.Errorf("%s: %+v, want %d sent", kind, r.Kinds[kind], n)
		}
	}
	if r.Requests != 50 || r.Answered != 50 || r.Warm.Count != 35 || r.ColdStarts.Count != 5 || r.ColdStarts.Of != 45 || r.Cold.Count != 5 {
		t.Errorf("%+v", r)
	}
	if len(api.left) > 0 {
		t.Errorf("actions are left: %v", api.left)
	}
	if err := xml.NewDecoder(strings.NewReader(got.picture)).Decode(&struct{ XMLName xml.Name }{}); err != nil && !errors.Is(err, io.EOF) {
		t.Errorf("the picture is no XML: %v", err)
	}
	again := drive(t, &whisk{}, k, 0)
	if e := again.report.Earlier; e == nil || e.Verdict != "met" || e.Requests != 50 {
		t.Errorf("the report before is %+v", e)
	}
}

// What misses, and what proves nothing.
func TestLoadVerdicts(t *testing.T) {
	slow := func(int) time.Duration { return 300 * time.Millisecond }
	for name, tt := range map[string]struct {
		api  *whisk
		deny bool
		stop time.Duration
		env  []string
		code int
		says string
	}{
		"a slow server":             {api: &whisk{delay: slow}, env: []string{"P50_MS=250"}, code: 1, says: "missed: p50 is "},
		"a slow one within limits":  {api: &whisk{delay: slow}, env: []string{"P50_MS=2000"}, code: 0, says: "met: "},
		"errors":                    {api: &whisk{status: failing(20, 503)}, code: 1, says: "missed: errors is "},
		"too many requests":         {api: &whisk{status: failing(20, 429)}, code: 1, says: "missed: errors is "},
		"fewer answers":             {env: []string{"THROUGHPUT=4000"}, code: 1, says: "missed: throughput is "},
		"nothing that started cold": {env: []string{"REQUESTS=web 1", "COLD_P95_MS=900"}, code: 2, says: "inconclusive: nothing was measured for coldP95"},
		"too few connections":       {api: &whisk{delay: slow}, env: []string{"STAGES=steady 1200 2", "CONNECTIONS=4", "P99_MS=60000"}, code: 2, says: "connections is too low for this rate"},
		"told to stop":              {stop: 2500 * time.Millisecond, env: []string{"STAGES=steady 1200 20"}, code: 2, says: "inconclusive: it was told to stop before its end"},
		"never an answer":           {api: &whisk{status: func(int) int { return 503 }}, code: 2, says: "inconclusive: nothing could be measured, within 2 s: call the warm action: status 503"},
		"records that are lost":     {api: &whisk{lose: true}, env: []string{"RECORD_SECONDS=1"}, code: 1, says: "missed: errors is 100 in a thousand"},
		"held back itself":          {api: &whisk{held: 1500 * time.Millisecond}, env: []string{"STAGES=steady 1200 3"}, code: 2, says: "requests were sent late: this program had too little CPU"},
		"no right to report":        {deny: true, code: 2, says: "met: "},
		"no stages":                 {env: []string{"STAGES="}, code: 2, says: "inconclusive: STAGES or REQUESTS: a stage is"},
		"too many cold ones":        {env: []string{"STAGES=steady 60000 2", "REQUESTS=cold 1"}, code: 2, says: "inconclusive: 2000 cold calls"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := drive(t, cmp.Or(tt.api, &whisk{}), &keeper{deny: tt.deny}, tt.stop, append([]string{"STAGES=steady 3000 1"}, tt.env...)...)
			if got.code != tt.code || !strings.Contains(got.termination, tt.says) {
				t.Errorf("code %d, want %d; %q, want %q\n%s", got.code, tt.code, got.termination, tt.says, got.out)
			}
			if tt.deny && !strings.Contains(got.out, "the report is not in ConfigMap load-report: read ConfigMap load-report: status 403 forbidden") {
				t.Errorf("it does not say why there is no report:\n%s", got.out)
			}
		})
	}
}

// failing answers calls after the first ones with a status.
func failing(after, status int) func(int) int {
	return func(calls int) int {
		if calls > after {
			return status
		}
		return http.StatusOK
	}
}

// A server that stands still for a second is seen by all that should have been
// sent in it: a closed loop would see one slow call in a hundred.
func TestLoadSeesWhatWaits(t *testing.T) {
	var once sync.Once
	var until time.Time
	api := &whisk{delay: func(calls int) time.Duration {
		if calls < 10 {
			return 0
		}
		once.Do(func() { until = time.Now().Add(time.Second) })
		return time.Until(until)
	}}
	got := drive(t, api, &keeper{}, 0, "STAGES=steady 3000 3", "REQUESTS=warm 1", "CONNECTIONS=4")
	if p := got.report.Warm.P95; p < 700 || p > 1600 {
		t.Errorf("p95 is %v ms of %+v\n%s", p, got.report.Warm, got.out)
	}
}

// A server that goes away is counted, by the word of the system.
func TestLoadServerGone(t *testing.T) {
	got := drive(t, &whisk{status: failing(30, gone)}, &keeper{}, 0, "REQUESTS=warm 1")
	if got.code != 1 || got.report.Words["ECONNRESET"] != got.report.Errors || got.report.Errors < 15 {
		t.Errorf("code %d, %v\n%s", got.code, got.report.Words, got.out)
	}
}
