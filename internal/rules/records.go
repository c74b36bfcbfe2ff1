package rules

import (
	"fmt"

	"github.com/whiskops/whiskops/internal/quantity"
)

// records compares CouchDB's volume with the activations that are expected: a
// database whose disk is full takes no action and no activation any more.
func (c *checker) records() {
	db := c.Env.CouchDB
	v := db.Volume
	// Sizes of volumes that are somebody else's are not known.
	if db.External != nil || v.ExistingClaim != "" || v.None != nil || v.HostPath != nil || v.Local != nil {
		return
	}
	have, err := quantity.Bytes(v.Size)
	if err != nil || have < leastVolume {
		return
	}
	const keep, volume, rate, each = "couchdb.activations.keep", "couchdb.volume.size", "couchdb.activations.perMinute", "couchdb.activations.size"
	expected := fmt.Sprintf("%s and %s", c.show(rate, db.Activations.PerMinute), c.show(each, db.Activations.Size))
	r := c.Records()
	if db.Activations.Keep == "" {
		if c.production() {
			c.warn("WO280", c.written(keep, volume),
				fmt.Sprintf("couchdb.activations.keep is not written, so records of activations are kept for ever: with %s, %s is full after %s, and then no action is made or invoked",
					expected, c.show(volume, v.Size), count(int(min(r.Days, 1<<31)), "day")),
				fmt.Sprintf("write %s, or a time that your users agree to", cue(keep, "168h")))
		}
		return
	}
	if r.Kept+r.Deleted <= have {
		return
	}
	c.warn("WO280", c.written(volume, rate, each, keep),
		fmt.Sprintf("%s is too small: with %s, what is kept for %s takes %s of it, while CouchDB compacts it, and what stays of each record that was deleted %s in a year",
			c.show(volume, v.Size), expected, db.Activations.Keep, storage(r.Kept), storage(r.Deleted)),
		fmt.Sprintf("write %s or more, or a shorter %s", cue(volume, storage(r.Kept+r.Deleted)), keep))
}
