package main

import (
	"bytes"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/kustomize"
	"github.com/whiskops/whiskops/internal/overlay"
	"github.com/whiskops/whiskops/internal/value"
)

// plain is secrets.plain with one password of the caller's, as an expression.
func plain(password string) string {
	return `{
		couchdb: {
			admin: {username: "root-of-couch", password: ` + password + `}
			controller: {username: "controller", password: "tr0ub4dor"}
			invoker: {username: "invoker", password: "tr0ub4dor"}
		}
		openwhisk: {
			controller: {username: "controller", password: "tr0ub4dor"}
			invoker: {username: "invoker", password: "tr0ub4dor"}
		}
		subjects: {
			"whisk.system": "` + systemKey + `"
			guest:          "` + guestKey + `"
		}
	}`
}

const (
	systemKey = "5f0c1a52-9a01-4c55-8d7f-31c1b7a0c001:Zq7Zq7Zq7Zq7Zq7Zq7Zq7Zq7Zq7Zq7Zq7Zq7Zq7Zq7Zq7Zq7Zq7Zq7Zq7Zq7Zq7Z"
	guestKey  = "5f0c1a52-9a01-4c55-8d7f-31c1b7a0c002:Xw8Xw8Xw8Xw8Xw8Xw8Xw8Xw8Xw8Xw8Xw8Xw8Xw8Xw8Xw8Xw8Xw8Xw8Xw8Xw8Xw8X"
)

// environment "ci" with secrets.plain, and more fields.
func withPlain(password, more string) string {
	return "ci: {\n\tprofile: \"development\"\n\tedge: host: \"a.example.com\"\n\tsecrets: plain: " + plain(password) + "\n" + more + "\n}\n"
}

// oneLine is an environment as a program might write it.
func oneLine(src string) string {
	var fields []string
	for line := range strings.Lines(src) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasSuffix(line, "{") {
			line += ","
		}
		fields = append(fields, line)
	}
	return strings.ReplaceAll(strings.Join(fields, " "), ", }", "}") + "\n"
}

