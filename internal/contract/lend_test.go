package contract

import "testing"

// A contract is one caller's at a time, is given out again, and is let go when its
// context keeps as much as it may.
func TestLending(t *testing.T) {
	borrow := func(l *lender) *Contract {
		t.Helper()
		c, err := l.borrow()
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	var l lender
	a, b := borrow(&l), borrow(&l)
	if a == b {
		t.Fatal("two callers have one contract")
	}
	l.giveBack(a, 0)
	if got := borrow(&l); got != a {
		t.Error("a contract that was given back is not given out again")
	}
	if got := borrow(&l); got == a || got == b {
		t.Error("a contract that is at work is given out")
	}
	for _, tt := range []struct {
		sizes []int
		kept  bool
	}{
		{[]int{allowance - 1}, true},
		{[]int{allowance}, true},
		{[]int{allowance + 1}, false},
		{[]int{allowance - perLoad, 1}, true},
		{[]int{allowance - perLoad + 1, 1}, false},
	} {
		var l lender
		c := borrow(&l)
		for _, size := range tt.sizes {
			l.spare = nil
			l.giveBack(c, size)
		}
		if kept := l.spare == c; kept != tt.kept {
			t.Errorf("after %v bytes it is kept: %v", tt.sizes, kept)
		}
	}
}
