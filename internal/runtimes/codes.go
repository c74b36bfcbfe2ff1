package runtimes

// Codes of findings about a file alone.
const (
	CodeFile   = "WO567" // a runtimes manifest that cannot be read, or that OpenWhisk does not take
	CodeUnread = "WO568" // a field of a runtimes manifest that OpenWhisk does not read
)
