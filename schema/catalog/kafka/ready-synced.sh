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
