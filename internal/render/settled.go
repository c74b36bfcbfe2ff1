package render

import (
	"crypto/sha256"
	"encoding/json"
	"path"

	"github.com/whiskops/whiskops/internal/delivery"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/overlay"
	"github.com/whiskops/whiskops/internal/tree"
)

// settledKind is the kind of what is remembered of an environment: the hashes
// of its folders' manifests, by the environment's values.
const settledKind = "environment"

// folders are an environment's folders, known by their manifests if they are on
// the disk as an earlier run made them of the same environment. One with a
// folder of the user's own in it is always made.
func (r *renderer) folders(env *environment.Environment) ([]tree.Folder, error) {
	own, err := r.ownFolder(env.Name)
	if err != nil {
		return nil, err
	}
	source := env.Secrets.Source
	if r.memory == nil || own.holds() != overlay.NoCustom || source.SOPS != nil || source.Sealed != nil {
		return r.environment(env, own)
	}
	key, err := keyOf(env)
	if err != nil {
		return nil, err
	}
	if folders, ok := r.settled(env, key); ok {
		return folders, nil
	}
	folders, err := r.environment(env, own)
	if err != nil {
		return nil, err
	}
	if text, err := json.Marshal(tree.Manifests(folders)); err == nil {
		r.memory.Put(settledKind, key, text)
	}
	return folders, nil
}

// keyOf is of all that an environment's folders follow from, but for this
// program, whose memory it is.
func keyOf(env *environment.Environment) (key [sha256.Size]byte, err error) {
	text, err := json.Marshal([]any{env.Name, env, env.Lock, env.Manifest})
	return sha256.Sum256(text), err
}

func (r *renderer) settled(env *environment.Environment, key [sha256.Size]byte) ([]tree.Folder, bool) {
	if r.holds == nil {
		return nil, false
	}
	text, ok := r.memory.Get(settledKind, key)
	var manifests map[string]string
	if !ok || json.Unmarshal(text, &manifests) != nil {
		return nil, false
	}
	folders := foldersOf(env, nil, nil, nil)
	for i, f := range folders {
		if folders[i].Manifest = manifests[f.Path]; folders[i].Manifest == "" {
			return nil, false
		}
	}
	return folders, len(manifests) == len(folders) && r.holds(manifests)
}

// foldersOf are the folders that an environment has.
func foldersOf(env *environment.Environment, overlay, golden, delivered map[string][]byte) []tree.Folder {
	dir := path.Join(OverlayFolder, env.Name)
	folders := []tree.Folder{
		{Path: dir, Files: overlay, Keep: []string{CustomFolder}},
		{Path: path.Join(GoldenFolder, env.Name), Files: golden, Own: path.Join(dir, CustomFolder)},
	}
	for _, folder := range delivery.Folders(env) {
		folders = append(folders, tree.Folder{Path: folder, Files: below(delivered, folder)})
	}
	return folders
}
