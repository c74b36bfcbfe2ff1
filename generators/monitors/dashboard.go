package monitors

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/whiskops/whiskops/internal/krm"
)

// Two panels in a row of Grafana's 24 columns.
const (
	panelWidth  = 12
	panelHeight = 8
)

// schemaVersion of Grafana 10.4; newer ones read it.
const schemaVersion = 39

// dashboard in a ConfigMap. Its name is fixed: Grafana's sidecar deletes the file of
// an old ConfigMap after it has written that of a new one, which would be the same.
func dashboard(s Spec) (krm.M, error) {
	d := s.Dashboard
	panels := make([]string, len(d.Panels))
	for i, p := range d.Panels {
		text, err := plainJSON(panel(i, p))
		if err != nil {
			return nil, err
		}
		panels[i] = text
	}
	board, err := plainJSON(krm.M{
		"title": d.Title, "uid": uid(d.File), "tags": krm.L{"openwhisk"}, "schemaVersion": schemaVersion, "version": 1,
		"editable": false, "refresh": "1m", "timezone": "browser", "time": krm.M{"from": "now-6h", "to": "now"},
		"templating": krm.M{"list": krm.L{krm.M{"name": "datasource", "label": "Data source", "type": "datasource", "query": "prometheus", "refresh": 1}}},
	})
	if err != nil {
		return nil, err
	}
	// A panel to a line: whoever reviews a change sees which it is.
	text := strings.TrimSuffix(board, "}") + ",\"panels\":[\n" + strings.Join(panels, ",\n") + "\n]}\n"
	o := labelled(s.Object("v1", "ConfigMap", "openwhisk-dashboard"), d.Labels)
	o["data"] = krm.M{d.File + ".json": text}
	return o, nil
}

// plainJSON in one line, with < and > as they are.
func plainJSON(v any) (string, error) {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return "", fmt.Errorf("write the dashboard: %w", err)
	}
	return strings.TrimSpace(text.String()), nil
}

// longestUID of a dashboard that Grafana takes.
const longestUID = 40

// uid of a dashboard follows from its file's name, which may be longer.
func uid(file string) string {
	if len(file) <= longestUID {
		return file
	}
	sum := sha256.Sum256([]byte(file))
	return file[:longestUID-9] + "-" + hex.EncodeToString(sum[:4])
}

// source of all data: the one that is chosen above the panels.
// Without braces: what has them Flux takes for a variable of its own.
var source = krm.M{"type": "prometheus", "uid": "$datasource"}

func panel(i int, p Panel) krm.M {
	var targets krm.L
	for n, series := range p.Series {
		targets = append(targets, krm.M{
			"refId": fmt.Sprintf("%c", 'A'+n), "datasource": source, "expr": series.Expr, "legendFormat": series.Legend,
		})
	}
	return krm.M{
		"id": i + 1, "title": p.Title, "type": "timeseries", "datasource": source, "targets": targets,
		"gridPos":     krm.M{"x": i % 2 * panelWidth, "y": i / 2 * panelHeight, "w": panelWidth, "h": panelHeight},
		"fieldConfig": krm.M{"defaults": krm.M{"unit": p.Unit, "min": 0}, "overrides": krm.L{}},
		"options":     krm.M{"legend": krm.M{"displayMode": "list", "placement": "bottom"}, "tooltip": krm.M{"mode": "multi", "sort": "desc"}},
	}
}