// TestSecretsStayHidden: a mistake near a password, in it, or on the way to it
// is told without showing it, in text and in JSON.
func TestSecretsStayHidden(t *testing.T) {
	const p = "hunter2-zebra"
	good := withPlain(`"`+p+`"`, "")
	for _, tt := range []struct {
		name  string
		files map[string]string // "a.cue" alone, if there is one text
		code  string
		// shown must be there: what is wrong is still said.
		shown string
	}{
		{"string without its end", one(withPlain(`"`+p, "")), "WO100", ""},
		{"string without its beginning", one(withPlain(p+`"`, "")), "WO100", ""},
		{"string in typographic quotes", one(withPlain("“"+p+"”", "")), "WO100", ""},
		{"no quotes at all", one(withPlain("hunter2zebra", "")), "WO108", "reference"},
		{"two strings", one(withPlain(`"x" "`+p+`"`, "")), "WO100", ""},
		{"missing brace, string of a line before", one("_pw: \"" + p + "\" }\n" + withPlain("_pw", "")), "WO100", ""},
		{"syntax through a hidden field", one("_it: \"" + p + "\n" + withPlain("_it", "")), "WO100", ""},
		{"syntax through a hidden field in another file", map[string]string{"a.cue": "package x\n_it: \"" + p + "\n", "b.cue": "package x\n" + withPlain("_it", "")}, "WO100", ""},
		{"raw string of many lines", one(withPlain("\"\"\"\n\t\t"+p+"\n\t\tmore \"\"", "")), "WO100", ""},
		{"conflict", one(good + "ci: secrets: plain: couchdb: admin: password: \"other-zebra\"\n"), "WO107", "differently"},
		{"conflict through a hidden field", one("_it: \"" + p + "\"\n_it: \"other-zebra\"\n" + withPlain("_it", "")), "WO107", `"_it"`},
		{"conflict between files", map[string]string{"a.cue": "package x\n_it: \"" + p + "\"\n", "b.cue": "package x\n_it: \"other-zebra\"\n" + withPlain("_it", "")}, "WO107", `"_it"`},
		{"conflict with a short value", one("_it: \"" + p + "\"\n_it: \"zzz\"\n" + withPlain("_it", "")), "WO107", `"_it"`},
		{"alternatives", one("_it: \"" + p + "\"\n_it: \"other-zebra\" | \"third-zebra\"\n" + withPlain("_it", "")), "", "_it"},
		{"arithmetic", one("_it: \"" + p + "\" + 1\n" + withPlain("_it", "")), "WO116", "do not go together"},
		{"arithmetic with a secret", one("_it: \"" + p + "\"\n_sum: _it + 1\n" + withPlain("_it", "")), "WO116", "do not go together"},
		{"arithmetic in the field", one(withPlain("\""+p+"\" + 1", "")), "WO116", ""},
		{"let clause that is not used", one("let old = \"" + p + "\"\n" + strings.ReplaceAll(good, p, "other-zebra")), "WO117", "old"},
		{"let clause", one("let it = \"" + p + "\" & \"other-zebra\"\n" + withPlain("it", "")), "", ""},
		{"alias", one("X=_it: \"" + p + "\" & \"other-zebra\"\n" + withPlain("X", "")), "WO107", ""},
		{"alias of a struct", one("_logins: X={pw: \"" + p + "\", n: X.pw + 1}\n" + withPlain("_logins.pw", "")), "WO116", ""},
		{"number", one(withPlain("31415926", "")), "WO102", ""},
		{"list", one(withPlain("[\""+p+"\"]", "")), "WO102", ""},
		{"bound of the user's", one("_it: =~\"^[0-9]+$\"\n_it: \"" + p + "\"\n" + withPlain("_it", "")), "WO106", ""},
		{"one line, and an enum", one(oneLine(withPlain(`"`+p+`"`, "logs: \"nowhere\""))), "WO101", `"logs"`},
		{"one line, and a wrong form", one(oneLine(withPlain(`"`+p+`"`, "namespace: \"Big\""))), "WO106", `"Big"`},
		{"one line, and a rule", one(strings.Replace(oneLine(good), `profile: "development"`, `profile: "production"`, 1)), "WO271", ""},
		{"one line of wrong syntax", one(strings.Replace(oneLine(good), `host: "a`, `host "a`, 1)), "WO100", ""},
		{"one line with a reference to nothing", one(oneLine(withPlain(`"`+p+`"`, "namespace: nothing"))), "WO108", `"nothing"`},
		{"misspelt fields", one(strings.NewReplacer("password", "pasword", "plain", "plan").Replace(oneLine(good))), "WO101", `"plan"`},
		{"subject and key the wrong way round", one(strings.Replace(good, `guest:          "`+guestKey+`"`, `"`+guestKey+`": "guest"`, 1)), "WO106", ""},
		{"key of the wrong form", one(strings.Replace(good, guestKey, guestKey+"!", 1)), "WO106", ""},
		{"key in another place", one(good + "ci: namespace: \"" + guestKey + "\"\n"), "WO106", "namespace"},
		{"password in another place", one(good + "ci: namespace: \"" + p + "_\"\n"), "WO106", "namespace"},
		{"password in the host", one("_it: \"" + p + "\"\n" + withPlain("_it", "\timagePullSecrets: [\"http://user:\\(_it)@example\"]")), "WO106", "imagePullSecrets"},
		{"password at the end of what is cut", one("_it: \"" + p + "\"\n" + withPlain("_it", "\timagePullSecrets: [\"http://"+strings.Repeat("u", 42)+":\\(_it)@example\"]")), "WO106", "imagePullSecrets"},
		{"password in a comment of the line", one("ci: namespace: \"Big\" // not \"" + p + "\"\n" + good), "WO106", `"Big"`},
		{"error of the user's", one("_it: \"" + p + "\"\n_check: error(\"bad \\(_it)\")\n" + withPlain("_it", "")), "WO116", ""},
		{"comprehension", one("_pws: {admin: \"" + p + "\" + 1}\nci: secrets: plain: couchdb: {for k, v in _pws {(k): password: v}}\n"), "", ""},
		{"import that is none", one("import \"nothing/at/all\"\n" + oneLine(good)), "WO110", ""},
		{"attribute", one(strings.Replace(oneLine(good), "ci: {", "ci: { @embed(x), ", 1)), "WO110", "@embed"},
		{"published key", one(strings.Replace(good, guestKey, "23bc46b1-71f6-4ed5-8c54-816aa4f8c502:123zO3xZCLrMN6v2BKK1dXYFpXlPkccOFqm12CdAsMgRU4VrNZ9lyGVCGuMDGIwP", 1)), "WO274", "guest"},
		{"two passwords of a user", one(strings.Replace(good, `username: "controller", password: "tr0ub4dor"`, `username: "root-of-couch", password: "tr0ub4dor"`, 1)), "WO277", "two passwords"},
		{"label", one("_it: \"" + p + "\"\n" + withPlain("_it", "\t(_it): 5")), "WO101", "unknown field"},
		{"label within a field", one("_it: \"" + p + "\"\n" + withPlain("_it", "\truntimes: \"\\(_it)-x\": 5")), "WO101", `"runtimes"`},
		{"label in another case", one("_it: \"" + strings.ToUpper(p) + "\"\n" + withPlain("_it", "\t\""+p+"\": 5")), "WO101", "unknown field"},
		{"short label", one("_it: \"zzz\"\n" + withPlain("_it", "\t(_it): 5")), "WO101", "unknown field"},
		{"name of an environment", one("_it: \"Hunter2-Zebra\"\n" + withPlain("_it", "") + "(_it): kafka: replicas: \"x\"\n"), "WO114", "a.cue"},
		{"written name of an environment", one("_it: \"Hunter2-Zebra\"\n" + withPlain("_it", "") + "\"Hunter2-Zebra\": kafka: replicas: \"x\"\n"), "WO102", `"replicas"`},
		{"namespace that is repaired", one("_it: \"Hunter2_Zebra\"\n" + withPlain("_it", "\tnamespace: _it")), "WO106", "want a DNS label"},
		{"namespace in another case", one("_it: \"" + p + "\"\n" + withPlain("_it", "\tnamespace: \"HUNTER2_ZEBRA\"")), "WO106", "namespace"},
		{"decoded JSON", one("import \"encoding/json\"\nci: json.Unmarshal(" + `"{\"secrets\":{\"plain\":{\"couchdb\":{\"admin\":{\"pasword\":\"` + p + `\"}}}},\"namespace\":\"` + p + `_\"}"` + ")\n"), "WO101", "a.cue"},
		{"torn JSON", one("import \"encoding/json\"\nci: json.Unmarshal(" + `"{\"password\":\"` + p + `"` + ")\n"), "WO116", "a.cue"},
		{"YAML", one("import \"encoding/yaml\"\n_x: yaml.Unmarshal(\"password: " + p + "\\nother: x\")\n_y: _x.password + 1\n" + withPlain("_x.password", "")), "WO116", "a.cue"},
		{"conflict with decoded JSON", one("import \"encoding/json\"\n_x: json.Unmarshal(" + `"{\"pw\":\"` + p + `\"}"` + ")\n_x: pw: \"other-zebra\"\n" + withPlain("_x.pw", "")), "WO107", "a.cue"},
		{"misspelt reference", one("hunter: \"" + p + "\"\n" + withPlain("_hunter", "")), "WO108", ""},
		{"misspelt reference and a conflict", one("_logins: pw: \"" + p + "\"\n_logins: pw: \"other-zebra\"\n" + withPlain("_login.pw", "")), "WO107", `"pw"`},
		{"misspelt field and a conflict", one("_l: phrase: \"" + p + "\"\n_l: phrase: \"other-zebra\"\n" + withPlain("_l.phrases", "")), "WO107", `"phrase"`},
		{"URL with a login", one(withPlain("\"x\"", "\timages: nginx: repository: \"http://user:hunter2@host/x y\"")), "WO106", "http://***@host"},
		{"host with a login", one(withPlain("\"x\"", "\tnamespace: \"user:hunter2@host\"")), "WO106", "***@host"},
		{"conflict of URLs", one("_u: \"http://user:hunter2@host\"\n_u: \"http://user:zebra@host\"\n" + withPlain("\"x\"", "")), "WO107", "***@host"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			root := t.TempDir()
			writeEnvironments(t, root, tt.files)
			for _, form := range []string{"text", "json"} {
				var out, errs bytes.Buffer
				run([]string{"validate", "-C", root, "-o", form}, streams{in: strings.NewReader(""), out: &out, err: &errs, dir: root})
				said := out.String() + errs.String()
				if !strings.Contains(said, tt.code) || !strings.Contains(said, "WO") || !strings.Contains(strings.ReplaceAll(said, `\"`, `"`), tt.shown) {
					t.Errorf("wanted %s with %q:\n%s", tt.code, tt.shown, said)
				}
				for _, secret := range []string{
					"hunter2", "zebra", "tr0ub4dor", "root-of-couch", "Zq7Zq7", "Xw8Xw8", "31c1b7a0", "zzz", "31415926", "123zO3",
					base64.StdEncoding.EncodeToString([]byte(p)),
				} {
					if strings.Contains(strings.ToLower(said), strings.ToLower(secret)) {
						t.Errorf("%q is shown:\n%s", secret, said)
					}
				}
				if strings.Contains(said, "json:1") || strings.Contains(said, "yaml:1") {
					t.Errorf("a place in no file:\n%s", said)
				}
			}
		})
	}
}

