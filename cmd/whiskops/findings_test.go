package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/rules"
)

// TestFindingsDocument holds docs/findings.md against the codes in the source.
// -update writes it.
func TestFindingsDocument(t *testing.T) {
	const path = "../../docs/findings.md"
	var b strings.Builder
	b.WriteString("# Findings\n\nEvery complaint has a stable code. `go test ./cmd/whiskops -run FindingsDocument -update` writes this file.\n")
	b.WriteString("\nAn error stops `generate`; with `--strict` a warning does too, unless its environment says why it stays: `acknowledge: WO205: \"two zones are\nall that the site has\"`. " +
		"Such a warning is not shown, JSON has it with the reason, and so has the environment's README. WO4xx cannot be\nacknowledged: a change comes and goes. It is accepted when it is made, by `generate --accept`: [changes.md](changes.md#when-generate-stops).\n")
	b.WriteString("\n## WO1xx: what the schema says\n\n| code | meaning |\n|---|---|\n")
	b.WriteString(codes(t, "../../internal/place/codes.go") + codes(t, "../../internal/acknowledge/acknowledge.go"))
	b.WriteString("\n## WO2xx and WO5xx: rules over several fields\n\n| code | severity | meaning | what you would see at night |\n|---|---|---|---|\n")
	delivery := codes(t, "../../internal/lockfile/lockfile.go") + codes(t, "../../internal/images/codes.go") + codes(t, "../../internal/artifact/artifact.go") +
		codes(t, "../../internal/secret/secret.go") + codes(t, "../../internal/preflight/run.go")
	for _, c := range rules.Codes() {
		if strings.HasPrefix(c.Code, "WO6") {
			delivery += fmt.Sprintf("| %s | %s |\n", c.Code, c.Title)
			continue
		}
		severities := make([]string, len(c.Severities))
		for i, s := range c.Severities {
			severities[i] = string(s)
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", c.Code, strings.Join(severities, ", "), c.Title, c.Symptom)
	}
	b.WriteString("\nOf the file that `runtimes.manifest` names, at its own lines:\n\n| code | meaning |\n|---|---|\n" + codes(t, "../../internal/runtimes/codes.go"))
	b.WriteString("\n## WO3xx: the generated tree\n\n| code | meaning |\n|---|---|\n")
	b.WriteString(strings.Join(slices.Sorted(strings.Lines(codes(t, "../../internal/tree/findings.go")+
		codes(t, "../../internal/version/version.go")+codes(t, "../../internal/render/custom.go")+codes(t, "../../internal/render/deliver.go")+codes(t, "../../internal/render/part.go")+
		codes(t, "../../internal/functions/functions.go")+codes(t, "../../internal/render/functions.go"))), ""))
	b.WriteString("\n## WO4xx: what a change does\n\nThe help of each says what to do first, with the commands. Where it is made already, and the cluster is in the way, " +
		"`whiskops diff --against COMMIT`\nwith the commit before says it once more. [changes.md](changes.md#when-generate-stops) has the order of things.\n\n| code | meaning |\n|---|---|\n")
	b.WriteString(codes(t, "../../internal/judge/codes.go") + codes(t, "../../internal/render/gone.go"))
	b.WriteString("\n## WO6xx: images, secrets and clusters\n\n| code | meaning |\n|---|---|\n")
	b.WriteString(strings.Join(slices.Sorted(strings.Lines(delivery)), ""))
	b.WriteString("\n## WO7xx: built objects\n\nOf what a user's own folder makes of an environment, and of what `whiskops verify` is given.\n\n| code | meaning |\n|---|---|\n")
	b.WriteString(strings.Join(slices.Sorted(strings.Lines(codes(t, "../../internal/verify/verify.go")+codes(t, "../../internal/manifest/manifest.go"))), ""))
	if *update {
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(b.String(), string(got)); diff != "" {
		t.Errorf("%s is not what the source says (-source +file):\n%s", path, diff)
	}
}

// codes are rows for the constants of a file whose value begins with "WO",
// each with its comment.
func codes(t *testing.T, path string) string {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	var rows strings.Builder
	ast.Inspect(f, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 {
			return true
		}
		literal, ok := spec.Values[0].(*ast.BasicLit)
		if !ok || !strings.HasPrefix(literal.Value, `"WO`) {
			return true
		}
		meaning := strings.TrimSpace(spec.Comment.Text())
		if meaning == "" {
			t.Errorf("%s: %s has no comment that says what it means", path, literal.Value)
		}
		fmt.Fprintf(&rows, "| %s | %s |\n", strings.Trim(literal.Value, `"`), meaning)
		return true
	})
	return rows.String()
}
