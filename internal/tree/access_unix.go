//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package tree

import (
	"path/filepath"
	"syscall"
)

// access asks the kernel whether files can be made and removed in dir.
func (d *disk) access(dir string) error {
	const write, search = 2, 1 // W_OK, X_OK of access(2)
	return syscall.Access(filepath.Join(d.abs, filepath.FromSlash(dir)), write|search)
}
