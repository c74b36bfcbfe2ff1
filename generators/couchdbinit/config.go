package couchdbinit

import "github.com/whiskops/whiskops/internal/krm"

// Kind of the functionConfig.
const Kind = "CouchDBInit"

// Spec says what a CouchDB server must hold before anything uses it. It makes
// one ConfigMap, named after the component, for a Deployment to run.
type Spec struct {
	krm.Owner
	Databases []Database `json:"databases"`
	// Users are the sets of credentials beside the administrator's, each
	// with files of its own in the pod: <user>-username, <user>-password.
	Users []string `json:"users,omitempty"`
	// SubjectsDatabase takes the subjects that the pod finds in its Secret;
	// without it there are none.
	SubjectsDatabase string `json:"subjectsDatabase,omitempty"`
	// Marker is written last in a round.
	Marker Marker `json:"marker"`
}

// Database of the server.
type Database struct {
	Name    string   `json:"name"`
	Designs []Design `json:"designs,omitempty"`
	// Members are the Users who may read and write it.
	Members []string `json:"members,omitempty"`
}

// Design document, named without "_design/".
type Design struct {
	Name string `json:"name"`
	// Language of the functions; without it the server's default, JavaScript.
	Language string            `json:"language,omitempty"`
	Views    map[string]View   `json:"views,omitempty"`
	Filters  map[string]string `json:"filters,omitempty"`
}

// View of a design document.
type View struct {
	Map string `json:"map"`
	// Reduce is a built-in reduce function (_count, _sum) or a source.
	Reduce string `json:"reduce,omitempty"`
}

// Marker is the document _local/<Document>. Its field "hashes" has the SHA-256,
// in hexadecimal, of what was installed, the last one last: see Hash.
type Marker struct {
	Database string `json:"database"`
	Document string `json:"document"`
}
