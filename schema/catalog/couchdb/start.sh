# Starts CouchDB as a node of a cluster, by its image's own entrypoint.
#
#   POD_NAME      its name, of which the node's is made
#   NODE_COOKIE   what nodes know each other by
set -eu

# Erlang wants the cookie in a file that nobody else can read.
export HOME=/tmp
rm -f /tmp/.erlang.cookie
(umask 277 && printf %s "$NODE_COOKIE" > /tmp/.erlang.cookie)

# All nodes must have these alike: sessions of one count at the others, and what
# replicates from the cluster knows it by one name. Neither tells the cookie.
secret=$(printf 'session %s' "$NODE_COOKIE" | sha256sum | cut -c1-64)
uuid=$(printf 'uuid %s' "$NODE_COOKIE" | sha256sum | cut -c1-32)
printf '[chttpd_auth]\nsecret = %s\n\n[couchdb]\nuuid = %s\n' "$secret" "$uuid" > /opt/couchdb/etc/local.d/10-node.ini
unset NODE_COOKIE secret uuid

# Whether this disk has everything is written on it: couchdb-cluster sets the last
# of all settings, which CouchDB writes to the last of its files. A disk that says
# nothing has nothing, or is that of a single node. What else was set goes: the
# administrator's password is the Secret's.
state=/opt/couchdb/data/node.ini
maintenance=true
if grep -qs '^maintenance_mode = false' $state; then
  maintenance=false
fi
printf '[couchdb]\nmaintenance_mode = %s\n' $maintenance > $state.new
mv $state.new $state
ln -sf $state /opt/couchdb/etc/local.d/zz-node.ini

# The node listens on the one port on which it looks for others, and asks no epmd.
more=$(printenv ERL_FLAGS || true)
export ERL_FLAGS="-name couchdb@$POD_NAME.couchdb -start_epmd false -erl_epmd_port 9100 -kernel inet_dist_listen_min 9100 inet_dist_listen_max 9100 $more"
exec /docker-entrypoint.sh /opt/couchdb/bin/couchdb
