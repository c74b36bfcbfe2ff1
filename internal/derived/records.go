package derived

import (
	"math"
	"time"
)

// Records is what the records of activations take on CouchDB's volume, in bytes,
// at the rate and the size that the environment expects.
type Records struct {
	// Kept is what those take that are kept, with their views; 0 where they are
	// kept for ever.
	Kept int64
	// Deleted is what stays of those that a year deletes. In both is room for
	// CouchDB's compaction, to which either is live.
	Deleted int64
	// Days until the volume is full where they are kept for ever.
	Days int64
}

// Records at the rate that is expected.
func (v *Values) Records() Records {
	a, growth := v.Env.CouchDB.Activations, v.Catalog.Growth
	// In floating point nothing overflows.
	day := float64(a.PerMinute) * 24 * 60
	bytes := float64(growth.Compaction) * (float64(Bytes(a.Size)) + float64(growth.Index))
	if a.Keep == "" {
		return Records{Days: whole(float64(Bytes(v.Env.CouchDB.Volume.Size)) / (day * max(bytes, 1)))}
	}
	keep, err := time.ParseDuration(a.Keep)
	if err != nil {
		return Records{}
	}
	return Records{
		Kept:    whole(math.Ceil(day * bytes * keep.Hours() / 24)),
		Deleted: whole(day * 365 * float64(growth.Compaction) * float64(growth.Tombstone)),
	}
}

// whole number of bytes, at most so many that two of them can be added.
func whole(n float64) int64 {
	const most = int64(1) << 61
	if n >= float64(most) {
		return most
	}
	return int64(n)
}
