package catalog

// Assumption is a fact about the cluster that what is generated takes for granted.
// All texts but ID and those of the judgement's kind are templates.
type Assumption struct {
	ID string `json:"id"`
	// Each is of what there is one for each; empty: it is one.
	Each string `json:"each"`
	// When and If say whether the environment assumes it. If is a template that
	// comes out as "true"; empty: always.
	When When   `json:"when"`
	If   string `json:"if"`
	// Must is what is so, Breaks what happens where it is not: clauses without a
	// full stop.
	Must   string `json:"must"`
	Breaks string `json:"breaks"`
	// Field of the environment that says otherwise; empty: none does.
	Field string `json:"field"`
	// Show are the arguments of kubectl, which shows it and changes nothing. The
	// first word that First shows stands for FIRST in them. Without Show a person
	// must know.
	First []string `json:"first"`
	Show  []string `json:"show"`
	// Judge is how what is shown is compared with Want.
	Judge string `json:"judge"`
	Want  string `json:"want"`
	// Unsure is what proves nothing: Unasked, Unshown, or empty.
	Unsure string `json:"unsure"`
	// Source is where the fact and its name were read.
	Source string `json:"source"`
}

// What proves nothing: that kubectl may not ask, and also that it is not shown.
const (
	Unasked = "unasked"
	Unshown = "unshown"
)

// Major is what all versions of Kubernetes begin with.
const Major = "1."

// First is the word of Show that the first command's first word replaces.
const First = "FIRST"
