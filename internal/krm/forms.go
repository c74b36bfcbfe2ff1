package krm

import "regexp"

// Form is what a text may be: what schemas say of it, and what functions hold it to.
type Form struct {
	// Pattern for the whole text, which JSON Schema reads as Go does.
	Pattern string
	// MaxLength in characters; 0 is any. It is compared, not matched: a repetition with
	// a bound is compiled into as many steps, which each start of the program would pay for.
	MaxLength int
}

// Forms by the name that a field has in its tag "form".
var Forms = map[string]Form{
	"label": {`^[a-z0-9]([-a-z0-9]*[a-z0-9])?$`, 63},
	"name":  {`^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`, 253},
	"path":  {`^/`, 0},
	// An amount above nothing, and a time as Go writes one, may be less than this lets
	// through: the function reads them.
	"quantity": {`^[0-9.]+(m|[kMGT]|[KMGT]i)?$`, 0},
	"duration": {`^[-+]?[0-9.]+(([a-zµμ]+)[0-9.]+)*[a-zµμ]*$`, 0},
	// Servers as host:port, with commas between; with a variable it may be any text.
	"endpoints": {`^([^:@, ]+:[0-9]{1,5}|[^, ]*\$[^, ]*)(,([^:@, ]+:[0-9]{1,5}|[^, ]*\$[^, ]*))*$`, 0},
}

var (
	label     = regexp.MustCompile(Forms["label"].Pattern)
	subdomain = regexp.MustCompile(Forms["name"].Pattern)
)
