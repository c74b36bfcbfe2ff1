package servers

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
)

// codeDocument is an action, whose code from 16 KiB on is an attachment.
// Source: CouchDbRestStore.scala at 2.0.0.
const codeDocument = "/openwhisk_whisks/guest%2Fattached"

// attach does with the attachments of a document what OpenWhisk does: the body
// comes in chunks, and the revision in If-Match. It gives the status and the body
// of the answer.
func (c *couch) attach(method, path, rev string, body []byte) (int, []byte, error) {
	// The type of the reader hides the length, so it is sent in chunks.
	request, err := http.NewRequestWithContext(c.run.Context, method, "http://"+c.gate.target+path, io.MultiReader(bytes.NewReader(body)))
	if err != nil {
		return 0, nil, err
	}
	if body == nil {
		request.Body = nil
	}
	admin := madeSecrets()["couchdb-admin"]
	request.SetBasicAuth(admin["controller-username"], admin["controller-password"])
	request.Header.Set("Content-Type", "application/octet-stream")
	request.Header.Set("Accept", "application/json")
	if rev != "" {
		request.Header.Set("If-Match", `"`+rev+`"`)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer answer.Body.Close()
	said, err := io.ReadAll(answer.Body)
	return answer.StatusCode, said, err
}

// attachments keeps the largest code that an action can have, of any bytes, and
// has it changed and deleted by whom knows its revision alone.
func (c *couch) attachments() error {
	size, err := c.limit("CONFIG_whisk_execSizeLimit")
	if err != nil {
		return err
	}
	code := slices.Repeat([]byte{0, 0xff, '"', 0xc3}, size/4)
	first, err := c.must(http.MethodPut, codeDocument, map[string]any{"namespace": "guest", "name": "attached"})
	if err != nil {
		return err
	}
	rev := first["rev"].(string)
	stale := "1-" + strings.Repeat("0", 32)
	const name = codeDocument + "/0c2b6a4e-1d1b-4a0e-9a53-0f6f6a2f3b11"
	for _, step := range []struct {
		method, path, rev string
		body, want        []byte
		status            int
	}{
		{http.MethodPut, name, "", code[:9], nil, http.StatusConflict},
		{http.MethodPut, name, stale, code[:9], nil, http.StatusConflict},
		{http.MethodPut, name + "?rev=" + stale, rev, code[:9], nil, http.StatusBadRequest},
		{http.MethodPut, codeDocument + "/_code", rev, code[:9], nil, http.StatusBadRequest},
		{http.MethodPut, name, rev, code, nil, http.StatusCreated},
		{http.MethodGet, name, rev, nil, code, http.StatusOK},
		{http.MethodGet, codeDocument + "/none", "", nil, nil, http.StatusNotFound},
		{http.MethodDelete, codeDocument, rev, nil, nil, http.StatusConflict},
		{http.MethodDelete, codeDocument, "", nil, nil, http.StatusConflict},
	} {
		status, said, err := c.attach(step.method, step.path, step.rev, step.body)
		if err != nil {
			return err
		}
		if status != step.status {
			return fmt.Errorf("%s %s with If-Match %q: status %d, want %d: %.300s", step.method, step.path, step.rev, status, step.status, said)
		}
		if step.want != nil && !bytes.Equal(said, step.want) {
			return fmt.Errorf("%s %s: %d bytes, not the %d that were stored", step.method, step.path, len(said), len(step.want))
		}
	}
	if err := c.attached(size); err != nil {
		return err
	}
	c.proved("code of %d bytes is kept beside its document, by the revision in If-Match as OpenWhisk sends it; who has an older one changes and deletes nothing", size)
	return nil
}

// attached reads the document, which says of its attachment what OpenWhisk reads,
// and deletes it.
func (c *couch) attached(size int) error {
	doc, err := c.must(http.MethodGet, codeDocument, nil)
	if err != nil {
		return err
	}
	all, _ := doc["_attachments"].(map[string]any)
	for _, one := range all {
		stub, _ := one.(map[string]any)
		if stub["length"] != float64(size) || stub["content_type"] != "application/octet-stream" || stub["digest"] == nil {
			return fmt.Errorf("of its attachment the document says %v", stub)
		}
	}
	if len(all) != 1 {
		return fmt.Errorf("the document has %d attachments", len(all))
	}
	rev, _ := doc["_rev"].(string)
	if status, said, err := c.attach(http.MethodDelete, codeDocument, rev, nil); err != nil || status != http.StatusOK {
		return wrong(err, "DELETE %s by its revision: status %d: %s", codeDocument, status, said)
	}
	return nil
}
