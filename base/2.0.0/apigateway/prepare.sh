set -e
cp -R /etc/api-gateway/conf.d/. /conf
sed -i 's/listen 80 /listen 8090 /' /conf/default.conf
sed -i 's/listen 8080.*;/& client_max_body_size 1m; proxy_read_timeout 75s;/' /conf/*.conf
awk '/^nameserver/ { list = list " " (index($2, ":") ? "[" $2 "]" : $2) }
  END { print "resolver" list " ipv6=off;" }' /etc/resolv.conf > /conf/includes/resolvers.conf
for name in access error gateway_error management; do
  ln -sf /dev/stderr "/logs/$name.log"
done
