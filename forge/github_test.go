package forge

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"
)

// action is github/action.yml.
type action struct {
	Inputs map[string]struct{ Default string }
	Runs   struct {
		Using string
		Steps []struct {
			ID, Name, If, Uses, Shell, Run string
			Env                            map[string]string
		}
	}
}

func readAction(t *testing.T) action {
	t.Helper()
	content, err := os.ReadFile("github/action.yml")
	if err != nil {
		t.Fatal(err)
	}
	var a action
	if err := yaml.Unmarshal(content, &a); err != nil {
		t.Fatal(err)
	}
	if a.Runs.Using != "composite" || len(a.Runs.Steps) == 0 {
		t.Fatal("not a composite action")
	}
	return a
}

// TestNoExpressionInScripts: what GitHub puts into a script before a shell reads it
// is a stranger's; variables are not read again.
func TestNoExpressionInScripts(t *testing.T) {
	for _, step := range readAction(t).Runs.Steps {
		if strings.Contains(step.Run, "${{") {
			t.Errorf("step %q has an expression in its script", step.Name)
		}
		if step.Run != "" && step.Shell != "bash" {
			t.Errorf("step %q has shell %q", step.Name, step.Shell)
		}
	}
}

const bot = "github-actions[bot]"

// githubAPI is GitHub's.
func githubAPI(t *testing.T) *api {
	return serve(t, "Authorization", func(a *api, w http.ResponseWriter, r *http.Request) {
		var id int
		switch {
		case r.Method == "GET" && r.URL.Path == "/repos/o/r/issues/7/comments":
			list := []map[string]any{}
			for _, c := range a.page(r) {
				list = append(list, map[string]any{"url": fmt.Sprintf("%s/repos/o/r/issues/comments/%d", a.URL, c.id), "user": map[string]any{"login": c.author}, "body": c.body})
			}
			answer(w, list)
			return
		case r.Method == "POST" && r.URL.Path == "/repos/o/r/issues/7/comments":
		case r.Method == "PATCH":
			if n, _ := fmt.Sscanf(r.URL.Path, "/repos/o/r/issues/comments/%d", &id); n != 1 {
				t.Errorf("request %s %s", r.Method, r.URL)
			}
		default:
			t.Errorf("request %s %s", r.Method, r.URL)
		}
		var request struct{ Body string }
		if err := json.NewDecoder(r.Body).Decode(&request); err != nil {
			t.Error(err)
		}
		a.write(w, id, bot, request.Body)
	})
}

// run of the action on a bench.
type run struct {
	code         int
	log, summary string
}

// act runs the steps as GitHub does, until one fails. inputs are those that the
// workflow gives, event is what the expressions of the event come to.
func act(t *testing.T, b *bench, a *api, inputs, event map[string]string) run {
	t.Helper()
	temp := t.TempDir()
	summary := filepath.Join(temp, "summary")
	all := map[string]string{
		"github.token": "s3cret", "github.event_name": "pull_request", "github.event.pull_request.number": "7", "github.action_path": "/nowhere", "github.action_ref": "main",
		"github.event.pull_request.head.repo.full_name != github.repository": "false", "base": "main", "inputs.program": filepath.Join(b.bin, "whiskops"),
	}
	maps.Copy(all, event)
	def := readAction(t)
	value := func(text string) string {
		inner, is := strings.CutPrefix(text, "${{ ")
		if !is {
			return text
		}
		key, rest, _ := strings.Cut(inner, " }}")
		got, ok := all[key]
		if !ok && !strings.HasPrefix(key, "steps.") {
			t.Fatalf("unknown expression %q", key)
		}
		return got + rest
	}
	for name, in := range def.Inputs {
		key := "inputs." + name
		if given, ok := inputs[name]; ok {
			all[key] = given
		} else if _, set := all[key]; !set {
			all[key] = value(in.Default)
		}
	}
	var got run
	for _, step := range def.Runs.Steps {
		switch step.If {
		case "":
		case "inputs.program == ''":
			continue // with a whiskops, as all these runs are
		case "github.event_name == 'pull_request'":
			if all["github.event_name"] != "pull_request" {
				continue
			}
		default:
			t.Fatalf("unknown condition %q", step.If)
		}
		outputs := filepath.Join(temp, "outputs-"+step.ID)
		env := map[string]string{
			"GITHUB_EVENT_NAME": all["github.event_name"], "GITHUB_BASE_REF": all["base"], "GITHUB_OUTPUT": outputs, "GITHUB_STEP_SUMMARY": summary, "RUNNER_TEMP": temp,
			"GITHUB_API_URL": a.URL, "GITHUB_REPOSITORY": "o/r", "GITHUB_SERVER_URL": "https://github.example", "GITHUB_RUN_ID": "42",
		}
		for name, text := range step.Env {
			env[name] = value(text)
		}
		var log string
		log, got.code = b.run(step.Run, env, "bash", "--noprofile", "--norc", "-eo", "pipefail")
		got.log += log
		for line := range strings.Lines(b.read(outputs)) {
			name, output, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
			all["steps."+step.ID+".outputs."+name] = output
		}
		if got.code != 0 {
			break
		}
	}
	got.summary = b.read(summary)
	b.unharmed()
	for _, token := range a.tokens {
		if token != "Bearer s3cret" {
			t.Errorf("token %q", token)
		}
	}
	b.hidden("s3cret", got.log+got.summary)
	return got
}

