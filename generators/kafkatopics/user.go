package kafkatopics

import (
	"maps"

	"github.com/whiskops/whiskops/internal/krm"
)

// kafkaUser may read, write and see its topics, and read in its groups. Topics are
// Strimzi's to make.
func kafkaUser(s Spec, u User) krm.M {
	labels := krm.Labels{"strimzi.io/cluster": s.Strimzi}
	maps.Copy(labels, s.Labels)
	o := krm.New(strimziVersion, "KafkaUser", s.Namespace, u.Name, labels)
	var acls krm.L
	for _, p := range u.Topics {
		acls = append(acls, acl("topic", p, "Describe", "Read", "Write"))
	}
	for _, p := range u.Groups {
		acls = append(acls, acl("group", p, "Describe", "Read"))
	}
	o["spec"] = krm.M{
		"authentication": krm.M{"type": u.Authentication},
		"authorization":  krm.M{"type": "simple", "acls": acls},
	}
	return o
}

func acl(kind string, p Pattern, operations ...any) krm.M {
	pattern := "literal"
	if p.Prefix {
		pattern = "prefix"
	}
	return krm.M{
		"resource":   krm.M{"type": kind, "name": p.Name, "patternType": pattern},
		"operations": krm.L(operations),
	}
}
