package servers

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// Records proves that the database takes the largest record that an activation can
// have, and that it refuses one that no activation has, with the batch that it is
// in; that a view says of a linked document that it is missing; and that the code
// of an action is kept beside its document.
func Records(r *Run) error {
	c, err := newCouch(r)
	if err == nil {
		err = c.begin()
	}
	if err == nil {
		_, err = c.runInit()
	}
	for _, check := range []func() error{c.largestRecord, c.largerRecord, c.documentLimit, c.missingLink, c.attachments} {
		if err == nil {
			err = check()
		}
	}
	if err != nil {
		return fmt.Errorf("records: %w", err)
	}
	return nil
}

// limit of OpenWhisk that controllers and invokers are told, in bytes.
func (c *couch) limit(name string) (int, error) {
	for _, data := range c.run.Env.ConfigMaps {
		text, ok := data[name]
		if !ok {
			continue
		}
		number, unit := strings.TrimRight(text, " Bm"), 1
		if strings.HasSuffix(text, "m") {
			unit = 1 << 20
		}
		n, err := strconv.Atoi(number)
		return n * unit, err
	}
	return 0, fmt.Errorf("no ConfigMap has %s", name)
}

// wide is a text of so many characters, each of three bytes: of what is counted in
// characters none takes more.
func wide(n int) string { return strings.Repeat("\u20ac", n) }

// record of an activation with a result of so many bytes and a log of so many
// characters.
func record(id string, result, log int) map[string]any {
	return map[string]any{
		"_id": id, "entityType": "activation", "namespace": "guest", "name": "big", "start": 1, "end": 2, "publish": false,
		"response": map[string]any{"statusCode": 0, "result": map[string]any{"text": strings.Repeat("\ufffd", result)}},
		"logs":     []string{wide(log)},
	}
}

const records = "/openwhisk_activations"

func (c *couch) limits() (payload, log int, err error) {
	if payload, err = c.limit("CONFIG_whisk_activation_payload_max"); err == nil {
		log, err = c.limit("CONFIG_whisk_logLimit_max")
	}
	return payload, log, err
}

// largestRecord stores one that has as many bytes as OpenWhisk lets through: a
// result that was no UTF-8, and a log of wide characters.
func (c *couch) largestRecord() error {
	payload, log, err := c.limits()
	if err != nil {
		return err
	}
	status, answer, err := c.request(http.MethodPost, records+"/_bulk_docs", map[string]any{"docs": []any{
		record("guest/small", 1, 1), record("guest/largest", payload, log),
	}})
	if err != nil {
		return err
	}
	if status != http.StatusCreated {
		return fmt.Errorf("the largest record, of a result of %d bytes and a log of %d characters, is answered %d: %v", payload, log, status, answer)
	}
	c.proved("the largest record of an activation (a result of %d bytes, a log of %d characters) is stored with its batch", payload, log)
	return nil
}

// largerRecord is refused, and with it all that it comes with.
func (c *couch) largerRecord() error {
	payload, log, err := c.limits()
	if err != nil {
		return err
	}
	status, answer, err := c.request(http.MethodPost, records+"/_bulk_docs", map[string]any{"docs": []any{
		record("guest/beside", 1, 1), record("guest/larger", payload+1<<20, log+1<<20),
	}})
	if err != nil {
		return err
	}
	if status != http.StatusRequestEntityTooLarge || answer["error"] != "document_too_large" {
		return fmt.Errorf("a record that no activation has is answered %d: %v", status, answer)
	}
	if status, _, err = c.request(http.MethodGet, records+"/"+url.PathEscape("guest/beside"), nil); err != nil || status != http.StatusNotFound {
		return fmt.Errorf("of a refused batch a document is there: status %d, %w", status, err)
	}
	c.proved("a larger one is refused with 413 document_too_large, and nothing of its batch is stored")
	return nil
}

// documentLimit finds the last byte that is taken: of strings their bytes in UTF-8
// count, whatever JSON makes of them.
// Source: couch_ejson_size.erl 3.3.
func (c *couch) documentLimit() error {
	limit, err := strconv.Atoi(iniOf(c.variable(iniFile), false)["couchdb"]["max_document_size"])
	if err != nil {
		return err
	}
	for name, shape := range map[string]struct {
		value any
		size  int
	}{
		"text":   {"", 2},
		"escape": {"\n\"\\\u20ac", 2 + 3 + 3},
		"nested": {map[string]any{"a": []any{1, -20, nil, true, false, []any{}, map[string]any{}}}, len(`{"a":[1,-20,null,true,false,[],{}]}`)},
	} {
		path := "/openwhisk_whisks/limit-" + name
		// {"b":VALUE,"pad":""} has so many beside them.
		pad := limit - shape.size - len(`{"b":,"pad":""}`)
		for _, over := range []int{1, 0} {
			status, answer, err := c.request(http.MethodPut, path, map[string]any{"b": shape.value, "pad": strings.Repeat("x", pad+over)})
			if err != nil {
				return err
			}
			if (status == http.StatusCreated) != (over == 0) || over == 1 && status != http.StatusRequestEntityTooLarge {
				return fmt.Errorf("%s: a document of %d bytes is answered %d: %v, with a limit of %d", name, limit+over, status, answer, limit)
			}
			if over == 0 {
				if _, err := c.must(http.MethodDelete, path+"?rev="+answer["rev"].(string), nil); err != nil {
					return err
				}
			}
		}
	}
	c.proved("a document of %d bytes is taken, and one of a byte more refused, however its text is escaped", limit)
	return nil
}

// missingLink asks for a subject whose namespace has no limits of its own, as
// controllers do for each request.
func (c *couch) missingLink() error {
	if _, err := c.must(http.MethodPut, "/openwhisk_subjects/linked", map[string]any{
		"subject": "linked", "namespaces": []any{map[string]any{"name": "linked", "uuid": "u", "key": "k"}},
	}); err != nil {
		return err
	}
	answer, err := c.must(http.MethodGet, "/openwhisk_subjects/_design/subjects.v2.0.0/_view/identities?include_docs=true&key="+url.QueryEscape(`["u","k"]`), nil)
	if err != nil {
		return err
	}
	rows, _ := answer["rows"].([]any)
	if len(rows) != 1 {
		return fmt.Errorf("identities has %d rows for a subject", len(rows))
	}
	row, _ := rows[0].(map[string]any)
	if doc, there := row["doc"]; !there || doc != nil {
		return fmt.Errorf("the row of a subject without limits of its own has no doc: null: %v", row)
	}
	c.proved("a row of identities whose linked document is missing has doc: null")
	return nil
}