// TestGitHub: one comment, made and then replaced, whoever else wrote what.
func TestGitHub(t *testing.T) {
	needs(t, "bash", "curl", "jq")
	b, a := newBench(t), githubAPI(t)
	for i := range 250 {
		a.comments = append(a.comments, comment{i + 1, "stranger", marker + "\nno restarts, I swear"})
	}
	text := "| a | `b\\n` \"quoted\" |\n\n$(touch pwned) `touch pwned` é 😀\n\ttab \\ end\n"
	b.says(1, text)
	got := act(t, b, a, nil, nil)
	if got.code != 1 || got.summary != marker+"\n"+text || !strings.Contains(got.log, "::warning title=WO401::restarts\n") {
		t.Errorf("run %+v", got)
	}
	if diff := cmp.Diff([]string{marker + "\n" + text}, a.of(bot)); diff != "" {
		t.Errorf("comments (-want +got):\n%s\n%s", diff, got.log)
	}
	want := []string{"diff", "--root", ".", "--against", "refs/remotes/origin/main", "--output", "markdown", "--"}
	if diff := cmp.Diff(want, b.arguments()[0]); diff != "" {
		t.Errorf("arguments (-want +got):\n%s", diff)
	}

	b.says(0, "nothing differs\n")
	if got := act(t, b, a, nil, nil); got.code != 0 {
		t.Errorf("run %+v", got)
	}
	// Of another folder there is another one.
	b.says(0, "platform\n")
	if got := act(t, b, a, map[string]string{"root": "plat/form --> <b>", "environments": "eu-1  us", "sarif": "out.sarif"}, nil); got.code != 0 {
		t.Errorf("run %+v", got)
	}
	runs := b.arguments()
	want = []string{"diff", "--root", "plat/form --> <b>", "--against", "refs/remotes/origin/main", "--output", "sarif", "--", "eu-1", "us"}
	if diff := cmp.Diff(want, runs[len(runs)-1]); diff != "" {
		t.Errorf("arguments (-want +got):\n%s", diff)
	}
	if b.read(filepath.Join(b.dir, "out.sarif")) != "{}\n" {
		t.Error("no SARIF")
	}
	if diff := cmp.Diff([]string{marker + "\nnothing differs\n", "<!-- whiskops diff of plat/form______b_ -->\nplatform\n"}, a.of(bot)); diff != "" {
		t.Errorf("comments (-want +got):\n%s", diff)
	}
	for _, body := range a.of("stranger") {
		if body != marker+"\nno restarts, I swear" {
			t.Error("a stranger's comment was changed")
		}
	}
}

// TestGitHubFork: a fork's pull request needs no token: nothing is asked of the API.
func TestGitHubFork(t *testing.T) {
	needs(t, "bash")
	for name, tt := range map[string]struct{ inputs, event map[string]string }{
		"fork":     {nil, map[string]string{"github.event.pull_request.head.repo.full_name != github.repository": "true"}},
		"no token": {map[string]string{"token": ""}, nil},
		"push":     {map[string]string{"against": "HEAD~1"}, map[string]string{"github.event_name": "push", "base": ""}},
	} {
		for _, code := range []int{0, 1} {
			b, a := newBench(t), githubAPI(t)
			b.says(code, "text\n")
			got := act(t, b, a, tt.inputs, tt.event)
			if got.code != code || len(a.requests) > 0 || got.summary != marker+"\ntext\n" || !strings.Contains(got.log, "::warning title=WO401") {
				t.Errorf("%s: run %+v, requests %v", name, got, a.requests)
			}
		}
	}
}

