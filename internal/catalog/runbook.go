package catalog

// Symptom is what a person on call sees, how to look at it, and what it may come
// from. Its texts are templates over what package guide says of an environment; an
// If is one that comes out as "true" where its entry is meant, and [id] is another
// symptom.
type Symptom struct {
	Title  string  `json:"title"`
	If     string  `json:"if,omitempty"`
	Sees   string  `json:"sees"`
	Look   []Look  `json:"look"`
	Causes []Cause `json:"causes"`
}

// Look is a command, and what its output means.
type Look struct {
	Run  string `json:"run"`
	Says string `json:"says"`
	If   string `json:"if,omitempty"`
}

// Cause of a symptom: how it is recognised (Shown), and what to do: in words, by
// commands, and by fields of the environment.
type Cause struct {
	What   string   `json:"what"`
	Shown  string   `json:"shown"`
	Remedy string   `json:"remedy,omitempty"`
	Run    []string `json:"run,omitempty"`
	Fields []string `json:"fields,omitempty"`
	If     string   `json:"if,omitempty"`
}
