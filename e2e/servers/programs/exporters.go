package programs

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/whiskops/whiskops/e2e/gobuild"
)

// nginxExporterVersion is that of the image in golden.
const nginxExporterVersion = "v1.11.0"

// NginxExporter is the program that counts what nginx answers, built from its
// published module.
func NginxExporter(ctx context.Context, print func(string)) (string, error) {
	const module = "github.com/martin-helmich/prometheus-nginxlog-exporter"
	name := "nginxlog-exporter-" + nginxExporterVersion
	log := func(format string, args ...any) { print(fmt.Sprintf(format, args...)) }
	return gobuild.Once(name, name, "the exporter of nginx", log, func(src, out string) error {
		text := fmt.Sprintf("module nginxexporter\n\ngo 1.26\n\nrequire %s %s\n", module, nginxExporterVersion)
		if err := os.WriteFile(filepath.Join(src, "go.mod"), []byte(text), 0o644); err != nil {
			return err
		}
		_, err := gobuild.Tool(ctx, src, "build", "-mod=mod", "-o", out, module)
		return err
	})
}
