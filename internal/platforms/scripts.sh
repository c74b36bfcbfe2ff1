# ci/{{.Name}}/cluster.sh: makes the cluster, and leads kubectl to it.
set -eu
{{.Cluster}}kubectl wait --for=condition=Ready nodes --all --timeout=10m
--
# ci/{{.Name}}/install.sh: OpenWhisk on the cluster that kubectl leads to. Again, it
# updates what is there, and keeps Secrets.
set -eu
whiskops generate {{.Name}} --check
if ! kubectl -n {{.Readme.Namespace}} get secret nginx-tls >/dev/null 2>&1; then
{{indent .Readme.Secrets "  "}}  work=$(mktemp -d)
  openssl req -x509 -newkey rsa:2048 -nodes -days 90 -subj "/CN={{.Readme.Host}}" \
    -addext "subjectAltName=DNS:{{.Readme.Host}},DNS:*.{{.Readme.Host}}" -keyout "$work/tls.key" -out "$work/tls.crt"
{{- with .PublicSecret}}
  kubectl -n {{$.Readme.Namespace}} create secret tls {{.}} --cert="$work/tls.crt" --key="$work/tls.key"
{{- end}}
  kubectl -n {{.Readme.Namespace}} create secret tls nginx-tls --cert="$work/tls.crt" --key="$work/tls.key"
  rm -r "$work"
fi
# What the cluster shows against what is taken for granted of it.
whiskops preflight {{.Name}} --run
# A Job cannot be changed: the one before goes.
kubectl -n {{.Readme.Namespace}} delete job smoke-test --ignore-not-found
{{.Readme.Apply}}# Each of these comes back when it is up. The smoke test is the last.
{{.Readme.Wait}}kubectl -n {{.Readme.Namespace}} logs -l app.kubernetes.io/name=smoke-test
--
# ci/{{.Name}}/load.sh: one run under load. Its argument is the end of the run's name:
# a commit, or the time.
set -eu
run=load-${1:-$(date +%s)}
kubectl -n {{.Readme.Namespace}} create job "$run" --from=cronjob/load
left=720
until kubectl -n {{.Readme.Namespace}} get job "$run" -o 'jsonpath={.status.conditions[?(@.status=="True")].type}' | grep -q -e Complete -e Failed; do
  left=$((left - 1))
  if [ "$left" -le 0 ]; then
    echo "$run has not ended within an hour" >&2
    exit 2
  fi
  sleep 5
done
kubectl -n {{.Readme.Namespace}} get configmap load-report -o 'jsonpath={.data.report\.json}' >load-report.json || true
kubectl -n {{.Readme.Namespace}} get configmap load-report -o 'jsonpath={.data.report\.svg}' >load-report.svg || true
# of the run's pod, how it ended; nothing, where it was stopped at its deadline.
ended() {
  kubectl -n {{.Readme.Namespace}} get pods -l "batch.kubernetes.io/job-name=$run" -o "jsonpath={.items[*].status.containerStatuses[*].state.terminated.$1}"
}
ended message
code=$(ended exitCode)
if ! grep -q "\"run\": \"$run\"" load-report.json; then
  echo "load-report is of another run" >&2
  exit 2
fi
exit "${code:-2}"
--
# ci/{{.Name}}/remove.sh: the cluster with all that is on it.
set -eu
{{.Remove}}
