# Runs before the controller is told to stop. By now the endpoints are
# changing: wait until nobody sends requests, then until what was begun
# is answered, then stop listening for answers.
sleep 50
end=$((`date +%s` + 330))
while [ "`date +%s`" -lt "$end" ]; do
  running=`curl -fsS --max-time 2 http://127.0.0.1:8080/activation/count` || break
  [ "$running" = 0 ] && break
  sleep 1
done
# By standard input, so that the password is in no list of processes.
login=`printf '%s:%s' "$CONFIG_whisk_controller_username" "$CONFIG_whisk_controller_password" | base64 | tr -d '\n'`
printf 'header = "Authorization: Basic %s"\n' "$login" |
  curl -sS --max-time 5 -K - -X POST http://127.0.0.1:8080/disable
exit 0
