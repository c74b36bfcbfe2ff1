package derived

import (
	"fmt"
	"maps"
	"slices"

	"github.com/whiskops/whiskops/generators/couchdbinit"
	"github.com/whiskops/whiskops/internal/catalog"
)

// subjects is the role of the database that holds who may call, and marker the
// document in it that the set-up leaves behind.
const (
	subjects = "subjects"
	marker   = "whiskops"
)

// couchDB lists what the database must hold, and the hash by which whoever waits
// knows that it does.
func (v *Values) couchDB() error {
	names := map[string]string{}
	databases := maps.Clone(v.Catalog.Databases)
	maps.DeleteFunc(databases, func(_ string, db catalog.Database) bool { return !db.When.Holds(v.Env) })
	for role, db := range databases {
		names[role] = v.Env.CouchDB.Prefix + db.Suffix
	}
	s := couchdbinit.Spec{
		SubjectsDatabase: names[subjects],
		Marker:           couchdbinit.Marker{Database: names[subjects], Document: marker},
	}
	users := map[string]bool{}
	for _, role := range slices.Sorted(maps.Keys(databases)) {
		db := databases[role]
		d := couchdbinit.Database{Name: names[role], Members: db.Members}
		for _, name := range slices.Sorted(maps.Keys(db.Designs)) {
			d.Designs = append(d.Designs, designDocument(name, db.Designs[name]))
		}
		s.Databases = append(s.Databases, d)
		for _, u := range db.Members {
			users[u] = true
		}
	}
	s.Users = slices.Sorted(maps.Keys(users))
	hash, err := couchdbinit.Hash(s)
	if err != nil {
		return fmt.Errorf("hash the database's set-up: %w", err)
	}
	v.CouchDB = CouchDB{Databases: names, Setup: s, InitHash: hash}
	if e := v.Env.CouchDB.External; e != nil && e.Protocol == "https" {
		v.CouchDB.CA = e.CA
	}
	return nil
}

func designDocument(name string, d catalog.Design) couchdbinit.Design {
	design := couchdbinit.Design{Name: name, Views: map[string]couchdbinit.View{}, Filters: d.Filters}
	for view, v := range d.Views {
		design.Views[view] = couchdbinit.View{Map: v.Map, Reduce: v.Reduce}
	}
	if len(d.Views) > 0 {
		design.Language = "javascript"
	}
	return design
}
