package monitors

import "github.com/whiskops/whiskops/internal/krm"

// Kind of the functionConfig.
const Kind = "Monitors"

// Component that the objects belong to. No pod reads them.
const Component = "monitoring"

// Spec describes what watches an installation: who is scraped, what is alarming, and
// what a dashboard shows.
type Spec struct {
	krm.Owner
	// Namespace of the installation, a label of each alert: two installations that
	// one Prometheus reads are told apart by it.
	Namespace string `json:"namespace"`
	// Form is of what reads it: "operator", "gke" or "plain". A plain Prometheus
	// finds its targets by itself.
	Form string `json:"form"`
	// Labels of the objects, by which they are selected.
	Labels map[string]string `json:"labels,omitempty"`
	// Interval between two readings, as "30s".
	Interval  string     `json:"interval"`
	Targets   []Target   `json:"targets,omitempty"`
	Alerts    []Alert    `json:"alerts,omitempty"`
	Dashboard *Dashboard `json:"dashboard,omitempty"`
}

// Target is a component whose pods export.
type Target struct {
	Component string `json:"component"`
	// Port of the pods by its name.
	Port string `json:"port"`
	Path string `json:"path"`
}

// Alert as Prometheus has it.
type Alert struct {
	Name        string `json:"name"`
	Expr        string `json:"expr"`
	For         string `json:"for"`
	Severity    string `json:"severity"`
	Summary     string `json:"summary"`
	Description string `json:"description"`
	// Runbook says where it is written what to do.
	Runbook string `json:"runbook"`
}

// Dashboard of Grafana.
type Dashboard struct {
	// File that Grafana's sidecar writes: one of its name for all that it serves.
	File   string            `json:"file"`
	Title  string            `json:"title"`
	Labels map[string]string `json:"labels,omitempty"`
	Panels []Panel           `json:"panels"`
}

// Panel is a graph of time series.
type Panel struct {
	Title  string   `json:"title"`
	Unit   string   `json:"unit"`
	Series []Series `json:"series"`
}

// Series is an expression of Prometheus and its legend.
type Series struct {
	Expr   string `json:"expr"`
	Legend string `json:"legend"`
}
