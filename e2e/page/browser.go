// Package page opens what `whiskops diff --output html` writes in a real browser, off
// the network, and uses it as people do who have a small screen, no mouse, or ask for
// the dark.
package page

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"
)

// Browser is a headless Chromium, spoken to over a pipe in its DevTools protocol. No
// port is open.
type Browser struct {
	cmd     *exec.Cmd
	to      *os.File
	session string

	mu      sync.Mutex
	next    int
	waiting map[int]chan reply
	events  []Event
}

// Event that the browser told of.
type Event struct {
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
}

type reply struct {
	ID     int             `json:"id"`
	Result json.RawMessage `json:"result"`
	Error  *struct {
		Message string `json:"message"`
	} `json:"error"`
	Event
}

// Program is the browser's, as Debian and others call it; empty if there is none.
func Program() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// Open a browser with a blank page, which lives as long as the context. Its files are in
// the directory.
func Open(ctx context.Context, program, dir string) (*Browser, error) {
	in, to, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	from, out, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	b := &Browser{to: to, waiting: map[int]chan reply{}}
	// Names lead nowhere: whatever it wants of the network fails.
	b.cmd = exec.CommandContext(ctx, program, "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-extensions",
		"--disable-background-networking", "--disable-component-update", "--host-resolver-rules=MAP * ~NOTFOUND",
		"--user-data-dir="+dir, "--remote-debugging-pipe", "about:blank")
	b.cmd.ExtraFiles = []*os.File{in, out} // 3 and 4, as the protocol wants
	b.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := b.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the browser: %w", err)
	}
	in.Close()
	out.Close()
	go b.read(from)
	return b, b.attach(ctx)
}

// Close ends the browser.
func (b *Browser) Close() {
	_ = b.cmd.Process.Kill()
	_ = b.cmd.Wait()
}

// attach to the page that is open.
func (b *Browser) attach(ctx context.Context) error {
	var targets struct {
		TargetInfos []struct {
			TargetID string `json:"targetId"`
			Type     string `json:"type"`
		} `json:"targetInfos"`
	}
	for ctx.Err() == nil {
		if err := b.Call(ctx, "Target.getTargets", nil, &targets); err != nil {
			return err
		}
		for _, t := range targets.TargetInfos {
			if t.Type != "page" {
				continue
			}
			var attached struct {
				SessionID string `json:"sessionId"`
			}
			err := b.Call(ctx, "Target.attachToTarget", map[string]any{"targetId": t.TargetID, "flatten": true}, &attached)
			b.session = attached.SessionID
			return err
		}
		time.Sleep(50 * time.Millisecond)
	}
	return ctx.Err()
}

func (b *Browser) read(from *os.File) {
	r := bufio.NewReaderSize(from, 1<<20)
	for {
		text, err := r.ReadBytes(0)
		if err != nil {
			return
		}
		var m reply
		if json.Unmarshal(bytes.TrimSuffix(text, []byte{0}), &m) != nil {
			continue
		}
		b.mu.Lock()
		if m.ID == 0 {
			b.events = append(b.events, m.Event)
		} else if wait := b.waiting[m.ID]; wait != nil {
			wait <- m
			delete(b.waiting, m.ID)
		}
		b.mu.Unlock()
	}
}

// Call a method of the protocol.
func (b *Browser) Call(ctx context.Context, method string, params, result any) error {
	b.mu.Lock()
	b.next++
	id, answered := b.next, make(chan reply, 1)
	b.waiting[id] = answered
	b.mu.Unlock()
	message := map[string]any{"id": id, "method": method}
	if params != nil {
		message["params"] = params
	}
	if b.session != "" {
		message["sessionId"] = b.session
	}
	text, err := json.Marshal(message)
	if err != nil {
		return err
	}
	if _, err := b.to.Write(append(text, 0)); err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	select {
	case m := <-answered:
		if m.Error != nil {
			return fmt.Errorf("%s: %s", method, m.Error.Message)
		}
		if result == nil {
			return nil
		}
		return json.Unmarshal(m.Result, result)
	case <-ctx.Done():
		return fmt.Errorf("%s: %w", method, ctx.Err())
	}
}

// Events of a method so far.
func (b *Browser) Events(method string) []Event {
	b.mu.Lock()
	defer b.mu.Unlock()
	var found []Event
	for _, e := range b.events {
		if e.Method == method {
			found = append(found, e)
		}
	}
	return found
}

// Ask the page for the value of an expression. The page's own policy forbids scripts,
// the protocol's are no part of it.
func (b *Browser) Ask(ctx context.Context, expression string, value any) error {
	var said struct {
		Result struct {
			Value json.RawMessage `json:"value"`
		} `json:"result"`
		ExceptionDetails json.RawMessage `json:"exceptionDetails"`
	}
	if err := b.Call(ctx, "Runtime.evaluate", map[string]any{"expression": expression, "returnByValue": true}, &said); err != nil {
		return err
	}
	if said.ExceptionDetails != nil {
		return fmt.Errorf("%s: %s", expression, said.ExceptionDetails)
	}
	if value == nil {
		return nil
	}
	return json.Unmarshal(said.Result.Value, value)
}
