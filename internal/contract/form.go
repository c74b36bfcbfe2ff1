package contract

import (
	"fmt"
	"math"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"github.com/whiskops/whiskops/internal/quantity"
)

// meaning says what is wrong with a value that has the form of its definition,
// or "". A regular expression tells what an address looks like; only its
// reader tells whether it is one.
func meaning(def, v string) string {
	switch def {
	case "#CIDR":
		p, err := netip.ParsePrefix(v)
		if err != nil {
			return "is no address range"
		}
		if p.Masked() != p {
			return "has bits set after its first " + strconv.Itoa(p.Bits())
		}
	case "#IP":
		if _, err := netip.ParseAddr(v); err != nil {
			return "is no address"
		}
	case "#Cron":
		return schedule(v)
	case "#Bucket":
		return bucket(v)
	case "#GitURL", "#OCIURL", "#ServerURL", "#S3Endpoint":
		if u, err := url.Parse(v); err != nil || u.Port() != "" && !isPort(u.Port()) {
			return "has a port above 65535"
		} else {
			return host(u.Hostname())
		}
	case "#ImageReference":
		if name, _, _ := strings.Cut(v, "@"); strings.HasSuffix(name, ":latest") {
			return "has the tag \"latest\", which names no version"
		}
		if registry, _, found := strings.Cut(v, "/"); found {
			if _, port, found := strings.Cut(registry, ":"); found && !isPort(port) {
				return "has a port above 65535"
			}
		}
	case "#ProxyURL":
		if u, err := url.Parse(v); err != nil || !isPort(u.Port()) {
			return "has a port above 65535"
		} else {
			return host(u.Hostname())
		}
	case "#Host":
		return host(v)
	case "#HostPort":
		h, port, _ := strings.Cut(v, ":")
		if !isPort(port) {
			return "has a port above 65535"
		}
		return host(h)
	case "#Registry", "#Repository":
		if _, after, found := strings.Cut(v, ":"); found {
			if port, _, _ := strings.Cut(after, "/"); !isPort(port) {
				return "has a port above 65535"
			}
		}
	case "#Memory":
		if n, bare := number(v); bare && n > 0 && n < quantity.MiB {
			return "is less than 1 MiB: it has no unit, and so it is bytes"
		}
	case "#Duration", "#Seconds":
		if _, err := time.ParseDuration(v); err != nil {
			return "is longer than 292 years"
		}
	}
	return ""
}

func isPort(digits string) bool {
	n, err := strconv.Atoi(digits)
	return err == nil && n <= 65535
}

// host holds a host to what its form does not say: the length of its parts, and
// that only an address ends in a number (RFC 1123, 2.1).
func host(h string) string {
	parts := strings.Split(h, ".")
	for _, p := range parts {
		if p == "" {
			return "has two dots beside each other, or one at its end"
		}
		if len(p) > 63 {
			return "has a part of more than 63 characters"
		}
	}
	if strings.Trim(parts[len(parts)-1], "0123456789") == "" {
		if _, err := netip.ParseAddr(h); err != nil {
			return "is neither a name nor an IPv4 address"
		}
	}
	return ""
}

// bucket holds a bucket's name to what its form does not say (Amazon S3, bucket naming
// rules, which other stores have too).
func bucket(name string) string {
	if strings.Contains(name, "..") {
		return "has two dots beside each other"
	}
	if _, err := netip.ParseAddr(name); err == nil {
		return "is an address, and no name"
	}
	return ""
}

// schedule reads cron's five fields as the API server does, which refuses a CronJob with
// others, and as its controller does, which waits for ever for a day that never comes.
func schedule(v string) string {
	s, err := cron.ParseStandard(v)
	if err != nil {
		return "has a field that cron does not take"
	}
	if s.Next(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)).IsZero() {
		return "is a day that never comes"
	}
	return ""
}

// meant guesses in words what a value of the wrong form was meant to be, or
// returns "".
func (s *Shape) meant(v string) string {
	if s.Def == "#Repository" || s.Def == "#Tag" {
		if parts := s.parts(strings.TrimSpace(v)); parts != "" {
			return parts
		}
	}
	if better := s.repair(v); better != "" {
		return strconv.Quote(better)
	}
	return ""
}

// image is a reference as a container runtime takes it, in three parts. The
// colon of a registry's port has a "/" after it.
var image = regexp.MustCompile(`^([^@]*?)(?::([^:/@]*))?(?:@(.*))?$`)

// parts reads an image's whole reference, of which s is a part, or returns "".
func (s *Shape) parts(v string) string {
	m := image.FindStringSubmatch(v)
	if m == nil {
		return ""
	}
	repository, tag, digest := m[1], m[2], m[3]
	if s.Def == "#Tag" && tag == "" && !strings.Contains(repository, "/") {
		repository, tag = "", repository // of "2.0.0@sha256:..."
	}
	var all []string
	for _, part := range []struct{ field, value string }{{"repository", repository}, {"tag", tag}, {"digest", digest}} {
		if part.value != "" {
			all = append(all, fmt.Sprintf("%s %q", part.field, part.value))
		}
	}
	if mine := map[string]string{"#Repository": repository, "#Tag": tag}[s.Def]; len(all) < 2 || mine != "" && s.Refuses(mine) != "" {
		return ""
	}
	return strings.Join(all, ", ")
}

