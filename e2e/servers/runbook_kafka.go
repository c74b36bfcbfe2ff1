package servers

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/whiskops/whiskops/e2e/servers/podproc"
)

// RunbookKafka breaks brokers and topics, and follows the page.
func RunbookKafka(r *Run) error {
	b, err := newBrokers(r)
	if err != nil {
		return err
	}
	d, err := newDesk(r)
	if err != nil {
		return err
	}
	p := &kafkaPage{brokers: b, desk: d}
	for _, step := range []struct {
		name  string
		check func() error
	}{
		{"start", b.begin}, {"tools", p.tooling}, {"topics", p.topics}, {"disk", p.disk}, {"lag", p.lag}, {"deleted topics", p.deleted}, {"quorum", p.quorum},
	} {
		if err := step.check(); err != nil {
			return fmt.Errorf("runbook: %s: %w", step.name, err)
		}
	}
	return nil
}

// kafkaPage is the page about Kafka.
type kafkaPage struct {
	*brokers
	*desk
	declaring *podproc.Process
}

// tooling leads exec to the pods' programs.
func (p *kafkaPage) tooling() error {
	bin := strings.ReplaceAll(p.tools.folder+"/bin/", "&", `\&`)
	text := fmt.Sprintf("#!/bin/bash\nexport KAFKA_HOSTS='%s' KAFKA_HEAP_OPTS=-Xmx128m\nexec \"${@//\\/opt\\/kafka\\/bin\\//%s}\"\n", p.bootstrap, bin)
	if err := p.program("exec/deployment_kafka-topics", text); err != nil {
		return err
	}
	for i, pod := range p.pods {
		text := fmt.Sprintf("#!/bin/bash\nexec \"${@/#\\/var\\/lib\\/kafka\\/data/%s}\"\n", pod.Path("/var/lib/kafka/data"))
		if err := p.program(fmt.Sprintf("exec/kafka-%d", i), text); err != nil {
			return err
		}
	}
	return nil
}

// topics are declared, and the page shows it.
func (p *kafkaPage) topics() error {
	pod, err := p.topicsPod()
	if err != nil {
		return err
	}
	if p.declaring, err = pod.Start(kafkaTopics); err != nil {
		return err
	}
	return eventually(p.brokers.run.Context, 2*time.Minute, func() error { return p.said("all topics are as declared") })
}

// said looks at what declares topics.
func (p *kafkaPage) said(want string) error {
	if err := p.log("deployment/kafka-topics", p.declaring.Log()); err != nil {
		return err
	}
	out, err := p.look("pod-init", "deployment/kafka-topics")
	if err != nil {
		return err
	}
	return shown(out, want)
}

func (p *kafkaPage) disk() error {
	out, err := p.look("broker-disk-full", "df -h")
	if err != nil {
		return err
	}
	if lines := strings.Count(out, "%\n") + strings.Count(out, "% "); lines < len(p.pods) {
		return fmt.Errorf("%d brokers, and df shows: %s", len(p.pods), out)
	}
	return nil
}

// lag of an invoker that stopped in the middle, and that goes on.
func (p *kafkaPage) lag() error {
	const topic = "invoker0"
	ctx := p.brokers.run.Context
	write := func(n int) error {
		_, err := p.tools.run(ctx, "kafka-verifiable-producer.sh", "--bootstrap-server", p.bootstrap, "--topic", topic, "--max-messages", fmt.Sprint(n), "--acks", "-1")
		return err
	}
	take := func(n int) error {
		_, err := p.tools.run(ctx, "kafka-console-consumer.sh", "--bootstrap-server", p.bootstrap, "--topic", topic, "--group", topic,
			"--from-beginning", "--max-messages", fmt.Sprint(n), "--timeout-ms", "30000", "--consumer-property", "max.poll.records=1")
		return err
	}
	if err := write(40); err != nil {
		return err
	}
	// One is taken, and the others wait.
	if err := take(1); err != nil {
		return err
	}
	behind := regexp.MustCompile(`(?m)^invoker0\s+invoker0\s+0\s+\d+\s+40\s+(\d+)\s`)
	look := func() (string, error) {
		out, err := p.look("topic-lag", "kafka-consumer-groups.sh")
		if err != nil {
			return "", err
		}
		m := behind.FindStringSubmatch(out)
		if m == nil {
			return "", fmt.Errorf("the topic is not shown: %s", out)
		}
		return m[1], nil
	}
	lag, err := look()
	if err != nil || lag != "39" {
		return wrong(err, "39 messages wait, and LAG is %q", lag)
	}
	if err := take(39); err != nil {
		return err
	}
	if lag, err = look(); err != nil || lag != "0" {
		return wrong(err, "all is taken, and LAG is %q", lag)
	}
	p.brokers.run.proved(kafkaServer, "runbook, topic-lag: of 40 activations in an invoker's topic the page's command shows 39 that wait, and none when the invoker has gone on")
	return nil
}

