#!/bin/sh
# Stands in for Kafka's script, as kafka-topics.sh beside it does. Configs are
# added in front of those that are there.
echo "kafka-configs $*" >>"$STATE.log"
while [ $# -gt 0 ]; do
    case $1 in
    --entity-name) topic=$2 && shift ;;
    --add-config) added=$2 && shift ;;
    esac
    shift
done
case " $BROKEN " in
*" $topic "*) exit 1 ;;
esac
read -r partitions replicas configs <"$STATE/$topic"
echo "$partitions $replicas $added,$configs" >"$STATE/$topic"
