// Package loopback gives pods addresses and names on this machine.
//
// All of 127.0.0.0/8 is this machine on Linux, so each pod has an address of its
// own and keeps its ports. Names are answered by a small DNS server, which can
// be told to forget one.
package loopback

import (
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
)

// Address is a loopback address on which the ports are free.
func Address(ports ...int) (string, error) {
	var last error
	for range 50 {
		ip := fmt.Sprintf("127.%d.%d.%d", 64+rand.IntN(64), rand.IntN(256), 1+rand.IntN(250))
		if last = free(ip, ports); last == nil {
			return ip, nil
		}
	}
	return "", fmt.Errorf("no loopback address with free ports %v: %w", ports, last)
}

func free(ip string, ports []int) error {
	for _, port := range ports {
		listener, err := net.Listen("tcp", net.JoinHostPort(ip, strconv.Itoa(port)))
		if err != nil {
			return err
		}
		if err := listener.Close(); err != nil {
			return err
		}
	}
	return nil
}