// deleted topics are made again, and the page shows it.
func (p *kafkaPage) deleted() error {
	if _, err := p.tools.run(p.brokers.run.Context, "kafka-topics.sh", "--bootstrap-server", p.bootstrap, "--delete", "--topic", "health"); err != nil {
		return err
	}
	mark := len(p.declaring.Log())
	err := eventually(p.brokers.run.Context, 3*time.Minute, func() error {
		if !strings.Contains(p.declaring.Log()[mark:], "health: make") {
			return fmt.Errorf("topic health is not made again: %s", tail(p.declaring.Log()))
		}
		return p.said("health: make")
	})
	if err == nil {
		p.brokers.run.proved(kafkaServer, "runbook, pod-init: a deleted topic is made again, and the page's command says so")
	}
	return err
}

// quorum with a broker away, with most away, and with all back.
func (p *kafkaPage) quorum() error {
	if len(p.pods) < 3 {
		return nil
	}
	atRisk := func() (string, error) { return p.look("quorum-at-risk", "--at-min-isr-partitions") }
	out, err := atRisk()
	if err != nil || strings.Contains(out, "Topic:") {
		return wrong(err, "all brokers are in sync, and the page shows %s", out)
	}
	if out, err = p.look("quorum-at-risk", "kafka-metadata-quorum.sh"); err != nil {
		return err
	}
	if err := shown(out, "LeaderId:", "MaxFollowerLagTimeMs:"); err != nil {
		return err
	}
	last := len(p.pods) - 1
	p.processes[last].Kill()
	if err := eventually(p.brokers.run.Context, time.Minute, func() error {
		out, err := atRisk()
		if err != nil {
			return err
		}
		return shown(out, "Topic: health")
	}); err != nil {
		return err
	}
	p.processes[last-1].Kill()
	ctx, cancel := context.WithTimeout(p.brokers.run.Context, 90*time.Second)
	defer cancel()
	if out, said, err := p.shell.Run(ctx, p.command("kafka-metadata-quorum.sh"), nil); err == nil && regexp.MustCompile(`LeaderId:\s+\d`).MatchString(out) {
		return fmt.Errorf("one voter of %d is left, and the page shows a leader: %s%s", len(p.pods), out, said)
	} else {
		p.brokers.run.Print(fmt.Sprintf("%s: without a majority: %v\n%s%s", p.brokers.run.Env.Name, err, out, said))
	}
	for _, i := range []int{last - 1, last} {
		if err := p.again(i); err != nil {
			return err
		}
	}
	if err := eventually(p.brokers.run.Context, 2*time.Minute, func() error {
		out, err := atRisk()
		if err != nil || strings.Contains(out, "Topic:") {
			return wrong(err, "all brokers are back, and the page shows %s", out)
		}
		return nil
	}); err != nil {
		return err
	}
	p.brokers.run.proved(kafkaServer, "runbook, quorum-at-risk: the page's commands show partitions that no other broker may be taken from, a lost majority, and nothing when all are back")
	return nil
}

func (p *kafkaPage) command(has string) string {
	for _, c := range p.commands {
		if c.Symptom == "quorum-at-risk" && strings.Contains(c.Run, has) {
			return c.Run
		}
	}
	return "exit 1"
}
