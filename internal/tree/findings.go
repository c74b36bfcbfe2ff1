package tree

import (
	"fmt"
	"path"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/whiskops/whiskops/internal/finding"
)

const (
	codeDrift     = "WO301" // a generated file is not what generate would write
	codeEdited    = "WO302" // a generated file was edited by hand
	codeForeign   = "WO303" // a file of the user's stands where a generated one must go
	codeLink      = "WO304" // a symbolic link in the way of a generated file
	codeManifest  = "WO305" // a manifest that cannot be read
	codeStranger  = "WO307" // a file or directory in a generated folder that whiskops did not write
	codeKilled    = "WO308" // what a run left that was killed
	codeRemainder = "WO309" // a custom folder in a folder that is not generated
)

var (
	unfinished = complaint(codeKilled, journalFile,
		"a run was killed while it wrote: the tree is partly the old and partly the new one",
		`run "whiskops generate", which completes it`)
	leftOver = complaint(codeKilled, workDir,
		"a run was killed before it wrote, and left this; the tree is as it was",
		`run "whiskops generate", which removes it, or remove it yourself`)
)

func complaint(code, file, message, help string) finding.Finding {
	return finding.Finding{
		Code: code, Severity: finding.Error, Position: finding.Position{File: file},
		Message: message, Help: help,
	}
}

func drifted(file, message string) finding.Finding {
	return complaint(codeDrift, file, message, `run "whiskops generate" and commit the result`)
}

// edited is about a generated file with a person's change; would is what
// generation does to it: "overwrite" or "delete".
func edited(f Folder, file, would string) finding.Finding {
	place := "the environment or to overlays/<env>/custom/"
	if own := f.own(); own != "" {
		place = "the environment or to " + shown(own) + "/, which is your own (kind Component changes objects)"
	}
	return complaint(codeEdited, file,
		"this generated file was edited by hand, and generating would "+would+" it",
		fmt.Sprintf(`move the change to %s, or run "whiskops generate --force" to lose it`, place))
}

func foreign(file string) finding.Finding {
	return complaint(codeForeign, file,
		"this file is not from whiskops, and a generated file must go here",
		`move it away, or run "whiskops generate --force" to overwrite it`)
}

// inTheWay is about what even Force does not remove.
func inTheWay(file, what, needed string) finding.Finding {
	return complaint(codeForeign, file,
		fmt.Sprintf("%s is not from whiskops, and a generated %s must go here", what, needed),
		"move it away")
}

// stranger is about what whiskops did not write into a generated folder: a
// second kustomization, a file among golden/ that no build gives. An editor's
// file is one too: a list of such names would have no end, and CI sees them only
// if they were committed.
func stranger(f Folder, file string) finding.Finding {
	return complaint(codeStranger, file,
		fmt.Sprintf("this file is not from whiskops, and %s/ is generated: all that is in it must be", shown(f.Path)),
		fmt.Sprintf(`move it away, even if it is an editor's or the system's, %s, or run "whiskops generate --force" to delete it`, f.ownPlace()))
}

// strangerDir is about a directory, or anything else that even Force does not
// remove.
func strangerDir(f Folder, file, what string) finding.Finding {
	return complaint(codeStranger, file,
		fmt.Sprintf("this %s is not from whiskops, and %s/ is generated: all that is in it must be", what, shown(f.Path)),
		"move it away, "+f.ownPlace()+"; no --force deletes it")
}

// strangers is about a directory with more of them than are named.
func strangers(f Folder, dir string, count, named int) finding.Finding {
	return complaint(codeStranger, dir,
		fmt.Sprintf("%d files and directories right in here are not from whiskops, and %s/ is generated: all that is in it must be; the first %d are named", count, shown(f.Path), named),
		"move them away, "+f.ownPlace()+"; no --force deletes so many")
}

// remainder is about the user's own folder in a folder that is not generated any
// more, or not yet. It stops nothing: only the user can end it.
func remainder(dir string) finding.Finding {
	f := complaint(codeRemainder, dir,
		fmt.Sprintf("nothing is generated in %s/, so nothing uses this folder of yours; it is left alone", shown(path.Dir(dir))),
		"delete it, or move it to an environment that there is")
	f.Severity = finding.Warning
	return f
}

func remainders(parent string, count, named int) finding.Finding {
	f := complaint(codeRemainder, parent,
		fmt.Sprintf("%d folders of yours in here are used by nothing, and left alone; the first %d are named", count, named),
		"delete them, or move them to environments that there are")
	f.Severity = finding.Warning
	return f
}

// shown is a path as it may stand in a message: one that would move the cursor,
// or look like another line, is quoted.
func shown(p string) string {
	if strings.ContainsFunc(p, func(r rune) bool { return !strconv.IsPrint(r) || r == utf8.RuneError }) {
		return strconv.Quote(p)
	}
	return p
}

// own is the user's own folder for what is in a generated one, or "".
func (f Folder) own() string {
	if f.Own == "" && len(f.Keep) > 0 {
		return path.Join(f.Path, f.Keep[0])
	}
	return f.Own
}

// ownPlace is where a user's file could go.
func (f Folder) ownPlace() string {
	if own := f.own(); own != "" {
		return "perhaps to " + shown(own) + "/, which is your own"
	}
	return "perhaps to a folder of your own beside the generated ones"
}

// Linked is about a symbolic link where a generated directory or file must be.
func Linked(file, target string) finding.Finding {
	return complaint(codeLink, file,
		fmt.Sprintf("this is a symbolic link to %q, and whiskops does not write through links", shorten(target)),
		"remove the link, or put a real file or directory in its place")
}

func unreadable(file string, d *damage) finding.Finding {
	f := complaint(codeManifest, file,
		"the list of generated files cannot be read: "+d.reason,
		`restore it from git and generate again, or run `+
			`"whiskops generate --force" to rebuild it and overwrite the generated files`)
	f.Line = d.line
	return f
}
