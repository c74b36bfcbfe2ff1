package couchdbinit

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// couch is a CouchDB server in memory, as far as init.js uses one: databases,
// documents with revisions and conflicts, _local documents, _security, _users
// with hashed passwords, _session. It is an http.Handler.
type couch struct {
	admin    login
	dbs      map[string]*couchDB
	requests []string
	// before sees each request before the server does, with its number from
	// 1, and may answer in its place.
	before func(n int, w http.ResponseWriter, r *http.Request) bool
}

type login struct{ name, password string }

type couchDB struct {
	docs     map[string]map[string]any
	security map[string]any
}

func newCouch() *couch {
	return &couch{admin: login{"admin", adminPassword}, dbs: map[string]*couchDB{}}
}

func (c *couch) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.requests = append(c.requests, r.Method+" "+r.URL.EscapedPath())
	if c.before != nil && c.before(len(c.requests), w, r) {
		return
	}
	user, known := c.authenticate(r)
	if !known {
		reply(w, 401, `{"error":"unauthorized","reason":"Name or password is incorrect."}`)
		return
	}
	if r.URL.Path == "/_session" {
		reply(w, 200, fmt.Sprintf(`{"ok":true,"userCtx":{"name":%q,"roles":[]}}`, user))
		return
	}
	if user != c.admin.name {
		reply(w, 403, `{"error":"forbidden","reason":"You are not allowed to access this db."}`)
		return
	}
	path := strings.SplitN(strings.TrimPrefix(r.URL.EscapedPath(), "/"), "/", 2)
	name, _ := url.PathUnescape(path[0])
	if len(path) == 1 {
		c.serveDB(w, r, name)
		return
	}
	id, _ := url.PathUnescape(path[1])
	db := c.dbs[name]
	switch {
	case db == nil:
		reply(w, 404, `{"error":"not_found","reason":"Database does not exist."}`)
	case id == "_security":
		db.serveSecurity(w, r)
	default:
		db.serveDoc(w, r, id, name == "_users")
	}
}

func (c *couch) authenticate(r *http.Request) (name string, ok bool) {
	name, password, _ := r.BasicAuth()
	if name == c.admin.name {
		return name, password == c.admin.password
	}
	users := c.dbs["_users"]
	if users == nil {
		return "", false
	}
	doc := users.docs["org.couchdb.user:"+name]
	return name, doc != nil && doc["derived_key"] == derived(name, password)
}

// derived is a hash without salt, so that states can be compared.
func derived(name, password string) string {
	sum := sha256.Sum256([]byte(name + "\n" + password))
	return hex.EncodeToString(sum[:])
}

func (c *couch) serveDB(w http.ResponseWriter, r *http.Request, name string) {
	_, exists := c.dbs[name]
	switch {
	case r.Method == "GET" && exists:
		reply(w, 200, `{}`)
	case r.Method == "GET":
		reply(w, 404, `{"error":"not_found","reason":"Database does not exist."}`)
	case r.Method == "PUT" && exists:
		reply(w, 412, `{"error":"file_exists","reason":"The database could not be created, the file already exists."}`)
	case r.Method == "PUT":
		c.create(name)
		reply(w, 201, `{"ok":true}`)
	default:
		reply(w, 405, `{"error":"method_not_allowed"}`)
	}
}

// create a database with CouchDB 3's permissions for a new one.
func (c *couch) create(name string) *couchDB {
	roles := func() map[string]any { return map[string]any{"roles": []any{"_admin"}} }
	db := &couchDB{docs: map[string]map[string]any{}, security: map[string]any{"admins": roles(), "members": roles()}}
	c.dbs[name] = db
	return db
}

func (db *couchDB) serveSecurity(w http.ResponseWriter, r *http.Request) {
	if r.Method == "GET" {
		body, _ := json.Marshal(db.security)
		reply(w, 200, string(body))
		return
	}
	db.security = nil
	if err := json.NewDecoder(r.Body).Decode(&db.security); err != nil {
		reply(w, 400, `{"error":"bad_request","reason":"no JSON"}`)
		return
	}
	reply(w, 200, `{"ok":true}`)
}

func (db *couchDB) serveDoc(w http.ResponseWriter, r *http.Request, id string, users bool) {
	current := db.docs[id]
	if r.Method == "GET" {
		if current == nil {
			reply(w, 404, `{"error":"not_found","reason":"missing"}`)
			return
		}
		body, _ := json.Marshal(current)
		reply(w, 200, string(body))
		return
	}
	var doc map[string]any
	if r.Method != "PUT" || json.NewDecoder(r.Body).Decode(&doc) != nil || doc["_id"] != id {
		reply(w, 400, `{"error":"bad_request","reason":"no document of this id"}`)
		return
	}
	revision, _ := doc["_rev"].(string)
	if current == nil && revision != "" || current != nil && revision != current["_rev"] {
		reply(w, 409, `{"error":"conflict","reason":"Document update conflict."}`)
		return
	}
	if password, ok := doc["password"].(string); users && ok {
		doc["derived_key"] = derived(doc["name"].(string), password)
		delete(doc, "password")
	}
	db.put(id, doc)
	reply(w, 201, `{"ok":true}`)
}

// put a document over whatever is there, with the next revision.
func (db *couchDB) put(id string, doc map[string]any) {
	n := 0
	if current := db.docs[id]; current != nil {
		n, _ = strconv.Atoi(strings.Split(current["_rev"].(string), "-")[0])
	}
	doc = maps.Clone(doc)
	doc["_id"], doc["_rev"] = id, fmt.Sprintf("%d-x", n+1)
	db.docs[id] = doc
}

// state is all that the server holds, without revisions.
func (c *couch) state() map[string]any {
	all := map[string]any{}
	for name, db := range c.dbs {
		docs := map[string]any{}
		for id, doc := range db.docs {
			doc = maps.Clone(doc)
			delete(doc, "_rev")
			docs[id] = doc
		}
		all[name] = map[string]any{"docs": docs, "security": db.security}
	}
	return all
}

func reply(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(body))
}
