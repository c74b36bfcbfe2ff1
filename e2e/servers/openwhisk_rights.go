package servers

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// request is one to the API server.
type request struct {
	User struct{ Username string }
	Verb string
	Ref  struct{ Resource, Subresource, Namespace string } `json:"objectRef"`
	Code struct{ Code int }                                `json:"responseStatus"`
}

// rights compares what invokers asked the API server for with what their Role
// allows: nothing was refused, and nothing is allowed that was not asked for.
func (v *invokers) rights() error {
	used, total, err := v.used()
	if err != nil {
		return err
	}
	role, err := v.cluster.role(v.run)
	if err != nil {
		return err
	}
	for _, right := range role {
		if used[right] == 0 {
			return fmt.Errorf("the Role allows %s, which nobody asked for; asked was %v", right, used)
		}
	}
	v.run.proved(invokerServer, "%d requests of invokers to the API server, none refused, use each of the %d rights of their Role: %s", total, len(role), strings.Join(role, ", "))
	return nil
}

// refused looks for a request that was, in all that was asked for in the end.
func (v *invokers) refused() error {
	_, total, err := v.used()
	if err == nil {
		v.run.proved(invokerServer, "nor was one refused of %d requests, with drains and starts among them", total)
	}
	return err
}

// used counts the requests of invokers by their right; one that was refused is an
// error.
func (v *invokers) used() (used map[string]int, total int, err error) {
	w, err := v.run.Env.Workload("invoker")
	if err != nil {
		return nil, 0, err
	}
	file, err := os.Open(v.cluster.audit)
	if err != nil {
		return nil, 0, err
	}
	defer file.Close()
	user := "system:serviceaccount:" + w.Metadata.Namespace + ":invoker"
	used = map[string]int{}
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<22)
	for lines.Scan() {
		var q request
		if err := json.Unmarshal(lines.Bytes(), &q); err != nil {
			return nil, 0, fmt.Errorf("audit: %w", err)
		}
		if q.User.Username != user {
			continue
		}
		right := q.Verb + " " + strings.TrimSuffix(q.Ref.Resource+"/"+q.Ref.Subresource, "/")
		if q.Code.Code == 401 || q.Code.Code == 403 {
			return nil, 0, fmt.Errorf("%s in namespace %s was refused with %d", right, q.Ref.Namespace, q.Code.Code)
		}
		used[right]++
		total++
	}
	return used, total, lines.Err()
}

// role is what invokers may do, in words as "get pods/log".
func (k *actionCluster) role(r *Run) ([]string, error) {
	bound, err := k.set.RbacV1().Roles(metav1.NamespaceAll).List(r.Context, metav1.ListOptions{})
	if err != nil {
		return nil, err
	}
	var all []string
	for _, role := range bound.Items {
		if role.Name != "invoker" {
			continue
		}
		for _, rule := range role.Rules {
			all = append(all, words(rule)...)
		}
	}
	slices.Sort(all)
	return all, nil
}

func words(rule rbacv1.PolicyRule) []string {
	var all []string
	for _, resource := range rule.Resources {
		for _, verb := range rule.Verbs {
			all = append(all, verb+" "+resource)
		}
	}
	return all
}
