package contract

import "sync"

// allowance is how much source may be built in one context, in bytes: it keeps all
// of it, and what that evaluates to. perLoad is what a load costs at least.
const (
	allowance = 64 << 10
	perLoad   = 2 << 10
)

// spare has contracts that are not at work. Compiling the schema takes longer than
// reading most environments. The collector takes what nobody asks for again.
var spare sync.Pool

// Borrow is New, or a contract that was given back. It is the caller's alone until
// Return.
func Borrow() (*Contract, error) {
	if c, ok := spare.Get().(*Contract); ok {
		return c, nil
	}
	return New()
}

// Return gives the contract back after size bytes of source were built in its
// context, unless that has all that it may keep. Where the evaluator has panicked a
// contract is not given back.
func (c *Contract) Return(size int) {
	if !c.spent(size) {
		spare.Put(c)
	}
}

// spent counts a load, and tells whether it is the context's last.
func (c *Contract) spent(size int) bool {
	c.built += max(size, perLoad)
	return c.built > allowance
}
