package podproc

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/whiskops/whiskops/e2e/servers/golden"
)

// mount is a path of the containers, the volume (and folder in it) behind it,
// and the link to that on this machine.
type mount struct {
	path, source, link string
	// container is empty if the path means the same in all containers.
	container string
}

// mounts lists what is mounted, the main containers' first. Where a path of an
// init container means another volume, it has a link of its own.
func (p *Pod) mounts() []mount {
	var list, own []mount
	found := map[string]string{}
	spec := p.workload.Spec.Template.Spec
	for _, c := range slices.Concat(spec.Containers, spec.InitContainers) {
		for _, m := range c.VolumeMounts {
			source := filepath.Join(m.Name, m.SubPath)
			switch other, ok := found[m.MountPath]; {
			case !ok:
				found[m.MountPath] = source
				list = append(list, mount{path: m.MountPath, source: source, link: p.Path(m.MountPath)})
			case other != source:
				link := filepath.Join(p.folder, "root-"+c.Name, m.MountPath)
				own = append(own, mount{m.MountPath, source, link, c.Name})
			}
		}
	}
	return append(own, list...)
}

func (p *Pod) volumeFolder(name string) string { return filepath.Join(p.folder, "volumes", name) }

func (p *Pod) mount(mounts []mount) error {
	spec := p.workload.Spec.Template.Spec
	made := map[string]bool{}
	for _, v := range spec.Volumes {
		if err := p.makeVolume(v); err != nil {
			return fmt.Errorf("volume %s: %w", v.Name, err)
		}
		made[v.Name] = true
	}
	for _, claim := range p.workload.Spec.VolumeClaimTemplates {
		if err := p.makeFolder(claim.Metadata.Name); err != nil {
			return err
		}
		made[claim.Metadata.Name] = true
	}
	for _, m := range mounts {
		volume, _, _ := strings.Cut(m.source, "/")
		if !made[volume] {
			return fmt.Errorf("%s is mounted from volume %q, which the pod does not have", m.path, volume)
		}
		if err := os.MkdirAll(filepath.Dir(m.link), 0o755); err != nil {
			return err
		}
		if err := os.Symlink(p.volumeFolder(m.source), m.link); err != nil && !os.IsExist(err) {
			return err
		}
	}
	return nil
}

func (p *Pod) makeVolume(v golden.Volume) error {
	switch {
	case v.ConfigMap != nil:
		data, err := p.configMap(v.ConfigMap.Name)
		if err != nil {
			return err
		}
		return p.writeFiles(v.Name, data, v.ConfigMap.DefaultMode)
	case v.Secret != nil:
		data, err := p.secret(v.Secret.SecretName)
		if err != nil {
			return err
		}
		if len(v.Secret.Items) > 0 {
			chosen := map[string]string{}
			for _, item := range v.Secret.Items {
				value, ok := data[item.Key]
				if !ok {
					return fmt.Errorf("secret %s has no key %q", v.Secret.SecretName, item.Key)
				}
				chosen[item.Path] = value
			}
			data = chosen
		}
		return p.writeFiles(v.Name, data, v.Secret.DefaultMode)
	case v.Projected != nil:
		all := map[string]string{}
		for _, source := range v.Projected.Sources {
			var data map[string]string
			err := fmt.Errorf("a source that is not known here")
			switch {
			case source.ConfigMap != nil:
				data, err = p.configMap(source.ConfigMap.Name)
			case source.Secret != nil:
				data, err = p.secret(source.Secret.Name)
			}
			if err != nil {
				return err
			}
			maps.Copy(all, data)
		}
		return p.writeFiles(v.Name, all, v.Projected.DefaultMode)
	case v.EmptyDir != nil || v.PersistentVolumeClaim != nil:
		return p.makeFolder(v.Name)
	}
	return fmt.Errorf("a kind that is not known here")
}

// makeFolder makes what the pod may write in, owned by root and its group, as
// with fsGroup.
func (p *Pod) makeFolder(volume string) error {
	folder := p.volumeFolder(volume)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	if size := p.options.Sizes[volume]; size != "" {
		if err := syscall.Mount("tmpfs", folder, "tmpfs", 0, "size="+size); err != nil {
			return fmt.Errorf("a filesystem for volume %s: %w", volume, err)
		}
	}
	return p.own(folder, 0o775|os.ModeSetgid)
}

func (p *Pod) own(path string, mode os.FileMode) error {
	security := p.workload.Spec.Template.Spec.SecurityContext
	if group := security.FSGroup; group != nil && os.Geteuid() == 0 {
		if err := os.Chown(path, 0, int(*group)); err != nil {
			return err
		}
	}
	return os.Chmod(path, mode)
}

func (p *Pod) writeFiles(volume string, data map[string]string, mode *uint32) error {
	if err := p.makeFolder(volume); err != nil {
		return err
	}
	for _, name := range sortedKeys(data) {
		if err := p.WriteFile(volume, name, data[name], mode); err != nil {
			return err
		}
	}
	return nil
}

// WriteFile writes or replaces a file of a mounted ConfigMap or Secret, in one
// step as the kubelet does. Without a mode it is 0644.
func (p *Pod) WriteFile(volume, name, text string, mode *uint32) error {
	bits := uint32(0o644)
	if mode != nil {
		bits = *mode
	}
	path := filepath.Join(p.volumeFolder(volume), name)
	next := path + ".next"
	if err := os.WriteFile(next, []byte(p.rules.apply("", "file "+name, text)), 0o600); err != nil {
		return err
	}
	if err := p.own(next, os.FileMode(bits)); err != nil {
		return err
	}
	return os.Rename(next, path)
}

// Claimed says whether what is mounted at a path outlives the pod.
func (p *Pod) Claimed(path string) bool {
	for _, m := range p.mounts() {
		for _, claim := range p.workload.Spec.VolumeClaimTemplates {
			if m.path == path && m.container == "" && m.source == claim.Metadata.Name {
				return true
			}
		}
	}
	return false
}

// Replaced writes all files of a Secret's volume anew, as the kubelet did at a time.
func (p *Pod) Replaced(volume string, data map[string]string, at time.Time) error {
	for name, text := range data {
		if err := p.WriteFile(volume, name, text, nil); err != nil {
			return err
		}
		if err := os.Chtimes(filepath.Join(p.volumeFolder(volume), name), at, at); err != nil {
			return err
		}
	}
	return nil
}
