package environment

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/errors"
	"cuelang.org/go/cue/parser"
	"cuelang.org/go/cue/token"

	"github.com/whiskops/whiskops/internal/finding"
)

// pack is a parsed CUE package of the user.
type pack struct {
	dir   string
	files []*ast.File // sorted by name

	// The scopes of structs that positions were looked for in: *decls by
	// *ast.StructLit, and by the pack itself. Environments of one package
	// may be used from several goroutines.
	indexed sync.Map
}

// standard lists the packages of CUE's own library that are pure functions.
// The tool packages, which read files and run commands, are not among them.
var standard = strings.Fields(`crypto/ed25519 crypto/hmac crypto/md5 crypto/sha1 crypto/sha256 crypto/sha512
	encoding/base64 encoding/csv encoding/hex encoding/json encoding/yaml html list math math/bits net path
	regexp strconv strings struct text/tabwriter text/template time uuid`)

// parse reads files as one package. The package is nil if what is wrong with it
// makes everything else that could be said a guess.
func parse(dir string, files map[string][]byte) (*pack, []finding.Finding) {
	p := &pack{dir: dir}
	names := slices.Sorted(maps.Keys(files))
	if len(names) == 0 {
		return nil, []finding.Finding{about(dir, CodeNothing, "no CUE files in this directory",
			`write a file such as production.cue that describes an environment`)}
	}
	size := 0
	for _, name := range names {
		if size += len(files[name]); size > MaxInput {
			return nil, []finding.Finding{about(name, CodeSize, fmt.Sprintf("more than %d MiB of CUE up to and including this file", MaxInput>>20),
				"point to a directory that holds nothing but the descriptions of environments")}
		}
	}
	var fs []finding.Finding
	for _, name := range names {
		f, found := parseFile(name, files[name])
		if f != nil {
			p.files = append(p.files, f)
		}
		fs = append(fs, found...)
	}
	if len(fs) > 0 {
		return nil, fs
	}
	for _, check := range []func() []finding.Finding{p.checkClauses, p.checkImports, p.checkAttributes} {
		fs = append(fs, check()...)
	}
	if len(fs) > 0 {
		return nil, fs
	}
	return p, nil
}

const helpSyntax = "a field is written name: value, a string in double quotes, a struct in braces"

func parseFile(name string, src []byte) (*ast.File, []finding.Finding) {
	if fs := unparsable(name, src); fs != nil {
		return nil, fs
	}
	f, err := parser.ParseFile(name, src)
	if err == nil {
		return f, nil
	}
	// What the parser says after the first mistake of a file is mostly a
	// consequence of it.
	for _, e := range errors.Errors(err) {
		pos := e.Position()
		if !pos.IsValid() {
			continue
		}
		return nil, []finding.Finding{at(pos, CodeSyntax, "", syntaxMessage(e), helpSyntax)}
	}
	return nil, []finding.Finding{about(name, CodeSyntax, "this is not a CUE file", helpSyntax)}
}

// syntaxMessage turns the parser's words into ours. It is the one message of
// CUE that is passed on, as it is written for the reader of the file.
func syntaxMessage(e errors.Error) string {
	format, args := e.Msg()
	msg := fmt.Sprintf(format, args...)
	msg, _, _ = strings.Cut(msg, "\n")
	return "syntax: " + msg
}

// checkClauses holds all files to the package clause of the first one.
func (p *pack) checkClauses() []finding.Finding {
	var fs []finding.Finding
	first := p.files[0]
	want := first.PackageName()
	for _, f := range p.files[1:] {
		got := f.PackageName()
		if got == want {
			continue
		}
		help := fmt.Sprintf("write \"package %s\", as in %s", want, path.Base(first.Filename))
		if want == "" {
			help = fmt.Sprintf("%s has no package clause: write the same one in every file", path.Base(first.Filename))
		}
		if got == "" {
			fs = append(fs, about(f.Filename, CodePackage, "the file has no package clause, but others of the directory have", help))
			continue
		}
		message := fmt.Sprintf("package %q differs from %q", got, want)
		if want == "" {
			message = fmt.Sprintf("package %q, but other files of the directory have no package clause", got)
		}
		fs = append(fs, at(clausePos(f), CodePackage, "", message, help))
	}
	return fs
}

func clausePos(f *ast.File) token.Pos {
	for _, d := range f.Decls {
		if c, ok := d.(*ast.Package); ok {
			return c.Name.Pos()
		}
	}
	return f.Pos()
}

func (p *pack) checkImports() []finding.Finding {
	var fs []finding.Finding
	for _, f := range p.files {
		for spec := range f.ImportSpecs() {
			name, err := strconv.Unquote(spec.Path.Value)
			if err != nil || !slices.Contains(standard, name) {
				help := "copy what you need into a file of this directory; CUE's own packages may be imported"
				if s := suggest(name, standard); s != "" {
					help = fmt.Sprintf("did you mean %q?", s)
				}
				fs = append(fs, at(spec.Path.Pos(), CodeImport, "", fmt.Sprintf("package %s cannot be imported", spec.Path.Value), help))
			}
		}
	}
	return fs
}

// checkAttributes refuses what makes CUE look outside the package (@extern with
// @embed reads files) or changes its meaning (@if, @experiment).
func (p *pack) checkAttributes() []finding.Finding {
	var fs []finding.Finding
	for _, f := range p.files {
		ast.Walk(f, func(n ast.Node) bool {
			a, ok := n.(*ast.Attribute)
			if !ok {
				return true
			}
			name, _, _ := strings.Cut(strings.TrimPrefix(a.Text, "@"), "(")
			switch name {
			case "extern", "embed", "if", "ignore", "experiment":
				fs = append(fs, at(a.At, CodeImport, "", fmt.Sprintf("attribute @%s is not allowed", name), "write the values themselves: an environment is made of the files of this directory alone"))
			}
			return true
		}, nil)
	}
	return fs
}

// at makes a finding at a place in a user's file.
func at(pos token.Pos, code, path, message, help string) finding.Finding {
	return finding.Finding{Code: code, Severity: finding.Error, Position: position(pos), Path: path, Message: message, Help: help}
}

func position(p token.Pos) finding.Position {
	if !p.IsValid() {
		return finding.Position{}
	}
	q := p.Position()
	return finding.Position{File: q.Filename, Line: q.Line, Column: q.Column}
}
