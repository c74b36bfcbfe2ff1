package servers

import (
	"fmt"

	"sigs.k8s.io/yaml"

	"github.com/whiskops/whiskops/e2e/servers/golden"
)

// kafkaUserObject is what Strimzi's operator reads of a KafkaUser.
type kafkaUserObject struct {
	Kind string `json:"kind"`
	Spec struct {
		Authorization struct {
			ACLs []struct {
				Resource struct {
					Type        string `json:"type"`
					Name        string `json:"name"`
					PatternType string `json:"patternType"`
				} `json:"resource"`
				Operations []string `json:"operations"`
			} `json:"acls"`
		} `json:"authorization"`
	} `json:"spec"`
}

// rights gives the user what a generated KafkaUser has, and so nothing else on the
// same topics and groups. The KafkaUser is another environment's, whose topics Strimzi
// makes.
func (k *outside) rights(of *golden.Env) error {
	var user kafkaUserObject
	for _, text := range of.Files {
		var o kafkaUserObject
		if err := yaml.Unmarshal([]byte(text), &o); err == nil && o.Kind == "KafkaUser" {
			user = o
		}
	}
	if len(user.Spec.Authorization.ACLs) == 0 {
		return fmt.Errorf("there is no KafkaUser with rights")
	}
	for _, a := range user.Spec.Authorization.ACLs {
		pattern := "literal"
		if a.Resource.PatternType == "prefix" {
			pattern = "prefixed"
		}
		args := []string{"--bootstrap-server", k.ip + ":9092", "--add", "--allow-principal", "User:" + kafkaUser,
			"--" + a.Resource.Type, a.Resource.Name, "--resource-pattern-type", pattern}
		for _, operation := range a.Operations {
			args = append(args, "--operation", operation)
		}
		if _, err := k.tools.run(k.run.Context, "kafka-acls.sh", args...); err != nil {
			return err
		}
	}
	k.run.proved(kafkaServer, "a broker takes the %d rights of the generated KafkaUser", len(user.Spec.Authorization.ACLs))
	return nil
}
