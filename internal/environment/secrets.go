package environment

import (
	"bytes"
	"maps"
	"regexp"
	"slices"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/literal"
	"cuelang.org/go/cue/token"

	"github.com/whiskops/whiskops/internal/contract"
	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/place"
)

// authKey is what a subject's key looks like, or the beginning of one.
var authKey = regexp.MustCompile(`\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b|:[A-Za-z0-9]{40,}`)

// spelled is how people name what holds a password or a key.
var spelled = regexp.MustCompile(`(?i)pas+w|passphrase|pwd|credential|authkey|apikey|(^|[_#])(pw|login|token|secret|key)s?($|[_A-Z0-9])|^username$`)

// maySecret tells by a field's labels that what is below it may be a password or
// a key: it is, or was meant to be, below secrets.plain, or is named so.
func maySecret(labels []string, isStruct bool) bool {
	last := labels[len(labels)-1]
	if isStruct && last == "secrets" {
		return false // its fields are asked for, each by itself
	}
	if slices.Contains(labels, "plain") || contract.IsSecret(labels) {
		return true
	}
	// secrets has one struct with values, plain, however it is written. Where the
	// Secrets come from is no secret, and of names see mayName.
	if i := slices.Index(labels, "secrets"); i >= 0 && len(labels)-i > 1 && labels[i+1] != "source" {
		revisions := isStruct && last == "revisions"
		return !revisions && !mayName(labels, isStruct)
	}
	return spelled.MatchString(last) && !nameOfSecret(labels)
}

// mayName tells that what is at the labels should be the name of a Secret, or how often
// it was changed. A value may stand there by mistake: see isName.
func mayName(labels []string, isStruct bool) bool {
	i := slices.Index(labels, "secrets")
	if i < 0 || isStruct {
		return false
	}
	below := labels[i+1:]
	return len(below) == 1 && !spelled.MatchString(below[0]) || len(below) == 2 && below[0] == "revisions"
}

// asName is what the contract takes for the name of a Secret.
var asName = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`)

// isName tells that an expression is written as the name of a Secret, or as a number. Such
// a name stands in the generated tree, so whoever reads a finding about it may see it.
func isName(e ast.Expr) bool {
	_, quoted := e.(*ast.BasicLit)
	return quoted && asName.MatchString(written(e))
}

// nameOfSecret tells that what is at the labels is, by the contract, the name of
// a Secret, or the struct with such names.
func nameOfSecret(labels []string) bool {
	if len(labels) < 2 {
		return false
	}
	last, around := labels[len(labels)-1], labels[len(labels)-2]
	if reference(labels) {
		return true
	}
	switch around {
	case "ca", "certificate": // of a server outside
		return last == "secret" || last == "key"
	case "existing", "flux", "ingress", "s3", "sops", "tls":
		return last == "secret"
	}
	return last == "secrets" || last == "secret" && len(labels) > 2 && labels[len(labels)-3] == "tenants"
}

// reference tells that what is at the labels names a key, or a Secret, of additions,
// or the key of a toleration or a taint, which is a label's.
func reference(labels []string) bool {
	last, around := labels[len(labels)-1], labels[len(labels)-2]
	return slices.Contains(labels, "additions") && (last == "secretKeyRef" || around == "secretKeyRef" || around == "configMapKeyRef" || last == "secretName") ||
		last == "key" && (slices.Contains(labels, "tolerations") || slices.Contains(labels, "taints"))
}

// collector finds the secrets of the files that are loaded.
type collector struct {
	secrets  *finding.Secrets
	contract map[string]bool // the words before a text that is no secret
	words    map[string]bool // what a value may be called without being one
}

func newCollector(s *contract.Shape) *collector {
	c := &collector{secrets: &finding.Secrets{}, words: map[string]bool{"string": true, "strings": true}}
	c.learn(s)
	c.contract = maps.Clone(c.words)
	c.contract["import"], c.contract["package"] = true, true
	return c
}

// learn takes the words of the contract.
func (c *collector) learn(s *contract.Shape) {
	if s == nil {
		return
	}
	for _, word := range s.Enum {
		c.words[word] = true
	}
	for _, f := range s.Fields {
		c.words[f.Label] = true
		c.learn(f.Shape)
	}
	c.learn(s.Keys)
	c.learn(s.Values)
	c.learn(s.Elem)
}

// add takes a value that may be a secret: where it is a name that the files
// define, too, it is more likely that.
func (c *collector) add(value string) { c.take(value, c.words) }

// certain takes a value that is one, unless it is a word of the contract.
func (c *collector) certain(value string) { c.take(value, c.contract) }

func (c *collector) take(value string, words map[string]bool) {
	switch {
	case value == "":
	case words[value]:
		c.secrets.AddWord(value)
	default:
		c.secrets.Add(value)
	}
}

// key adds a subject's key, and its halves.
func (c *collector) key(value string) {
	c.certain(value)
	for _, half := range strings.Split(value, ":") {
		c.certain(half)
	}
}

// syntax takes the secrets that stand in the files, before anything is
// evaluated: what is wrong with them may keep them from having a value. A secret
// that refers to nothing may be any text that the contract does not name.
func (c *collector) syntax(pkg *place.Package, files map[string][]byte) {
	for _, name := range pkg.Names() {
		c.words[name] = true
	}
	undefined := false
	misplaced := slices.DeleteFunc(pkg.Literals(mayName), isName)
	for _, e := range append(pkg.Literals(maySecret), misplaced...) {
		c.hold(e)
		c.add(written(e))
		_, isIdent := e.(*ast.Ident)
		undefined = undefined || isIdent
	}
	if undefined {
		c.strange(files)
	}
	for _, f := range pkg.Files {
		texts(f, func(lit *ast.BasicLit) {
			if authKey.MatchString(lit.Value) {
				c.hold(lit)
				c.key(written(lit))
			}
			c.decoded(lit)
		})
	}
}

// hold takes the lines of an expression.
func (c *collector) hold(e ast.Expr) {
	from, to := e.Pos().Position(), e.End().Position()
	for line := from.Line; line <= max(from.Line, to.Line); line++ {
		c.secrets.AddLine(from.Filename, line)
	}
}

// written is a literal as a value, as well as can be: a part of an interpolation
// is none by itself.
func written(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.BasicLit:
		if s, err := literal.Unquote(e.Value); err == nil {
			return s
		}
		s := strings.TrimSuffix(strings.TrimPrefix(e.Value, ")"), `\(`)
		return strings.Trim(s, `"'#`)
	}
	return ""
}

