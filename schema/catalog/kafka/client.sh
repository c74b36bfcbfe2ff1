# Writes what clients of Kafka read of TLS and of their login, each in the words of
# those who read it, into memory that the pod's containers share. So a password is
# neither in a ConfigMap nor on a command line, and may have any character.
#   client.properties  Kafka's scripts, with --command-config
#   jaas.conf          the JVMs of OpenWhisk, which read the rest from variables
#   exporter.args      the exporter of metrics, an argument to a line
#   ca.crt, client.pem what the three name
# Kubernetes and Flux replace names in dollars, so there are none here but plain ones.
set -eu
umask 077
# A byte is a sign.
LC_ALL=C
export LC_ALL
out=/kafka-client
fail() {
  echo "$1" >&2
  exit 1
}

# quoted TEXT puts it between quotes, as JAAS reads it.
quoted() { printf '%s' "$1" | sed 's/[\\"]/\\&/g; s/^/"/; s/$/"/' | tr -d '\n'; }

# sound NAME VALUE refuses what no reader gets as it is.
sound() {
  test -n "$2" || fail "the $1 of Secret $SECRET is empty"
  case $2 in
  *[!\ -~]*) fail "the $1 of Secret $SECRET has more than letters, digits and signs of ASCII, perhaps a line feed at its end: make it anew with printf, which adds none" ;;
  *'$'{*) fail "the $1 of Secret $SECRET has a dollar before a brace, which a JVM would replace: choose another" ;;
  esac
}

login() {
  printf '%s required username=' "$MODULE"
  quoted "$KAFKA_USERNAME"
  printf ' password='
  quoted "$KAFKA_PASSWORD"
  printf ';\n'
}

echo "security.protocol=$PROTOCOL" > $out/client.properties
: > $out/exporter.args

if test -n "$MECHANISM"; then
  sound username "$KAFKA_USERNAME"
  sound password "$KAFKA_PASSWORD"
  { echo 'KafkaClient {'; login; echo '};'; } > $out/jaas.conf
  echo "sasl.mechanism=$MECHANISM" >> $out/client.properties
  # A file of properties reads a backslash as the beginning of another character.
  { printf 'sasl.jaas.config='; login | sed 's/\\/\\\\/g'; } >> $out/client.properties
  printf '%s\n' --sasl.enabled "--sasl.username=$KAFKA_USERNAME" "--sasl.password=$KAFKA_PASSWORD" "--sasl.mechanism=$EXPORTER_MECHANISM" >> $out/exporter.args
fi

case $PROTOCOL in
*SSL)
  echo --tls.enabled >> $out/exporter.args
  if test "$VERIFY" = false; then
    echo 'ssl.endpoint.identification.algorithm=' >> $out/client.properties
    echo --tls.insecure-skip-tls-verify >> $out/exporter.args
  fi
  ;;
esac

if test -n "$CA"; then
  grep -q '^-----BEGIN CERTIFICATE-----' "$CA" || fail "the key $CA_KEY has no certificate in PEM"
  cat "$CA" > $out/ca.crt
  printf '%s\n' ssl.truststore.type=PEM ssl.truststore.location=$out/ca.crt >> $out/client.properties
  echo --tls.ca-file=$out/ca.crt >> $out/exporter.args
fi

# OpenWhisk's clients take a key in PEM only if it has a password, which keeps nobody
# out: who reads the one file reads the other.
if test -n "$CERTIFICATE"; then
  openssl pkcs8 -topk8 -nocrypt -in "$CERTIFICATE.key" -passin pass: -out $out/client.key 2> /dev/null ||
    fail "the key of Secret $CERTIFICATE_SECRET has no private key in PEM, or one with a password"
  openssl x509 -in "$CERTIFICATE.crt" -noout -pubkey > $out/public 2> /dev/null ||
    fail "Secret $CERTIFICATE_SECRET has no certificate in PEM"
  openssl pkey -in $out/client.key -pubout | cmp -s - $out/public ||
    fail "the certificate and the private key of Secret $CERTIFICATE_SECRET do not belong together"
  openssl x509 -in "$CERTIFICATE.crt" -noout -checkend 0 > /dev/null ||
    fail "the certificate of Secret $CERTIFICATE_SECRET has run out"
  rm $out/public
  cat "$CERTIFICATE.crt" > $out/client.crt
  openssl pkcs8 -topk8 -v1 PBE-SHA1-3DES -in $out/client.key -passout "pass:$KEY_PASSWORD" -out $out/client.pem
  cat $out/client.crt >> $out/client.pem
  printf '%s\n' ssl.keystore.type=PEM ssl.keystore.location=$out/client.pem "ssl.key.password=$KEY_PASSWORD" >> $out/client.properties
  printf '%s\n' --tls.cert-file=$out/client.crt --tls.key-file=$out/client.key >> $out/exporter.args
fi
echo "TLS and login of Kafka's clients: $PROTOCOL $MECHANISM"
