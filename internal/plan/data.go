package plan

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/whiskops/whiskops/generators/couchdbinit"
	"github.com/whiskops/whiskops/generators/kafkatopics"
	"github.com/whiskops/whiskops/generators/volumes"
	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/krm"
)

// volume plans where a component keeps its data.
func (p *planner) volume(name string, own krm.Owner, mountPath string) volumes.Spec {
	v, _ := p.Volume(name)
	s := volumes.Spec{
		Owner: own, Namespace: p.Env.Namespace, Replicas: p.Replicas(name), Name: "data", MountPath: mountPath,
		Size: v.Size, Class: v.Class, AccessMode: v.AccessMode, ReclaimPolicy: v.ReclaimPolicy,
		ExistingClaim: v.ExistingClaim, None: v.None != nil,
	}
	if s.Class == "" {
		s.Class = p.Env.Cluster.Storage.Class
	}
	if n := v.NFS; n != nil {
		s.NFS = &volumes.NFS{Numbered: derived.Scales(name), Server: n.Server, Path: n.Path, MountOptions: n.MountOptions}
	}
	if c := v.CSI; c != nil {
		s.CSI = &volumes.CSI{Driver: c.Driver, Handles: first(c.Handles, s.Replicas), FSType: c.FSType, Attributes: c.Attributes}
	}
	if l := v.Local; l != nil {
		s.Local = &volumes.Local{Path: l.Path, Nodes: first(l.Nodes, s.Replicas)}
	}
	if h := v.HostPath; h != nil {
		s.HostPath = &volumes.HostPath{Path: h.Path}
	}
	return s
}

// first n of a list that may name more than there are replicas: volumes that
// wait for the day when there are.
func first(list []string, n int) []string { return list[:min(n, len(list))] }

// kafkaTopics plans the topics, with the settings that controllers and
// invokers are told of, so that whoever makes one first makes the same.
func (p *planner) kafkaTopics(own krm.Owner) kafkatopics.Spec {
	s := kafkatopics.Spec{Owner: own}
	if p.Env.Kafka.Topics.By == "strimzi" {
		s.Strimzi = p.Env.Kafka.Topics.StrimziCluster
	}
	for _, t := range p.Topics {
		config := map[string]string{
			"retention.ms":    strconv.Itoa(t.Settings.MS),
			"retention.bytes": strconv.Itoa(t.Settings.Bytes),
			"segment.bytes":   strconv.Itoa(t.Settings.SegmentBytes),
		}
		if t.MaxMessageBytes > 0 {
			config["max.message.bytes"] = strconv.Itoa(t.MaxMessageBytes)
		}
		s.Topics = append(s.Topics, kafkatopics.Topic{
			Name: t.Name, Partitions: 1, Replicas: p.Kafka.ReplicationFactor, Config: config,
		})
	}
	return s
}

// strimziTopics plans topics that Strimzi's operator makes: there is no Job, and
// so no component that they would be planned with.
func (p *planner) strimziTopics() Function {
	const name = "kafka-topics"
	own := krm.Owner{Component: name, Tier: p.Catalog.Components[name].Tier}
	return Function{kafkatopics.Kind, name, p.kafkaTopics(own)}
}

// couchDBInit plans what CouchDB must hold, and notes the hash that tells when
// it does.
func (p *planner) couchDBInit() (Function, error) {
	const marker = "whiskops"
	s := couchdbinit.Spec{
		Owner:            krm.Owner{Component: "couchdb-init", Tier: p.Catalog.Components["couchdb-init"].Tier},
		SubjectsDatabase: p.CouchDB.Databases["subjects"],
		Marker:           couchdbinit.Marker{Database: p.CouchDB.Databases["subjects"], Document: marker},
	}
	users := map[string]bool{}
	for _, role := range slices.Sorted(maps.Keys(p.Catalog.Databases)) {
		db := p.Catalog.Databases[role]
		d := couchdbinit.Database{Name: p.CouchDB.Databases[role], Members: db.Members}
		for _, name := range slices.Sorted(maps.Keys(db.Designs)) {
			design, err := designDocument(role, name, db.Designs[name])
			if err != nil {
				return Function{}, err
			}
			d.Designs = append(d.Designs, design)
		}
		s.Databases = append(s.Databases, d)
		for _, u := range db.Members {
			users[u] = true
		}
	}
	s.Users = slices.Sorted(maps.Keys(users))
	hash, err := couchdbinit.Hash(s)
	if err != nil {
		return Function{}, fmt.Errorf("hash CouchDB's set-up: %w", err)
	}
	p.CouchDB.InitHash = hash
	return Function{couchdbinit.Kind, s.Component, s}, nil
}

// designDocument reads a document's functions from the catalogue.
func designDocument(role, name string, d catalog.Design) (couchdbinit.Design, error) {
	design := couchdbinit.Design{Name: name, Views: map[string]couchdbinit.View{}, Filters: map[string]string{}}
	folder := "couchdb/" + role + "/" + name
	for view, v := range d.Views {
		source, err := catalog.File(folder + "/views/" + view + ".js")
		if err != nil {
			return design, err
		}
		design.Views[view] = couchdbinit.View{Map: source, Reduce: v.Reduce}
	}
	for _, filter := range d.Filters {
		source, err := catalog.File(folder + "/filters/" + filter + ".js")
		if err != nil {
			return design, err
		}
		design.Filters[filter] = source
	}
	if len(d.Views) > 0 {
		design.Language = "javascript"
	}
	return design, nil
}
