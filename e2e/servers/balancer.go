package servers

import (
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"time"
)

// balancer leads connections to pods that are ready, as a Service with an address of
// its own does: each to one of them by chance, and one that is open stays where it is.
type balancer struct {
	ip    string
	ready func(i int) bool
	pods  []string

	mu   sync.Mutex
	good []bool
	// held are pods that are being deleted, ready or not.
	held []bool
}

// A pod is out of the Service when its process has ended, or after so many probes that
// failed, so far apart: those of the generated readiness.
const (
	probeEvery = 5 * time.Second
	probeFails = 3
)

func (r *Run) newBalancer(ready func(int) bool, pods []string) (*balancer, error) {
	ip, err := r.addresses(5984)
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", net.JoinHostPort(ip, "5984"))
	if err != nil {
		return nil, err
	}
	b := &balancer{ip: ip, ready: ready, pods: pods, good: make([]bool, len(pods)), held: make([]bool, len(pods))}
	done := make(chan struct{})
	for i := range pods {
		go b.watch(i, done)
	}
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			go b.lead(connection)
		}
	}()
	r.atEnd(func() { close(done); _ = listener.Close() })
	return b, nil
}

func (b *balancer) watch(i int, done chan struct{}) {
	fails := 0
	for {
		ready := b.ready(i)
		b.mu.Lock()
		if fails++; ready && !b.held[i] {
			fails, b.good[i] = 0, true
		} else if fails >= probeFails {
			b.good[i] = false
		}
		b.mu.Unlock()
		select {
		case <-done:
			return
		case <-time.After(probeEvery):
		}
	}
}

// gone takes a pod out at once: its process has ended, or its pod is deleted.
func (b *balancer) gone(i int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.good[i] = false
}

// hold keeps a pod out that is being deleted, or no longer.
func (b *balancer) hold(i int, held bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.held[i] = held
}

func (b *balancer) chosen() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var all []string
	for i, good := range b.good {
		if good {
			all = append(all, b.pods[i])
		}
	}
	if len(all) == 0 {
		return ""
	}
	return all[rand.IntN(len(all))]
}

func (b *balancer) lead(client net.Conn) {
	defer client.Close()
	to := b.chosen()
	if to == "" {
		return
	}
	pod, err := net.DialTimeout("tcp", net.JoinHostPort(to, "5984"), 3*time.Second)
	if err != nil {
		return
	}
	defer pod.Close()
	// Either end that closes closes both: a pod that is killed resets its connections.
	go func() { _, _ = io.Copy(pod, client); _ = pod.Close(); _ = client.Close() }()
	_, _ = io.Copy(client, pod)
}
