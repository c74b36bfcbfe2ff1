#!/bin/sh
# Runs nginx in the foreground, in the place of this shell, and makes it read
# its certificate again when that changed: nginx reads it once, and a mounted
# Secret is renewed in place.
set -eu
conf=$(dirname "$0")/nginx.conf
certificate=/certs/tls.crt
interval=60

watch() {
    before=$(cksum <"$certificate")
    while sleep "$interval"; do
        now=$(cksum <"$certificate") || continue
        [ "$now" != "$before" ] || continue
        # A certificate that does not load leaves nginx as it is, until the
        # next try.
        if nginx -e stderr -c "$conf" -s reload; then
            echo "certificate changed: nginx reloads" >&2
            before=$now
        fi
    done
}

# A container that starts again in its pod does not go.
rm -f /tmp/leaving
watch &
exec nginx -e stderr -c "$conf" -g 'daemon off;'
