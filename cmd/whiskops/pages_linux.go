package main

import (
	"runtime/debug"
	"sync"
	"syscall"
)

// heapOfRun is what a run that makes a tree needs of the heap, about.
const heapOfRun = 64 << 20

// largePages asks Linux for the first 64 MiB of the heap in pages of 2 MiB, of which
// it gives those that are touched. In pages of 4 KiB it is asked some 15,000 times,
// which was a fifth of a cold run; where all memory has large pages, or none, this
// changes nothing (/sys/kernel/mm/transparent_hugepage/enabled, whose usual value is
// "madvise"). Go has no setting for it: so a piece of that size is taken, spoken
// for, and left to the collector, before much else is on the heap.
var largePages = sync.OnceFunc(func() {
	// In the midst of collecting, the piece would outlive it.
	percent := debug.SetGCPercent(-1)
	defer debug.SetGCPercent(percent)
	_ = syscall.Madvise(make([]byte, heapOfRun), syscall.MADV_HUGEPAGE) // a kernel without them goes on as before
})
