package network

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// Graph is who may talk to whom.
type Graph []Edge

// Edge opens ports from one role to another. To "anywhere" opens the end where
// packets start alone, and from "anyone" the end where they come in.
type Edge struct {
	From, To string
	// Ports are none where all are open.
	Ports []Port
	// In are the names of the environments that have it; none are all.
	In []string
}

// Port is a number and its protocol.
type Port struct {
	Number   int
	Protocol corev1.Protocol
}

// ReadGraph reads a file as ParseGraph does.
func ReadGraph(path string) (Graph, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return ParseGraph(string(text))
}

// ParseGraph reads lines "from -> to: 8080 53/UDP", or "from -> to: all". Ports
// are TCP's where they name no protocol; # begins a comment. A line "[name name]" says
// in which environments those after it are.
func ParseGraph(text string) (Graph, error) {
	var g Graph
	var in []string
	for i, line := range strings.Split(text, "\n") {
		line, _, _ = strings.Cut(line, "#")
		if strings.TrimSpace(line) == "" {
			continue
		}
		if names, ok := heading(line); ok {
			in = names
			continue
		}
		e, err := parseEdge(line)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", i+1, err)
		}
		e.In = in
		g = append(g, e)
	}
	return g, nil
}

// heading are the names in "[name name]".
func heading(line string) (names []string, ok bool) {
	text, opened := strings.CutPrefix(strings.TrimSpace(line), "[")
	text, closed := strings.CutSuffix(text, "]")
	names = strings.Fields(text)
	return names, opened && closed && len(names) > 0
}

func parseEdge(line string) (Edge, error) {
	ends, ports, colon := strings.Cut(line, ":")
	from, to, arrow := strings.Cut(ends, "->")
	e := Edge{From: strings.TrimSpace(from), To: strings.TrimSpace(to)}
	if !colon || !arrow || e.From == "" || e.To == "" || len(strings.Fields(ports)) == 0 {
		return e, fmt.Errorf("%q is not of the form from -> to: ports", line)
	}
	if strings.TrimSpace(ports) == "all" {
		return e, nil
	}
	for _, field := range strings.Fields(ports) {
		number, protocol, named := strings.Cut(field, "/")
		if !named {
			protocol = "TCP"
		}
		n, err := strconv.ParseUint(number, 10, 16)
		if err != nil || !slices.Contains(protocols, corev1.Protocol(protocol)) {
			return e, fmt.Errorf("%q is no port", field)
		}
		e.Ports = append(e.Ports, Port{int(n), corev1.Protocol(protocol)})
	}
	return e, nil
}

// says what the policies should.
func (g Graph) says(env *Environment, q Question) Verdict {
	v := Verdict{Leaves: !env.governed(q.From), Enters: !env.governed(q.To)}
	for _, e := range g {
		if !e.of(env) || len(e.Ports) > 0 && !slices.Contains(e.Ports, Port{q.Port, q.Protocol}) {
			continue
		}
		v.Leaves = v.Leaves || q.From.is(e.From) && (e.To == "anywhere" || q.To.is(e.To))
		v.Enters = v.Enters || q.To.is(e.To) && (e.From == "anyone" || q.From.is(e.From))
	}
	return v
}

// of tells whether an environment is one of those that have the edge.
func (e Edge) of(env *Environment) bool { return len(e.In) == 0 || slices.Contains(e.In, env.Name) }

// present tells whether both ends of an edge are in the environment.
func (e Edge) present(env *Environment) bool {
	there := func(role, all string) bool {
		return role == all || slices.ContainsFunc(env.Places, func(p Place) bool { return p.is(role) })
	}
	return e.of(env) && there(e.From, "anyone") && there(e.To, "anywhere")
}

// unsound lists edges to ports on which a component does not listen.
func (g Graph) unsound(env *Environment) []string {
	var all []string
	for _, e := range g {
		for _, p := range env.Places {
			if !p.Genuine || !p.is(e.To) || !e.present(env) {
				continue
			}
			for _, port := range e.Ports {
				if (Question{To: p, Port: port.Number, Protocol: port.Protocol}).portName() == "" {
					all = append(all, fmt.Sprintf("%s -> %s: %s does not listen on %d/%s", e.From, e.To, p.Name, port.Number, port.Protocol))
				}
			}
		}
	}
	return all
}
