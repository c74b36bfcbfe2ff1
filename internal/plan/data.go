package plan

import (
	"cmp"
	"maps"
	"slices"
	"strconv"

	"github.com/whiskops/whiskops/generators/couchdbinit"
	"github.com/whiskops/whiskops/generators/kafkatopics"
	"github.com/whiskops/whiskops/generators/volumes"
	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/krm"
)

// volume plans where a component keeps its data: what the environment says, in
// the words of the function, which are the same.
func (p *planner) volume(name string, own krm.Owner) (volumes.Spec, error) {
	var s volumes.Spec
	v, _ := p.Volume(name)
	none := v.None != nil
	v.None = nil
	if err := decode(v, &s); err != nil {
		return s, err
	}
	data := p.Catalog.Components[name].Data
	s.Selector, s.Labels, s.Namespace = selected(name), own.Made(), p.Env.Namespace
	s.Name, s.MountPath, s.None = derived.DataVolume, data.MountPath, none
	s.Class = cmp.Or(s.Class, p.Env.Cluster.Storage.Class)
	if s.NFS != nil {
		s.NFS.Numbered = data.Each
	}
	if s.CSI != nil {
		s.CSI.Handles = first(s.CSI.Handles, p.Replicas(name))
	}
	if s.Local != nil {
		s.Local.Nodes = first(s.Local.Nodes, p.Replicas(name))
	}
	return s, nil
}

// selected are the workloads of a component, and in them the main container, which has
// its name.
func selected(component string) *krm.Selector {
	s := krm.Component(component)
	s.Container = component
	return s
}

// first n of a list that may name more than there are replicas: volumes that
// wait for the day when there are.
func first(list []string, n int) []string { return list[:min(n, len(list))] }

// kafkaTopics plans the topics, with the settings that controllers and
// invokers are told of, so that whoever makes one first makes the same.
func (p *planner) kafkaTopics(own krm.Owner) kafkatopics.Spec {
	s := kafkatopics.Spec{Name: own.Component, Labels: own.Made(), Hash: krm.HashKustomize}
	if p.Env.Kafka.Topics.By == "strimzi" {
		s.Strimzi = p.Env.Kafka.Topics.StrimziCluster
		s.User = p.kafkaUser()
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

// kafkaUser is who connects to a Kafka of Strimzi's, with the rights on what the
// installation uses there; nil if another makes it.
func (p *planner) kafkaUser() *kafkatopics.User {
	name := p.Env.Kafka.Topics.StrimziUser
	if name == "" {
		return nil
	}
	u := &kafkatopics.User{Name: name, Authentication: "tls"}
	if p.Kafka.Client.SASL != nil {
		u.Authentication = "scram-sha-512"
	}
	for _, kind := range slices.Sorted(maps.Keys(p.TopicKinds)) {
		t := p.TopicKinds[kind]
		topic := p.Env.Kafka.TopicPrefix + t.Name
		u.Topics = append(u.Topics, kafkatopics.Pattern{Name: topic, Prefix: t.Each != ""})
		u.Groups = append(u.Groups, kafkatopics.Pattern{Name: cmp.Or(t.Group, topic), Prefix: t.Group == ""})
	}
	return u
}

// couchDBInit plans what CouchDB must hold.
func (p *planner) couchDBInit(own krm.Owner) couchdbinit.Spec {
	s := p.CouchDB.Setup
	s.Owner = own
	return s
}
