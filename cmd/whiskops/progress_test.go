package main

import (
	"bytes"
	"os"
	"testing"
	"time"
)

// shownNow is a progress whose time has come.
func shownNow(to *bytes.Buffer) *progress {
	p := newProgress(streams{err: to, attended: true})
	p.timer.Stop()
	p.show()
	return p
}

func TestProgressIsOneLineThatGoes(t *testing.T) {
	var b bytes.Buffer
	p := shownNow(&b)
	p.at("reading the environments")
	built := p.each("building environments", 2)
	built()
	p.clear()
	b.WriteString("a line that stays\n")
	built()
	p.end()
	p.at("too late")
	p.end()
	const want = "\r\x1b[Kreading the environments" +
		"\r\x1b[Kbuilding environments: 0 of 2" +
		"\r\x1b[Kbuilding environments: 1 of 2" +
		"\r\x1b[K" + "a line that stays\n" +
		"\r\x1b[Kbuilding environments: 2 of 2" +
		"\r\x1b[K"
	if b.String() != want {
		t.Errorf("%q, want %q", b.String(), want)
	}
}

// What is over within the time leaves nothing, not even for a moment, and so does
// what nobody looks at.
func TestProgressOfShortWork(t *testing.T) {
	var b bytes.Buffer
	for _, p := range []*progress{newProgress(streams{err: &b, attended: true}), newProgress(streams{err: &b})} {
		p.at("reading the environments")
		p.each("building environments", 1)()
		p.clear()
		p.end()
	}
	if b.Len() > 0 {
		t.Errorf("%q", b.String())
	}
}

// A long run shows what it is at by itself.
func TestProgressComesByItself(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	p := newProgress(streams{err: w, attended: true})
	p.at("reading the environments")
	p.timer.Reset(time.Millisecond)
	const want = "\r\x1b[Kreading the environments"
	got := make([]byte, len(want))
	if _, err := r.Read(got); err != nil || string(got) != want {
		t.Errorf("%q, %v", got, err)
	}
	p.end()
}

func TestAttended(t *testing.T) {
	device, err := os.Open(os.DevNull) // a character device, as a terminal is
	if err != nil {
		t.Fatal(err)
	}
	defer device.Close()
	file, err := os.Create(t.TempDir() + "/log")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, tt := range []struct {
		f    *os.File
		env  map[string]string
		want bool
	}{
		{device, nil, true},
		{device, map[string]string{"TERM": "xterm", "CI": "false"}, true},
		{device, map[string]string{"CI": "true"}, false},
		{device, map[string]string{"TERM": "dumb"}, false},
		{file, nil, false},
	} {
		if got := attended(tt.f, func(name string) string { return tt.env[name] }); got != tt.want {
			t.Errorf("%s %v: %v", tt.f.Name(), tt.env, got)
		}
	}
}
