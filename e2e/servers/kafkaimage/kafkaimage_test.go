package kafkaimage

import (
	"strings"
	"testing"
)

func TestProperty(t *testing.T) {
	for variable, want := range map[string]string{
		"KAFKA_NODE_ID":                        "node.id",
		"KAFKA_LOG_DIRS":                       "log.dirs",
		"KAFKA_LISTENER_NAME_A___B_SSL__X":     "listener.name.a-b.ssl_x",
		"KAFKA_LISTENER_SECURITY_PROTOCOL_MAP": "listener.security.protocol.map",
		"KAFKA_A_KAFKA_B":                      "a.b",
		"KAFKA_JMX_PORT":                       "jmx.port",
		"KAFKA_LOG4J_ROOT_LOGLEVEL":            "",
		"KAFKA_HEAP_OPTS":                      "",
		"CLUSTER_ID":                           "",
		"LOG_DIR":                              "",
	} {
		if got, ok := Property(variable); got != want || ok != (want != "") {
			t.Errorf("Property(%q) = %q, %v; want %q", variable, got, ok, want)
		}
	}
}

func TestServerProperties(t *testing.T) {
	good := map[string]string{
		"KAFKA_NODE_ID": "0", "KAFKA_PROCESS_ROLES": "broker,controller", "KAFKA_LOG_DIRS": "/d", "KAFKA_EMPTY": "", "CLUSTER_ID": "x",
	}
	got, err := ServerProperties(good)
	want := "empty=\nlog.dirs=/d\nnode.id=0\nprocess.roles=broker,controller\n"
	if err != nil || got != want {
		t.Errorf("got %q, %v; want %q", got, err, want)
	}
	for _, name := range []string{"KAFKA_NODE_ID", "KAFKA_PROCESS_ROLES", "KAFKA_LOG_DIRS"} {
		bad := map[string]string{}
		for k, v := range good {
			if k != name {
				bad[k] = v
			}
		}
		if _, err := ServerProperties(bad); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("without %s: %v", name, err)
		}
	}
	if _, err := ServerProperties(map[string]string{"CLUSTER_ID": "x"}); err == nil {
		t.Error("no variable at all is accepted")
	}
}
