package registry

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	server "github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"github.com/whiskops/whiskops/internal/environment"
)

// store is a registry in this process, and its host.
func store(t *testing.T) string {
	t.Helper()
	s := httptest.NewServer(server.New(server.Logger(log.New(io.Discard, "", 0))))
	t.Cleanup(s.Close)
	return strings.TrimPrefix(s.URL, "http://")
}

// client that asks as nobody and never waits.
func client() Client {
	return Client{Patience: 10 * time.Second, Keychain: nobody{}, Pause: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }}
}

type nobody struct{}

func (nobody) Resolve(authn.Resource) (authn.Authenticator, error) { return authn.Anonymous, nil }

func imageFor(t *testing.T, os, arch, variant string) v1.Image {
	t.Helper()
	image, err := mutate.ConfigFile(empty.Image, &v1.ConfigFile{OS: os, Architecture: arch, Variant: variant})
	if err != nil {
		t.Fatal(err)
	}
	return image
}

func reference(t *testing.T, text string) name.Reference {
	t.Helper()
	ref, err := name.ParseReference(text)
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

func TestLook(t *testing.T) {
	host := store(t)
	single := imageFor(t, "linux", "arm", "v7")
	if err := remote.Write(reference(t, host+"/single:1"), single); err != nil {
		t.Fatal(err)
	}
	index := v1.ImageIndex(empty.Index)
	for _, p := range []v1.Platform{
		{OS: "linux", Architecture: "arm64", Variant: "v8"}, {OS: "linux", Architecture: "amd64"}, {OS: "windows", Architecture: "amd64", OSVersion: "10.0.1"},
		{OS: "windows", Architecture: "amd64", OSVersion: "10.0.2"}, {OS: "unknown", Architecture: "unknown"}, {OS: "no\nplatform", Architecture: "x"},
	} {
		index = mutate.AppendManifests(index, mutate.IndexAddendum{Add: imageFor(t, p.OS, p.Architecture, p.Variant), Descriptor: v1.Descriptor{Platform: &p}})
	}
	if err := remote.WriteIndex(reference(t, host+"/many:1"), index); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		image string
		of    interface{ Digest() (v1.Hash, error) }
		want  []string
	}{
		{"single:1", single, []string{"linux/arm/v7"}},
		{"many:1", index, []string{"linux/amd64", "linux/arm64/v8", "windows/amd64"}},
	} {
		digest, err := tt.of.Digest()
		if err != nil {
			t.Fatal(err)
		}
		want := environment.Locked{Digest: digest.String(), Platforms: tt.want}
		for _, ref := range []string{tt.image, tt.image + "@" + want.Digest} {
			got, err := client().Look(t.Context(), host+"/"+ref)
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Errorf("%s: %v\n%s", ref, err, diff)
			}
			if got, err := client().Digest(t.Context(), host+"/"+ref); got != want.Digest || err != nil {
				t.Errorf("%s: %s, %v", ref, got, err)
			}
		}
	}
}

