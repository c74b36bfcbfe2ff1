package finding

import "testing"

func TestHideLogins(t *testing.T) {
	for text, want := range map[string]string{
		`"host" is "http://user:pw@host/x y"`:             `"host" is "http://***@host/x y"`,
		"redis://:pw@host":                                "redis://***@host",
		"https://token@git.example.com/a":                 "https://***@git.example.com/a",
		`"user:pw@host", and more`:                        `"***@host", and more`,
		"user:pw@host":                                    "***@host",
		"a=user:pw@host":                                  "a=***@host",
		"http://user:p/w@host/a":                          "http://***@host/a",
		"http://user:p@w@host":                            "http://***@host",
		"amqp://user:a-password-that-is-c...":             "amqp://***...",
		"http://a:b@c http://d:e@f":                       "http://***@c http://***@f",
		"a.cue:1:2: at me@example.com":                    "a.cue:1:2: at me@example.com",
		"akka://system@host:25520":                        "akka://system@host:25520",
		"nginx:1.27@sha256:0123":                          "nginx:1.27@sha256:0123",
		"registry.example.com:5000/nginx:1.27@sha256:012": "registry.example.com:5000/nginx:1.27@sha256:012",
		"docker://registry.example.com/nginx@sha256:0123": "docker://registry.example.com/nginx@sha256:0123",
		"https://host:443/x":                              "https://host:443/x",
		"@embed(x)":                                       "@embed(x)",
	} {
		if got := hideLogins(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}
