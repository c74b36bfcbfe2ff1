# Tells whether Redis answers a client that judges its certificate, and before has it take
# one that was renewed.
cat /certs/tls.crt /certs/ca.crt > /tmp/taking
cmp -s /tmp/taking /tmp/taken || {
  said=`redis-cli --tls --insecure CONFIG SET tls-cert-file /certs/tls.crt tls-key-file /certs/tls.key tls-ca-cert-file /certs/ca.crt`
  case $said in
  OK) mv /tmp/taking /tmp/taken ;;
  *) echo "Redis does not take the certificate of its Secret: $said" ;;
  esac
}
redis-cli --tls --cacert /certs/ca.crt PING | grep -q PONG
