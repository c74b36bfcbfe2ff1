package jobnames

// Kind of the functionConfig.
const Kind = "JobNames"

// Spec has no fields: every Job of the list is named after its content.
type Spec struct{}
