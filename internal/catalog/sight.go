package catalog

// Metrics of a component are read at a path of a port.
type Metrics struct {
	Port string `json:"port"`
	Path string `json:"path"`
	// Of is the component whose metrics they are, where it is another one.
	Of string `json:"of,omitempty"`
	// Tells is what they tell, in a few words.
	Tells string `json:"tells"`
}

// Alert is a rule of Prometheus.
type Alert struct {
	Name string `json:"name"`
	// Component whose metrics it reads; it is there where that is, and When holds.
	Component string `json:"component"`
	When      When   `json:"when"`
	// If is a template that must come out as "true"; empty: it is there in any case.
	If string `json:"if,omitempty"`
	// Expr is a template, For how long it must hold, as Prometheus writes it.
	Expr string `json:"expr"`
	For  string `json:"for"`
	// Severity is "critical" or "warning".
	Severity string `json:"severity"`
	// Summary and Description may hold templates of Prometheus.
	Summary     string `json:"summary"`
	Description string `json:"description"`
	// Symptom is the section of the README that says what to do.
	Symptom string `json:"symptom"`
}

// Dashboard for Grafana.
type Dashboard struct {
	Panels []Panel `json:"panels"`
}

// Panel is a graph of time series.
type Panel struct {
	Title string `json:"title"`
	// Component whose metrics it shows; it is there where that is, and When holds.
	Component string `json:"component"`
	When      When   `json:"when"`
	// Unit as Grafana names it.
	Unit   string   `json:"unit"`
	Series []Series `json:"series"`
}

// Series of a panel: a template of an expression, and a legend, in which
// {{pod}} is Grafana's own.
type Series struct {
	Expr   string `json:"expr"`
	Legend string `json:"legend"`
}
