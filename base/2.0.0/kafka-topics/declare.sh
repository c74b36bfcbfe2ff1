#!/bin/sh
# Keeps Kafka's topics as they are declared, for as long as it runs: makes those
# that are missing, sets what is declared of the others, deletes nothing, and
# looks again after a pause. It may be killed at any moment, or run twice at once.
#
#   KAFKA_HOSTS     bootstrap servers, host:port[,host:port]
#   COMMAND_CONFIG  properties file of Kafka's clients, for TLS and SASL; optional
#   KAFKA_BIN       folder of Kafka's scripts, if not /opt/kafka/bin
#
# The topics stand in the file "topics" beside this one. Kafka's scripts take
# more than a second each: one reads all topics, and then each topic that is
# missing or differs takes one. So the pause is longer where all is right.
#
# In /tmp the file "ready" is there while all is as declared, and "alive" is
# written again after each script and each round.

# Words of Kafka's output are split, and must not be taken for file names.
set -f
topics=$(dirname "$0")/topics
state=/tmp
pause=60
retry=10
bin=/opt/kafka/bin
if [ -n "$KAFKA_BIN" ]; then
    bin=$KAFKA_BIN
fi
if [ -z "$KAFKA_HOSTS" ]; then
    echo "KAFKA_HOSTS is not set" >&2
    exit 2
fi
if [ ! -r "$topics" ]; then
    echo "$topics cannot be read" >&2
    exit 2
fi
# Kafka's scripts make a log folder beside themselves, where nothing can be
# written.
if [ -z "$LOG_DIR" ]; then
    export LOG_DIR=/tmp
fi

# in_background PROGRAM ARGUMENT... runs a program to its end. The shell acts on
# a signal while it waits, and not before a program in front of it ends.
in_background() {
    "$@" </dev/null &
    child=$!
    wait "$child"
}
child=
trap 'if [ -n "$child" ]; then kill "$child" 2>/dev/null; fi; exit 0' TERM

# kafka SCRIPT ARGUMENT... runs one of Kafka's scripts.
kafka() {
    script=$bin/$1
    shift
    if [ -n "$COMMAND_CONFIG" ]; then
        set -- "$@" --command-config "$COMMAND_CONFIG"
    fi
    in_background timeout 120 "$script" --bootstrap-server "$KAFKA_HOSTS" "$@"
    status=$?
    : >"$state/alive"
    return "$status"
}

# line_of TOPIC prints what --describe says of it, or nothing:
# Topic: t  TopicId: i  PartitionCount: 1  ReplicationFactor: 1  Configs: a=1,b=2
line_of() {
    while read -r line; do
        case $line in
        "Topic: $1"[!A-Za-z0-9._-]*PartitionCount:*) echo "$line" ;;
        esac
    done <"$state/described"
}

# after WORD LINE... prints the word that follows WORD.
after() {
    word=$1
    shift
    while [ $# -gt 1 ]; do
        if [ "$1" = "$word" ]; then
            echo "$2"
            return
        fi
        shift
    done
}

# create makes the topic of the variables name, partitions, replicas, config.
create() {
    set -- --create --if-not-exists --topic "$name" --partitions "$partitions" --replication-factor "$replicas"
    IFS=,
    for pair in $config; do
        set -- "$@" --config "$pair"
    done
    unset IFS
    kafka kafka-topics.sh "$@"
}

# differing PRESENT prints the pairs of config that are not in PRESENT, which
# has what is set for the topic or for the brokers, but no defaults of Kafka.
differing() {
    pairs=
    IFS=,
    for pair in $config; do
        case ",$1," in
        *",$pair,"*) ;;
        *) if [ -n "$pairs" ]; then pairs=$pairs,$pair; else pairs=$pair; fi ;;
        esac
    done
    unset IFS
    echo "$pairs"
}

# warn WHAT says what a person has to do, in the first round and after a change.
warn() {
    warnings="$warnings
warning: $1"
}

# compare brings the topic of the variables to its declaration, given its line
# of --describe as words. What moves data is left to a person.
compare() {
    has=$(after PartitionCount: "$@")
    if [ "$has" -lt "$partitions" ]; then
        warn "topic $name has $has partitions, $partitions are declared: add them with kafka-topics.sh --alter --topic $name --partitions $partitions"
    elif [ "$has" -gt "$partitions" ]; then
        warn "topic $name has $has partitions, $partitions are declared, and Kafka takes none away: declare $has, or delete the topic while nothing uses it"
    fi
    has=$(after ReplicationFactor: "$@")
    if [ "$has" != "$replicas" ]; then
        warn "topic $name has replication factor $has, $replicas is declared: change it with kafka-reassign-partitions.sh"
    fi
    pairs=$(differing "$(after Configs: "$@")")
    if [ -n "$pairs" ]; then
        echo "$name: set $pairs"
        kafka kafka-configs.sh --alter --entity-type topics --entity-name "$name" --add-config "$pairs"
    elif [ -z "$told" ]; then
        echo "$name: as declared"
    fi
}

# declare_all is one round.
declare_all() {
    if ! kafka kafka-topics.sh --describe --exclude-internal >"$state/described"; then
        echo "the topics at $KAFKA_HOSTS cannot be read" >&2
        return 1
    fi
    failed=
    warnings=
    while read -r name partitions replicas config <&3; do
        case $name in
        '' | '#'*) continue ;;
        esac
        line=$(line_of "$name")
        if [ -z "$line" ]; then
            echo "$name: make"
            create || failed="$failed $name"
        else
            compare $line || failed="$failed $name"
        fi
    done 3<"$topics"
    if [ "$warnings" != "$warned" ]; then
        printf '%s\n' "$warnings" | sed 1d >&2
        warned=$warnings
    fi
    if [ -n "$failed" ]; then
        echo "not as declared, see above:$failed" >&2
        return 1
    fi
}

# A container that starts again finds what the last one wrote.
rm -f "$state/ready" "$state/alive"
told=
warned=
while :; do
    if declare_all; then
        if [ ! -e "$state/ready" ]; then
            echo "all topics are as declared"
        fi
        told=yes
        : >"$state/ready"
        : >"$state/alive"
        in_background sleep "$pause"
    else
        rm -f "$state/ready"
        : >"$state/alive"
        in_background sleep "$retry"
    fi
done
