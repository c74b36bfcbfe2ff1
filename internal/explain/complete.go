package explain

import "strings"

// Complete returns the paths that a person may be typing, up to the next label;
// one that has fields below it ends with a dot. A label of the user's own is
// taken as it is typed, and not guessed, nor is an index.
func Complete(typed string) []string {
	i := strings.LastIndexByte(typed, '.') + 1
	head, part := typed[:i], typed[i:]
	at, _, err := Find(strings.TrimSuffix(head, "."))
	if err != nil {
		return nil
	}
	var all []string
	for _, label := range labels(at) {
		if strings.ContainsAny(label, "<[") || !strings.HasPrefix(label, part) {
			continue
		}
		path := head + label
		if f, ok := step(at, label); ok && len(below(f)) > 0 {
			path += "."
		}
		all = append(all, path)
	}
	return all
}
