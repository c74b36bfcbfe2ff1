# Runs its arguments with the password as a line of configuration.
password=`printf %s "$REDIS_PASSWORD" | sed 's/[\\\\"]/\\\\&/g'`
test -n "$password" || {
  echo "the password of Redis is empty" >&2
  exit 1
}
exec "$@" <<CONFIG
requirepass "$password"
CONFIG
