package forge

import (
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"
)

// component is templates/diff.yml: what is asked of who includes it, and the job.
func component(t *testing.T) (inputs map[string]string, text string) {
	t.Helper()
	content, err := os.ReadFile("../templates/diff.yml")
	if err != nil {
		t.Fatal(err)
	}
	head, text, ok := strings.Cut(string(content), "\n---\n")
	var spec struct {
		Spec struct {
			Inputs map[string]struct{ Description, Default string }
		}
	}
	if err := yaml.Unmarshal([]byte(head), &spec); err != nil || !ok {
		t.Fatal(err, ok)
	}
	inputs = map[string]string{}
	for name, in := range spec.Spec.Inputs {
		if in.Description == "" {
			t.Errorf("input %s has no description", name)
		}
		inputs[name] = in.Default
	}
	return inputs, text
}

// job of the component.
type job struct {
	Rules     []map[string]string
	Variables map[string]any
	Script    []string
	Artifacts struct {
		Paths   []string
		Reports map[string]string
	}
}

var input = regexp.MustCompile(`\$\[\[ inputs\.(\w+) \]\]`)

// TestNoInputInScripts: inputs are put into variables alone, which GitLab expands no further.
func TestNoInputInScripts(t *testing.T) {
	_, text := component(t)
	var jobs map[string]job
	if err := yaml.Unmarshal([]byte(text), &jobs); err != nil {
		t.Fatal(err)
	}
	for _, j := range jobs {
		if strings.Contains(strings.Join(j.Script, ""), "$[[") {
			t.Error("an input is in the script")
		}
		for name, v := range j.Variables {
			if m, is := v.(map[string]any); is && (m["expand"] != false) || !is && v != "0" {
				t.Errorf("variable %s is expanded: %v", name, v)
			}
		}
		if diff := cmp.Diff([]map[string]string{{"if": `$CI_PIPELINE_SOURCE == "merge_request_event"`}}, j.Rules); diff != "" {
			t.Error(diff)
		}
	}
}

// gitlabAPI is GitLab's; the token is of user 5.
func gitlabAPI(t *testing.T) *api {
	return serve(t, "PRIVATE-TOKEN", func(a *api, w http.ResponseWriter, r *http.Request) {
		const notes = "/projects/11/merge_requests/3/notes"
		var id int
		switch {
		case r.Method == "GET" && r.URL.Path == "/user":
			answer(w, map[string]any{"id": 5})
			return
		case r.Method == "GET" && r.URL.Path == notes:
			list := []map[string]any{}
			for _, c := range a.page(r) {
				author := 6
				if c.author == bot {
					author = 5
				}
				list = append(list, map[string]any{"id": c.id, "author": map[string]any{"id": author}, "body": c.body})
			}
			answer(w, list)
			return
		case r.Method == "POST" && r.URL.Path == notes:
		case r.Method == "PUT":
			if n, _ := fmt.Sscanf(r.URL.Path, notes+"/%d", &id); n != 1 {
				t.Errorf("request %s %s", r.Method, r.URL)
			}
		default:
			t.Errorf("request %s %s", r.Method, r.URL)
		}
		a.write(w, id, bot, r.PostFormValue("body"))
	})
}

// pipeline runs the job of a merge request, with the shell that the image has.
func pipeline(t *testing.T, b *bench, a *api, shell string, inputs, variables map[string]string) (log string, code int) {
	t.Helper()
	all, text := component(t)
	maps.Copy(all, inputs)
	var jobs map[string]job
	if err := yaml.Unmarshal([]byte(text), &jobs); err != nil {
		t.Fatal(err)
	}
	j := jobs["$[[ inputs.job ]]"]
	env := map[string]string{
		"CI_API_V4_URL": a.URL, "CI_MERGE_REQUEST_PROJECT_ID": "11", "CI_MERGE_REQUEST_IID": "3", "CI_MERGE_REQUEST_DIFF_BASE_SHA": "ba5e", "WHISKOPS_TOKEN": "s3cret",
	}
	for name, v := range j.Variables {
		value, is := v.(string)
		if !is {
			value = v.(map[string]any)["value"].(string)
		}
		env[name] = input.ReplaceAllStringFunc(value, func(s string) string { return all[input.FindStringSubmatch(s)[1]] })
	}
	maps.Copy(env, variables)
	log, code = b.run(strings.Join(j.Script, "\n"), env, shell, "-e")
	b.unharmed()
	b.hidden("s3cret", log)
	for _, token := range a.tokens {
		if token != "s3cret" {
			t.Errorf("token %q", token)
		}
	}
	for _, name := range append(j.Artifacts.Paths, j.Artifacts.Reports["codequality"]) {
		if _, err := os.Stat(filepath.Join(b.dir, name)); err != nil && code <= 1 {
			t.Errorf("artifact: %v", err)
		}
	}
	return log, code
}

