#!/bin/sh
# Declares Kafka's topics: makes those that are missing, sets what is declared
# of the others, and deletes nothing. It may run as often as one likes.
#
#   KAFKA_HOSTS     bootstrap servers, host:port[,host:port]
#   COMMAND_CONFIG  properties file of Kafka's clients, for TLS and SASL; optional
#   KAFKA_BIN       folder of Kafka's scripts, if not /opt/kafka/bin
#
# The topics stand in the file "topics" beside this one. Kafka's scripts take
# more than a second each: one reads all topics, and then each topic that is
# missing or differs takes one.

# Words of Kafka's output are split, and must not be taken for file names.
set -f
topics=$(dirname "$0")/topics
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

# kafka SCRIPT ARGUMENT... runs one of Kafka's scripts.
kafka() {
    script=$bin/$1
    shift
    if [ -n "$COMMAND_CONFIG" ]; then
        set -- "$@" --command-config "$COMMAND_CONFIG"
    fi
    "$script" --bootstrap-server "$KAFKA_HOSTS" "$@" </dev/null
}

# line_of TOPIC prints what --describe says of it, or nothing:
# Topic: t  TopicId: i  PartitionCount: 1  ReplicationFactor: 1  Configs: a=1,b=2
line_of() {
    printf '%s\n' "$described" | while read -r line; do
        case $line in
        "Topic: $1"[!A-Za-z0-9._-]*PartitionCount:*) echo "$line" ;;
        esac
    done
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

# compare brings the topic of the variables to its declaration, given its line
# of --describe as words. What moves data is left to a person.
compare() {
    has=$(after PartitionCount: "$@")
    if [ "$has" -lt "$partitions" ]; then
        echo "warning: topic $name has $has partitions, $partitions are declared: add them with kafka-topics.sh --alter --topic $name --partitions $partitions" >&2
    elif [ "$has" -gt "$partitions" ]; then
        echo "warning: topic $name has $has partitions, $partitions are declared, and Kafka takes none away: declare $has, or delete the topic while nothing uses it" >&2
    fi
    has=$(after ReplicationFactor: "$@")
    if [ "$has" != "$replicas" ]; then
        echo "warning: topic $name has replication factor $has, $replicas is declared: change it with kafka-reassign-partitions.sh" >&2
    fi
    pairs=$(differing "$(after Configs: "$@")")
    if [ -z "$pairs" ]; then
        echo "$name: as declared"
    else
        echo "$name: set $pairs"
        kafka kafka-configs.sh --alter --entity-type topics --entity-name "$name" --add-config "$pairs"
    fi
}

if ! described=$(kafka kafka-topics.sh --describe --exclude-internal); then
    echo "the topics at $KAFKA_HOSTS cannot be read" >&2
    exit 1
fi

failed=
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

if [ -n "$failed" ]; then
    echo "not as declared, see above:$failed" >&2
    exit 1
fi
