# Runs before the invoker is told to stop: when it stops, it deletes its action
# pods. It is disabled, so that controllers send no more, and what it has gets its
# time: until nothing runs and nothing waits, or the drain is over.
#
# What runs is a gauge: containers in use, and activations for which there is none
# yet. It is taken every 10 s and shown a second later, so nothing has run for
# certain when none was shown for 12 s. What controllers sent before they took
# note, and what is in the topic, has its 15 s first: an invoker that is silent is
# given up after 10.
# Source: ContainerPool.scala, InvokerSupervision.scala at 2.0.0.
url=http://127.0.0.1:8080
begun=`date +%s`
end=`expr $begun + 330`
worked=`expr $begun + 15`

# It is told again and again: a sign of life that is under way the first time
# makes controllers take the invoker for a new one, test it, and use it.
login=`printf '%s:%s' "$CONFIG_whisk_invoker_username" "$CONFIG_whisk_invoker_password" | base64 | tr -d '\n'`
disable() {
  # By standard input, so that the password is in no list of processes.
  printf 'header = "Authorization: Basic %s"\n' "$login" |
    curl -sS --max-time 2 -K - -X POST $url/disable
}

# An invoker that shows nothing is not idle.
idle() {
  zeros=`curl -sS --max-time 2 $url/metrics | grep -cE '^gauge_containerPool_(activeCount|runBufferCount)_counter 0([.]0+)?$'`
  test "$zeros" -eq 2
}

while now=`date +%s`; test $now -lt $end; do
  disable
  # 7: nobody listens, so nothing can be waited for.
  if test $? -eq 7 && test $now -ge $worked; then exit 0; fi
  if idle; then
    if test `expr $now - $worked` -ge 12; then exit 0; fi
  elif test $now -gt $worked; then
    worked=$now
  fi
  sleep 3
done
