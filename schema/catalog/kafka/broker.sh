# Writes what a broker reads of its certificate, and of the login that it asks clients
# for, into memory, and becomes the broker. All is read again at each start, so a
# certificate or a password that is new is in force after one.
#   broker.pem, ca.crt  the certificate with its key, and who signed those of others
#   tls.crt             the certificate that is in use, for the probe that compares
#   peer.properties     how this broker's own probe connects, as a broker
#   jaas.conf           the login
# Kubernetes and Flux replace names in dollars, so there are none here but plain ones.
set -eu
umask 077
LC_ALL=C
export LC_ALL
out=/kafka-broker
fail() {
  echo "$1" >&2
  exit 1
}

# pem FILE WORDS refuses a file without a block of that kind.
pem() { grep -q "^-----BEGIN $2-----" "/certs/$1" 2>/dev/null || fail "the Secret of kafka.tls has no $1 in PEM that begins with BEGIN $2"; }
pem tls.crt CERTIFICATE
pem ca.crt CERTIFICATE
# Of other kinds of key Kafka says only that it cannot read them.
pem tls.key 'PRIVATE KEY'
cat /certs/tls.crt > $out/tls.crt
cat /certs/ca.crt > $out/ca.crt
cat /certs/tls.key $out/tls.crt > $out/broker.pem
cat > $out/peer.properties <<END
security.protocol=SSL
ssl.keystore.type=PEM
ssl.keystore.location=$out/broker.pem
ssl.truststore.type=PEM
ssl.truststore.location=$out/ca.crt
END

if [[ -v LOGIN_PASSWORD ]]; then
  # The name is a part of a word of JAAS, and the password is between its quotes.
  case $LOGIN_USERNAME in
  '' | *[!A-Za-z0-9._-]*) fail "the username of the login at Kafka must be letters, digits, dots, underscores and hyphens" ;;
  esac
  case $LOGIN_PASSWORD in
  '') fail "the password of the login at Kafka is empty" ;;
  *[!\ -~]*) fail "the password of the login at Kafka has more than letters, digits and signs of ASCII, perhaps a line feed at its end: make it anew with printf, which adds none" ;;
  *'$'{*) fail "the password of the login at Kafka has a dollar before a brace, which a JVM would replace: choose another" ;;
  esac
  {
    printf 'KafkaServer {\norg.apache.kafka.common.security.plain.PlainLoginModule required user_%s="' "$LOGIN_USERNAME"
    printf '%s' "$LOGIN_PASSWORD" | sed 's/[\\"]/\\&/g' | tr -d '\n'
    printf '";\n};\n'
  } > $out/jaas.conf
  unset LOGIN_USERNAME LOGIN_PASSWORD
fi
exec /etc/kafka/docker/run
