# Says whether a broker is to go on: its port is open, and its certificate is not due.
# One that was renewed is read at a start alone, so each broker ends when its turn
# comes: broker 0 after 10 minutes, the next one 10 minutes later. That is well before
# the old certificate runs out, and long enough for each to be back in sync.
# $1 is the port.
timeout 3 bash -c "true 3<>/dev/tcp/127.0.0.1/$1" 2>/dev/null || {
  echo "this broker accepts no connection"
  exit 1
}
cmp -s /certs/tls.crt /kafka-broker/tls.crt && exit
# Ids of a quorum of its own begin at 100.
turn=$((KAFKA_NODE_ID % 100 * 10 + 10))
# Follows the link: the file is as old as what the kubelet wrote.
test -z "$(find -L /certs/tls.crt -mmin +$turn)" || {
  echo "the certificate was renewed more than $turn minutes ago"
  exit 1
}
