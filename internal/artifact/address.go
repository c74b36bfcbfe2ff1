package artifact

import (
	"errors"
	"net/url"
	"slices"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"

	"github.com/whiskops/whiskops/internal/registry"
)

// Address of an artifact.
type Address struct {
	// Reference is registry/repository:tag.
	Reference string
	// Host is the registry, with its port.
	Host string
}

// longest annotation, in bytes.
const longest = 1024

// oneLine tells whether a text is one line of ASCII.
func oneLine(text string) bool {
	return len(text) <= longest && !strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r > '~' })
}

// errAddress does not repeat the address: there may be a login in it.
var errAddress = errors.New("the address to push to is none that Flux takes\n  help: write oci://registry.example.com/repository:tag, in lower case, without a login and a digest; without a tag it is latest")

// ParseAddress reads oci://host/repository[:tag]. The error says what to write.
func ParseAddress(text string) (Address, error) {
	rest, ok := strings.CutPrefix(text, "oci://")
	if !ok || strings.ContainsAny(rest, "@?#") {
		return Address{}, errAddress
	}
	host, _, nested := strings.Cut(rest, "/")
	// Else it is taken for an account of Docker Hub.
	if !nested || !strings.ContainsAny(host, ".:") || slices.Contains(strings.Split(rest, "/"), "..") {
		return Address{}, errAddress
	}
	tag, err := name.NewTag(rest)
	if err != nil || tag.RepositoryStr() == "" {
		return Address{}, errAddress
	}
	return Address{Reference: host + "/" + tag.RepositoryStr() + ":" + tag.TagStr(), Host: host}, nil
}

// Check says what is wrong with an origin, if anything is.
func (o Origin) Check() error {
	for flag, value := range map[string]string{"--source": o.Source, "--revision": o.Revision} {
		if !oneLine(value) {
			return errors.New(flag + ": write one line of ASCII with at most 1024 characters")
		}
	}
	if strings.Contains(o.Source, "://") {
		if u, err := url.Parse(o.Source); err != nil || hasLogin(u) {
			return errors.New("--source: the address has a login in it, which everyone who may pull the artifact could read, or it is none\n  help: write it without, for example https://git.example.com/team/platform")
		}
	}
	return nil
}

// hasLogin tells whether a URL has a password, or what may be a token. The user of
// ssh is none.
func hasLogin(u *url.URL) bool {
	_, password := u.User.Password()
	return password || u.User != nil && u.Scheme != "ssh"
}

// Local tells whether the registry is on this machine, by its address.
func (a Address) Local() bool { return registry.Local(a.Host) }