// data takes the secrets that an environment has.
func (c *collector) data(path []string, n *place.Node) {
	switch {
	case n.Kind == cue.StringKind || n.Kind == cue.IntKind || n.Kind == cue.FloatKind:
		// A user is often named as something else is; a password is not.
		switch {
		case contract.IsSecret(path) && authKey.MatchString(n.Text):
			c.key(n.Text)
		case contract.IsSecret(path) && lastOf(path) != "username":
			c.certain(n.Text)
		case contract.IsSecret(path):
			c.add(n.Text)
		}
	default:
		for i, e := range n.Elems {
			c.data(append(path[:len(path):len(path)], place.IndexLabel(i)), e)
		}
		for _, m := range n.Fields {
			c.data(append(path[:len(path):len(path)], m.Label), m.Value)
		}
	}
}

// unused takes the texts of let clauses that nothing uses: nobody can tell what
// they are for, and an old password is a good guess.
func (c *collector) unused(pkg *place.Package, fs []finding.Finding) {
	at := map[finding.Position]bool{}
	for _, f := range fs {
		at[f.Position] = f.Code == place.CodeUnused
	}
	for _, f := range pkg.Files {
		ast.Walk(f, func(n ast.Node) bool {
			if let, ok := n.(*ast.LetClause); ok && at[place.Position(let.Pos())] {
				texts(let.Expr, func(lit *ast.BasicLit) { c.hold(lit) })
			}
			return true
		}, nil)
	}
}

// texts calls do with each string in the syntax below a node.
func texts(n ast.Node, do func(*ast.BasicLit)) {
	ast.Walk(n, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			do(lit)
		}
		return true
	}, nil)
}

// lines takes each line that shows a value that is known by now: in a comment,
// or where the same string means something else.
func (c *collector) lines(files map[string][]byte) {
	for name, src := range files {
		for i, line := range bytes.Split(src, []byte("\n")) {
			if c.secrets.Shows(string(line)) {
				c.secrets.AddLine(name, i+1)
			}
		}
	}
}
