package runtimes

import (
	"encoding/json"
	"fmt"
	"mime"
	"slices"
	"strconv"
	"strings"

	"github.com/whiskops/whiskops/internal/finding"
)

// Codes that internal/rules has too, of what an environment makes of a manifest.
const (
	codeDefault  = "WO569"
	codeKind     = "WO570"
	codeImage    = "WO571"
	codeStemCell = "WO573"
)

// MaxSize of a file in bytes: of the manifest itself, a variable, Linux takes an eighth.
const MaxSize = 1 << 20

// maxCount bounds the numbers of a manifest.
const maxCount = 1_000_000

const (
	helpShape = "write it as ansible/files/runtimes.json of OpenWhisk has it"
	// refuses is what comes of a manifest that OpenWhisk does not take.
	refuses = ": OpenWhisk refuses the manifest, and no controller and no invoker starts"
)

// Fault of a manifest.
type Fault struct {
	finding.Finding
	// Stops tells that OpenWhisk refuses the whole manifest for it.
	Stops bool
}

// Parse reads a file, which is called by its name in faults. With a fault of
// severity error there is no manifest. Whether each family has its default is
// asked of what is made of it: Default.
func Parse(file string, src []byte) (*Manifest, []Fault) {
	p := &parser{m: Manifest{Families: map[string][]Kind{}, Blackboxes: []Image{}}, kinds: map[string]finding.Position{}}
	p.parse(file, src)
	if slices.ContainsFunc(p.found, func(f Fault) bool { return f.Severity == finding.Error }) {
		return nil, p.found
	}
	return &p.m, p.found
}

type parser struct {
	m     Manifest
	found []Fault
	// kinds that were seen, and where.
	kinds map[string]finding.Position
}

// refused adds what OpenWhisk refuses the manifest for.
func (p *parser) refused(code string, at finding.Position, help, format string, args ...any) {
	p.add(finding.Error, code, at, help, fmt.Sprintf(format, args...)+refuses)
	p.found[len(p.found)-1].Stops = true
}

// wrong adds what OpenWhisk takes, and what cannot work.
func (p *parser) wrong(code string, at finding.Position, help, format string, args ...any) {
	p.add(finding.Error, code, at, help, fmt.Sprintf(format, args...))
}

func (p *parser) add(s finding.Severity, code string, at finding.Position, help, message string) {
	p.found = append(p.found, Fault{Finding: finding.Finding{Code: code, Severity: s, Position: at, Message: message, Help: help}})
}

func (p *parser) parse(file string, src []byte) {
	if len(src) > MaxSize {
		p.wrong(CodeFile, finding.Position{File: file}, helpShape, "the file has more than %d KiB", MaxSize>>10)
		return
	}
	whole, at, wrong := tree(file, src)
	switch {
	case wrong == tooDeep:
		p.wrong(CodeFile, *at, helpShape, "%s", wrong)
		return
	case wrong != "":
		p.refused(CodeFile, *at, helpShape, "%s", wrong)
		return
	}
	if !p.object(whole, "the manifest", "runtimes", "blackboxes", "description") {
		return
	}
	families := whole.given("runtimes")
	if families == nil {
		p.wrong(CodeFile, whole.at, helpShape, "the manifest has no \"runtimes\": there is no kind of action")
	} else if p.object(families, "runtimes") {
		for _, f := range families.fields {
			p.family(f)
		}
	}
	for _, n := range p.list(whole.given("blackboxes"), "blackboxes") {
		if image, ok := p.image(n, "a blackbox image"); ok {
			p.m.Blackboxes = append(p.m.Blackboxes, image)
		}
	}
}

// object tells whether a value is one, and says which of its fields nobody reads.
// Without any names it may have all.
func (p *parser) object(n *node, what string, known ...string) bool {
	if n.value != json.Delim('{') {
		p.refused(CodeFile, n.at, helpShape, "%s is %s, and must be an object", what, n.what())
		return false
	}
	seen := map[string]bool{}
	for _, f := range n.fields {
		switch {
		case seen[f.name]:
			p.wrong(CodeFile, f.at, "leave one of them out", "%s has %s twice: which of them counts is chance", what, quoted(f.name))
		case len(known) > 0 && !slices.Contains(known, f.name):
			p.add(finding.Warning, CodeUnread, f.at, "leave it out; it has "+strings.Join(known, ", "),
				fmt.Sprintf("%s has %s, which OpenWhisk does not read", what, quoted(f.name)))
		}
		seen[f.name] = true
	}
	return true
}

// list are the items of a list; none of what is not there.
func (p *parser) list(n *node, what string) []*node {
	if n != nil && n.value != json.Delim('[') {
		p.refused(CodeFile, n.at, helpShape, "%s is %s, and must be a list", what, n.what())
		return nil
	}
	if n == nil {
		return nil
	}
	return n.items
}

func (p *parser) family(f field) {
	name := quoted(f.name)
	if !familyForm().MatchString(f.name) {
		p.wrong(codeKind, f.at, "write it in lower-case letters and digits", "the family %s is no word of lower-case letters and digits: no <family>:default means a kind of it", name)
	}
	if f.value.value == nil {
		p.refused(CodeFile, f.value.at, helpShape, "the family %s is null, and must be a list", name)
		return
	}
	items := p.list(f.value, "the family "+name)
	if f.value.value == json.Delim('[') && len(items) == 0 {
		p.refused(codeDefault, f.value.at, "leave the family out, or give it a kind", "the family %s has no kind", name)
	}
	for _, n := range items {
		if k, ok := p.kind(f.name, n); ok {
			p.m.Families[f.name] = append(p.m.Families[f.name], k)
		}
	}
}

