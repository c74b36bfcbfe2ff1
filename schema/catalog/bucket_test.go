package catalog_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// bucket is an object store as far as s3.js uses one. It checks each signature.
type bucket struct {
	mu      sync.Mutex
	objects map[string][]byte
	uploads map[string]map[int][]byte
	secret  string
	// refuses says no to a request, with a code of S3's.
	refuses func(r *http.Request) (int, string)
	parts   int
}

func newBucket() *bucket {
	return &bucket{objects: map[string][]byte{}, uploads: map[string]map[int][]byte{}, secret: "secret"}
}

// signature of a request by the documentation of S3: "Authenticating Requests
// (Authorization Header)".
func (b *bucket) signature(r *http.Request, body []byte) string {
	_, given, _ := strings.Cut(r.Header.Get("Authorization"), "Credential=")
	credential, rest, _ := strings.Cut(given, ", SignedHeaders=")
	names, _, _ := strings.Cut(rest, ", Signature=")
	scope := strings.Split(credential, "/")[1:]
	var query []string
	for key, values := range r.URL.Query() {
		escape := func(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }
		query = append(query, escape(key)+"="+escape(values[0]))
	}
	slices.Sort(query)
	sum := func(data []byte) string { h := sha256.Sum256(data); return hex.EncodeToString(h[:]) }
	lines := []string{r.Method, r.URL.EscapedPath(), strings.Join(query, "&")}
	for name := range strings.SplitSeq(names, ";") {
		value := r.Header.Get(name)
		if name == "host" {
			value = r.Host
		}
		lines = append(lines, name+":"+value)
	}
	lines = append(lines, "", names, sum(body))
	key := []byte("AWS4" + b.secret)
	mac := func(key []byte, text string) []byte {
		h := hmac.New(sha256.New, key)
		h.Write([]byte(text))
		return h.Sum(nil)
	}
	for _, part := range scope {
		key = mac(key, part)
	}
	text := strings.Join([]string{"AWS4-HMAC-SHA256", r.Header.Get("X-Amz-Date"), strings.Join(scope, "/"), sum([]byte(strings.Join(lines, "\n")))}, "\n")
	return hex.EncodeToString(mac(key, text))
}

func (b *bucket) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	body, _ := io.ReadAll(r.Body)
	fail := func(status int, code string) {
		w.WriteHeader(status)
		fmt.Fprintf(w, "<Error><Code>%s</Code></Error>", code)
	}
	_, got, _ := strings.Cut(r.Header.Get("Authorization"), "Signature=")
	if got != b.signature(r, body) {
		fail(403, "SignatureDoesNotMatch")
		return
	}
	if b.refuses != nil {
		if status, code := b.refuses(r); status > 0 {
			fail(status, code)
			return
		}
	}
	key := strings.TrimPrefix(strings.TrimPrefix(r.URL.Path, "/copies"), "/")
	q := r.URL.Query()
	id := q.Get("uploadId")
	switch {
	case r.Method == http.MethodGet && key == "":
		b.list(w, q)
	case r.Method == http.MethodPost && q.Has("uploads"):
		id := fmt.Sprint("upload/", len(b.uploads))
		b.uploads[id] = map[int][]byte{}
		fmt.Fprintf(w, "<R><UploadId>%s</UploadId></R>", id)
	case r.Method == http.MethodPut && id != "":
		n, _ := strconv.Atoi(q.Get("partNumber"))
		b.uploads[id][n] = body
		b.parts++
		w.Header().Set("ETag", fmt.Sprintf("%q", fmt.Sprint(n)))
	case r.Method == http.MethodPost:
		for _, n := range slices.Sorted(maps.Keys(b.uploads[id])) {
			if !strings.Contains(string(body), fmt.Sprintf("<PartNumber>%d</PartNumber><ETag>\"%d\"</ETag>", n, n)) {
				fail(400, "InvalidPart")
				return
			}
			b.objects[key] = append(b.objects[key], b.uploads[id][n]...)
		}
		delete(b.uploads, id)
		fmt.Fprint(w, "<CompleteMultipartUploadResult/>")
	case r.Method == http.MethodPut:
		b.objects[key] = body
	case r.Method == http.MethodDelete && id != "":
		delete(b.uploads, id)
		w.WriteHeader(204)
	case r.Method == http.MethodDelete:
		delete(b.objects, key)
		w.WriteHeader(204)
	case b.objects[key] == nil:
		fail(404, "NoSuchKey")
	default:
		_, _ = w.Write(b.objects[key])
	}
}

// list gives three names at a time.
func (b *bucket) list(w io.Writer, q url.Values) {
	n := 0
	for _, key := range slices.Sorted(maps.Keys(b.objects)) {
		if !strings.HasPrefix(key, q.Get("prefix")) || key <= q.Get("continuation-token") {
			continue
		}
		fmt.Fprint(w, "<Contents><Key>")
		_ = xml.EscapeText(w, []byte(key))
		fmt.Fprint(w, "</Key></Contents>")
		if n++; n == 3 {
			fmt.Fprintf(w, "<NextContinuationToken>%s</NextContinuationToken>", key)
			return
		}
	}
}