// TestGitHubRefused: a comment that cannot be written is told, and changes no verdict.
func TestGitHubRefused(t *testing.T) {
	needs(t, "bash", "curl", "jq")
	for method, want := range map[string]string{"GET": "the comments could not be read", "POST": "it could not be made", "PATCH": "it could not be replaced"} {
		for _, code := range []int{0, 1} {
			b, a := newBench(t), githubAPI(t)
			if method == "PATCH" {
				a.comments = []comment{{1, bot, marker + "\r\nold"}}
			}
			a.refuse[method] = http.StatusForbidden
			b.says(code, "text\n")
			got := act(t, b, a, nil, nil)
			if got.code != code || !strings.Contains(got.log, "::warning title=whiskops::the comment was not written: "+want) || got.summary == "" {
				t.Errorf("%s: run %+v", method, got)
			}
		}
	}
}

// TestGitHubLong: at the limit a comment is whole, above it is cut between lines, and
// says so.
func TestGitHubLong(t *testing.T) {
	needs(t, "bash", "curl", "jq")
	const line = "éééé 😀 of many lines\n"
	room := 65536 - len(marker) - 1
	at := strings.Repeat(line, room/len(line))
	at += strings.Repeat("x", room-len(at)-1) + "\n"
	for name, text := range map[string]string{"at": at, "above": "x" + at, "far above": strings.Repeat(line, 50_000), "one line": strings.Repeat("é", 100_000) + "\n"} {
		b, a := newBench(t), githubAPI(t)
		b.says(0, text)
		got := act(t, b, a, nil, nil)
		bodies := a.of(bot)
		if len(bodies) != 1 {
			t.Fatalf("%s: %d comments: %s", name, len(bodies), got.log)
		}
		body := bodies[0]
		cut := strings.HasPrefix(body, marker+"\n\n**Cut here: the rest is in [the summary of the run](https://github.example/o/r/actions/runs/42).**\n\n")
		if cut != (name != "at") || len(body) > 65536 || !utf8.ValidString(body) || strings.ContainsRune(body, utf8.RuneError) || !strings.HasSuffix(body, "\n") {
			t.Errorf("%s: %d bytes, cut %v", name, len(body), cut)
		}
		if name == "far above" && len(body) < 60_000 {
			t.Errorf("%s: %d bytes are left", name, len(body))
		}
		if got.summary != marker+"\n"+text {
			t.Errorf("%s: the summary is not whole", name)
		}
	}
}

// TestGitHubHostile: names reach whiskops as they are.
func TestGitHubHostile(t *testing.T) {
	needs(t, "bash")
	for _, name := range hostile {
		b, a := newBench(t), githubAPI(t)
		got := act(t, b, a, map[string]string{"token": ""}, map[string]string{"base": name})
		if want := "refs/remotes/origin/" + name; got.code != 0 || !strings.Contains(strings.Join(b.arguments()[0], "\n"), "--against\n"+want+"\n--output\nmarkdown\n--") {
			t.Errorf("%q: run %+v, arguments %q", name, got, b.arguments()[0])
		}
		b = newBench(t)
		got = act(t, b, a, map[string]string{"token": "", "against": name, "root": name}, nil)
		if !strings.Contains(strings.Join(b.arguments()[0], "\n"), "diff\n--root\n"+name+"\n--against\n"+name+"\n--output\nmarkdown\n--") {
			t.Errorf("%q: run %+v, arguments %q", name, got, b.arguments()[0])
		}
	}
}

// TestGitHubFaults: what cannot be said is a failure, and a stranger's words are no
// commands of the workflow.
func TestGitHubFaults(t *testing.T) {
	needs(t, "bash")
	b, a := newBench(t), githubAPI(t)
	b.says(2, "")
	b.put("said", "whiskops: the clone is shallow\n::add-mask::x\n::warning::of a stranger\n")
	got := act(t, b, a, nil, nil)
	if got.code != 2 || len(a.requests) > 0 || got.summary != "" {
		t.Errorf("run %+v, requests %v", got, a.requests)
	}
	lines := strings.Split(got.log, "\n")
	stop, is := strings.CutPrefix(lines[0], "::stop-commands::")
	if !is || len(stop) != 32 || lines[3] != "::warning::of a stranger" || lines[4] != "::"+stop+"::" || !strings.HasPrefix(lines[5], "::error title=whiskops::it could not be said") {
		t.Errorf("log:\n%s", got.log)
	}

	b = newBench(t)
	if got := act(t, b, a, nil, map[string]string{"github.event_name": "pull_request_target"}); got.code != 2 || !strings.Contains(got.log, "Use pull_request") || b.read(filepath.Join(b.bin, "arguments")) != "" {
		t.Errorf("pull_request_target: run %+v", got)
	}
	if got := act(t, b, a, nil, map[string]string{"github.event_name": "push", "base": ""}); got.code != 2 || !strings.Contains(got.log, "a push has no base branch to compare with") {
		t.Errorf("push: run %+v", got)
	}
}
