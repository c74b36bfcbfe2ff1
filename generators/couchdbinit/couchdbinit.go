// Package couchdbinit makes what a pod needs to keep a CouchDB server set up:
// databases, design documents, users, permissions and subjects. It adds one
// ConfigMap, named after the component and hashed, with three keys:
//
//	init.js          the program, the same for every installation
//	again.js         what it shares with others of its kind
//	databases.json   what it must bring about, from the functionConfig
//
// Another function makes the Deployment. It must give the container
//
//	image    node 18 or newer, nothing else is used of it (node:22-alpine)
//	command  ["node", "/init/init.js"]
//	env      COUCHDB_URL          http(s)://host:port, without credentials
//	         RESTART              command that restarts the server; optional
//	         NODE_EXTRA_CA_CERTS  a file, if the server's certificate needs it
//	mounts   the ConfigMap        at /init
//	         /tmp                 writable
//	         /secrets/couchdb     files username and password: the server's
//	                              administrator; <user>-username and
//	                              <user>-password for each of Spec.Users
//	         /secrets/subjects    a file for each subject, named after it,
//	                              with uuid:key; may be absent
//	probes   /tmp/ready           is there while the server is as it should be
//	         /tmp/alive           is not older than some minutes
//
// The program needs no rights in the cluster. It looks every half a minute, and
// reads the Secrets each time: what is lost or changed on the server or in the
// Secrets is put right without anyone. It may be killed at any moment, or run
// twice at once: it adds and repairs, and deletes nothing.
package couchdbinit

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/schema/catalog/again"
)

//go:embed init.js
var program string

// Process adds the ConfigMap that the functionConfig asks for.
func Process(rl *krm.ResourceList) error {
	config, err := krm.Decode[Spec](rl, Kind)
	if err != nil {
		return err
	}
	if err := check(config.Spec); err != nil {
		return err
	}
	content, err := content(config.Spec)
	if err != nil {
		return err
	}
	return krm.Add(rl, config.Spec.ConfigMap(config.Spec.Component, map[string]string{
		"init.js":        program,
		"again.js":       again.Program,
		"databases.json": content,
	}))
}

// Hash is in the marker document's field "hashes" once all of spec is installed:
// whoever waits for the databases looks for it.
func Hash(spec Spec) (string, error) {
	content, err := content(spec)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(content))
	return hex.EncodeToString(sum[:]), nil
}

// content is databases.json, the interface to init.js.
func content(spec Spec) (string, error) {
	wanted := setup{
		Databases:        make([]database, 0, len(spec.Databases)),
		Users:            append([]string{}, spec.Users...),
		SubjectsDatabase: spec.SubjectsDatabase,
		Marker:           spec.Marker,
	}
	for _, d := range spec.Databases {
		db := database{Name: d.Name, Designs: map[string]design{}, Members: append([]string{}, d.Members...)}
		for _, dd := range d.Designs {
			db.Designs["_design/"+dd.Name] = document(dd)
		}
		wanted.Databases = append(wanted.Databases, db)
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(wanted); err != nil {
		return "", fmt.Errorf("encode databases.json: %w", err)
	}
	return out.String(), nil
}

// setup is databases.json. Its maps are written with sorted keys.
type setup struct {
	Databases        []database `json:"databases"`
	Users            []string   `json:"users"`
	SubjectsDatabase string     `json:"subjectsDatabase,omitempty"`
	Marker           Marker     `json:"marker"`
}

type database struct {
	Name    string   `json:"name"`
	Members []string `json:"members"`
	// Designs are the documents by their _id.
	Designs map[string]design `json:"designs"`
}

// design is a design document as the server keeps it, without _id and _rev.
type design struct {
	Language string            `json:"language,omitempty"`
	Views    map[string]View   `json:"views,omitempty"`
	Filters  map[string]string `json:"filters,omitempty"`
}

func document(d Design) design {
	out := design{Language: d.Language, Views: map[string]View{}, Filters: map[string]string{}}
	for name, v := range d.Views {
		out.Views[name] = View{Map: source(v.Map), Reduce: source(v.Reduce)}
	}
	for name, f := range d.Filters {
		out.Filters[name] = source(f)
	}
	return out
}

// source of a function without the space around it, as a file has it. CouchDB
// with SpiderMonkey 60 and newer takes a text that begins with "function" and
// ends with "}" as it is, and rewrites any other.
func source(text string) string { return strings.TrimSpace(text) }
