//go:build !(linux || darwin || freebsd || netbsd || openbsd || dragonfly)

package tree

// access cannot be asked here: the write itself will tell.
func (d *disk) access(string) error { return nil }
