// Package registry asks registries of images, and gives them artifacts: within a
// time, with a bounded number of tries, as the user whom docker's configuration
// says, else as nobody.
//
// In: references. Out: what a registry says, or a *Refusal, whose words are this
// package's own: what a registry or a library says may hold tokens, and comes
// from strangers.
package registry

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/lockfile"
)

// Client of registries. The zero value is of use, but for its patience.
type Client struct {
	// Patience is how long one reference may take, with all tries.
	Patience time.Duration
	// Insecure registries may be asked over plain HTTP, as those on this machine
	// always are.
	Insecure bool
	// Keychain has logins; nil is docker's configuration.
	Keychain authn.Keychain
	// Transport carries requests; nil is the library's.
	Transport http.RoundTripper
	// Pause waits before the next try; nil waits so long.
	Pause func(context.Context, time.Duration) error
}

// Look asks what a reference is now: the digest of its index, or of its manifest
// if there is no index, and the platforms that it was built for.
func (c Client) Look(ctx context.Context, reference string) (environment.Locked, error) {
	return within(ctx, c, reference, func(ref name.Reference, options []remote.Option) (environment.Locked, error) {
		d, err := remote.Get(ref, options...)
		if err != nil {
			return environment.Locked{}, err
		}
		if !known(d.MediaType) {
			return environment.Locked{}, errStrange
		}
		platforms, err := platformsOf(d)
		return environment.Locked{Digest: d.Digest.String(), Platforms: platforms}, err
	})
}

// Digest asks for that alone, which no registry counts as a pull.
func (c Client) Digest(ctx context.Context, reference string) (string, error) {
	return within(ctx, c, reference, func(ref name.Reference, options []remote.Option) (string, error) {
		d, err := remote.Head(ref, options...)
		if err == nil && known(d.MediaType) {
			return d.Digest.String(), nil
		}
		if status := (*transport.Error)(nil); errors.As(err, &status) && status.StatusCode != http.StatusMethodNotAllowed {
			return "", err
		}
		// Some answer that without a digest.
		whole, err := remote.Get(ref, options...)
		if err != nil {
			return "", err
		}
		if !known(whole.MediaType) {
			return "", errStrange
		}
		return whole.Digest.String(), nil
	})
}

// errStrange is an answer that is neither an index nor a manifest.
var errStrange = errors.New("no manifest")

func known(t types.MediaType) bool { return t.IsIndex() || t.IsImage() }

// Push gives an image to a registry under a reference.
func (c Client) Push(ctx context.Context, reference string, image v1.Image) error {
	_, err := within(ctx, c, reference, func(ref name.Reference, options []remote.Option) (struct{}, error) {
		return struct{}{}, remote.Write(ref, image, options...)
	})
	return err
}

// within does something about a reference before patience ends, even if what is
// asked does not look at the time, as a program that knows logins. Any error is
// a *Refusal.
func within[T any](ctx context.Context, c Client, reference string, do func(name.Reference, []remote.Option) (T, error)) (T, error) {
	var none T
	var as []name.Option
	if c.Insecure {
		as = append(as, name.Insecure)
	}
	ref, err := name.ParseReference(reference, as...)
	if err != nil {
		return none, c.refusal(reference, "", errReference)
	}
	ctx, cancel := context.WithTimeout(ctx, c.Patience)
	defer cancel()
	type answer struct {
		value T
		err   error
	}
	answers := make(chan answer, 1)
	go func() {
		value, err := do(ref, c.options(ctx))
		answers <- answer{value, err}
	}()
	select {
	case a := <-answers:
		if a.err != nil {
			return none, c.refusal(reference, hostOf(ref), a.err)
		}
		return a.value, nil
	case <-ctx.Done():
		return none, c.refusal(reference, hostOf(ref), ctx.Err())
	}
}

// hostOf a reference's registry, as people write it.
func hostOf(ref name.Reference) string {
	if host := ref.Context().RegistryStr(); host != name.DefaultRegistry {
		return host
	}
	return "docker.io"
}

func (c Client) options(ctx context.Context) []remote.Option {
	keys, carrier, pause := c.Keychain, c.Transport, c.Pause
	if keys == nil {
		keys = authn.DefaultKeychain
	}
	if carrier == nil {
		carrier = remote.DefaultTransport
	}
	if pause == nil {
		pause = wait
	}
	return []remote.Option{
		remote.WithContext(ctx), remote.WithAuthFromKeychain(logins{keys}),
		// The tries are the transport's below: the library's heed no Retry-After.
		remote.WithTransport(&patient{carrier, pause, c.Insecure}), remote.WithRetryBackoff(remote.Backoff{Steps: 1}),
	}
}

// logins hides what is wrong with docker's configuration: the words of it may
// hold a password.
type logins struct{ authn.Keychain }

func (l logins) Resolve(r authn.Resource) (authn.Authenticator, error) {
	a, err := l.Keychain.Resolve(r)
	if err != nil {
		return nil, errLogin
	}
	return a, nil
}

// platformsOf an index, or of the one manifest that there is. Attestations are of
// no platform.
func platformsOf(d *remote.Descriptor) ([]string, error) {
	var all []*v1.Platform
	if d.MediaType.IsIndex() {
		index, err := d.ImageIndex()
		if err != nil {
			return nil, err
		}
		manifest, err := index.IndexManifest()
		if err != nil {
			return nil, err
		}
		for _, m := range manifest.Manifests {
			all = append(all, m.Platform)
		}
	} else {
		image, err := d.Image()
		if err != nil {
			return nil, err
		}
		config, err := image.ConfigFile()
		if err != nil {
			return nil, err
		}
		all = append(all, config.Platform())
	}
	var names []string
	for _, p := range all {
		if p == nil || p.OS == "unknown" || p.Architecture == "unknown" {
			continue
		}
		text := p.OS + "/" + p.Architecture
		if p.Variant != "" {
			text += "/" + p.Variant
		}
		if !lockfile.IsPlatform(text) {
			continue
		}
		names = append(names, text)
	}
	slices.Sort(names)
	names = slices.Compact(names)
	return names[:min(len(names), lockfile.MaxPlatforms)], nil
}
