package podproc

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/whiskops/whiskops/e2e/servers/golden"
)

// Probe runs one of a container's probes once, as the kubelet does: with its
// timeout, and for HTTP a status from 200 to 399.
func (p *Pod) Probe(ctx context.Context, container, name string) error {
	c, err := p.workload.Container(container)
	if err != nil {
		return err
	}
	probe, ok := c.Probes()[name]
	if !ok {
		return fmt.Errorf("container %s has no %s", container, name)
	}
	seconds := max(probe.TimeoutSeconds, 1)
	ctx, cancel := context.WithTimeout(ctx, time.Duration(seconds)*time.Second)
	defer cancel()
	if what, err := p.ask(ctx, c, probe); err != nil {
		return fmt.Errorf("%s of %s (%s): %w", name, p.name, what, err)
	}
	return nil
}

// ask returns also what was asked, for messages.
func (p *Pod) ask(ctx context.Context, c golden.Container, probe *golden.Probe) (string, error) {
	switch {
	case probe.HTTPGet != nil:
		get := probe.HTTPGet
		port, err := c.Port(get.Port)
		if err != nil {
			return "httpGet " + get.Path, err
		}
		scheme := "http"
		if get.Scheme != "" {
			scheme = strings.ToLower(get.Scheme)
		}
		address := net.JoinHostPort(p.options.IP, strconv.Itoa(port))
		return "httpGet " + get.Path + " of port " + strconv.Itoa(port), getHTTP(ctx, scheme+"://"+address+get.Path)
	case probe.TCPSocket != nil:
		port, err := c.Port(probe.TCPSocket.Port)
		if err != nil {
			return "tcpSocket", err
		}
		connection, err := (&net.Dialer{}).DialContext(ctx, "tcp", net.JoinHostPort(p.options.IP, strconv.Itoa(port)))
		if err == nil {
			err = connection.Close()
		}
		return "tcpSocket " + strconv.Itoa(port), err
	case probe.Exec != nil:
		log, err := p.Exec(ctx, c.Name, probe.Exec.Command)
		if err != nil {
			err = fmt.Errorf("%w: %s", err, strings.TrimSpace(log))
		}
		return "exec " + strings.Join(probe.Exec.Command, " "), err
	}
	return "probe", fmt.Errorf("a kind that is not known here")
}

func getHTTP(ctx context.Context, url string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	client := http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode < 200 || response.StatusCode >= 400 {
		return fmt.Errorf("status %d", response.StatusCode)
	}
	return nil
}

// Probes are the names of a container's probes, sorted.
func (p *Pod) Probes(container string) ([]string, error) {
	c, err := p.workload.Container(container)
	if err != nil {
		return nil, err
	}
	return sortedKeys(c.Probes()), nil
}

// PreStop is a container's preStop command.
func (p *Pod) PreStop(container string) ([]string, error) {
	c, err := p.workload.Container(container)
	if err != nil {
		return nil, err
	}
	if c.Lifecycle.PreStop.Exec == nil {
		return nil, fmt.Errorf("container %s has no preStop", container)
	}
	return c.Lifecycle.PreStop.Exec.Command, nil
}
