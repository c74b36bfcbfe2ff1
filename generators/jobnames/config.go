package jobnames

// Kind of the functionConfig.
const Kind = "JobNames"

// Spec says which Jobs are named after more than their content. Every Job of the
// list is named.
type Spec struct {
	// Tests are components, by the value of their name label, whose Jobs try
	// whether the rest works: they are named after the pods of all other
	// workloads too, and so run again when one changes.
	Tests []string `json:"tests,omitempty"`
}
