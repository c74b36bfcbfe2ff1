package lockfile

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/whiskops/whiskops/internal/environment"
)

// beside the file is where it is written before it takes its place.
const beside = ".images.lock.yaml.new"

// Write brings the file at the root of a repository to a lock: whole, or not at
// all. It tells whether it was another.
func Write(dir string, lock environment.Lock) (changed bool, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("write %s: %w", environment.LockFile, err)
		}
	}()
	root, err := os.OpenRoot(dir)
	if err != nil {
		return false, err
	}
	defer root.Close()
	content := Format(lock)
	if len(content) > MaxSize {
		return false, fmt.Errorf("it would have more than %d KiB", MaxSize>>10)
	}
	if is, err := root.Lstat(environment.LockFile); err == nil && is.Mode()&fs.ModeSymlink == 0 && !is.Mode().IsRegular() {
		return false, errors.New("something that is no file is in its place\n  help: move it away")
	}
	if is, err := root.ReadFile(environment.LockFile); err == nil && bytes.Equal(is, content) {
		return false, nil
	}
	// Of a run that was killed, or a link of someone's: never written through.
	if err := root.Remove(beside); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, err
	}
	f, err := root.OpenFile(beside, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return false, err
	}
	_, err = f.Write(content)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = root.Rename(beside, environment.LockFile)
	}
	if err != nil {
		return false, errors.Join(err, root.Remove(beside))
	}
	return true, nil
}
