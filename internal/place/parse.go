package place

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/errors"
	"cuelang.org/go/cue/parser"

	"github.com/whiskops/whiskops/internal/finding"
)

// MaxInput is the most bytes of CUE that one package may have. Larger input is
// a mistake (a wrong directory) rather than an installation, and would be
// evaluated for minutes.
const MaxInput = 4 << 20

// Parse reads files as one package. What it imports is left to the caller, who
// knows where packages are: Package.Imports. The package is nil if what is wrong with it
// makes everything else that could be said a guess.
func Parse(dir string, files map[string][]byte) (*Package, []finding.Finding) {
	p := &Package{Dir: dir}
	names := slices.Sorted(maps.Keys(files))
	if len(names) == 0 {
		return nil, []finding.Finding{About(dir, CodeNothing, "no CUE files in this directory",
			`write a file such as production.cue that describes an environment`)}
	}
	size := 0
	for _, name := range names {
		if size += len(files[name]); size > MaxInput {
			return nil, []finding.Finding{About(name, CodeSize, fmt.Sprintf("more than %d MiB of CUE up to and including this file", MaxInput>>20),
				"point to a directory that holds nothing but the descriptions of environments")}
		}
	}
	var fs []finding.Finding
	for _, name := range names {
		f, found := parseFile(name, files[name])
		if f != nil {
			p.Files = append(p.Files, f)
		}
		fs = append(fs, found...)
	}
	if len(fs) > 0 {
		return nil, fs
	}
	for _, check := range []func() []finding.Finding{p.checkClauses, p.checkAttributes, p.weigh} {
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
		if f := slip(name, src, pos); f != nil {
			return nil, []finding.Finding{*f}
		}
		return nil, []finding.Finding{At(pos, CodeSyntax, "", syntaxMessage(e), helpSyntax)}
	}
	return nil, []finding.Finding{About(name, CodeSyntax, "this is not a CUE file", helpSyntax)}
}

// found is how the parser says that it met a string, a name or a number.
var found = regexp.MustCompile(`(?s)found '(STRING|INTERPOLATION|IDENT|INT|FLOAT)'.*`)

// met is what the parser met, in words.
var met = map[string]string{
	"STRING": "a string", "INTERPOLATION": "a string", "IDENT": "a name", "INT": "a number", "FLOAT": "a number",
}

// syntaxMessage turns the parser's words into ours. It is the one message of
// CUE that is passed on, as it is written for the reader of the file. What text
// the parser found stands in the file, and may be a password.
func syntaxMessage(e errors.Error) string {
	format, args := e.Msg()
	msg := fmt.Sprintf(format, args...)
	msg, _, _ = strings.Cut(msg, "\n")
	if at := found.FindStringSubmatchIndex(msg); at != nil {
		msg = msg[:at[0]] + "found " + met[msg[at[2]:at[3]]]
	}
	return "syntax: " + msg
}
