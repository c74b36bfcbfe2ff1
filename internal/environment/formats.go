package environment

import (
	"strings"

	"cuelang.org/go/cue/errors"
)

// mistake is a kind of mistake that CUE's evaluator finds.
type mistake int

const (
	unknownMistake   mistake = iota
	noReference              // a name that nothing in scope has
	undefinedField           // a selector that its struct does not have
	conflict                 // two values
	listLengths              // two lists
	apartBounds              // two bounds
	notAllowed               // a field that a closed struct does not have
	cycle                    // a value that needs itself
	incomplete               // no concrete value
	notConcrete              // an operand without a concrete value
	outOfBound               // a value that a bound or a pattern refuses
	required                 // a field marked with "!"
	emptyDisjunction         // no alternative fits; their errors follow
	unusedImport
	unusedLet
	notAStruct    // a value where fields should stand
	wrongOperands // an operator between values of different types
	saidByUser    // the builtin error()
	importedName  // a field with the name of an imported package
)

// formats tells the kinds of mistakes apart by the beginning of the format of
// CUE's error, since CUE exports nothing better. The texts are never shown, and
// an unknown one is explained in general words. A test looks each one up in its
// package of cuelang.org/go, so that an upgrade that changes one names the line
// here.
var formats = []struct {
	begin string
	kind  mistake
	pkg   string
	whole bool // the format has nothing after begin
}{
	{"reference %q not found", noReference, "internal/core/compile", false},
	{"undefined field: %s", undefinedField, "internal/core/adt", false},
	{"conflicting values %s and %s", conflict, "internal/core/adt", false},
	{"incompatible list lengths", listLengths, "internal/core/adt", false},
	{"incompatible number bounds", apartBounds, "internal/core/adt", false},
	{"incompatible integer bounds", apartBounds, "internal/core/adt", false},
	{"incompatible string bounds", apartBounds, "internal/core/adt", false},
	{"field not allowed", notAllowed, "internal/core/adt", false},
	{"cycle with field", cycle, "internal/core/adt", false},
	{"structural cycle", cycle, "internal/core/adt", false},
	{"incomplete value", incomplete, "internal/core/adt", false},
	{"non-concrete value", notConcrete, "internal/core/adt", false},
	{"invalid interpolation", notConcrete, "internal/core/adt", false},
	{"invalid operand %s (", notConcrete, "internal/core/adt", false},
	{"invalid value %v (out of bound", outOfBound, "internal/core/adt", false},
	{"field is required but not present", required, "internal/core/adt", false},
	{"%d errors in empty disjunction:", emptyDisjunction, "internal/core/adt", false},
	{"imported and not used", unusedImport, "cue/build", false},
	{"unreferenced alias or let clause", unusedLet, "internal/core/compile", false},
	{"cannot use value %v (type %s) as %s", notAStruct, "cue", false},
	{"invalid operands", wrongOperands, "internal/core/adt", false},
	{"%s redeclared as imported package name", importedName, "cue/build", false},
	{"%s", saidByUser, "internal/core/compile", true},
}

// kindOf tells what kind of mistake an error is about.
func kindOf(e errors.Error) mistake {
	format, _ := e.Msg()
	for _, f := range formats {
		if format == f.begin || !f.whole && strings.HasPrefix(format, f.begin) {
			return f.kind
		}
	}
	return unknownMistake
}
