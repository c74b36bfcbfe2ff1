package place

// The codes of what CUE and the schema say, WO1xx. They are stable: people
// write them into scripts and documentation.
const (
	CodeSyntax     = "WO100" // the file is not CUE
	CodeUnknown    = "WO101" // a field that the schema does not know
	CodeType       = "WO102" // a value of the wrong type
	CodeBounds     = "WO103" // a number or a list outside its bounds
	CodeEnum       = "WO104" // a value that is not one of those allowed
	CodeMissing    = "WO105" // a required field that is not written
	CodeForm       = "WO106" // a string of the wrong form
	CodeConflict   = "WO107" // two places that say different things
	CodeReference  = "WO108" // a reference to nothing
	CodeCycle      = "WO109" // a value that depends on itself
	CodeImport     = "WO110" // something from outside the package
	CodePackage    = "WO111" // files of different packages
	CodeNothing    = "WO112" // no environments
	CodeSize       = "WO113" // too much input, or what grows too large or nests too deeply
	CodeName       = "WO114" // a name of an environment that is no DNS label
	CodeIncomplete = "WO115" // a value that is not concrete
	CodeExpression = "WO116" // an expression that has no value
	CodeUnused     = "WO117" // an import or a let clause that nothing uses
	CodeContract   = "WO118" // the contract in cue.mod, by which editors judge, is another one
	CodeModule     = "WO119" // a CUE module that whiskops cannot go by
	CodeUnread     = "WO120" // a file beside the environments that is not read
)
