#!/bin/sh
# Makes an action, invokes it and deletes it through the REST API, as a user
# does. When the answer is right, nginx, a controller, CouchDB, Kafka, an
# invoker and a runtime work together.
#
#   API_URL   of the REST API: http://host/api/v1
#   KEY_FILE  with a subject's key, uuid:key, if not /secrets/subjects/guest
#   PATIENCE  seconds for all of it, if not 600: invokers take time to come up
#
# The key reaches curl through a pipe: arguments can be seen, and logs read.
action=whiskops-smoke
answer=/tmp/answer
key_file=/secrets/subjects/guest
patience=600
if [ -n "$KEY_FILE" ]; then
    key_file=$KEY_FILE
fi
if [ -n "$PATIENCE" ]; then
    patience=$PATIENCE
fi
if [ -z "$API_URL" ]; then
    echo "API_URL is not set" >&2
    exit 2
fi
# A file may end without a line feed: read fails then, and has the key.
read -r key <"$key_file"
if [ -z "$key" ]; then
    echo "$key_file has no key" >&2
    exit 2
fi

# request METHOD QUERY [BODY] sends a request about the action, sets status to
# the HTTP status, or 000, and leaves the answer in its file.
request() {
    : >"$answer"
    url=$API_URL/namespaces/_/actions/$action$2
    if [ $# -gt 2 ]; then
        set -- "$1" --header "Content-Type: application/json" --data "$3"
    else
        set -- "$1"
    fi
    status=$(printf 'user = "%s"\n' "$key" |
        curl --config - --silent --show-error --max-time 80 --output "$answer" --write-out '%{http_code}' --request "$@" "$url")
}

# report WHAT prints a status that is not what was hoped for.
report() {
    echo "$1: status $status $(head -c 300 "$answer" | tr '\n' ' ')"
}

made=
# attempt makes the action, once, and asks it for a sum.
attempt() {
    if [ -z "$made" ]; then
        request PUT '?overwrite=true' '{"exec":{"kind":"nodejs:default","code":"function main(n) { return {sum: n.a + n.b} }"}}'
        if [ "$status" != 200 ]; then
            report "make the action"
            return 1
        fi
        made=yes
        echo "make the action: done"
    fi
    request POST '?blocking=true&result=true' '{"a":19,"b":23}'
    if [ "$status" != 200 ] || [ "$(tr -d ' \r\n' <"$answer")" != '{"sum":42}' ]; then
        report "invoke it"
        return 1
    fi
    echo "invoke it: done"
}

deadline=$(($(date +%s) + patience))
until attempt; do
    if [ "$(date +%s)" -ge "$deadline" ]; then
        echo "not within $patience seconds" >&2
        if [ -n "$made" ]; then
            request DELETE ''
        fi
        exit 1
    fi
    sleep 5
done
request DELETE ''
if [ "$status" != 200 ]; then
    report "delete it"
    exit 1
fi
echo "delete it: done"
