package finding

import (
	"encoding/json"
	"io"
)

// WriteJSON prints findings for machines: an array of objects with the fields
// code, severity, file, line, column, path, message, other (of what two places
// say, the second: file, line, column), help, acknowledged (why) and hidden, of which those without a
// value are left out. No findings are an empty array.
func WriteJSON(w io.Writer, fs []Finding, o Options) error {
	out := make([]Finding, 0, len(fs))
	for _, f := range o.Secrets.Seal(fs) {
		f.Message = f.Said(o.Dir)
		f.File, f.Other.File = relative(f.File, o.Dir), relative(f.Other.File, o.Dir)
		out = append(out, f)
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(out)
}