// TestRefused has the whole text of what is said of each answer.
func TestRefused(t *testing.T) {
	status := func(code int, header ...string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/v2/" && code != http.StatusServiceUnavailable {
				return
			}
			for i := 0; i+1 < len(header); i += 2 {
				w.Header().Set(header[i], header[i+1])
			}
			w.WriteHeader(code)
			io.WriteString(w, `{"errors":[{"code":"UNKNOWN","message":"hunter2"}]}`)
		}
	}
	for _, tt := range []struct {
		name   string
		answer http.HandlerFunc
		want   string
		help   string
		gone   bool
	}{
		{"401", status(401), `HOST does not let this user have "HOST/aa:1" (401): some answer so for what they do not have, too`, "log in with `docker login HOST` as someone who may, and look at the name", false},
		{"403", status(403), `HOST does not let this user have "HOST/aa:1" (403): some answer so for what they do not have, too`, "log in with `docker login HOST` as someone who may, and look at the name", false},
		{"404", status(404), `HOST has no "HOST/aa:1" (404)`, "look at the repository and the tag or digest, under images, mirror or runtimes of the environment", true},
		{"429", status(429), `HOST counted too many requests when asked for "HOST/aa:1" (429)`, "wait, log in with `docker login HOST`, which most count apart, or set mirror", false},
		{"400", status(400), `HOST refuses the request, asked for "HOST/aa:1" (400 bad request)`, "try again later, or ask who runs it", false},
		{"503", status(503), `HOST is not well, asked for "HOST/aa:1" (503 service unavailable)`, "try again later, or ask who runs it", false},
		{"999", status(999), `HOST is not well, asked for "HOST/aa:1" (999)`, "try again later, or ask who runs it", false},
		{"a page", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "<html>hunter2") }, `HOST answers otherwise than a registry does, asked for "HOST/aa:1"`, "look at what answers there: a proxy, or a server that is no registry?", false},
		{"without an end", func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/v2/" {
				w.Header().Set("WWW-Authenticate", `Bearer realm="http://`+r.Host+`/token"`)
				w.WriteHeader(401)
				return
			}
			for {
				if _, err := w.Write(make([]byte, 1<<16)); err != nil {
					return
				}
			}
		}, `HOST answers otherwise than a registry does, asked for "HOST/aa:1"`, "look at what answers there: a proxy, or a server that is no registry?", false},
		{"an end in the middle", func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/v2/" {
				panic(http.ErrAbortHandler)
			}
		}, `HOST cannot be reached, asked for "HOST/aa:1"`, "look whether it runs, and at the network", false},
		{"a realm elsewhere", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("WWW-Authenticate", `Bearer realm="http://169.254.169.254/token?hunter2"`)
			w.WriteHeader(401)
		}, `HOST answers otherwise than a registry does, asked for "HOST/aa:1"`, "look at what answers there: a proxy, or a server that is no registry?", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := httptest.NewUnstartedServer(tt.answer)
			s.Config.ErrorLog = log.New(io.Discard, "", 0)
			s.Start()
			defer s.Close()
			host := strings.TrimPrefix(s.URL, "http://")
			for what, ask := range map[string]func() error{
				"look":   func() error { _, err := client().Look(t.Context(), host+"/aa:1"); return err },
				"digest": func() error { _, err := client().Digest(t.Context(), host+"/aa:1"); return err },
			} {
				var r *Refusal
				if err := ask(); !errors.As(err, &r) {
					t.Fatalf("%s: %v is no refusal", what, err)
				}
				got := Refusal{strings.ReplaceAll(r.Message, host, "HOST"), strings.ReplaceAll(r.Help, host, "HOST"), r.Gone}
				if diff := cmp.Diff(Refusal{tt.want, tt.help, tt.gone}, got); diff != "" {
					t.Errorf("%s:\n%s", what, diff)
				}
			}
		})
	}
}

// TestTries counts how often a registry is asked, and how long is waited before
// it is asked again.
func TestTries(t *testing.T) {
	for _, tt := range []struct {
		name   string
		code   int
		after  string
		bad    int // how many answers are bad
		want   []time.Duration
		refuse bool
	}{
		{"well", 200, "", 0, nil, false},
		{"twice too many", 429, "", 2, []time.Duration{time.Second, 2 * time.Second}, false},
		{"always too many", 429, "", 9, []time.Duration{time.Second, 2 * time.Second}, true},
		{"at the time that it says", 429, "7", 1, []time.Duration{7 * time.Second}, false},
		{"as long as anyone waits", 429, "10", 1, []time.Duration{10 * time.Second}, false},
		{"longer than anyone waits", 429, "11", 1, nil, true},
		{"a date", 503, "Wed, 21 Oct 2065 07:28:00 GMT", 1, []time.Duration{time.Second}, false},
		{"a failure that passes", 502, "", 1, []time.Duration{time.Second}, false},
		{"a failure that stays", 403, "", 1, nil, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			store := server.New(server.Logger(log.New(io.Discard, "", 0)))
			bad := 0
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path != "/v2/" && r.Method == http.MethodHead && bad < tt.bad {
					bad++
					if tt.after != "" {
						w.Header().Set("Retry-After", tt.after)
					}
					w.WriteHeader(tt.code)
					return
				}
				store.ServeHTTP(w, r)
			}))
			defer s.Close()
			host := strings.TrimPrefix(s.URL, "http://")
			bad = tt.bad // none, while it is filled
			if err := client().Push(t.Context(), host+"/aa:1", imageFor(t, "linux", "amd64", "")); err != nil {
				t.Fatal(err)
			}
			bad = 0
			var waited []time.Duration
			c := client()
			c.Pause = func(_ context.Context, d time.Duration) error { waited = append(waited, d); return nil }
			_, err := c.Digest(t.Context(), host+"/aa:1")
			if diff := cmp.Diff(tt.want, waited); diff != "" || (err != nil) != tt.refuse {
				t.Errorf("%v\n%s", err, diff)
			}
		})
	}
}