func one(src string) map[string]string { return map[string]string{"a.cue": src} }

func writeEnvironments(t *testing.T, root string, files map[string]string) {
	t.Helper()
	for name, src := range files {
		write(t, filepath.Join(root, "environments", name), src)
	}
}

// TestPrintedValuesHideSecrets: what prints all values of an environment masks
// those that are secret, wherever they are, and plan shows them if asked to.
func TestPrintedValuesHideSecrets(t *testing.T) {
	root := t.TempDir()
	writeEnvironments(t, root, one(withPlain(`"hunter2-Zebra"`, `
	cluster: nodes: {core: {count: 3, cpu: "8", memory: "32Gi"}, invoker: {count: 2, cpu: "8", memory: "32Gi"}}
	edge: service: annotations: {"example.com/a": "hunter2-Zebra", "example.com/b": "x HUNTER2zebra", "example.com/c": "https://user:wombat99@host"}`)))
	secrets := []string{"hunter2", "zebra", "tr0ub4dor", "root-of-couch", "zq7zq7", "xw8xw8", "wombat99"}
	for command, shown := range map[string]bool{"plan ci": false, "show ci": false, "show ci -o json": false, "plan ci --show-secrets": true} {
		var out, errs bytes.Buffer
		if code := run(append(strings.Fields(command), "-C", root), streams{in: strings.NewReader(""), out: &out, err: &errs, dir: root}); code != exitFine {
			t.Fatalf("%s: %d: %s", command, code, errs.String())
		}
		said := strings.ToLower(out.String() + errs.String())
		for _, secret := range secrets {
			if strings.Contains(said, secret) != shown {
				t.Errorf("%s: %q is shown: %t, want %t", command, secret, !shown, shown)
			}
		}
		if !strings.Contains(said, "openwhisk-role") && strings.HasPrefix(command, "plan") || !strings.Contains(said, "example.com") {
			t.Errorf("%s: too much is hidden:\n%s", command, said)
		}
	}
}

