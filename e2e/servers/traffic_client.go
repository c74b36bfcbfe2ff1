package servers

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"
)

// client keeps a connection as long as the server lets it, and sends nothing
// twice: what the server cuts is lost, be it a GET.
type client struct {
	host    string
	dial    func() (net.Conn, error)
	request string

	connection net.Conn
	reader     *bufio.Reader
}

// tally is what came of requests.
type tally struct {
	mu     sync.Mutex
	sent   int
	failed []string
}

func (t *tally) add(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.sent++
	if err != nil && len(t.failed) < 20 {
		t.failed = append(t.failed, err.Error())
	}
}

// result is how many requests there were, or what was lost.
func (t *tally) result() (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.failed) > 0 {
		return t.sent, fmt.Errorf("%d of %d requests failed (20 at most are counted): %s", len(t.failed), t.sent, strings.Join(t.failed, "; "))
	}
	return t.sent, nil
}

// newClient sends requests with this method for a path of host by connections that
// dial makes.
func newClient(host, method, path string, dial func() (net.Conn, error)) *client {
	body := ""
	if method == http.MethodPost {
		body = `{"name":"traffic"}`
	}
	return &client{
		host:    host,
		request: fmt.Sprintf("%s %s HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n\r\n%s", method, path, host, len(body), body),
		dial:    dial,
	}
}

// every sends a request in each interval until the context ends.
func (c *client) every(ctx context.Context, interval time.Duration, into *tally) {
	defer c.drop()
	ticks := time.NewTicker(interval)
	defer ticks.Stop()
	for {
		into.add(c.send())
		select {
		case <-ctx.Done():
			return
		case <-ticks.C:
		}
	}
}

func (c *client) drop() {
	if c.connection != nil {
		c.connection.Close()
		c.connection = nil
	}
}

// alive looks whether the server closed the idle connection, as clients do.
func (c *client) alive() bool {
	if c.connection == nil {
		return false
	}
	if err := c.connection.SetReadDeadline(time.Now().Add(time.Millisecond)); err != nil {
		return false
	}
	_, err := c.reader.Peek(1)
	return errors.Is(err, os.ErrDeadlineExceeded)
}

// send is one request and its whole answer.
func (c *client) send() error {
	if !c.alive() {
		c.drop()
		connection, err := c.dial()
		if err != nil {
			return fmt.Errorf("connect: %w", err)
		}
		c.connection, c.reader = connection, bufio.NewReader(connection)
	}
	deadline := time.Now().Add(20 * time.Second)
	if err := c.connection.SetDeadline(deadline); err != nil {
		return err
	}
	if _, err := c.connection.Write([]byte(c.request)); err != nil {
		c.drop()
		return fmt.Errorf("write: %w", err)
	}
	response, err := http.ReadResponse(c.reader, nil)
	if err != nil {
		c.drop()
		return fmt.Errorf("read: %w", err)
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		c.drop()
		return fmt.Errorf("read the body: %w", err)
	}
	if response.Close {
		c.drop()
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("status %d", response.StatusCode)
	}
	return nil
}
