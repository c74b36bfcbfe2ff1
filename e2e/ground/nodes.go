package ground

import "github.com/whiskops/whiskops/e2e/cluster/fakenode"

// Nodes that the reference environments ask for in examples/environments, and the
// StorageClasses of their clouds, the default one first; nothing for another
// environment.
func Nodes(environment string) (pools []fakenode.Pool, classes []string) {
	role := fakenode.Role
	switch environment {
	case "production":
		return []fakenode.Pool{role("core", 6, "4", "15Gi", 3).Taking(58), role("invoker", 6, "8", "31Gi", 3).Tainted().Taking(58)},
			[]string{"gp2", "gp3"} // EKS's own default is another
	case "ci":
		return []fakenode.Pool{role("core", 2, "4", "7Gi", 1), role("db", 1, "2", "3500Mi", 1), role("invoker", 2, "4", "7Gi", 1).Tainted()},
			[]string{"standard"}
	case "development":
		return []fakenode.Pool{{Name: "node", Count: 1, CPU: "4", Memory: "8Gi"}}, []string{"standard"}
	}
	return nil, nil
}