func (p *parser) kind(family string, n *node) (Kind, bool) {
	k := Kind{Position: n.at}
	if !p.object(n, "a kind of "+quoted(family), "kind", "image", "default", "deprecated", "attached", "requireMain", "sentinelledLogs", "stemCells") {
		return k, false
	}
	before := len(p.found)
	k.Kind = p.text(n, "kind", "a kind of "+quoted(family), true)
	what := "the kind " + quoted(k.Kind)
	if len(p.found) == before {
		at := n.field("kind").at
		k.Position = at
		if first, ok := p.kinds[k.Kind]; ok {
			p.wrong(codeKind, at, "leave one of them out", "%s is there twice, and was first", what)
			p.found[len(p.found)-1].Other = first
		} else if why := badKind(family, k.Kind); why != "" {
			p.wrong(codeKind, at, fmt.Sprintf("write %s and a version", quoted(family+":")), "%s %s", what, why)
		}
		p.kinds[k.Kind] = at
	}
	if image := n.field("image"); image == nil {
		p.refused(CodeFile, n.at, helpShape, "%s has no image", what)
	} else {
		k.Image, _ = p.image(image, "the image of "+quoted(k.Kind))
	}
	k.Default = p.truth(n, "default", what)
	k.Deprecated = p.truth(n, "deprecated", what)
	k.RequireMain = p.truth(n, "requireMain", what)
	if n.field("sentinelledLogs") != nil {
		said := p.truth(n, "sentinelledLogs", what)
		k.SentinelledLogs = &said
	}
	k.Attached = p.attached(n.field("attached"), what)
	for _, cell := range p.list(n.field("stemCells"), "stemCells of "+what) {
		if s, ok := p.stemCell(cell, what); ok {
			k.StemCells = append(k.StemCells, s)
		}
	}
	return k, true
}

func (p *parser) attached(n *node, what string) *Attached {
	if n == nil || !p.object(n, "attached of "+what, "attachmentName", "attachmentType", "length", "digest") {
		return nil
	}
	a := Attached{Name: p.text(n, "attachmentName", "attached of "+what, true), Type: p.text(n, "attachmentType", "attached of "+what, true)}
	if t := n.field("attachmentType"); t != nil && t.what() == "a text" {
		if media, _, err := mime.ParseMediaType(a.Type); err != nil || !strings.Contains(media, "/") {
			p.refused(CodeFile, t.at, `write "text/plain"`, "attachmentType of %s is %s, which is no type of content", what, quoted(a.Type))
		}
	}
	return &a
}

func (p *parser) image(n *node, what string) (Image, bool) {
	if n.value == nil {
		p.refused(CodeFile, n.at, helpShape, "%s is null, and must be an object", what)
		return Image{}, false
	}
	if !p.object(n, what, "registry", "prefix", "name", "tag") {
		return Image{}, false
	}
	before := len(p.found)
	i := Image{
		Name: p.text(n, "name", what, true), Prefix: p.text(n, "prefix", what, false), Tag: p.text(n, "tag", what, false), Position: n.at,
	}
	if n.field("registry") != nil {
		registry := p.text(n, "registry", what, false)
		i.Registry = &registry
	}
	if len(p.found) > before {
		return i, false
	}
	if part := i.wrong(); part != "" {
		at := n.at
		if f := n.field(part); f != nil {
			at = f.at
		}
		p.wrong(codeImage, at, "write registry, prefix, name and tag so that together they are registry/prefix/name:tag, in lower case but for the tag, without a protocol and a login",
			"%s of %s is none that a registry takes: pods of its actions stay in InvalidImageName", part, what)
		p.found[len(p.found)-1].Hidden = true // it may have a login in it
	} else if i.Tag == "" || i.Tag == "latest" {
		at := n.at
		if f := n.field("tag"); f != nil {
			at = f.at
		}
		p.wrong(codeImage, at, "name a version", "%s has no tag that names a version: nodes run whatever was the latest when they pulled it", what)
	}
	return i, true
}

// text of a field; empty where it is not there.
func (p *parser) text(n *node, name, what string, needed bool) string {
	f := n.field(name)
	if f == nil {
		if needed {
			p.refused(CodeFile, n.at, helpShape, "%s has no %s", what, name)
		}
		return ""
	}
	text, ok := f.value.(string)
	if !ok {
		p.refused(CodeFile, f.at, helpShape, "%s of %s is %s, and must be a text", name, what, f.what())
	}
	return text
}

// truth of a field; false where it is not there.
func (p *parser) truth(n *node, name, what string) bool {
	f := n.field(name)
	if f == nil {
		return false
	}
	said, ok := f.value.(bool)
	if !ok {
		p.refused(CodeFile, f.at, "write true or false without quotes", "%s of %s is %s, and must be true or false", name, what, f.what())
	}
	return said
}

// number of a field that is there. It is false for what is none.
func (p *parser) number(f *node, name, what string) (int, bool) {
	said, ok := f.value.(json.Number)
	if !ok {
		p.refused(codeStemCell, f.at, "write a whole number without quotes", "%s of %s is %s, and must be a number", name, what, f.what())
		return 0, false
	}
	n, err := strconv.Atoi(said.String())
	if err != nil || n > maxCount || n < -maxCount {
		p.wrong(codeStemCell, f.at, "write a whole number", "%s of %s is no whole number up to %d", name, what, maxCount)
		return 0, false
	}
	return n, true
}

// quoted is a text from a file, so long as a line can have it.
func quoted(text string) string {
	const most = 60
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "..."
	}
	return strconv.Quote(text)
}
