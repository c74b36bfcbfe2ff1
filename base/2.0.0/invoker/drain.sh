# Runs before the invoker is told to stop: when it stops, it deletes its
# action pods. It is disabled, so that controllers send no more, and what
# it has begun gets its time.
# By standard input, so that the password is in no list of processes.
login=`printf '%s:%s' "$CONFIG_whisk_invoker_username" "$CONFIG_whisk_invoker_password" | base64 | tr -d '\n'`
printf 'header = "Authorization: Basic %s"\n' "$login" |
  curl -sS --max-time 5 -K - -X POST http://127.0.0.1:8080/disable
sleep 330
