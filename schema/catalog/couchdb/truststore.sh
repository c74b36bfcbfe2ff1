# Makes a JVM's store of authorities: those that it knows itself, and those of the
# file CA, which may be several. keytool takes one at a time.
set -eu
store=/truststore/cacerts
home=`java -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java.home = //p'`
cp "$home/lib/security/cacerts" $store
chmod u+w $store
awk '/^-----BEGIN CERTIFICATE-----/ { n++; on = 1 } on { print > ("/tmp/" n ".pem") } /^-----END CERTIFICATE-----/ { on = 0; close("/tmp/" n ".pem") }' "$CA"
n=0
for file in /tmp/*.pem; do
  test -e "$file" || {
    echo "$CA has no certificate in PEM" >&2
    exit 1
  }
  n=`expr $n + 1`
  keytool -importcert -noprompt -keystore $store -storepass changeit -alias whiskops-$n -file "$file"
done
