package servers

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/whiskops/whiskops/e2e/servers/podproc"
	"github.com/whiskops/whiskops/e2e/servers/programs"
)

// redisPassword has what a configuration file, a shell or nginx would take for
// something else.
const redisPassword = `r'e $d"i\s %;#{}`

// streamModule of Debian's nginx, which the image has inside.
const streamModule = "/usr/lib/nginx/modules/ngx_stream_module.so"

// RedisOutside proves that the proxy beside a client reaches a Redis that wants TLS
// and a password, and no other.
func RedisOutside(r *Run) error {
	if err := redisOutside(r); err != nil {
		return fmt.Errorf("redis outside: %w", err)
	}
	return nil
}

func redisOutside(r *Run) error {
	if err := programs.Need("redis-server", "redis-cli", "nginx"); err != nil {
		return err
	}
	if _, err := os.Stat(streamModule); err != nil {
		return fmt.Errorf("%w: %s (apt-get install libnginx-mod-stream)", programs.ErrMissing, streamModule)
	}
	signer, err := newAuthority("caches")
	if err != nil {
		return err
	}
	stranger, err := newAuthority("strangers")
	if err != nil {
		return err
	}
	server, err := r.redisOverTLS(signer, "redis.example.com")
	if err != nil {
		return err
	}
	other, err := r.redisOverTLS(signer, "other.example.com")
	if err != nil {
		return err
	}
	for _, component := range []string{"apigateway", "redis-exporter"} {
		for _, tt := range []struct {
			what, server, authority string
			answers                 bool
		}{
			{"the server", server, signer.PEM, true},
			{"a server of another name", other, signer.PEM, false},
			{"another authority", server, stranger.PEM, false},
		} {
			if err := r.throughProxy(component, tt.server, tt.authority, tt.answers); err != nil {
				return fmt.Errorf("%s: %s: %w", component, tt.what, err)
			}
		}
	}
	r.proved(programs.Version("redis-server", "--version"), "the proxy beside the API gateway and beside redis-exporter reaches a Redis with TLS and a password of all kinds of signs, and none whose certificate is for another name or of another authority")
	return r.redisExporter(server, signer.PEM)
}

// strangers are refused by a Redis that has a password, and their command lines do not
// show it.
func (r *Run) strangers(pod *podproc.Pod, ip string) error {
	env, err := pod.Environment("redis")
	if err != nil || env["REDIS_PASSWORD"] == "" {
		return err
	}
	said, err := pod.Exec(r.Context, "redis", []string{"env", "-u", "REDISCLI_AUTH", "redis-cli", "-h", ip, "DBSIZE"})
	if err != nil || !strings.Contains(said, "NOAUTH") {
		return wrong(err, "without a password Redis says %q", said)
	}
	r.proved(programs.Version("redis-server", "--version"), "without the password Redis answers nobody")
	return nil
}

// redisOverTLS is a server with a certificate for a name, and its address.
func (r *Run) redisOverTLS(a *authority, name string) (string, error) {
	ip, err := r.addresses(6381)
	if err != nil {
		return "", err
	}
	crt, key, err := a.sign(name)
	if err != nil {
		return "", err
	}
	folder, err := r.Guard.Folder("redis-outside")
	if err != nil {
		return "", err
	}
	for file, text := range map[string]string{
		"tls.crt": crt, "tls.key": key, "ca.crt": a.PEM,
		"redis.conf": "requirepass \"" + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(redisPassword) + "\"\n",
	} {
		if err := os.WriteFile(filepath.Join(folder, file), []byte(text), 0o600); err != nil {
			return "", err
		}
	}
	in := func(file string) string { return filepath.Join(folder, file) }
	_, err = r.Guard.Start(podproc.Command{
		Name: "Redis outside", Env: os.Environ(), Log: in("redis.log"),
		Args: []string{"redis-server", in("redis.conf"), "--bind", ip, "--port", "0", "--tls-port", "6381", "--save", "", "--dir", folder,
			"--tls-cert-file", in("tls.crt"), "--tls-key-file", in("tls.key"), "--tls-ca-cert-file", in("ca.crt"), "--tls-auth-clients", "no"},
	})
	return ip, err
}

