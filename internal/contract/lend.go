package contract

import "sync"

// allowance is how much source may be built in one context, in bytes: it keeps all
// of it, and what that evaluates to. perLoad is what a load costs at least.
const (
	allowance = 64 << 10
	perLoad   = 2 << 10
)

// lender has the contract that is not at work. Compiling the schema takes longer
// than reading most environments.
type lender struct {
	mu    sync.Mutex
	spare *Contract
}

var lent lender

// Borrow is New, or a contract that was given back. It is the caller's alone until
// Return.
func Borrow() (*Contract, error) { return lent.borrow() }

// Return gives the contract back after size bytes of source were built in its
// context, unless that has all that it may keep. Where the evaluator has panicked a
// contract is not given back.
func (c *Contract) Return(size int) { lent.giveBack(c, size) }

func (l *lender) borrow() (*Contract, error) {
	l.mu.Lock()
	c := l.spare
	l.spare = nil
	l.mu.Unlock()
	if c != nil {
		return c, nil
	}
	return New()
}

func (l *lender) giveBack(c *Contract, size int) {
	if c.built += max(size, perLoad); c.built > allowance {
		return
	}
	l.mu.Lock()
	l.spare = c
	l.mu.Unlock()
}