// TestGitLab: one note, made and then replaced, whoever else wrote what.
func TestGitLab(t *testing.T) {
	needs(t, "bash", "curl", "jq")
	for _, shell := range []string{"bash", "sh"} {
		b, a := newBench(t), gitlabAPI(t)
		for i := range 130 {
			a.comments = append(a.comments, comment{i + 1, "stranger", marker + "\nno restarts, I swear"})
		}
		b.says(1, "| a | `b\\n` \"quoted\" & = % + |\n\n$(touch pwned) é 😀\n/merge\n  /approve\n")
		b.put("text", "the text\n")
		log, code := pipeline(t, b, a, shell, nil, nil)
		if code != 1 || log != "the text\n" {
			t.Errorf("%s: code %d, log:\n%s", shell, code, log)
		}
		want := []string{marker + "\n| a | `b\\n` \"quoted\" & = % + |\n\n$(touch pwned) é 😀\n&#47;merge\n  &#47;approve\n"}
		if diff := cmp.Diff(want, a.of(bot)); diff != "" {
			t.Errorf("notes (-want +got):\n%s", diff)
		}
		b.says(0, "nothing differs\n")
		if log, code := pipeline(t, b, a, shell, nil, nil); code != 0 {
			t.Errorf("code %d, log:\n%s", code, log)
		}
		if diff := cmp.Diff([]string{marker + "\nnothing differs\n"}, a.of(bot)); diff != "" {
			t.Errorf("notes (-want +got):\n%s", diff)
		}
		for _, body := range a.of("stranger") {
			if body != marker+"\nno restarts, I swear" {
				t.Error("a stranger's note was changed")
			}
		}
		// Of another folder, and of a merged result.
		log, code = pipeline(t, b, a, shell, map[string]string{"root": "plat/form -->", "environments": "eu us"}, map[string]string{"CI_MERGE_REQUEST_TARGET_BRANCH_SHA": "7a26e7"})
		runs := b.arguments()
		wantArguments := []string{"diff", "--root", "plat/form -->", "--against", "7a26e7", "--output", "text", "--", "eu", "us"}
		if diff := cmp.Diff(wantArguments, runs[len(runs)-1]); diff != "" || code != 0 {
			t.Errorf("arguments (-want +got):\n%s\ncode %d, log:\n%s", diff, code, log)
		}
		if notes := a.of(bot); len(notes) != 2 || notes[1] != "<!-- whiskops diff of plat/form____ -->\nnothing differs\n" {
			t.Errorf("notes %q", notes)
		}
	}
}

// TestGitLabWithoutToken: the artifacts and the exit code are all there without one, and with one that may not write.
func TestGitLabWithoutToken(t *testing.T) {
	needs(t, "bash", "curl", "jq")
	for _, code := range []int{0, 1} {
		b, a := newBench(t), gitlabAPI(t)
		b.says(code, "text\n")
		log, got := pipeline(t, b, a, "sh", nil, map[string]string{"WHISKOPS_TOKEN": ""})
		if got != code || len(a.requests) > 0 || !strings.Contains(log, "No note: there is no WHISKOPS_TOKEN") {
			t.Errorf("code %d, requests %v, log:\n%s", got, a.requests, log)
		}
		for _, method := range []string{"GET", "POST", "PUT"} {
			b, a := newBench(t), gitlabAPI(t)
			if method == "PUT" {
				a.comments = []comment{{1, bot, marker + "\nold"}}
			}
			a.refuse[method] = http.StatusForbidden
			b.says(code, "text\n")
			log, got := pipeline(t, b, a, "sh", nil, nil)
			if got != code || !strings.Contains(log, "The note was not written: WHISKOPS_TOKEN needs the scope api") {
				t.Errorf("%s: code %d, log:\n%s", method, got, log)
			}
		}
	}
}

// TestGitLabHostile: names reach whiskops as they are.
func TestGitLabHostile(t *testing.T) {
	needs(t, "bash")
	for _, name := range hostile {
		b, a := newBench(t), gitlabAPI(t)
		log, code := pipeline(t, b, a, "sh", map[string]string{"root": name, "against": name}, map[string]string{"WHISKOPS_TOKEN": "", "CI_COMMIT_REF_NAME": name, "CI_MERGE_REQUEST_TITLE": name})
		if !strings.Contains(strings.Join(b.arguments()[0], "\n"), "diff\n--root\n"+name+"\n--against\n"+name+"\n--output\nmarkdown\n--") || code != 0 {
			t.Errorf("%q: code %d, arguments %q, log:\n%s", name, code, b.arguments()[0], log)
		}
	}
}

// TestGitLabFaults: what cannot be said is a failure.
func TestGitLabFaults(t *testing.T) {
	needs(t, "bash")
	b, a := newBench(t), gitlabAPI(t)
	b.says(2, "")
	b.put("said", "whiskops: the clone is shallow\n")
	if log, code := pipeline(t, b, a, "sh", nil, nil); code != 2 || log != "whiskops: the clone is shallow\n" || len(a.requests) > 0 {
		t.Errorf("code %d, log:\n%s", code, log)
	}
	b = newBench(t)
	log, code := pipeline(t, b, a, "sh", nil, map[string]string{"CI_MERGE_REQUEST_DIFF_BASE_SHA": ""})
	if code != 2 || !strings.HasPrefix(log, "This is no pipeline of a merge request") || b.read(filepath.Join(b.bin, "arguments")) != "" {
		t.Errorf("code %d, log:\n%s", code, log)
	}
}