// repair guesses what a value of the wrong form was meant to be, or returns "".
func (s *Shape) repair(v string) string {
	var guesses []string
	trimmed := strings.TrimSpace(v)
	switch s.Def {
	case "#DNSLabel", "#DNSSubdomain":
		guesses = []string{strings.ToLower(strings.ReplaceAll(trimmed, "_", "-"))}
	case "#Host", "#HostPort":
		_, after, found := strings.Cut(trimmed, "://")
		if !found {
			after = trimmed
		}
		after = strings.TrimRight(after, "/")
		guesses = []string{strings.ToLower(after)}
		if h, _, ok := strings.Cut(after, ":"); ok {
			guesses = append(guesses, strings.ToLower(h))
		}
	case "#Memory":
		guesses = []string{memory(trimmed), s.withUnit(trimmed)}
	case "#CPU":
		guesses = []string{strings.TrimRight(strings.ToLower(strings.ReplaceAll(trimmed, " ", "")), "cpus")}
	case "#CIDR":
		if p, err := netip.ParsePrefix(trimmed); err == nil {
			guesses = []string{p.Masked().String()}
		} else if a, err := netip.ParseAddr(trimmed); err == nil {
			guesses = []string{netip.PrefixFrom(a, a.BitLen()).String()}
		}
	case "#Seconds", "#Duration":
		if d, err := time.ParseDuration(trimmed); err == nil && d >= time.Second && d%time.Second == 0 {
			guesses = []string{strconv.Itoa(int(d/time.Second)) + "s"}
		} else if trimmed != "" && strings.Trim(trimmed, "0123456789") == "" {
			guesses = []string{trimmed + "s"}
		}
	case "#Registry", "#Repository":
		_, after, found := strings.Cut(trimmed, "://")
		if !found {
			after = trimmed
		}
		guesses = []string{strings.ToLower(strings.TrimRight(after, "/"))}
	case "#Digest":
		guesses = []string{strings.ToLower(trimmed), "sha256:" + strings.ToLower(trimmed)}
	case "#KubernetesMinor":
		parts := strings.Split(strings.TrimPrefix(trimmed, "v"), ".")
		guesses = []string{strings.Join(parts[:min(2, len(parts))], ".")}
	}
	for _, g := range guesses {
		if g != v && s.Refuses(g) == "" {
			return g
		}
	}
	return ""
}

// number reads a quantity that has no unit.
func number(v string) (float64, bool) {
	n, err := strconv.ParseFloat(v, 64)
	return n, err == nil
}

// node is the memory that a value without a default is compared with: the
// fields that have none are about nodes.
const node = "32Gi"

// withUnit gives a number the unit that brings it closest to the default.
func (s *Shape) withUnit(v string) string {
	if n, bare := number(v); !bare || n <= 0 {
		return ""
	}
	usual, ok := s.Default.(string)
	if !ok {
		usual = node
	}
	best, least := "", math.Inf(1)
	for _, unit := range []string{"Mi", "Gi", "Ti"} {
		// A value that the reader of quantities refuses is infinitely far.
		if far := math.Abs(math.Log(amount(v+unit) / amount(usual))); far < least {
			best, least = v+unit, far
		}
	}
	return best
}

func amount(q string) float64 {
	n, _ := quantity.Bytes(q)
	return float64(n)
}

// unitless is a duration or a size in the unit that the field's name says, or "".
func unitless(field, v string) string {
	if d, err := time.ParseDuration(v); err == nil && field == "ms" && d > 0 {
		return strconv.FormatInt(d.Milliseconds(), 10)
	}
	if n, err := quantity.Bytes(v); err == nil && strings.HasSuffix(strings.ToLower(field), "bytes") {
		return strconv.FormatInt(n, 10)
	}
	return ""
}

// memory reads "12 GB", "512mb", "512m" and "7GiB" as "12G", "512M", "512Mi"
// and "7Gi". The letter m alone means thousandths of a byte to Kubernetes, and
// mebibytes to whoever writes it.
func memory(v string) string {
	digits := strings.TrimRight(v, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ ")
	unit := strings.ToLower(strings.TrimSpace(v[len(digits):]))
	switch unit {
	case "m", "mi", "mib":
		return digits + "Mi"
	case "mb":
		return digits + "M"
	case "g", "gi", "gib":
		return digits + "Gi"
	case "gb":
		return digits + "G"
	case "k", "ki", "kib":
		return digits + "Ki"
	case "kb":
		return digits + "k"
	case "t", "ti", "tib":
		return digits + "Ti"
	case "tb":
		return digits + "T"
	}
	return ""
}
