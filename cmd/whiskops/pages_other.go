//go:build !linux

package main

// largePages does nothing where the kernel is not told how large pages are to be.
func largePages() {}
