package forge

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// needs skips a test whose programs are not there.
func needs(t *testing.T, programs ...string) {
	t.Helper()
	for _, p := range programs {
		if _, err := exec.LookPath(p); err != nil {
			t.Skipf("no %s in the path, which the script runs", p)
		}
	}
}

// hostile are names that a shell, a forge's log or a page might make something of.
var hostile = []string{
	"$(touch pwned)", "`touch pwned`", "a;touch pwned", "a&&touch pwned", "a|touch pwned", "-o/tmp/x", "--help", "'\"", "a b", "*", "~", "\\", "!!",
	"${IFS}touch${IFS}pwned", "::error::x", "%0A::error::x", "ä/ö", "\u202e", "$GITHUB_ENV", "{{x}}", "$[[ inputs.x ]]", "main\n::error::x",
}

// comment on a forge.
type comment struct {
	id     int
	author string
	body   string
}

// api is a forge's API, as far as comments go.
type api struct {
	*httptest.Server
	t *testing.T
	// refuse answers requests of a method with a status.
	refuse map[string]int

	mu       sync.Mutex
	comments []comment
	requests []string
	tokens   []string
}

// serve starts an API; author is whose token is used, by a header.
func serve(t *testing.T, tokenHeader string, answer func(a *api, w http.ResponseWriter, r *http.Request)) *api {
	a := &api{t: t, refuse: map[string]int{}}
	a.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.requests = append(a.requests, r.Method+" "+r.URL.Path)
		a.tokens = append(a.tokens, r.Header.Get(tokenHeader))
		if status := a.refuse[r.Method]; status != 0 {
			http.Error(w, `{"message":"no"}`, status)
			return
		}
		answer(a, w, r)
	}))
	t.Cleanup(a.Close)
	return a
}

// page of the comments that a request asks for.
func (a *api) page(r *http.Request) []comment {
	size, _ := strconv.Atoi(r.URL.Query().Get("per_page"))
	n, _ := strconv.Atoi(r.URL.Query().Get("page"))
	if size < 1 || size > 100 || n < 1 {
		a.t.Errorf("page of %q", r.URL)
		return nil
	}
	from := min((n-1)*size, len(a.comments))
	return a.comments[from:min(from+size, len(a.comments))]
}

// write makes or replaces a comment; 0 makes one.
func (a *api) write(w http.ResponseWriter, id int, author, body string) {
	if len([]rune(body)) > 65536 {
		http.Error(w, `{"message":"body is too long"}`, http.StatusUnprocessableEntity)
		return
	}
	i := slices.IndexFunc(a.comments, func(c comment) bool { return c.id == id })
	switch {
	case id == 0:
		a.comments = append(a.comments, comment{1000 + len(a.comments), author, body})
	case i < 0 || a.comments[i].author != author:
		http.Error(w, `{"message":"not yours"}`, http.StatusForbidden)
		return
	default:
		a.comments[i].body = body
	}
	answer(w, map[string]any{"id": id})
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

// of an author's comments.
func (a *api) of(author string) (bodies []string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, c := range a.comments {
		if c.author == author {
			bodies = append(bodies, c.body)
		}
	}
	return bodies
}

// bench is where scripts run: a folder with a whiskops that says what it is told to.
type bench struct {
	t *testing.T
	// dir is where the job works, bin is first in its path.
	dir, bin string
}

const fakeWhiskops = `#!/bin/sh
printf '%s\n' "$@" END >> "$BENCH/arguments"
form=
while [ $# -gt 0 ]; do [ "$1" = --output ] && form=$2; shift; done
cat "$BENCH/said" >&2
cat "$BENCH/$form"
exit "$(cat "$BENCH/code")"
`

// fakeCurl is curl that leaves its arguments to read.
const fakeCurl = `#!/bin/sh
printf '%s\n' "$@" >> "$BENCH/curl-arguments"
PATH=${PATH#"$BENCH":} exec curl "$@"
`

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{t, t.TempDir(), t.TempDir()}
	b.put("whiskops", fakeWhiskops)
	b.put("curl", fakeCurl)
	b.says(0, "")
	return b
}

func (b *bench) put(name, content string) {
	b.t.Helper()
	if err := os.WriteFile(filepath.Join(b.bin, name), []byte(content), 0o755); err != nil {
		b.t.Fatal(err)
	}
}

// says tells whiskops how to end, and what to say of a change.
func (b *bench) says(code int, text string) {
	b.t.Helper()
	b.put("code", fmt.Sprint(code))
	b.put("said", "")
	b.put("markdown", marker+"\n"+text)
	b.put("github", "::warning title=WO401::restarts\n")
	b.put("sarif", "{}\n")
	b.put("codequality", "[]\n")
	b.put("text", text)
}

const marker = "<!-- whiskops diff -->"

// arguments of each run of whiskops.
func (b *bench) arguments() (runs [][]string) {
	content := b.read(filepath.Join(b.bin, "arguments"))
	for run := range strings.SplitSeq(strings.TrimSuffix(content, "END\n"), "END\n") {
		runs = append(runs, strings.Split(strings.TrimSuffix(run, "\n"), "\n"))
	}
	return runs
}

func (b *bench) read(name string) string {
	content, err := os.ReadFile(name)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		b.t.Fatal(err)
	}
	return string(content)
}

// run runs a script with an environment and nothing besides, and returns what it wrote and its exit code.
func (b *bench) run(script string, env map[string]string, shell ...string) (string, int) {
	b.t.Helper()
	file := filepath.Join(b.t.TempDir(), "step.sh")
	if err := os.WriteFile(file, []byte(script), 0o644); err != nil {
		b.t.Fatal(err)
	}
	cmd := exec.Command(shell[0], append(shell[1:], file)...)
	cmd.Dir = b.dir
	cmd.Env = []string{"PATH=" + b.bin + string(os.PathListSeparator) + os.Getenv("PATH"), "HOME=" + b.t.TempDir(), "BENCH=" + b.bin, "LANG=C.UTF-8"}
	for name, value := range env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		b.t.Fatal(err)
	}
	return out.String(), cmd.ProcessState.ExitCode()
}

// unharmed fails if a hostile name was taken for a command.
func (b *bench) unharmed() {
	b.t.Helper()
	for _, dir := range []string{b.dir, b.bin} {
		if _, err := os.Stat(filepath.Join(dir, "pwned")); err == nil {
			b.t.Errorf("a name was run as a command")
		}
	}
}

// hidden fails if a token is shown, or is an argument that others on the machine see.
func (b *bench) hidden(token, shown string) {
	b.t.Helper()
	if strings.Contains(shown+b.read(filepath.Join(b.bin, "curl-arguments")), token) {
		b.t.Error("the token is shown")
	}
}
