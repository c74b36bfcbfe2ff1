package servers

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// ask is a GET of Prometheus' API.
func (p *prometheus) ask(path string, into any) error {
	q, err := http.NewRequestWithContext(p.run.Context, http.MethodGet, p.api+path, nil)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(q)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	said, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("GET %s: status %d: %.300s", path, answer.StatusCode, said)
	}
	return json.Unmarshal(said, into)
}

// query gives how many series an expression has.
func (p *prometheus) query(expr string) (int, error) {
	var answer struct {
		Data struct{ Result []json.RawMessage }
	}
	err := p.ask("/query?query="+url.QueryEscape(expr), &answer)
	return len(answer.Data.Result), err
}

// firing are the names of the alerts that fire.
func (p *prometheus) firing() ([]string, error) {
	var answer struct {
		Data struct {
			Alerts []struct {
				Labels map[string]string
				State  string
			}
		}
	}
	if err := p.ask("/alerts", &answer); err != nil {
		return nil, err
	}
	names := map[string]bool{}
	for _, a := range answer.Data.Alerts {
		if a.State == "firing" {
			names[a.Labels["alertname"]] = true
		}
	}
	return slices.Sorted(maps.Keys(names)), nil
}

// quiet waits until nothing fires but what is named, for as long as the windows of
// rates are.
func (p *prometheus) quiet(but ...string) error {
	since := time.Now()
	return eventually(p.run.Context, 3*time.Minute, func() error {
		now, err := p.firing()
		if err != nil {
			return err
		}
		if !slices.Equal(now, but) {
			since = time.Now()
			return fmt.Errorf("there fire %s", strings.Join(now, ", "))
		}
		if quiet := time.Since(since); quiet < watchQuiet {
			return fmt.Errorf("quiet for %s only", quiet.Round(time.Second))
		}
		return nil
	})
}

// fires waits until alerts fire, or until they do not.
func (p *prometheus) fires(want bool, alerts ...string) error {
	return eventually(p.run.Context, 2*time.Minute, func() error {
		now, err := p.firing()
		if err != nil {
			return err
		}
		for _, a := range alerts {
			if slices.Contains(now, a) != want {
				err = errors.Join(err, fmt.Errorf("%s: fires is %t, and there fire %s", a, !want, strings.Join(now, ", ")))
			}
		}
		return err
	})
}
