package contract

import "testing"

// A contract is one caller's at a time, and is given out again.
func TestLending(t *testing.T) {
	borrow := func() *Contract {
		t.Helper()
		c, err := Borrow()
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	a, b := borrow(), borrow()
	if a == b {
		t.Fatal("two callers have one contract")
	}
	// A pool may let go of one at any time, and does so often for the race detector.
	again := false
	for range 20 {
		c := borrow()
		c.Return(0)
		d := borrow()
		if d == a || d == b {
			t.Fatal("a contract that is at work is given out")
		}
		again = again || c == d
	}
	if !again {
		t.Error("no contract that was given back is given out again")
	}
}

// A contract is let go when its context keeps as much as it may.
func TestSpent(t *testing.T) {
	for _, tt := range []struct {
		sizes []int
		spent bool
	}{
		{[]int{allowance - 1}, false},
		{[]int{allowance}, false},
		{[]int{allowance + 1}, true},
		{[]int{allowance - perLoad, 1}, false},
		{[]int{allowance - perLoad, perLoad + 1}, true},
		{[]int{allowance - perLoad + 1, 1}, true},
		{make([]int, allowance/perLoad), false},
		{make([]int, allowance/perLoad+1), true},
	} {
		var c Contract
		spent := false
		for _, size := range tt.sizes {
			spent = c.spent(size)
		}
		if spent != tt.spent {
			t.Errorf("after loads of %v bytes it is spent: %v", tt.sizes, spent)
		}
	}
}