// proxied is a pod of a component whose proxy runs, and where that listens.
func (r *Run) proxied(component, server, authority string) (*podproc.Pod, *podproc.Process, string, error) {
	ip, err := r.addresses(6380)
	if err != nil {
		return nil, nil, "", err
	}
	pod, err := r.pod(podproc.Options{
		Component: component, IP: ip, Secrets: map[string]map[string]string{"redis-ca": {"ca.crt": authority}, "redis-tls": {"ca.crt": authority}},
		Rules: []podproc.Rule{
			{In: "command", From: "worker_processes 1;", To: "load_module " + streamModule + ";\nworker_processes 1;"},
			// Nobody here answers for the cluster's names.
			{In: "command", From: "resolver kube-dns.kube-system.svc.cluster.local", To: "resolver 127.0.0.1"},
			{In: "command", From: "redis.example.com:6381", To: server + ":6381"},
			{In: "command", From: r.fqdn("redis") + ":6379", To: server + ":6379"},
			{In: "command", From: "listen 127.0.0.1:", To: "listen " + ip + ":"},
			{In: "env REDIS_ADDR", From: "127.0.0.1", To: ip},
		},
	})
	if err != nil {
		return nil, nil, "", err
	}
	process, err := pod.Start("redis-tls")
	if err != nil {
		return nil, nil, "", err
	}
	if err := r.probesPass(pod, "redis-tls", 20*time.Second); err != nil {
		return nil, nil, "", fmt.Errorf("%w\n%s", err, tail(process.Log()))
	}
	return pod, process, ip, nil
}

// throughProxy asks the server as the component would.
func (r *Run) throughProxy(component, server, authority string, answers bool) error {
	pod, process, ip, err := r.proxied(component, server, authority)
	if err != nil {
		return err
	}
	defer process.Kill()
	ask := func() error {
		// The client's own password is in the variable that it reads.
		said, err := pod.Exec(r.Context, component, []string{"sh", "-c", `REDISCLI_AUTH="$REDIS_PASS$REDIS_PASSWORD" redis-cli -h ` + ip + ` -p 6380 ping`})
		if err == nil && strings.TrimSpace(said) != "PONG" {
			err = fmt.Errorf("PING: %q", said)
		}
		return err
	}
	if answers {
		err = eventually(r.Context, 10*time.Second, ask)
	} else if ask() == nil {
		err = errors.New("it answers")
	} else if !strings.Contains(process.Log(), "certificate") {
		err = fmt.Errorf("the log does not speak of a certificate: %s", tail(process.Log()))
	}
	if err != nil {
		return fmt.Errorf("%w\n%s", err, tail(process.Log()))
	}
	return nil
}

// redisExporter reads through the proxy, if the program is there.
func (r *Run) redisExporter(server, authority string) error {
	const program = "prometheus-redis-exporter"
	if err := programs.Need(program, "curl"); err != nil {
		r.notRun(err.Error(), []string{"redis-exporter says what it reads through the proxy"})
		return nil
	}
	pod, proxy, _, err := r.proxied("redis-exporter", server, authority)
	if err != nil {
		return err
	}
	defer proxy.Kill()
	said, err := pod.Exec(r.Context, "redis-exporter", []string{"sh", "-c",
		program + " -web.listen-address " + pod.IP() + `:9121 >/dev/null 2>&1 & until curl -fsS http://` + pod.IP() + `:9121/metrics; do sleep 0.2; done; kill %1 $!`})
	if !strings.Contains(said, "redis_up 1\n") {
		return wrong(err, "it does not show the server: %s", tail(said))
	}
	r.proved(programs.Version(program, "--version"), "redis-exporter shows a Redis with TLS and a password")
	return nil
}
