// Package kafkatopics declares Kafka's topics. The functionConfig comes in
// with the list, and objects are added to it: either a hashed ConfigMap,
// for a Deployment that runs `sh <directory>/declare.sh` in
// an image with Kafka's scripts and with a writable /tmp, where the file ready
// is there while all topics are as declared, and alive is not older than some
// minutes; or a KafkaTopic for each topic, which the operator Strimzi makes.
// Neither deletes a topic of itself.
package kafkatopics

import (
	"cmp"
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/krm"
)

//go:embed declare.sh
var declare string

// process makes the topics.
func process(r *krm.Run, s Spec) error {
	check(&r.Check, s)
	if r.Err() != nil {
		return nil
	}
	slices.SortFunc(s.Topics, func(a, b Topic) int { return cmp.Compare(a.Name, b.Name) })
	if s.Strimzi == "" {
		o := krm.New("v1", "ConfigMap", s.Namespace, s.Name, s.Labels)
		o["data"] = krm.M{"topics": table(s.Topics), "declare.sh": declare}
		return r.MakeHashed(o, s.Hash)
	}
	for _, t := range s.Topics {
		r.Make(kafkaTopic(s, t))
	}
	if s.User != nil {
		r.Make(kafkaUser(s, *s.User))
	}
	return nil
}

// table has a line for each topic, as declare.sh reads it.
func table(topics []Topic) string {
	var b strings.Builder
	b.WriteString("# name partitions replicas key=value,key=value\n")
	for _, t := range topics {
		fields := []string{t.Name, fmt.Sprint(t.Partitions), fmt.Sprint(t.Replicas)}
		var pairs []string
		for _, k := range krm.Keys(t.Config) {
			pairs = append(pairs, k+"="+t.Config[k])
		}
		if len(pairs) > 0 {
			fields = append(fields, strings.Join(pairs, ","))
		}
		b.WriteString(strings.Join(fields, " ") + "\n")
	}
	return b.String()
}
