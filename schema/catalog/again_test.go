package catalog_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/schema/catalog/again"
)

// rounds of again.js with what each look does, as JavaScript: what is said, and after
// each round the seconds of the pause and the files of the probes.
func rounds(t *testing.T, looks ...string) string {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip(err)
	}
	dir := t.TempDir()
	program := `const fs = require("fs");
const after = setTimeout;
globalThis.setTimeout = (f, ms) => {
  console.log("  " + ms / 1000 + " s: " + ["alive", "ready"].filter((name) => fs.existsSync(process.env.STATE + "/" + name)).join(" "));
  after(f, 0);
};
const { Failure, hide, keep, log } = require("./again.js");
const looks = [async () => {` + strings.Join(looks, "}, async () => {") + `}, () => process.exit(0)];
keep(() => looks.shift()(), { usual: 30, soon: 5 });
`
	// What the container before this one has left is no answer.
	for name, text := range map[string]string{"program.js": program, "again.js": again.Program, "ready": "", "alive": ""} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(node, filepath.Join(dir, "program.js"))
	cmd.Env = []string{"STATE=" + dir}
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v: %s", err, out.String())
	}
	return out.String()
}

// What a program says, when it is ready, and when it looks again.
func TestAgain(t *testing.T) {
	const good, away = `return "all is well";`, `throw new Failure("nobody there", true);`
	for _, tt := range []struct {
		name  string
		looks []string
		want  string
	}{
		{"right from the first look on", []string{good, good}, "all is well\n  30 s: alive ready\n  30 s: alive ready\n"},
		{"what is begun is looked at soon", []string{``, `return false;`, good}, "  5 s: alive\n  5 s: alive\nall is well\n  30 s: alive ready\n"},
		{"what is begun again is not ready", []string{good, ``, good}, "all is well\n  30 s: alive ready\n  5 s: alive\nall is well\n  30 s: alive ready\n"},
		{"what may be over soon is looked at soon, and told once", []string{away, away, away}, "failed: nobody there\n  5 s: alive\n  5 s: alive\n  5 s: alive\n"},
		{"what is over is told again when it comes again", []string{away, good, away}, "failed: nobody there\n  5 s: alive\nall is well\n  30 s: alive ready\nfailed: nobody there\n  5 s: alive\n"},
		{"another failure is told", []string{away, `throw new Failure("wrong");`}, "failed: nobody there\n  5 s: alive\nfailed: wrong\n  30 s: alive\n"},
		{"a fault is one of the program", []string{`undefined.x;`}, "failed: fault of this program: TypeError: Cannot read properties of undefined (reading 'x')\n  30 s: alive\n"},
		{"no secret is shown, with others in it or empty", []string{`hide("key", "", "monkeys"); throw new Error("monkeys: key");`}, "failed: fault of this program: Error: ***: ***\n  30 s: alive\n"},
		{"a secret of another round is none", []string{`hide("key"); throw new Failure("key");`, `throw new Failure("a keyhole");`}, "failed: ***\n  30 s: alive\nfailed: a keyhole\n  30 s: alive\n"},
		{"what is right is told until all was", []string{`log("a", "right"); return "good";`, `log("a", "right"); log("b", "changed"); return "good";`}, "a: right\ngood\n  30 s: alive ready\nb: changed\n  30 s: alive ready\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := gocmp.Diff(tt.want, rounds(t, tt.looks...)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}
