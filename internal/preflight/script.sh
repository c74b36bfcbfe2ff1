set -uf
LC_ALL=C
export LC_ALL

context='' kubeconfig=''
while test $# -gt 0; do
  case $1 in
  --context=* | --kubeconfig=*) ;;
  --context | --kubeconfig)
    test $# -gt 1 || { echo "$1 needs a value" >&2; exit 2; }
    option=$1 value=$2
    shift 2
    set -- "$option=$value" "$@"
    ;;
  *) echo "usage: sh FILE [--context NAME] [--kubeconfig FILE]" >&2; exit 2 ;;
  esac
  case $1 in
  --context=*) context=${1#*=} ;;
  *) kubeconfig=${1#*=} ;;
  esac
  shift
done

program=$(command -v kubectl) || { echo "kubectl is not in the path" >&2; exit 2; }
child=''

# Each request takes ten seconds at most, and nothing is read from the terminal. It
# runs beside the script, so that a signal ends both.
kubectl() {
  "$program" ${context:+"--context=$context"} ${kubeconfig:+"--kubeconfig=$kubeconfig"} \
    --request-timeout=10s "$@" </dev/null &
  child=$!
  wait "$child"
}

work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
trap 'test -z "$child" || kill "$child" 2>/dev/null; exit 2' HUP INT TERM
shown=$work/shown said=$work/said
fine=0 wrong=0 unasked=0 look=0

# fact begins one: its name, what must be so, and why.
fact() {
  name=$1 must=$2 why=$3
  status=0 unsure='' first=''
  : >"$shown"
  : >"$said"
}

failed() { status=1; }

# A line of what kubectl showed, or said on standard error, without what would move
# a terminal's cursor.
brief() { tr '\t\n' '  ' <"$1" | tr -d '\000-\037\177' | sed 's/^ *//; s/ *$//; s/  */ /g' | cut -c1-160; }

fine() {
  fine=$((fine + 1))
  printf 'ok       %s: %s\n' "$name" "$must"
}

wrong() {
  wrong=$((wrong + 1))
  shows=$(brief "$shown")
  printf 'wrong    %s: %s; shown: %s\n         %s\n' "$name" "$must" "${shows:-nothing}" "$why"
}

unasked() {
  unasked=$((unasked + 1))
  printf 'unasked  %s: %s; kubectl: %s\n         %s\n' "$name" "$must" "$(brief "$said")" "$why"
}

person() {
  look=$((look + 1))
  shows=$(brief "$shown")
  printf 'look     %s: %s%s\n         %s\n' "$name" "$must" "${shows:+; shown: $shows}" "$why"
}

words() { tr '\t ,' '\n\n\n' <"$shown" | sed '/^$/d'; }

# has WORD LIST...: whether a word is in a list.
has() {
  wanted=$1
  shift
  for word in "$@"; do test "$word" = "$wanted" && return 0; done
  return 1
}

found() { test -n "$(words)"; }

equals() { test "$(words)" = "$*"; }

among() {
  found || return 1
  for w in $(words); do has "$w" "$@" || return 1; done
}

includes() {
  for w in "$@"; do words | grep -Fqx -e "$w" || return 1; done
}

some() {
  for w in $(words); do has "$w" "$@" && return 0; done
  return 1
}

matches() { grep -Eq -e "$1" "$shown"; }

lacks() { ! matches "$1"; }

each() {
  found || return 1
  lines=$(grep -c . "$shown")
  for w in "$@"; do
    test "$(tr ',' ' ' <"$shown" | awk -v w="$w" '{ for (i = 1; i <= NF; i++) if ($i == w) { print; next } }' | grep -c .)" -eq "$lines" || return 1
  done
}

distinct() { test "$(words | sort -u | grep -c .)" -ge "$1"; }

release() {
  minors=$(grep -Eo 'v1[.][0-9]+' "$shown" | sed 's/v1[.]//')
  test -n "$minors" || return 1
  for w in $minors; do test "$w" -ge "$1" || return 1; done
}

# rows N QUANTITY...: so many lines have at least these in their columns.
rows() {
  awk -v wanted="$*" '
    function amount(q, n, unit) {
      n = q + 0
      unit = q
      sub(/^[0-9.]+/, "", unit)
      return n * (unit == "" ? 1 : factor[unit])
    }
    BEGIN {
      factor["m"] = 0.001; factor["k"] = 1000; factor["M"] = 1000000; factor["G"] = 1000000000; factor["T"] = 1000000000000
      factor["Ki"] = 1024; factor["Mi"] = 1048576; factor["Gi"] = 1073741824; factor["Ti"] = 1099511627776
      columns = split(wanted, want, " ") - 1
    }
    NF {
      for (i = 1; i <= columns; i++) if (amount($i) < amount(want[i + 1])) next
      n++
    }
    END { exit n < want[1] }' "$shown"
}

# within RANGE...: each address, and each range, is in one of them.
within() {
  found || return 1
  words | awk -v ranges="$*" '
    function number(address, part) {
      if (split(address, part, ".") != 4) return -1
      return ((part[1] * 256 + part[2]) * 256 + part[3]) * 256 + part[4]
    }
    BEGIN { n = split(ranges, range, " ") }
    {
      inside = 0
      bits = split($1, is, "/") == 2 ? is[2] : 32
      for (i = 1; i <= n; i++) {
        split(range[i], of, "/")
        size = 1 # busybox may have no powers
        for (b = of[2]; b < 32; b++) size *= 2
        if (number(is[1]) >= 0 && bits >= of[2] + 0 && int(number(is[1]) / size) == int(number(of[1]) / size)) inside = 1
      }
      if (!inside) outside = 1
    }
    END { exit outside }'
}

# lasts DAYS: what is shown are certificates, and each is valid so long. Then their ends
# are shown in their place: it may be anything that a Secret has.
lasts() {
  cp "$shown" "$work/pem"
  : >"$shown"
  command -v openssl >/dev/null || { unsure=unshown; return 1; }
  n=$(grep -c 'BEGIN CERTIFICATE' "$work/pem") good=0 i=0
  while test $i -lt $n; do
    i=$((i + 1))
    awk -v n=$i '/BEGIN CERTIFICATE/ { c++ } c == n { print } /END CERTIFICATE/ && c == n { exit }' "$work/pem" >"$work/one"
    openssl x509 -in "$work/one" -noout -enddate >>"$shown" 2>/dev/null &&
      openssl x509 -in "$work/one" -noout -checkend $(($1 * 86400)) >/dev/null 2>&1 && good=$((good + 1))
  done
  rm -f "$work/pem" "$work/one"
  test $n -gt 0 && test $good -eq $n
}

# judge WAY WANTED...: what the last command showed, or that it showed nothing. An
# object or a kind that is not there is an answer.
judge() {
  if test $status -ne 0 && ! grep -Eq "\(NotFound\)|doesn't have a resource type" "$said"; then
    if test -n "$unsure"; then person; else unasked; fi
  elif "$@"; then
    fine
  elif test "$unsure" = unshown; then
    person
  else
    wrong
  fi
}

summary() {
  printf '\n%d fine, %d wrong, %d that kubectl may not ask, %d to be looked at by a person\n' $fine $wrong $unasked $look
  test $((wrong + unasked)) -eq 0 || exit 1
}

kubectl get --raw /version >"$shown" 2>"$said" || { echo "kubectl reaches no cluster: $(brief "$said")" >&2; exit 2; }