// TestHangs: a registry that does not answer, or a program that knows logins and
// does not end, costs no more than the patience.
func TestHangs(t *testing.T) {
	ended := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-ended }))
	defer s.Close()
	defer close(ended)
	host := strings.TrimPrefix(s.URL, "http://")
	for _, keys := range []authn.Keychain{nobody{}, stuck{ended}} {
		c := client()
		c.Patience, c.Keychain = 50*time.Millisecond, keys
		began := time.Now()
		_, err := c.Look(t.Context(), host+"/aa:1")
		if want := fmt.Sprintf("%s did not answer within 50ms when asked for %q", host, host+"/aa:1"); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("it took %s", took)
		}
	}
}

type stuck struct{ until chan struct{} }

func (s stuck) Resolve(authn.Resource) (authn.Authenticator, error) {
	<-s.until
	return authn.Anonymous, nil
}

type broken struct{}

func (broken) Resolve(authn.Resource) (authn.Authenticator, error) {
	return nil, errors.New("auths: hunter2 is no JSON")
}

// TestSecrets: no login, wherever it stands, is in what is said.
func TestSecrets(t *testing.T) {
	c := client()
	c.Keychain = broken{}
	for _, tt := range []struct{ reference, want string }{
		{"127.0.0.1:1/aa:1", "the login for 127.0.0.1:1 cannot be had from docker's configuration, or from the program that it names"},
		{"user:hunter2@example.com/aa:1", "the reference of an image is none"},
		{"https://user:hunter2@example.com/aa:1", "the reference of an image is none"},
	} {
		_, err := c.Look(t.Context(), tt.reference)
		if err == nil || err.Error() != tt.want {
			t.Errorf("got %v, want %s", err, tt.want)
		}
		var r *Refusal
		if errors.As(err, &r) && strings.Contains(r.Message+r.Help, "hunter2") {
			t.Error(r)
		}
	}
}

// TestPlain: nothing is sent over plain HTTP to another machine unless that was
// asked for.
func TestPlain(t *testing.T) {
	for _, tt := range []struct {
		host     string
		insecure bool
		want     bool // whether it is sent
	}{
		{"127.0.0.1:5000", false, true}, {"localhost:5000", false, true}, {"[::1]:5000", false, true}, {"127.9.9.9:5000", false, true},
		{"10.0.0.1:5000", false, false}, {"registry.local:5000", false, false}, {"example.com", false, false}, {"localhost.example.com:5000", false, false},
		{"10.0.0.1:5000", true, true}, {"example.com", true, true},
	} {
		sent := false
		p := &patient{carrier: roundTrip(func(*http.Request) (*http.Response, error) {
			sent = true
			return &http.Response{StatusCode: 200, Body: http.NoBody, Header: http.Header{}}, nil
		}), pause: wait, insecure: tt.insecure}
		r, err := http.NewRequest(http.MethodGet, "http://"+tt.host+"/v2/", nil)
		if err != nil {
			t.Fatal(err)
		}
		_, err = p.RoundTrip(r)
		if sent != tt.want || tt.want == (err != nil) {
			t.Errorf("%s, insecure %v: sent is %v, %v", tt.host, tt.insecure, sent, err)
		}
	}
	plain := client()
	plain.Transport = roundTrip(func(r *http.Request) (*http.Response, error) { return nil, errors.New("no") })
	_, err := plain.Look(t.Context(), "registry.local:5000/aa:1")
	if err == nil {
		t.Error("asked")
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestBounded: an answer of the most bytes is read, and one byte more is not.
func TestBounded(t *testing.T) {
	for _, more := range []int{-1, 0, 1} {
		answer := bounded(&http.Response{Body: io.NopCloser(strings.NewReader(strings.Repeat("x", mostBytes+more)))})
		text, err := io.ReadAll(answer.Body)
		if refused := errors.Is(err, errLarge); refused != (more > 0) || more <= 0 && len(text) != mostBytes+more {
			t.Errorf("%s bytes: %v", strconv.Itoa(mostBytes+more), err)
		}
	}
}
