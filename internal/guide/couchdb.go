package guide

import (
	"fmt"
	"strings"
)

// DatabaseNodes says what three nodes of CouchDB take and what they need; empty where
// there is one.
func (v view) DatabaseNodes() string {
	n := v.Env.CouchDB.Replicas
	if v.Env.CouchDB.External != nil || n == 1 {
		return ""
	}
	return fmt.Sprintf("Each of the %d nodes has a copy of everything, and two of three are enough to read and write: one may be lost, with its disk. "+
		"Clients use the Service `couchdb-client`; the Service `couchdb` gives nodes their names, `couchdb@couchdb-0.couchdb` and so on, which never change. "+
		"`couchdb-cluster` brings nodes together, makes one of a single node's databases where there was one before, fills a disk that is new, and lets its node answer when it has everything. "+
		"The nodes know each other by the key `cookie` of the Secret `%s`, 32 letters and digits or more, which is not changed while they run; what they say to each other is not encrypted, and network policies let nobody else speak to their port.",
		n, v.Env.Secrets.CouchDB)
}

// DatabaseCopies says where copies of the database go, and what must be there; empty
// where there are none.
func (v view) DatabaseCopies() string {
	b := v.Env.CouchDB.Backup
	if b == nil {
		return ""
	}
	var place string
	switch {
	case b.Volume != nil:
		place = fmt.Sprintf("the volume of the claim `%s`, which must be there: `kubectl -n %s get pvc %s`", b.Volume.Claim, v.Env.Namespace, b.Volume.Claim)
	default:
		place = fmt.Sprintf("the bucket `%s` at %s, which must be there, below `%s`, with the keys access-key-id and secret-access-key of the Secret `%s`: `kubectl -n %s get secret %s`",
			b.S3.Bucket, b.S3.Endpoint, b.S3.Prefix, b.S3.Secret, v.Env.Namespace, b.S3.Secret)
	}
	what := "all databases"
	if v.Env.CouchDB.External != nil {
		what = fmt.Sprintf("all databases that begin with `%s`", v.Env.CouchDB.Prefix)
	}
	return strings.Join([]string{
		fmt.Sprintf("The CronJob `couchdb-backup` copies %s (`%s`) to %s.", what, b.Schedule, place),
		"It reads each file back before it counts, and keeps the " + fmt.Sprint(b.Keep) + " newest.",
		"A copy has the keys of all subjects and the code of all actions, and is not encrypted: who reads that place has both.",
		"How to bring one back: [The database is lost, or what was in it](#database-restore).",
	}, " ")
}
