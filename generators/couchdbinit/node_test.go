package couchdbinit

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dop251/goja"

	"github.com/whiskops/whiskops/schema/catalog/again"
)

// compiled is init.js and what it requires, which hundreds of runs share.
var compiled = sync.OnceValue(func() map[string]*goja.Program {
	return map[string]*goja.Program{
		"init.js":    goja.MustCompile("init.js", program, false),
		"./again.js": goja.MustCompile("again.js", "(function (module) {"+again.Program+"})", false),
	}
})

// node runs rounds of init.js in goja with as much of Node as it uses. Time
// passes only in timers, at once; requests go straight to the handler.
type node struct {
	env map[string]string
	// files by absolute path.
	files   map[string]string
	handler http.Handler
	// rounds to run, 1 if it is 0, and what happens before each but the first.
	rounds  int
	between func(round int)
	// killAt is the number of the request at which the process dies, before
	// the server gets it or, with killAfter, before the answer is read.
	killAt    int
	killAfter bool
	// refuse fails that many first requests below HTTP.
	refuse int

	vm       *goja.Runtime
	timers   []func()
	requests int
	said     int
	stop     goja.Callable
	outcome  outcome
}

// pause from which on init.js has ended a round: it waits less within one.
const pause = 5 * time.Second

type outcome struct {
	log    string
	ready  bool
	killed bool
	// pauses after the rounds.
	pauses []time.Duration
	// quiet tells of each round that it wrote nothing.
	quiet []bool
}

func (n *node) run(t *testing.T) outcome {
	t.Helper()
	n.vm = goja.New()
	n.vm.SetFieldNameMapper(goja.UncapFieldNameMapper())
	process := n.vm.NewObject()
	set := func(o *goja.Object, name string, value any) {
		if err := o.Set(name, value); err != nil {
			t.Fatal(err)
		}
	}
	set(process, "env", n.env)
	set(process, "on", func(signal string, f goja.Callable) {
		if signal == "SIGTERM" {
			n.stop = f
		}
	})
	set(process, "exit", func(int) { n.outcome.killed = true })
	console := n.vm.NewObject()
	for _, name := range []string{"log", "error"} {
		set(console, name, func(line string) { n.outcome.log += line + "\n" })
	}
	global := n.vm.GlobalObject()
	set(global, "process", process)
	set(global, "console", console)
	set(global, "__dirname", "/init")
	set(global, "require", n.require)
	set(global, "fetch", n.fetch)
	set(global, "Buffer", map[string]any{"from": bufferFrom})
	set(global, "AbortSignal", map[string]any{"timeout": func(int) any { return nil }})
	set(global, "setTimeout", func(f goja.Callable, milliseconds int) {
		n.timers = append(n.timers, func() {
			if wait := time.Duration(milliseconds) * time.Millisecond; wait >= pause && n.ends(wait) {
				return
			}
			if _, err := f(goja.Undefined()); err != nil {
				t.Fatal(err)
			}
		})
	})

	if _, err := n.vm.RunProgram(compiled()["init.js"]); err != nil {
		t.Fatal(err)
	}
	// init.js waits for one thing at a time: timers need no order.
	for len(n.timers) > 0 && !n.outcome.killed {
		next := n.timers[0]
		n.timers = n.timers[1:]
		next()
	}
	_, n.outcome.ready = n.files["/tmp/ready"]
	return n.outcome
}

// ends notes the end of a round, and tells whether it is the last one.
func (n *node) ends(wait time.Duration) bool {
	n.outcome.pauses = append(n.outcome.pauses, wait)
	n.outcome.quiet = append(n.outcome.quiet, len(n.outcome.log) == n.said)
	n.said = len(n.outcome.log)
	round := len(n.outcome.pauses)
	if round >= n.rounds {
		return true
	}
	if n.between != nil {
		n.between(round)
	}
	return false
}

func (n *node) require(module string) any {
	switch module {
	case "fs":
		return map[string]any{"readFileSync": n.readFile, "existsSync": n.exists, "readdirSync": n.list, "writeFileSync": n.writeFile, "rmSync": n.remove}
	case "crypto":
		return map[string]any{"createHash": createHash}
	}
	if part, ok := compiled()[module]; ok {
		return n.exports(part)
	}
	panic(n.vm.NewTypeError("no module " + module))
}

// exports of a file beside init.js.
func (n *node) exports(part *goja.Program) goja.Value {
	wrapped, err := n.vm.RunProgram(part)
	if err != nil {
		panic(err)
	}
	run, _ := goja.AssertFunction(wrapped)
	module := n.vm.NewObject()
	if _, err := run(goja.Undefined(), module); err != nil {
		panic(err)
	}
	return module.Get("exports")
}

func (n *node) readFile(path, encoding string) string {
	content, ok := n.files[path]
	if !ok {
		panic(n.vm.NewTypeError("ENOENT: no such file, open '" + path + "'"))
	}
	return content
}

func (n *node) writeFile(path, content string) { n.files[path] = content }

func (n *node) remove(path string, options any) { delete(n.files, path) }

func (n *node) exists(path string) bool {
	_, file := n.files[path]
	return file || len(n.list(path)) > 0
}

func (n *node) list(directory string) []string {
	var names []string
	for path := range n.files {
		if name, ok := strings.CutPrefix(path, directory+"/"); ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	slices.Reverse(names) // a directory has no order
	return names
}

// fetch answers with a promise; that of a killed process never settles.
func (n *node) fetch(url string, options *goja.Object) *goja.Promise {
	promise, resolve, reject := n.vm.NewPromise()
	n.requests++
	last := n.requests == n.killAt
	if n.outcome.killed || last && !n.killAfter {
		n.outcome.killed = true
		return promise
	}
	if n.requests <= n.refuse {
		_ = reject(n.vm.ToValue(map[string]any{"name": "TypeError", "cause": map[string]any{"code": "ECONNREFUSED"}}))
		return promise
	}
	response := n.serve(url, options)
	if last {
		n.outcome.killed = true
		return promise
	}
	_ = resolve(map[string]any{
		"status": response.Code,
		"text":   func() string { return response.Body.String() },
	})
	return promise
}

func (n *node) serve(url string, options *goja.Object) *httptest.ResponseRecorder {
	body := ""
	if v := options.Get("body"); v != nil {
		body = v.String()
	}
	request := httptest.NewRequest(options.Get("method").String(), url, strings.NewReader(body))
	headers := options.Get("headers").ToObject(n.vm)
	for _, name := range headers.Keys() {
		request.Header.Set(name, headers.Get(name).String())
	}
	response := httptest.NewRecorder()
	n.handler.ServeHTTP(response, request)
	return response
}

func bufferFrom(text string) map[string]any {
	return map[string]any{"toString": func(encoding string) string {
		return base64.StdEncoding.EncodeToString([]byte(text))
	}}
}

func createHash(algorithm string) map[string]any {
	text := ""
	var hash map[string]any
	hash = map[string]any{
		"update": func(more string) any { text += more; return hash },
		"digest": func(encoding string) string {
			sum := sha256.Sum256([]byte(text))
			return hex.EncodeToString(sum[:])
		},
	}
	return hash
}
