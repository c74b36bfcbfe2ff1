package servers

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// couchLoad is what controllers and invokers ask of the database: subjects are looked
// up in a view, activations are written alone and in bulk, and read again. Like the
// client of OpenWhisk, it keeps its connections and repeats what may be done twice.
// Source: akka-http's host-connection-pool, max-retries 5 for idempotent methods; the
// Batcher of CouchDbRestStore (POST _bulk_docs).
type couchLoad struct {
	address string
	login   map[string]string
	client  *http.Client

	mu sync.Mutex
	// asked, repeated and refused are requests by their kind.
	asked, repeated, refused map[string]int
	wrong                    []string
	longest                  time.Duration
	stop                     context.CancelFunc
	done                     sync.WaitGroup
}

// clients that ask at the same time, and the pause between what each does.
const (
	couchClients = 8
	couchPause   = 40 * time.Millisecond
	akkaRetries  = 5
)

func (n *couchNodes) load() *couchLoad {
	ctx, stop := context.WithCancel(n.run.Context)
	l := &couchLoad{
		address: "http://" + n.service.ip + ":5984", login: n.secrets["couchdb-admin"], stop: stop,
		client: &http.Client{Timeout: 60 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: couchClients, DisableCompression: true}},
		asked:  map[string]int{}, repeated: map[string]int{}, refused: map[string]int{},
	}
	subject := n.secrets["openwhisk-subjects"]["guest"]
	uuid, key, _ := strings.Cut(subject, ":")
	find := "/openwhisk_subjects/_design/subjects.v2.0.0/_view/identities?key=" + url.QueryEscape(fmt.Sprintf("[%q,%q]", uuid, key))
	for c := range couchClients {
		l.done.Go(func() { l.client1(ctx, c, find) })
	}
	return l
}

func (l *couchLoad) client1(ctx context.Context, c int, find string) {
	for i := 0; ctx.Err() == nil; i++ {
		if text, ok := l.ask("look up a subject", http.MethodGet, find, nil); ok && !strings.Contains(text, `"id":"guest"`) {
			l.say("a subject is unknown: " + text)
		}
		id := fmt.Sprintf("guest/load-%d-%d-%d", time.Now().UnixNano(), c, i)
		doc := map[string]any{"_id": id, "namespace": "guest", "activationId": id[6:], "entityType": "activation", "start": 1700000000000 + i, "end": 1700000000100 + i, "logs": []string{strings.Repeat("line ", 60)}}
		if i%4 == 0 {
			l.ask("write in bulk", http.MethodPost, "/openwhisk_activations/_bulk_docs", map[string]any{"docs": []any{doc}})
		} else if _, ok := l.ask("write one", http.MethodPut, "/openwhisk_activations/"+url.PathEscape(id), doc); ok {
			if text, ok := l.ask("read it", http.MethodGet, "/openwhisk_activations/"+url.PathEscape(id), nil); ok && !strings.Contains(text, id) {
				l.say("what was written is not read: " + text)
			}
		}
		time.Sleep(couchPause)
	}
}

func (l *couchLoad) say(text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.wrong = append(l.wrong, text)
}

// ask sends a request, again if it may be done twice, and tells whether it was done.
func (l *couchLoad) ask(kind, method, path string, body any) (string, bool) {
	begun := time.Now()
	attempts := akkaRetries + 1
	if method == http.MethodPost {
		attempts = 1
	}
	var said string
	for i := range attempts {
		text, status, err := l.send(method, path, body)
		// A write that was done before its connection was cut is a conflict now.
		done := err == nil && (status < 300 || status == http.StatusConflict && i > 0)
		l.mu.Lock()
		if i == 0 {
			l.asked[kind]++
		} else {
			l.repeated[kind]++
		}
		l.longest = max(l.longest, time.Since(begun))
		l.mu.Unlock()
		if done {
			return text, status < 300
		}
		said = fmt.Sprint(status, " ", text, " ", err)
		if err == nil {
			break // an answer is not asked for again
		}
	}
	l.mu.Lock()
	l.refused[kind]++
	l.mu.Unlock()
	l.say(kind + " is refused: " + said)
	return "", false
}

func (l *couchLoad) send(method, path string, body any) (string, int, error) {
	var reader io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return "", 0, err
		}
		reader = bytes.NewReader(text)
	}
	request, err := http.NewRequest(method, l.address+path, reader)
	if err != nil {
		return "", 0, err
	}
	request.SetBasicAuth(l.login["controller-username"], l.login["controller-password"])
	request.Header.Set("Content-Type", "application/json")
	answer, err := l.client.Do(request)
	if err != nil {
		return "", 0, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	return string(text), answer.StatusCode, err
}

// end stops the load and says what came of it.
func (l *couchLoad) end() (asked, repeated, refused int, wrong []string) {
	l.stop()
	l.done.Wait()
	for kind := range l.asked {
		asked += l.asked[kind]
		repeated += l.repeated[kind]
		refused += l.refused[kind]
	}
	return asked, repeated, refused, l.wrong
}
