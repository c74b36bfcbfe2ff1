package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// Version of the contract that WriteJSON keeps. Fields may come to it; what is
// there keeps its name, its type and its meaning, or the version goes up.
const Version = 1

// Document is what WriteJSON writes.
type Document struct {
	// Version of this contract.
	Version int `json:"version"`
	Report
}

// WriteJSON writes a report for machines, by the contract of
// docs/changes.schema.json.
func WriteJSON(w io.Writer, r Report, o Options) error {
	return writeJSON(w, Document{Version, seal(r, o)})
}

// writeJSON writes a value that a terminal can show: what is no visible character
// stands as an escape.
func writeJSON(w io.Writer, v any) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return err
	}
	_, err := w.Write(visible(b.Bytes()))
	return err
}

// visible escapes what is no visible character in JSON. Outside of its strings
// there is none but line feeds.
func visible(text []byte) []byte {
	out := make([]byte, 0, len(text))
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		switch {
		case r == '\n' || strconv.IsPrint(r):
			out = append(out, text[:size]...)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
		text = text[size:]
	}
	return out
}
