package servers

import (
	"strings"
	"testing"
)

// A fault made on purpose in an environment must be found, by a message that
// names it.
func TestMutations(t *testing.T) {
	for _, tt := range []struct {
		name, env, file, from, to string
		check                     func(*Run) error
		want                      []string
	}{
		{"probe path of nginx", "production", "deployment-nginx.yaml", "path: /healthz", "path: /health",
			Nginx, []string{"robe of nginx", "/health"}},
		{"probe path of the controller", "ci", "statefulset-controller.yaml", "path: /ping", "path: /pong",
			Probes, []string{"controller-0", "/pong", "401"}},
		{"probe port of the API gateway", "ci", "deployment-apigateway.yaml", "port: management", "port: managment",
			Probes, []string{"apigateway", "no port managment"}},
		{"probe of redis", "ci", "statefulset-redis.yaml", "redis-cli ping", "redis-cli -p 6380 ping",
			Redis, []string{"redis-0", "redis-cli -p 6380 ping"}},
		{"persistence of redis", "ci", "statefulset-redis.yaml", "- --appendonly\n        - \"yes\"", "- --appendonly\n        - \"no\"",
			Redis, []string{"after SIGKILL", `"0" keys of 100`}},
		{"writes of redis that wait for the disk", "ci", "statefulset-redis.yaml", "- --appendfsync\n        - always", "- --appendfsync\n        - everysec",
			Redis, []string{"CONFIG GET appendfsync", "everysec"}},
		{"denied path", "production", "configmap-nginx.yaml", "\"~^ /metrics(/|$)\" 1;", "",
			Nginx, []string{"/metrics is not denied"}},
		{"port of an upstream", "production", "configmap-nginx.yaml", "controller-ready.openwhisk.svc.cluster.local:8080", "controller-ready.openwhisk.svc.cluster.local:8081",
			Nginx, []string{"502", ":8081"}},
		{"path of the certificate", "ci", "configmap-nginx.yaml", "ssl_certificate /certs/tls.crt", "ssl_certificate /certs/cert.pem",
			Nginx, []string{"nginx -t", "/certs/cert.pem"}},
		{"size of bodies", "ci", "configmap-nginx.yaml", "client_max_body_size 50m", "client_max_body_size 49m",
			Nginx, []string{"a body of 50 MiB: status 413"}},
		{"uploads at once", "ci", "configmap-nginx.yaml", "limit_conn uploads 16;", "limit_conn uploads 17;",
			Nginx, []string{"17 uploads of 50 MiB", "do not fit"}},
		{"names of the certificate", "development", "deployment-nginx.yaml", "DNS:openwhisk.localhost,DNS:*.openwhisk.localhost", "DNS:openwhisk.localhost",
			Nginx, []string{"TLS", "guest.openwhisk.localhost"}},
		{"time for an answer", "ci", "configmap-nginx.yaml", "proxy_read_timeout 75s", "proxy_read_timeout 50s",
			Nginx, []string{"proxy_read_timeout 50s"}},
		{"hash of the databases", "ci", "configmap-couchdb-init.yaml", "emit([doc.namespace, doc.updated], action);", "emit([doc.namespace], action);",
			CouchDB, []string{"controller", "wait-for-couchdb goes on"}},
		{"replication of a topic", "production", "configmap-kafka-topics.yaml", "completed0 1 3 ", "completed0 1 1 ",
			Kafka, []string{"topic completed0 has replication factor 1"}},
		{"missing topic", "production", "configmap-kafka-topics.yaml", "invoker5 1 3 ", "invoker6 1 3 ",
			Kafka, []string{"topic invoker5"}},
		{"size of messages", "ci", "configmap-kafka-topics.yaml", "max.message.bytes=1054644", "max.message.bytes=1048576",
			Kafka, []string{"largest payload", "invoker0"}},
		{"missing KAFKA_LOG_DIRS", "ci", "configmap-kafka-env.yaml", "  KAFKA_LOG_DIRS: /var/lib/kafka/data/kraft\n", "",
			Kafka, []string{"KAFKA_LOG_DIRS is missing"}},
		{"missing KAFKA_CONTROLLER_QUORUM_VOTERS", "ci", "configmap-kafka-env.yaml", "  KAFKA_CONTROLLER_QUORUM_VOTERS: 0@kafka-0.kafka:9093\n", "",
			Kafka, []string{"controller.quorum.voters"}},
		{"mount of the image's configuration", "ci", "statefulset-kafka.yaml", "mountPath: /opt/kafka/config", "mountPath: /opt/kafka/conf",
			Kafka, []string{"/opt/kafka/config"}},
		{"port of CouchDB", "ci", "configmap-couchdb.yaml", "port = 5984", "port = 5985",
			CouchDB, []string{"couchdb-0", "5984"}},
		{"marker that the controller waits for", "ci", "statefulset-controller.yaml", "grep -F -e '", "grep -F -e '0",
			CouchDB, []string{"controller", "wait-for-couchdb goes on"}},
		{"view", "ci", "configmap-couchdb-init.yaml", "emit([doc.namespace, doc.updated], action);", "emit([doc.namespace], action);",
			Views, []string{"_view/actions"}},
		{"size of documents", "ci", "configmap-couchdb.yaml", "    max_document_size = 34609076\n", "",
			Records, []string{"largest record", "413"}},
		{"size of attachments", "ci", "configmap-couchdb.yaml", "    max_document_size", "    max_attachment_size = 50331647\n    max_document_size",
			Records, []string{"attachment_too_large", "413"}},
		{"account of the clean-up", "ci", "cronjob-couchdb-cleanup.yaml", "key: invoker-password", "key: controller-password",
			Cleanup, []string{"401"}},
		{"what a clean-up believes", "ci", "configmap-couchdb-cleanup.yaml", "Math.max(doc.start, doc.end || 0)", "Math.max(doc.start, 0)",
			Cleanup, []string{"guest/running"}},
		{"majority of a wait", "production", "deployment-kafka-topics.yaml", "-gt $all", "-gt 0",
			Waits, []string{"wait-for-kafka of kafka-topics", "1 of 3"}},
		{"topic that the controller waits for", "ci", "statefulset-controller.yaml", "for name in cacheInvalidation completed", "for name in cacheInvalidation complete",
			Kafka, []string{"controller", "wait-for-topics goes on"}},
		{"port of a Service", "ci", "service-nginx-internal.yaml", "port: 80\n", "port: 81\n",
			Smoke, []string{"service nginx-internal has no port 80"}},
		{"login of a preStop", "ci", "configmap-controller-scripts.yaml", `"Authorization: Basic %s"`, `Authorization: Basic %s`,
			Drain, []string{"controller", "Authorization"}},
		{"what runs in an invoker", "ci", "configmap-invoker-scripts.yaml", "(activeCount|", "(idlesCount|",
			Drain, []string{"invoker, an idle one", "after 40 s"}},
		{"wait for what controllers sent", "ci", "configmap-invoker-scripts.yaml", "$begun + 15", "$begun - 15",
			Drain, []string{"invoker, an idle one: ends after"}},
		{"acknowledgements", "production", "configmap-openwhisk-data-env.yaml", "  CONFIG_whisk_kafka_producer_acks: all\n", "",
			Kafka, []string{"rolling restart", "CONFIG_whisk_kafka_producer_acks"}},
		{"how long a broker that is behind keeps writers waiting", "production", "configmap-kafka-env.yaml", "  KAFKA_REPLICA_LAG_TIME_MAX_MS: \"10000\"\n", "",
			Kafka, []string{"replica.lag.time.max.ms of 30000"}},
		{"readiness of a broker", "production", "statefulset-kafka.yaml", "          exec:\n            command:\n            - /bin/bash\n            - /scripts/ready.sh\n", "          tcpSocket:\n            port: client\n",
			Kafka, []string{"rolling restart", "held back, and its readiness says"}},
		{"answer of the smoke test", "ci", "configmap-smoke-test.yaml", `'{"sum":42}'`, `'{"sum":43}'`,
			Smoke, []string{"smoke test", "not within"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			env, err := load(t, tt.env).Changed(tt.file, tt.from, tt.to)
			if err != nil {
				t.Fatal(err)
			}
			err = try(t, env, tt.check)
			if err == nil {
				t.Fatal("the fault is not found")
			}
			t.Logf("found: %v", err)
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("the message does not have %q", want)
				}
			}
		})
	}
}
