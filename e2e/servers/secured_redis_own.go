package servers

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/whiskops/whiskops/e2e/servers/podproc"
	"github.com/whiskops/whiskops/e2e/servers/programs"
)

const ownRedis = "redis-server, with redis.tls and a password"

// securedRedis is an environment's own Redis, with a certificate and a password.
type securedRedis struct {
	*Run
	authority *authority
	pod       *podproc.Pod
	process   *podproc.Process
	ip        string
}

// RedisSecured proves that an own Redis with redis.tls starts with a certificate that is
// good and says what is wrong with another, serves its clients through their proxies
// and nobody in plain text, and takes a renewed certificate without a restart.
func RedisSecured(r *Run) error {
	s := &securedRedis{Run: r}
	for _, step := range []struct {
		name  string
		check func() error
	}{
		{"prepare", s.prepare}, {"bad certificates", s.refused}, {"start", s.begin}, {"plain text", s.inTheOpen},
		{"clients", s.clients}, {"renewal", s.renewed}, {"authority", s.rolled},
	} {
		if err := step.check(); err != nil {
			return fmt.Errorf("redis secured: %s: %w", step.name, err)
		}
	}
	return s.pod.Checked()
}

func (s *securedRedis) prepare() error {
	if err := programs.Need("redis-server", "redis-cli", "nginx", "openssl"); err != nil {
		return err
	}
	var err error
	if s.authority, err = newAuthority("routes"); err != nil {
		return err
	}
	if s.ip, err = s.address("redis"); err != nil {
		return err
	}
	secret, err := s.certificate(time.Now().Add(24*time.Hour), s.authority)
	if err == nil {
		s.pod, err = s.with(s.ip, secret)
	}
	return err
}

// certificate is a Secret as cert-manager would fill it, of an authority.
func (s *securedRedis) certificate(end time.Time, of *authority, names ...string) (map[string]string, error) {
	if names == nil {
		names = []string{"redis", s.fqdn("redis")}
	}
	crt, key, err := of.signUntil(end, names...)
	return map[string]string{"tls.crt": crt, "tls.key": key, "ca.crt": of.PEM}, err
}

func (s *securedRedis) with(ip string, secret map[string]string) (*podproc.Pod, error) {
	return s.Run.pod(podproc.Options{
		Component: "redis", IP: ip, Secrets: map[string]map[string]string{"redis-tls": secret},
		Rules: []podproc.Rule{
			{In: "command", From: "0.0.0.0", To: ip, Always: true},
			{In: "command", From: "redis-cli --tls", To: "redis-cli -h " + ip + " --tls", Always: true},
		},
	})
}

// refused are certificates that no client would take, before Redis starts.
func (s *securedRedis) refused() error {
	other, err := newAuthority("stranger")
	if err != nil {
		return err
	}
	day := time.Now().Add(24 * time.Hour)
	for _, tt := range []struct {
		what, says string
		end        time.Time
		names      []string
		spoil      func(map[string]string) error
	}{
		{"run out", "has run out", time.Now().Add(-time.Minute), nil, nil},
		{"another host", "is not for the host redis", day, []string{"cache"}, nil},
		{"another key", "do not belong together", day, nil, func(m map[string]string) (err error) {
			_, m["tls.key"], err = s.authority.sign("redis")
			return err
		}},
		{"another authority", "is not who signed its tls.crt", day, nil, func(m map[string]string) error { m["ca.crt"] = other.PEM; return nil }},
		{"no certificate", "has no certificate in PEM as tls.crt", day, nil, func(m map[string]string) error { m["tls.crt"] = "none"; return nil }},
		{"no authority", "has no ca.crt in PEM", day, nil, func(m map[string]string) error { m["ca.crt"] = "none"; return nil }},
		{"no key", "has no private key in PEM as tls.key", day, nil, func(m map[string]string) error { m["tls.key"] = "none"; return nil }},
	} {
		secret, err := s.certificate(tt.end, s.authority, tt.names...)
		if err == nil && tt.spoil != nil {
			err = tt.spoil(secret)
		}
		if err != nil {
			return err
		}
		pod, err := s.with(s.ip, secret)
		if err != nil {
			return err
		}
		said, err := pod.Run(s.Context, "certificate")
		if err == nil || !strings.Contains(said, "Secret redis-tls") || !strings.Contains(said, tt.says) {
			return fmt.Errorf("%s: the pod does not say that it %s: %q, %v", tt.what, tt.says, said, err)
		}
	}
	s.proved(ownRedis, "a certificate that has run out, is for another host, of another key or authority, or none at all is refused with what to do before Redis starts")
	return nil
}

func (s *securedRedis) begin() (err error) {
	if said, err := s.pod.Run(s.Context, "certificate"); err != nil {
		return wrong(err, "a good certificate is refused: %s", said)
	}
	if err := s.probesFail(s.pod, "redis"); err != nil {
		return err
	}
	if s.process, err = s.pod.Start("redis"); err != nil {
		return err
	}
	if err := s.probesPass(s.pod, "redis", 20*time.Second); err != nil {
		return fmt.Errorf("%w\n%s", err, tail(s.process.Log()))
	}
	s.proved(programs.Version("redis-server", "--version"), "redis-server takes the generated arguments with TLS; its probes are answered, and were not before")
	return nil
}

