#!/bin/sh
# Runs before nginx is told to stop. From now on nginx asks its clients to come
# back by another connection; by the time it stops, no new one reaches it, and
# the old ones are closed.
touch /tmp/leaving
exec sleep 90
