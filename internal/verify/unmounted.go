package verify

import (
	"fmt"
	"path"
	"strings"
)

// unmounted tells which folders of a container are generated and not mounted any
// more, though something that it reads still names a file in them.
func (j *judge) unmounted() {
	j.pairs(func(was, is *pod) {
		for _, c := range was.containers {
			now, ok := is.same(c)
			if !ok {
				continue
			}
			var mounts []mount
			there := map[string]bool{}
			for _, m := range list(now.is["volumeMounts"]) {
				at := path.Clean(text(m["mountPath"]))
				there[at] = true
				mounts = append(mounts, mount{at: at, volume: volumeOf(is, text(m["name"]))})
			}
			for _, m := range list(c.is["volumeMounts"]) {
				at := path.Clean(text(m["mountPath"]))
				if there[at] || at == "/tmp" {
					continue
				}
				for _, t := range j.texts(is, now, mounts) {
					if strings.Contains(t.is, at+"/") {
						j.fail(fault{
							code: codeMount, of: is.of, path: under(now.path, "volumeMounts"), word: at,
							message: fmt.Sprintf("container %s has nothing mounted at %s any more, and %s names a file there", now.name, at, t.where),
							help:    "leave the mount; a list without a merge key, or one in a JSON 6902 patch, is replaced whole",
						})
						break
					}
				}
			}
		}
	})
}

func volumeOf(p *pod, name string) map[string]any {
	for _, v := range list(p.spec["volumes"]) {
		if text(v["name"]) == name {
			return v
		}
	}
	return nil
}

// mountedBefore tells whether a file was in a volume without the user's folder:
// that its mount is gone is said once.
func (j *judge) mountedBefore(p *pod, c container, file string) bool {
	if j.plain == nil {
		return false
	}
	for _, was := range j.plain.pods {
		if nameless(was.of) != nameless(p.of) {
			continue
		}
		before, _ := was.same(c)
		for _, m := range list(before.is["volumeMounts"]) {
			if strings.HasPrefix(file, path.Clean(text(m["mountPath"]))+"/") {
				return true
			}
		}
	}
	return false
}
