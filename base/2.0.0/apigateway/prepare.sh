set -e
cp -R /etc/api-gateway/conf.d/. /conf
sed -i 's/listen 80 /listen 8090 /' /conf/default.conf
# The image's own size and time are gone: nginx ends at a directive that is there
# twice, and that of a location wins.
sed -i -e 's/client_max_body_size [^;]*;//' -e 's/proxy_read_timeout [^;]*;//' /conf/managed_endpoints.conf
sed -i 's/listen 8080.*;/& client_max_body_size 1m; proxy_read_timeout 75s;/' /conf/*.conf
awk '/^nameserver/ { list = list " " (index($2, ":") ? "[" $2 "]" : $2) }
  END { print "resolver" list " ipv6=off;" }' /etc/resolv.conf > /conf/includes/resolvers.conf
for name in access error gateway_error management; do
  ln -sf /dev/stderr "/logs/$name.log"
done
