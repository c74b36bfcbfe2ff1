package servers

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/whiskops/whiskops/e2e/servers/podproc"
	"github.com/whiskops/whiskops/e2e/servers/programs"
)

// kafkaTools is a folder with what the image has: Kafka's jars and scripts, and
// the program that it runs. Names of pods are in a file that Java reads in the
// place of DNS.
type kafkaTools struct {
	folder string
	// config is a file that says how to connect; empty: in plain text.
	config string
}

// configOption by script, where it is not --command-config.
var configOption = map[string]string{
	"kafka-console-consumer.sh":   "--consumer.config",
	"kafka-producer-perf-test.sh": "--producer.config",
}

// classes are the programs behind Kafka's scripts.
var classes = map[string]string{
	"kafka-topics.sh":              "org.apache.kafka.tools.TopicCommand",
	"kafka-configs.sh":             "kafka.admin.ConfigCommand",
	"kafka-acls.sh":                "kafka.admin.AclCommand",
	"kafka-consumer-groups.sh":     "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand",
	"kafka-metadata-quorum.sh":     "org.apache.kafka.tools.MetadataQuorumCommand",
	"kafka-get-offsets.sh":         "org.apache.kafka.tools.GetOffsetShell",
	"kafka-console-consumer.sh":    "org.apache.kafka.tools.consumer.ConsoleConsumer",
	"kafka-producer-perf-test.sh":  "org.apache.kafka.tools.ProducerPerformance",
	"kafka-verifiable-producer.sh": "org.apache.kafka.tools.VerifiableProducer",
}

// The image's run script: it formats the log folders, for which "already
// formatted" is an answer too, and becomes the broker. Its arguments are the
// folders /opt/kafka/config, /opt/kafka/logs and /tmp of the pod.
const kafkaRun = `set -eu
config=$1 logs=$2 tmp=$3
java="java -Djdk.net.hosts.file=%[1]s/hosts -Djava.io.tmpdir=$tmp -XX:-UsePerfData"
if ! said=$($java -Xmx256m -cp "%[1]s/libs/*" kafka.tools.StorageTool format --cluster-id "${CLUSTER_ID:-5L6g3nShT-eMCtK--X86sw}" -c "$config/server.properties" 2>&1); then
  case $said in
  *"already formatted"*) ;;
  *) echo "format: $said" >&2; exit 1 ;;
  esac
fi
exec $java ${KAFKA_OPTS:-} ${KAFKA_HEAP_OPTS:--Xmx1G -Xms1G} -Xlog:gc:file="$logs/kafkaServer-gc.log" -Dlog4j.configuration=file:"$config/log4j.properties" \
  -Dkafka.logs.dir="$logs" -cp "%[1]s/libs/*" kafka.Kafka "$config/server.properties"
`

const kafkaScript = `#!/bin/sh
exec java ${KAFKA_HEAP_OPTS:--Xmx256m} -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:-UsePerfData -Djdk.net.hosts.file=%[1]s/hosts \
  -Dlog4j.configuration=file:%[1]s/tools-log4j.properties -cp "%[1]s/libs/*" %[2]s "$@"
`

// addressOf resolves a pod's name for the shell as the hosts file does for Java. An
// address is its own.
const addressOf = `#!/bin/sh
case $1 in
[0-9]*) echo "$1" ;;
*) awk -v name="$1" '{ for (i = 2; i <= NF; i++) if ($i == name) print $1 }' %[1]s/hosts ;;
esac
`

// hastyPatience is how long a hasty writer waits for an acknowledgement.
const hastyPatience = 15 * time.Second

// Settings of writers. OpenWhisk's are whisk.kafka.producer of its
// application.conf, but for acks, which is generated, and else the client's own; hasty is a program that gives up
// after some seconds; patient is the client's default with all acknowledgements.
// Kafka's test program has no retries unless told otherwise, where a client has
// them without end, within 2 minutes.
var writers = map[string]string{
	"openwhisk": "retries=2147483647\nrequest.timeout.ms=30000\nmetadata.max.age.ms=15000\n",
	"hasty":     fmt.Sprintf("acks=all\nretries=5\nretry.backoff.ms=200\nrequest.timeout.ms=5000\ndelivery.timeout.ms=%[1]d\nmax.block.ms=%[1]d\n", hastyPatience.Milliseconds()),
	"patient":   "acks=all\nretries=2147483647\nrequest.timeout.ms=5000\nmax.request.size=4000000\n",
}

const log4j = `log4j.rootLogger=%s, out
log4j.appender.out=org.apache.log4j.ConsoleAppender
log4j.appender.out.target=%s
log4j.appender.out.layout=org.apache.log4j.PatternLayout
log4j.appender.out.layout.ConversionPattern=[%%d] %%p %%m (%%c)%%n
`

// newKafkaTools makes the folder. The hosts are names by address.
func (r *Run) newKafkaTools(hosts map[string][]string) (*kafkaTools, error) {
	libs, err := programs.Kafka()
	if err != nil {
		return nil, err
	}
	folder, err := r.Guard.Folder("kafka")
	if err != nil {
		return nil, err
	}
	if err := programs.Share(filepath.Join(libs, "libs"), filepath.Join(folder, "libs")); err != nil {
		return nil, err
	}
	machine, err := os.Hostname()
	if err != nil {
		return nil, err
	}
	names := "127.0.0.1 localhost " + machine + "\n"
	for ip, list := range hosts {
		names += ip + " " + strings.Join(list, " ") + "\n"
	}
	files := map[string]string{
		"hosts":                  names,
		"run.sh":                 fmt.Sprintf(kafkaRun, folder),
		"tools-log4j.properties": fmt.Sprintf(log4j, "WARN", "System.err"),
		"bin/address":            fmt.Sprintf(addressOf, folder),
	}
	for script, class := range classes {
		files[filepath.Join("bin", script)] = fmt.Sprintf(kafkaScript, folder, class)
	}
	for name, text := range writers {
		files[name+".properties"] = text
	}
	if err := os.MkdirAll(filepath.Join(folder, "bin"), 0o755); err != nil {
		return nil, err
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o755); err != nil {
			return nil, err
		}
	}
	return &kafkaTools{folder: folder}, nil
}

// entrypoint is the image's command.
func (k *kafkaTools) entrypoint() []string {
	return []string{"/bin/bash", filepath.Join(k.folder, "run.sh"), "$POD/root/opt/kafka/config", "$POD/root/opt/kafka/logs", "$POD/root/tmp"}
}

// run runs one of Kafka's scripts and returns its standard output.
func (k *kafkaTools) run(ctx context.Context, script string, args ...string) (string, error) {
	if k.config != "" {
		args = append(slices.Clip(args), cmp.Or(configOption[script], "--command-config"), k.config)
	}
	command := exec.CommandContext(ctx, filepath.Join(k.folder, "bin", script), args...)
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	var out, errors strings.Builder
	command.Stdout, command.Stderr = &out, &errors
	if err := command.Run(); err != nil {
		return out.String(), fmt.Errorf("%s: %w: %s", script, err, tail(errors.String()))
	}
	return out.String() + errors.String(), nil
}

// start starts one of Kafka's scripts.
func (k *kafkaTools) start(guard *podproc.Guard, log, script string, args ...string) (*podproc.Process, error) {
	return guard.Start(podproc.Command{
		Name: script, Args: append([]string{filepath.Join(k.folder, "bin", script)}, args...),
		Env: os.Environ(), Log: filepath.Join(k.folder, log),
	})
}