// TestProofHidesSecrets: the difference of a failed proof has a Secret's values,
// plain and as the API has them.
func TestProofHidesSecrets(t *testing.T) {
	root, p := t.TempDir(), "hunter2-zebra"
	writeEnvironments(t, root, one(withPlain(`"`+p+`"`, "")))
	secrets := &finding.Secrets{}
	envs, _, err := load(secrets, environment.Repository{}, os.DirFS(filepath.Join(root, "environments")), "environments", nil)
	if err != nil || len(envs) != 1 {
		t.Fatal(envs, err)
	}
	want := map[string]any{
		"data": map[string]any{"password": base64.StdEncoding.EncodeToString([]byte(p)), "guest": base64.StdEncoding.EncodeToString([]byte(guestKey))},
	}
	built := map[string]any{"stringData": map[string]any{"password": p, "guest": guestKey, "controller-username": "controller"}}
	text := secrets.Hide((&overlay.Mismatch{Object: kustomize.Object{Kind: "Secret", Namespace: "openwhisk", Name: "couchdb-admin"}, Diff: value.Diff(want, built)}).Error())
	for _, secret := range []string{"hunter2", "Xw8Xw8", want["data"].(map[string]any)["password"].(string), want["data"].(map[string]any)["guest"].(string), `"controller"`} {
		if strings.Contains(text, secret) {
			t.Errorf("%q is shown:\n%s", secret, text)
		}
	}
	if !strings.Contains(text, "Secret openwhisk/couchdb-admin") || !strings.Contains(text, "password") {
		t.Errorf("too much is hidden:\n%s", text)
	}
}
