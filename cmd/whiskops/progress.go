package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

// patience is how long a run may be silent to a person.
const patience = time.Second

// progress is one line on a terminal that says what a run is at. It is written over
// while the work goes on, and is gone when the work ends: what stays is the result.
// A nil one shows nothing.
type progress struct {
	to io.Writer

	mu    sync.Mutex
	text  string
	shown bool // the time has come
	drawn bool // there is something on the line
	timer *time.Timer
}

// newProgress shows nothing before a time, and nothing at all where nobody looks.
func newProgress(s streams) *progress {
	if !s.attended {
		return nil
	}
	p := &progress{to: s.err}
	p.timer = time.AfterFunc(patience, p.show)
	return p
}

func (p *progress) show() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.shown = true
	p.draw()
}

// at says what the run is at.
func (p *progress) at(text string) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.text = text
	p.draw()
}

// each counts pieces of work: it returns what to call at the end of each.
func (p *progress) each(what string, of int) (end func()) {
	if p == nil {
		return func() {}
	}
	counted := func(n int) string { return fmt.Sprintf("%s: %d of %d", what, n, of) }
	p.at(counted(0))
	var mu sync.Mutex
	n := 0
	return func() {
		// Held over both: a later count is not written over by an earlier one.
		mu.Lock()
		defer mu.Unlock()
		n++
		p.at(counted(n))
	}
}

// eraseLine is what terminals read as: to the begin of the line, and nothing on it.
const eraseLine = "\r\x1b[K"

func (p *progress) draw() {
	if !p.shown || p.text == "" {
		return
	}
	fmt.Fprint(p.to, eraseLine+p.text)
	p.drawn = true
}

// clear empties the line, so that something else can be written. The next word of
// the work writes it anew.
func (p *progress) clear() {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.drawn {
		fmt.Fprint(p.to, eraseLine)
	}
	p.drawn = false
}

// end clears the line for good.
func (p *progress) end() {
	if p == nil {
		return
	}
	p.timer.Stop()
	p.clear()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.shown, p.text = false, ""
}

// attended tells whether somebody looks at a file: it is a terminal, and no CI
// that calls its log one.
func attended(f *os.File, env func(string) string) bool {
	if ci := env("CI"); ci != "" && ci != "false" || env("TERM") == "dumb" {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
