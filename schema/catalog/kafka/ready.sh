#!/bin/bash
# A broker is ready when the next one may be stopped, and not when its port is
# open: after a start it lacks what was written meanwhile. So it has to be in sync
# once, and whoever else is needed for one more to be away. From then on an open
# port is enough: what happens to others must not make a broker unready that
# serves, or none of them is ready when all are needed.
#
# A partition without a leader is not waited for: its last holder is away, and
# this broker cannot help. Another broker that is missed and accepts no connection
# is waited for in the first 5 minutes, in which a node comes back, and no longer.

# The image writes this file at each start.
started=/opt/kafka/config/server.properties
once=/tmp/in-sync

# How this broker is asked: as another broker asks it, where broker.sh has written by
# which certificate.
peer=/kafka-broker/peer.properties
set -- --bootstrap-server 127.0.0.1:9092
if [ -e "$peer" ]; then
    set -- --bootstrap-server "$POD_NAME.kafka:9094" --command-config "$peer"
fi

# open HOST says whether a broker accepts connections.
open() { timeout 3 bash -c "true 3<>/dev/tcp/$1/9092" 2>/dev/null; }

# missed prints for each broker that has to catch up its id, one partition, and
# how many more: this one wherever it is a replica, others where no more brokers
# are in sync than a writer needs.
missed() {
    awk -v self="$KAFKA_NODE_ID" -v needed="$KAFKA_MIN_INSYNC_REPLICAS" '
    function after(word, i) {
        for (i = 1; i < NF; i++) if ($i == word) return $(i + 1)
    }
    /PartitionCount:/ {
        min = needed
        if (match($0, /min\.insync\.replicas=[0-9]+/)) min = substr($0, RSTART + 20, RLENGTH - 20)
        next
    }
    /Partition:/ && after("Leader:") ~ /^[0-9]+$/ {
        replicas = split(after("Replicas:"), replica, ",")
        ahead = split(after("Isr:"), isr, ",") > min
        list = "," after("Isr:") ","
        for (i = 1; i <= replicas; i++) {
            id = replica[i]
            if (index(list, "," id ",") || id != self && (ahead || replicas <= min + 0)) continue
            if (!(id in more)) first[id] = after("Topic:") "-" after("Partition:")
            more[id]++
        }
    }
    END { for (id in more) print id, first[id], more[id] - 1 }'
}

open 127.0.0.1 || {
    echo "this broker accepts no connection"
    exit 1
}
if [ "$once" -nt "$started" ]; then
    exit
fi

# More than a second of a processor, and a JVM: hence once.
topics=$(KAFKA_HEAP_OPTS=-Xmx96m KAFKA_JVM_PERFORMANCE_OPTS="-XX:+UseSerialGC -XX:TieredStopAtLevel=1" LOG_DIR=/tmp \
    timeout 25 /opt/kafka/bin/kafka-topics.sh "$@" --describe 2>&1) || {
    echo "this broker does not say which partitions there are: $(printf %s "$topics" | head -c 300)"
    exit 1
}
waits=$(printf '%s\n' "$topics" | missed | while read -r id partition more; do
    what="broker $id is not in sync in $partition and $more more"
    if [ "$id" = "$KAFKA_NODE_ID" ] || open "kafka-$id.kafka"; then
        echo "$what"
    elif [ -n "$(find "$started" -mmin -5)" ]; then
        echo "$what, and accepts no connection"
    fi
done)
if [ -n "$waits" ]; then
    echo "$waits"
    exit 1
fi
touch "$once"
