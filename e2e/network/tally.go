package network

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Tally is what the questions of a check came to.
type Tally struct {
	Pairs int
	All   Count
	// Internet, Private and LinkLocal are questions from action pods to
	// addresses outside.
	Internet, Private, LinkLocal Count
	// Users are questions from pods with users' code to those of the installation.
	Users Count
	// None are questions from or to pods of the environment's namespaces that
	// are of no component.
	None Count
	// Strangers are those that start at what is not of the environment, and that it
	// lets in for nothing, and end in it.
	Strangers Count
	// Public are the ends to which strangers may come.
	Public []string
}

// Count of questions.
type Count struct {
	Asked, Open int
	// Ends are the open ones' "place port/protocol", each once.
	Ends []string
}

func (t *Tally) note(env *Environment, q Question, got Verdict) {
	open := got.Leaves && got.Enters
	count := func(c *Count, when bool) {
		if when {
			c.note(q, open)
		}
	}
	t.All.Asked++
	if open {
		t.All.Open++
	}
	fromActions := q.From.is("action")
	count(&t.Internet, fromActions && q.To.is("internet"))
	count(&t.Private, fromActions && q.To.is("private"))
	count(&t.LinkLocal, fromActions && q.To.is("link-local"))
	count(&t.Users, q.From.is("user-action") && q.To.Genuine)
	none := func(p Place) bool { return env.governed(p) && len(p.Roles) == 0 }
	// Such a pod may try nginx's public ports as anyone may: it is its own end
	// that stops it.
	count(&t.None, none(q.From) || none(q.To))
	count(&t.Strangers, !env.governed(q.From) && !q.From.is("reader") && !q.From.is("logs"))
}

func (c *Count) note(q Question, open bool) {
	c.Asked++
	if !open {
		return
	}
	c.Open++
	if end := fmt.Sprintf("%s %d/%s", q.To.Name, q.Port, q.Protocol); len(c.Ends) < 20 && !slices.Contains(c.Ends, end) {
		c.Ends = append(c.Ends, end)
	}
}

// claims says what a tally has shown. The graph could have been written to open
// what must never be, so this is held against the questions alone.
func (t Tally) claims(policies int) ([]string, error) {
	for _, c := range []struct {
		what  string
		count Count
		ok    bool
	}{
		{"action pods and the internet", t.Internet, t.Internet.Open == t.Internet.Asked},
		{"action pods and private addresses", t.Private, t.Private.Open == 0},
		{"action pods and link-local addresses", t.LinkLocal, !slices.ContainsFunc(t.LinkLocal.Ends, func(end string) bool {
			_, port, _ := strings.Cut(strings.TrimPrefix(end, "address "), " ")
			return !strings.HasPrefix(port, "53/") && !strings.HasPrefix(port, "5353/")
		})},
		{"pods of no component", t.None, t.None.Open == 0},
		{"strangers", t.Strangers, slices.Equal(t.Strangers.Ends, t.Public)},
		{"users' code and the installation", t.Users, slices.Equal(t.Users.Ends, []string{"nginx 8081/TCP"})},
	} {
		if !c.ok || c.count.Asked == 0 {
			return nil, errors.New(c.what + ": " + c.count.String())
		}
	}
	return []string{
		fmt.Sprintf("%d network policies, each of which holds a pod, open between %d ordered pairs of places what the graph of components says and nothing else, at each end alone and at both (%d questions of pair, port and protocol, %d of them open)",
			policies, t.Pairs, t.All.Asked, t.All.Open),
		fmt.Sprintf("an own evaluator and the library give the same answer, at each end, to each of %d questions", t.All.Asked),
		fmt.Sprintf("action pods reach the internet, no private address, and at link-local ones, where the metadata service is, DNS alone (%d questions)", t.Internet.Asked+t.Private.Asked+t.LinkLocal.Asked),
		fmt.Sprintf("from outside and from other namespaces, but for who reads metrics or logs, with a component's labels or without, only %s is reached (%d questions)", strings.Join(t.Strangers.Ends, " and "), t.Strangers.Asked),
		fmt.Sprintf("users' code reaches nothing of the installation but %s, where the API answers (%d questions)", strings.Join(t.Users.Ends, " and "), t.Users.Asked),
		fmt.Sprintf("a pod of no component neither reaches anything nor is reached, in both namespaces (%d questions)", t.None.Asked),
	}, nil
}

func (c Count) String() string {
	return fmt.Sprintf("%d of %d questions are open: %s", c.Open, c.Asked, strings.Join(first(c.Ends, 4), ", "))
}
