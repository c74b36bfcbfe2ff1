// Package oracle asks OpenWhisk's own class what it makes of runtimes manifests. It
// is for tests: it wants a JDK, and OpenWhisk's jars.
//
// In: manifests as text. Out: for each whether it is taken, and what the root of the API
// would list of it.
package oracle

import (
	"bytes"
	_ "embed"
	"encoding/base64"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Variable of the environment that names the folder with OpenWhisk: see e2e/README.md.
const Variable = "E2E_OPENWHISK"

//go:embed Manifests.java
var source []byte

// Verdict on one manifest.
type Verdict struct {
	Taken bool
	// Said is the list of kinds as JSON, or why it is refused.
	Said string
}

// Jars of OpenWhisk, as Java's class path; "" where there are none, or no JDK.
func Jars() string {
	found, err := filepath.Glob(filepath.Join(os.Getenv(Variable), "*", "*", "lib", "spray-json_*.jar"))
	if os.Getenv(Variable) == "" || err != nil || len(found) == 0 {
		return ""
	}
	for _, program := range []string{"java", "javac"} {
		if _, err := exec.LookPath(program); err != nil {
			return ""
		}
	}
	return filepath.Join(filepath.Dir(found[0]), "*")
}

// Ask compiles the program in a directory, and judges manifests.
func Ask(jars, dir string, manifests []string) ([]Verdict, error) {
	file := filepath.Join(dir, "Manifests.java")
	if err := os.WriteFile(file, source, 0o600); err != nil {
		return nil, err
	}
	if out, err := exec.Command("javac", "-cp", jars, "-d", dir, file).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("compile: %w: %s", err, out)
	}
	var in bytes.Buffer
	for _, text := range manifests {
		fmt.Fprintln(&in, base64.StdEncoding.EncodeToString([]byte(text)))
	}
	cmd := exec.Command("java", "-Xmx512m", "-cp", jars+string(filepath.ListSeparator)+dir, "Manifests")
	cmd.Stdin = &in
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("run: %w", err)
	}
	var all []Verdict
	for line := range strings.Lines(string(out)) {
		verdict, said, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		all = append(all, Verdict{verdict == "taken", said})
	}
	if len(all) != len(manifests) {
		return nil, fmt.Errorf("%d answers to %d manifests", len(all), len(manifests))
	}
	return all, nil
}
