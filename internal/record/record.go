// Package record owns the memory of a whole run: what it read, what it said,
// and what it left on the disk. A run that would read, say and leave the same
// need not happen.
//
// In: the file systems that a run reads (Inputs), and after it what came of it
// (Run). Out: that Run again, if every file, every directory and every absence
// that the run met is still as it was. What is read is not listed by hand: the
// run reads through Inputs, which note it. Whether the disk still is as the run
// left it is internal/tree's answer; keeping the record is internal/cache's.
//
// Any doubt is a run that is not remembered: something of which only a part was
// read, a device, a fault of the machine, text that does not survive being
// written down.
package record

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/whiskops/whiskops/internal/cache"
	"github.com/whiskops/whiskops/internal/finding"
)

// kind of what is kept in the cache.
const kind = "run"

// Run is what came of a run.
type Run struct {
	// Environments is their number.
	Environments int
	// Findings were printed, none of severity error.
	Findings []finding.Finding
	// Manifests are the hashes of the generated folders' manifests, by
	// folder: tree.Manifests.
	Manifests map[string]string
}

// Key names a run by all that it depends on beside what it reads: the command,
// its flags, where it works.
func Key(parts ...string) [32]byte {
	return sha256.Sum256(fmt.Appendf(nil, "%q", parts))
}

// entry is a record in the cache.
type entry struct {
	Reads map[string]map[string]state
	Run   Run
}

// Recall returns what came of the last run with this key, if it would read the
// same now.
func Recall(store *cache.Store, key [32]byte, in *Inputs) (Run, bool) {
	text, ok := store.Get(kind, key)
	if !ok {
		return Run{}, false
	}
	var e entry
	if json.Unmarshal(text, &e) != nil || !in.same(e.Reads) {
		return Run{}, false
	}
	return e.Run, true
}

// Remember keeps a run that read through the inputs and met no mistake.
func Remember(store *cache.Store, key [32]byte, in *Inputs, run Run) {
	reads, whole := in.reads()
	if store == nil || !whole || finding.HasErrors(run.Findings) {
		return
	}
	e := entry{reads, run}
	text, err := json.Marshal(e)
	if err != nil {
		return
	}
	// JSON replaces what is not UTF-8, such as in the name of a file.
	var again entry
	if json.Unmarshal(text, &again) == nil && reflect.DeepEqual(e, again) {
		store.Put(kind, key, text)
	}
}
