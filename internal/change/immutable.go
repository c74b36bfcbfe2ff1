package change

// refusal is a field that the API server does not let change.
type refusal struct {
	// Field as a path.
	field string
	// Why, and the way round it.
	message, help string
}

// refusals are what the API server refuses of an update from old to new, both of
// one kind and name.
func refusals(old, new Object) []refusal { return nil }
