package render

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/kustomize"
)

const (
	// maxData is the most bytes in a ConfigMap or Secret: an API server
	// refuses more.
	maxData = 1 << 20
	// maxObject is the most bytes of a request to etcd as it is set up
	// (--max-request-bytes), so of any object.
	maxObject = 3 << 19
)

func tooLarge(b *kustomize.BoundError) *CustomError {
	help := "the folder is for what an installation needs beside OpenWhisk: let large things come from where they are, such as a volume or an image"
	if b.Line > 0 {
		help = "write out what is needed, without these aliases or this nesting: no cluster takes so much"
	}
	return &CustomError{finding.Finding{
		Code: codeLarge, Severity: finding.Error,
		Position: finding.Position{File: b.File, Line: b.Line, Column: b.Column},
		Message:  b.Message,
		Help:     help,
	}}
}

// sized finds the object that is too large for a cluster.
func sized(at string, built []kustomize.Object) error {
	for _, o := range built {
		size, most := objectSize(o), maxObject
		if o.Kind == "ConfigMap" || o.Kind == "Secret" {
			size, most = dataSize(o), maxData
		}
		if size > most {
			return tooLarge(&kustomize.BoundError{File: at, Message: fmt.Sprintf("%s has %d bytes, and an API server takes %d", o, size, most)})
		}
	}
	return nil
}

// objectSize is that of an object as it is sent. Nearly all are far from too
// large, and their YAML is enough to say so.
func objectSize(o kustomize.Object) int {
	if len(o.YAML) <= maxObject/4 {
		return len(o.YAML)
	}
	sent, err := json.Marshal(o.Value)
	if err != nil {
		return len(o.YAML)
	}
	return len(sent)
}

// dataSize is that of what is in a ConfigMap or Secret, decoded.
func dataSize(o kustomize.Object) int {
	size := 0
	for _, field := range []string{"data", "stringData", "binaryData"} {
		values, _ := o.Value[field].(map[string]any)
		for _, v := range values {
			text, _ := v.(string)
			n := len(text)
			if field == "binaryData" || field == "data" && o.Kind == "Secret" {
				n = base64.RawStdEncoding.DecodedLen(len(strings.TrimRight(text, "=\n")) - strings.Count(text, "\n"))
			}
			size += n
		}
	}
	return size
}