func inBucket(t *testing.T, b *bucket) *copier {
	t.Helper()
	store := httptest.NewServer(b)
	t.Cleanup(store.Close)
	return newCopier(t, store.URL+"/copies/some/where/")
}

// The example of S3's documentation: GET /?lifecycle, "Signature Calculations for the
// Authorization Header".
func TestSignature(t *testing.T) {
	c := newCopier(t, "/none")
	out, err := exec.Command("node", "-e", `
		const { signed } = require(process.argv[1]);
		const request = { method: "GET", host: "examplebucket.s3.amazonaws.com", path: "/", query: { lifecycle: "" }, body: Buffer.alloc(0) };
		console.log(signed(request, { id: "AKIAIOSFODNN7EXAMPLE", secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" }, "us-east-1", Date.UTC(2013, 4, 24)).headers.authorization);`,
		filepath.Join(c.folder, "s3.js")).CombinedOutput()
	const want = "Signature=fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543\n"
	if err != nil || !strings.HasSuffix(string(out), want) {
		t.Errorf("%v: %s", err, out)
	}
}

// All that a server has comes back from a bucket, in which there are as many copies as
// are kept, and what is not of ours stays.
func TestCopyToBucket(t *testing.T) {
	t.Parallel()
	b := newBucket()
	b.objects["some/where/20200101T000000Z/manifest.json"] = []byte("{}")
	b.objects["some/where/20200101T000000Z/x.docs.gz"] = []byte("x")
	b.objects["some/where/20200102T000000Z/manifest.json"] = []byte("{}")
	b.objects["some/where/20200103T000000Z/half.gz"] = []byte("x")
	b.objects["some/other"] = []byte("x")
	c := inBucket(t, b)
	was := full()
	was.put("w_whisks", "guest/large", doc{"_attachments": doc{"code": doc{"data": noise(20 << 20)}}})
	if out, good := c.run("backup.js", was); !good {
		t.Fatal(out)
	}
	for _, gone := range []string{"some/where/20200101T000000Z/manifest.json", "some/where/20200101T000000Z/x.docs.gz", "some/where/probe"} {
		if b.objects[gone] != nil {
			t.Error("there still is", gone)
		}
	}
	for _, stays := range []string{"some/where/20200102T000000Z/manifest.json", "some/where/20200103T000000Z/half.gz", "some/other"} {
		if b.objects[stays] == nil {
			t.Error("there is no", stays)
		}
	}
	if len(b.uploads) > 0 {
		t.Error("uploads that are not complete:", b.uploads)
	}
	is := newStored()
	if out, good := c.run("restore.js", is); !good {
		t.Fatal(out)
	}
	sameData(t, is, was, "_replicator", "_global_changes")
}

// noise of so many bytes that hardly gets smaller.
func noise(n int) string {
	var text strings.Builder
	x := uint64(1)
	for text.Len() < n {
		x = x*6364136223846793005 + 1442695040888963407
		text.WriteString(strconv.FormatUint(x, 36))
	}
	return text.String()
}

// A bucket that takes nothing is said with what to do, and loses no copy.
func TestBucketThatTakesNothing(t *testing.T) {
	t.Parallel()
	for says, refuses := range map[string]func(*http.Request) (int, string){
		"the bucket copies is not there: make it, or name another (couchdb.backup.s3.bucket)": func(*http.Request) (int, string) { return 404, "NoSuchBucket" },
		"the store does not know the access-key-id of the Secret (couchdb.backup.s3.secret)":  func(*http.Request) (int, string) { return 403, "InvalidAccessKeyId" },
		"AccessDenied: the key of the Secret may not do it: it needs s3:PutObject":            func(r *http.Request) (int, string) { return map[string]int{"PUT": 403}[r.Method], "AccessDenied" },
		"QuotaExceeded: the bucket is full: raise its quota, or keep fewer copies (couchdb.backup.keep); the copies that are": func(r *http.Request) (int, string) {
			return map[bool]int{true: 403}[r.URL.Query().Has("partNumber")], "QuotaExceeded"
		},
	} {
		b := newBucket()
		b.objects["some/where/20200101T000000Z/manifest.json"] = []byte("{}")
		b.refuses = refuses
		out, good := inBucket(t, b).run("backup.js", full())
		if good || !strings.Contains(out, says) || len(b.objects) != 1 || len(b.uploads) > 0 {
			t.Errorf("want %q: %s; it leaves %v %v", says, out, slices.Collect(maps.Keys(b.objects)), b.uploads)
		}
	}
	b := newBucket()
	b.secret = "another"
	if out, good := inBucket(t, b).run("backup.js", full()); good || !strings.Contains(out, "the secret-access-key of the Secret is not that of its access-key-id") {
		t.Error(out)
	}
}
