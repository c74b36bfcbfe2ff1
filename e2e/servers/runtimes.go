package servers

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"time"
)

// Runtimes proves that OpenWhisk has the kinds that an environment says, and runs
// actions of one of its own. What it asks for is that of ownKinds.
func Runtimes(r *Run) error {
	folder := os.Getenv(OpenWhiskFolder)
	network, without, err := r.invokerRooms(folder)
	if err != nil {
		return fmt.Errorf("runtimes: %w", err)
	}
	o, err := newOpenWhisk(r, folder)
	if err != nil {
		return fmt.Errorf("runtimes: %w", err)
	}
	if err := o.begin(); err != nil {
		return fmt.Errorf("runtimes: start: %w", err)
	}
	if err := o.listed(); err != nil {
		return fmt.Errorf("runtimes: %w", err)
	}
	if network == nil {
		r.notRun(without, []string{"actions of a kind of the environment's own are made and run in its image"})
		return nil
	}
	v := &invokers{openWhisk: o, network: network, image: filepath.Join(folder, "invoker")}
	for _, step := range []struct {
		name  string
		check func() error
	}{
		{"cluster", func() (err error) { v.cluster, err = newActionCluster(o.run); return err }},
		{"invokers", v.begin},
		{"stem cells", func() error {
			return v.waiting("ghcr.io/acme/action-nodejs-own:1.0.0", "stem cells of a kind of the environment's own wait in its image")
		}},
		{"own kind", v.ownKind},
		{"refused", v.refusedKinds},
		{"images of users", v.usersImages},
	} {
		if err := step.check(); err != nil {
			return fmt.Errorf("runtimes: %s: %w", step.name, err)
		}
	}
	return nil
}

// listed compares what the root of the API lists with the generated manifest.
func (o *openWhisk) listed() error {
	type kind struct {
		Kind                                       string
		Image                                      string
		Default, Deprecated, Attached, RequireMain bool
	}
	var generated struct {
		Runtimes map[string][]struct {
			Kind                             string
			Default, Deprecated, RequireMain bool
			Attached                         *struct{}
			Image                            struct{ Registry, Prefix, Name, Tag string }
		}
	}
	for name, data := range o.run.Env.ConfigMaps {
		if strings.HasPrefix(name, "runtimes") {
			if err := json.Unmarshal([]byte(data["RUNTIMES_MANIFEST"]), &generated); err != nil {
				return err
			}
		}
	}
	want := map[string]map[string]kind{}
	for family, kinds := range generated.Runtimes {
		want[family] = map[string]kind{}
		for _, k := range kinds {
			image := k.Image.Name + ":" + k.Image.Tag
			for _, part := range []string{k.Image.Prefix, k.Image.Registry} {
				if part != "" {
					image = part + "/" + image
				}
			}
			want[family][k.Kind] = kind{k.Kind, image, k.Default, k.Deprecated, k.Attached != nil, k.RequireMain}
		}
	}
	for _, ip := range o.ips {
		answer, err := (&http.Client{Timeout: 10 * time.Second}).Get("http://" + ip + ":8080/")
		if err != nil {
			return err
		}
		said, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil {
			return err
		}
		var listed struct{ Runtimes map[string][]kind }
		if err := json.Unmarshal(said, &listed); err != nil {
			return fmt.Errorf("GET /: %w: %.200s", err, said)
		}
		got := map[string]map[string]kind{}
		for family, kinds := range listed.Runtimes {
			got[family] = map[string]kind{}
			for _, k := range kinds {
				got[family][k.Kind] = k
			}
		}
		if len(want) == 0 || !reflect.DeepEqual(want, got) {
			return fmt.Errorf("the root of the API lists %v, not %v", got, want)
		}
	}
	o.run.proved(openWhiskServer, "the root of the API lists the %d families of the generated manifest, each kind with its image, default, deprecation, attachment and main", len(want))
	return nil
}

// waiting waits for a pod of an image.
func (v *invokers) waiting(image, claim string) error {
	err := eventually(v.run.Context, time.Minute, func() error {
		pods, err := v.cluster.pods(v.run, "")
		if err != nil {
			return err
		}
		var images []string
		for _, p := range pods {
			if images = append(images, p.Spec.Containers[0].Image); images[len(images)-1] == image {
				return nil
			}
		}
		return fmt.Errorf("no pod has the image %s; there are %v", image, images)
	})
	if err == nil {
		v.run.proved(invokerServer, "%s", claim)
	}
	return err
}

const sum = "function main(a) { return {sum: a.n + 1}; }"

// ownKind makes actions of a kind by its name and by its family's default.
func (v *invokers) ownKind() error {
	for _, kind := range []string{"acme:own", "acme:default", "nodejs:default"} {
		name := strings.ReplaceAll(kind, ":", "-")
		if err := v.asked(0, http.MethodPut, "/_/actions/"+name, map[string]any{"exec": map[string]string{"kind": kind, "code": sum}}, nil); err != nil {
			return err
		}
		var made struct{ Exec struct{ Kind string } }
		if err := v.asked(0, http.MethodGet, "/_/actions/"+name, nil, &made); err != nil {
			return err
		}
		if want := map[string]string{"nodejs:default": "nodejs:22"}[kind]; made.Exec.Kind != want && !(want == "" && made.Exec.Kind == "acme:own") {
			return fmt.Errorf("an action of %s is of %s", kind, made.Exec.Kind)
		}
		var a activation
		if err := v.asked(0, http.MethodPost, "/_/actions/"+name+"?blocking=true", map[string]int{"n": 1}, &a); err != nil {
			return err
		}
		if string(a.Response.Result) != `{"sum":2}` {
			return fmt.Errorf("an action of %s answers %+v", kind, a.Response)
		}
	}
	v.run.proved(invokerServer, "actions of a kind of the environment's own are made and run, by its name, as its family's default, and as the default of nodejs in place of the catalogue's")
	return nil
}

// refusedKinds are those that are deprecated, removed, or need what is not there.
func (v *invokers) refusedKinds() error {
	for kind, want := range map[string]string{"nodejs:18": "no longer supported", "python:3.11": "'python:3.11' is not", "acme:main": "'main' must be"} {
		status, said, err := v.call(0, http.MethodPut, "/_/actions/no", map[string]any{"exec": map[string]string{"kind": kind, "code": sum}})
		if err != nil || status != http.StatusBadRequest || !strings.Contains(said, want) {
			return wrong(err, "an action of %s is answered %d: %.300s", kind, status, said)
		}
	}
	v.run.proved(openWhiskServer, "an action of a kind that is deprecated, removed, or without the function that its kind needs is refused with 400 and the reason")
	return nil
}

// usersImages: one that is listed comes from the registry of the languages, one that is
// not from where it is named.
func (v *invokers) usersImages() error {
	for image, from := range map[string]string{"acme/action-nodejs-base:1": "registry.example.com/hub/", "acme/action-nodejs-other:1": ""} {
		if err := v.asked(0, http.MethodPut, "/_/actions/blackbox?overwrite=true", map[string]any{"exec": map[string]string{"kind": "blackbox", "image": image, "code": sum}}, nil); err != nil {
			return err
		}
		var a activation
		if err := v.asked(0, http.MethodPost, "/_/actions/blackbox?blocking=true", map[string]int{"n": 1}, &a); err != nil {
			return err
		}
		if string(a.Response.Result) != `{"sum":2}` {
			return fmt.Errorf("an action of %s answers %+v", image, a.Response)
		}
		if err := v.waiting(from+image, fmt.Sprintf("an image that users name runs as %s", from+image)); err != nil {
			return err
		}
	}
	return nil
}