// inTheOpen nobody is answered, and by TLS nobody without the password.
func (s *securedRedis) inTheOpen() error {
	for _, tt := range []struct{ what, command, lacks string }{
		{"in plain text it answers", "redis-cli -h " + s.ip + " ping", "PONG"},
		{"in plain text it answers at another port", "redis-cli -h " + s.ip + " -p 6390 ping", "PONG"},
		{"without the password it answers", "env -u REDISCLI_AUTH redis-cli -h " + s.ip + " --tls --insecure ping", "PONG"},
	} {
		if said, _ := s.pod.Exec(s.Context, "redis", []string{"sh", "-c", tt.command}); strings.Contains(said, tt.lacks) {
			return errors.New(tt.what)
		}
	}
	s.proved(ownRedis, "nobody is answered in plain text, and nobody without the password")
	return nil
}

// clients reach it through their proxies, and a proxy takes no other.
func (s *securedRedis) clients() error {
	stranger, err := newAuthority("strangers")
	if err != nil {
		return err
	}
	for _, component := range []string{"apigateway", "redis-exporter"} {
		if err := s.throughProxy(component, s.ip, s.authority.PEM, true); err != nil {
			return fmt.Errorf("%s: %w", component, err)
		}
		if err := s.throughProxy(component, s.ip, stranger.PEM, false); err != nil {
			return fmt.Errorf("%s: another authority: %w", component, err)
		}
	}
	s.proved(ownRedis, "the proxies beside the API gateway and beside redis-exporter reach it, and refuse it with another authority")
	return s.redisExporter(s.ip, s.authority.PEM)
}

// shown is the end of the certificate that it shows who trusts an authority.
func (s *securedRedis) shown(of *authority) (time.Time, error) {
	trusted := x509.NewCertPool()
	trusted.AddCert(of.parsed)
	conn, err := tls.Dial("tcp", s.ip+":6379", &tls.Config{RootCAs: trusted, ServerName: "redis"})
	if err != nil {
		return time.Time{}, err
	}
	defer conn.Close()
	return conn.ConnectionState().PeerCertificates[0].NotAfter, nil
}

// renewed certificates are taken at a probe, and connections that are open go on.
func (s *securedRedis) renewed() error {
	id, err := s.id()
	if err != nil {
		return err
	}
	end := time.Now().Add(48 * time.Hour).Truncate(time.Second)
	secret, err := s.certificate(end, s.authority)
	if err != nil {
		return err
	}
	if err := s.replaced(secret); err != nil {
		return err
	}
	if is, err := s.shown(s.authority); err != nil || !is.Equal(end) {
		return wrong(err, "it shows the certificate of before, good until %s, and not the renewed one", is)
	}
	if now, err := s.id(); err != nil || now != id {
		return wrong(err, "it was started anew: %q, and before %q", now, id)
	}
	s.proved(ownRedis, "a renewed certificate is shown after one probe, by the same process")
	return nil
}

// replaced writes the Secret's files anew and lets each probe ask once.
func (s *securedRedis) replaced(secret map[string]string) error {
	if err := s.pod.Replaced("certs", secret, time.Now()); err != nil {
		return err
	}
	return s.probesPass(s.pod, "redis", 5*time.Second)
}

// id is that of the run of the server.
func (s *securedRedis) id() (string, error) {
	return s.pod.Exec(s.Context, "redis", []string{"sh", "-c", "redis-cli -h " + s.ip + " --tls --insecure info server | grep run_id"})
}

// rolled is a new authority: beside the old one first, which clients have that have not
// rolled by the next revision, and with the new one clients that have.
func (s *securedRedis) rolled() error {
	next, err := newAuthority("next")
	if err != nil {
		return err
	}
	both := s.authority.PEM + next.PEM
	secret, err := s.certificate(time.Now().Add(24*time.Hour), s.authority)
	if err != nil {
		return err
	}
	secret["ca.crt"] = both
	if err := s.replaced(secret); err != nil {
		return err
	}
	if err := s.throughProxy("apigateway", s.ip, s.authority.PEM, true); err != nil {
		return fmt.Errorf("a client of before: %w", err)
	}
	if secret, err = s.certificate(time.Now().Add(24*time.Hour), next); err != nil {
		return err
	}
	secret["ca.crt"] = both
	if err := s.replaced(secret); err != nil {
		return err
	}
	for _, tt := range []struct {
		what, authority string
		answers         bool
	}{{"a client with both", both, true}, {"a client that has not rolled", s.authority.PEM, false}} {
		if err := s.throughProxy("apigateway", s.ip, tt.authority, tt.answers); err != nil {
			return fmt.Errorf("%s: %w", tt.what, err)
		}
	}
	s.proved(ownRedis, "with the old and the new authority in ca.crt clients of either revision are served, and a certificate of the new one by those that have rolled")
	return nil
}
