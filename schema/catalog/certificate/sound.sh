# Says what is wrong with a server's certificate before it starts with it: the server
# says of most of it nothing, and each client that it has been refused.
# HOST is the name that clients ask for, if it is one alone; PURPOSES are what it must be
# good for, in openssl's words.
# Kubernetes and Flux replace names in dollars, so there are none here but plain ones.
set -eu
certs=/certs
fail() {
  echo "$1" >&2
  exit 1
}

openssl x509 -in $certs/tls.crt -noout -pubkey > /tmp/public 2> /dev/null ||
  fail "Secret $SECRET has no certificate in PEM as tls.crt"
grep -q '^-----BEGIN CERTIFICATE-----' $certs/ca.crt ||
  fail "Secret $SECRET has no ca.crt in PEM: write the certificate of the authority that signed tls.crt"
openssl pkey -in $certs/tls.key -passin pass: -pubout > /tmp/own 2> /dev/null ||
  fail "Secret $SECRET has no private key in PEM as tls.key, or one with a password"
cmp -s /tmp/own /tmp/public ||
  fail "tls.crt and tls.key of Secret $SECRET do not belong together: write the key that the certificate was made with"
openssl x509 -in $certs/tls.crt -noout -checkend 0 > /dev/null ||
  fail "the certificate of Secret $SECRET has run out: have a new one signed, and write it into the Secret"
test -z "$HOST" || openssl x509 -in $certs/tls.crt -noout -checkhost "$HOST" | grep -q 'does match' ||
  fail "the certificate of Secret $SECRET is not for the host $HOST: have one signed with that name among its subjectAltNames"
openssl verify -CAfile $certs/ca.crt -untrusted $certs/tls.crt $certs/tls.crt > /tmp/said 2>&1 ||
  fail "ca.crt of Secret $SECRET is not who signed its tls.crt, so no client would take it: `tail -n 1 /tmp/said`"
for purpose in $PURPOSES; do
  openssl verify -purpose $purpose -CAfile $certs/ca.crt -untrusted $certs/tls.crt $certs/tls.crt > /tmp/said 2>&1 ||
    fail "the certificate of Secret $SECRET may not be used as $purpose: have one signed whose extended key usage has that"
done
