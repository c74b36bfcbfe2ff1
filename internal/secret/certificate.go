package secret

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/sealing"
)

// mostCertificate is the size of a certificate's file, in bytes.
const mostCertificate = 1 << 20

// soon is how long before its end a certificate is worth a warning. The
// controller makes a new key every 30 days.
const soon = 30 * 24 * time.Hour

const fetch = "fetch the controller's: `kubeseal --fetch-cert`, into the file that secrets: source: sealed: certificate names"

// Certificate reads that of an environment, and says what is wrong with it at a
// time. One with a zero Until cannot be used at all.
func Certificate(root fs.FS, v *derived.Values, now time.Time) (sealing.Certificate, []finding.Finding) {
	name := v.Env.Secrets.Source.Sealed.Certificate
	at := v.Env.Source.Position("secrets.source.sealed.certificate")
	say := func(severity finding.Severity, message string) []finding.Finding {
		return []finding.Finding{{
			Code: codeCertificate, Severity: severity, Position: at, Path: environment.JoinPath(v.Env.Name) + ".secrets.source.sealed.certificate",
			Message: message, Help: fetch,
		}}
	}
	text, err := read(root, name)
	if err != nil {
		return sealing.Certificate{}, say(finding.Error, fmt.Sprintf("%s cannot be read: %v", name, err))
	}
	c, err := sealing.Parse(text)
	const day = "2 January 2006"
	switch {
	case err != nil:
		return c, say(finding.Error, fmt.Sprintf("%s cannot be used: %v", name, err))
	case !now.Before(c.Until):
		return c, say(finding.Error, fmt.Sprintf("the certificate %s ended on %s: the controller has another key since, and may drop this one", name, c.Until.UTC().Format(day)))
	case now.Before(c.From):
		return c, say(finding.Warning, fmt.Sprintf("the certificate %s begins on %s, or the clock is wrong", name, c.From.UTC().Format(day)))
	case c.Until.Sub(now) < soon:
		return c, say(finding.Warning, fmt.Sprintf("the certificate %s ends on %s", name, c.Until.UTC().Format(day)))
	}
	return c, nil
}

func read(root fs.FS, name string) ([]byte, error) {
	f, err := root.Open(name)
	if err != nil {
		return nil, reason(err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, mostCertificate+1))
	if err == nil && len(text) > mostCertificate {
		err = errors.New("it is too large for a certificate")
	}
	return text, reason(err)
}

// reason is an error without the path that it is about.
func reason(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}
