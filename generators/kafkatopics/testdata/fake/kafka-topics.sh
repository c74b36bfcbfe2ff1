#!/bin/sh
# Stands in for Kafka's script: a file "<topic>" in $STATE is a topic, with the
# line "partitions replicas configs". Topics in $BROKEN cannot be made.
echo "kafka-topics $*" >>"$STATE.log"
shift 2
command=$1
shift
case $command in
--describe)
    [ "$BROKEN" != describe ] || exit 1
    for file in "$STATE"/*; do
        [ -f "$file" ] || continue
        topic=$(basename "$file")
        read -r partitions replicas configs <"$file"
        printf 'Topic: %s\tTopicId: AbC-_1\tPartitionCount: %s\tReplicationFactor: %s\tConfigs: %s\n' "$topic" "$partitions" "$replicas" "$configs"
        printf '\tTopic: %s\tPartition: 0\tLeader: 1\tReplicas: 1\tIsr: 1\n' "$topic"
    done
    ;;
--create)
    configs=
    while [ $# -gt 0 ]; do
        case $1 in
        --topic) topic=$2 && shift ;;
        --partitions) partitions=$2 && shift ;;
        --replication-factor) replicas=$2 && shift ;;
        --config) configs=$configs${configs:+,}$2 && shift ;;
        esac
        shift
    done
    case " $BROKEN " in
    *" $topic "*) echo "Error while executing topic command : no" >&2 && exit 1 ;;
    esac
    echo "$partitions $replicas $configs" >"$STATE/$topic"
    echo "Created topic $topic."
    ;;
*) exit 64 ;;
esac
