package page

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const root = "../.."

// written is the page of a change to the examples: one that is refused, and one after
// which a component is gone.
func written(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	program := filepath.Join(dir, "whiskops")
	build := exec.Command("go", "build", "-o", program, "./cmd/whiskops")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	repository := filepath.Join(dir, "repository")
	for to, from := range map[string]string{"environments": "examples/environments", "golden": "golden", "overlays": "overlays", "base": "base"} {
		if err := os.CopyFS(filepath.Join(repository, to), os.DirFS(filepath.Join(root, from))); err != nil {
			t.Fatal(err)
		}
	}
	edit(t, filepath.Join(repository, "environments/production.cue"), `size: "50Gi"`, `size: "80Gi"`)
	edit(t, filepath.Join(repository, "environments/ci.cue"), "apigateway: enabled: true", "apigateway: enabled: false")
	diff := exec.Command(program, "diff", "--no-cache", "--output", "html")
	diff.Dir = repository
	page, err := diff.Output()
	if len(page) == 0 {
		t.Fatal(err)
	}
	t.Logf("%d bytes", len(page))
	file := filepath.Join(dir, "change.html")
	if err := os.WriteFile(file, page, 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

func edit(t *testing.T, file, old, new string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), old) {
		t.Fatalf("%s has no %q any more", file, old)
	}
	if err := os.WriteFile(file, []byte(strings.Replace(string(text), old, new, 1)), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestInABrowser uses the page as people do.
func TestInABrowser(t *testing.T) {
	program := Program()
	if program == "" {
		t.Skip("there is no chromium: make -C .. e2e-browser")
	}
	file := written(t)
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	profile, err := os.MkdirTemp("", "whiskops-browser-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(profile)
	b, err := Open(ctx, program, profile)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	u := user{t, ctx, b}
	for _, domain := range []string{"Page", "Network", "Log", "Runtime", "Accessibility"} {
		u.call(domain+".enable", nil, nil)
	}
	u.call("Network.emulateNetworkConditions", map[string]any{"offline": true, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}, nil)
	u.call("Page.navigate", map[string]any{"url": "file://" + file}, nil)
	for deadline := time.Now().Add(20 * time.Second); len(b.Events("Page.loadEventFired")) == 0; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the page does not load")
		}
	}
	u.screens()
	u.keyboard()
	u.said()
	u.alone()
}

// user of a page.
type user struct {
	*testing.T
	ctx context.Context
	*Browser
}

func (u user) call(method string, params, result any) {
	u.Helper()
	if err := u.Call(u.ctx, method, params, result); err != nil {
		u.Fatal(err)
	}
}

func (u user) ask(expression string, value any) {
	u.Helper()
	if err := u.Ask(u.ctx, expression, value); err != nil {
		u.Fatal(err)
	}
}

const unfold = `document.querySelectorAll("details").forEach(d => d.open = true)`

// screens: on none does the page scroll sideways, folded or not, and light and dark are
// two.
func (u user) screens() {
	grounds := map[string]string{}
	for _, open := range []bool{false, true} {
		if open {
			u.ask(unfold, nil)
		}
		for _, width := range []int{320, 375, 768, 1280} {
			for _, scheme := range []string{"light", "dark"} {
				u.call("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 700}, nil)
				u.call("Emulation.setEmulatedMedia", map[string]any{"features": []map[string]string{{"name": "prefers-color-scheme", "value": scheme}}}, nil)
				var is struct {
					Scroll, Window int
					Ground         string
				}
				u.ask(`({Scroll: document.documentElement.scrollWidth, Window: innerWidth, Ground: getComputedStyle(document.body).backgroundColor})`, &is)
				if is.Window != width || is.Scroll > width {
					u.Errorf("at %d, unfolded %v: the page is %d wide in a window of %d", width, open, is.Scroll, is.Window)
				}
				grounds[scheme] = is.Ground
				u.shot(fmt.Sprintf("%d-%s-%v.png", width, scheme, open))
			}
		}
	}
	if grounds["light"] == grounds["dark"] {
		u.Errorf("light and dark are %s", grounds["dark"])
	}
	u.ask(`document.querySelectorAll("details").forEach(d => d.open = false)`, nil)
}

// shot is a picture of the whole page, in the folder that E2E_SCREENSHOTS names.
func (u user) shot(name string) {
	folder := os.Getenv("E2E_SCREENSHOTS")
	if folder == "" {
		return
	}
	var picture struct{ Data string }
	u.call("Page.captureScreenshot", map[string]any{"captureBeyondViewport": true}, &picture)
	data, err := base64.StdEncoding.DecodeString(picture.Data)
	if err != nil {
		u.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, name), data, 0o644); err != nil {
		u.Fatal(err)
	}
}

func (u user) press(key string, code int) {
	text := ""
	if key == "Enter" {
		text = "\r"
	}
	u.call("Input.dispatchKeyEvent", map[string]any{"type": "keyDown", "key": key, "code": key, "windowsVirtualKeyCode": code, "text": text}, nil)
	u.call("Input.dispatchKeyEvent", map[string]any{"type": "keyUp", "key": key, "code": key, "windowsVirtualKeyCode": code}, nil)
}

// keyboard: Tab comes to each link and each fold, all of them show that they are meant,
// and Enter unfolds.
func (u user) keyboard() {
	const tab, enter = 9, 13
	var want int
	// What is in a fold is not there until that is unfolded.
	u.ask(`[...document.querySelectorAll("a, summary")].filter(e => e.checkVisibility()).length`, &want)
	folds := 0
	for range want {
		u.press("Tab", tab)
		var at struct {
			Tag, Text string
			Outline   bool
			Seen      bool
		}
		u.ask(`(e => ({Tag: e.tagName, Text: e.textContent, Outline: getComputedStyle(e).outlineStyle != "none", Seen: e.getBoundingClientRect().right > 0}))(document.activeElement)`, &at)
		if at.Tag != "A" && at.Tag != "SUMMARY" || !at.Outline || !at.Seen {
			u.Fatalf("Tab comes to %+v", at)
		}
		if at.Tag == "SUMMARY" {
			folds++
			var opened bool
			u.press("Enter", enter)
			u.ask(`document.activeElement.parentNode.open`, &opened)
			if !opened {
				u.Errorf("Enter does not unfold %q", at.Text)
			}
			u.press("Enter", enter)
		}
	}
	if folds < 5 {
		u.Errorf("Tab comes to %d folds of %d stops", folds, want)
	}
}

// said is what a screen reader has: landmarks, and names of pictures and tables.
func (u user) said() {
	u.ask(unfold, nil)
	var tree struct {
		Nodes []struct {
			Ignored    bool
			Role, Name struct{ Value any }
		}
	}
	u.call("Accessibility.getFullAXTree", nil, &tree)
	count := map[string]int{}
	for _, n := range tree.Nodes {
		if n.Ignored {
			continue
		}
		role, _ := n.Role.Value.(string)
		count[role]++
		name, _ := n.Name.Value.(string)
		switch role {
		case "image", "img", "region", "navigation", "link", "heading":
			if name == "" {
				u.Errorf("a %s without a name", role)
			}
		}
	}
	for _, role := range []string{"main", "banner", "navigation", "heading", "table", "rowheader", "columnheader", "image"} {
		if count[role] == 0 {
			u.Errorf("there is no %s: %v", role, count)
		}
	}
}

// alone: the browser asked for the page and nothing else, and had nothing to complain of.
func (u user) alone() {
	var asked []string
	for _, e := range u.Events("Network.requestWillBeSent") {
		var of struct{ Request struct{ URL string } }
		if err := json.Unmarshal(e.Params, &of); err != nil {
			u.Fatal(err)
		}
		asked = append(asked, of.Request.URL)
	}
	if len(asked) != 1 {
		u.Errorf("the browser asked for %q", asked)
	}
	for _, method := range []string{"Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown"} {
		for _, e := range u.Events(method) {
			u.Errorf("the browser complains: %s", e.Params)
		}
	}
	var frames, scripts int
	u.ask(`document.scripts.length`, &scripts)
	u.ask(`frames.length`, &frames)
	if scripts+frames > 0 {
		u.Errorf("%d scripts and %d frames", scripts, frames)
	}
}
