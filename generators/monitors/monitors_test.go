package monitors

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/whiskops/whiskops/internal/krm/krmtest"
	"github.com/whiskops/whiskops/internal/value"
)

func TestCases(t *testing.T) { krmtest.Run(t, Process) }

func FuzzProcess(f *testing.F) { krmtest.Fuzz(f, Process) }

// Grafana refuses ids of more than 40 characters, and two environments have two.
func TestUID(t *testing.T) {
	for length, same := range map[int]bool{39: true, 40: true, 41: false, 73: false} {
		file := strings.Repeat("a", length)
		if got := uid(file); (got == file) != same || len(got) > 40 {
			t.Errorf("%d: %q", length, got)
		}
	}
	if long := strings.Repeat("a", 41); uid(long+"b") == uid(long+"c") {
		t.Error("two names have one id")
	}
}

// A dashboard is JSON, whatever there is in it.
func TestDashboardIsJSON(t *testing.T) {
	for _, panels := range [][]Panel{nil, {{Title: "a }\"<b>", Series: []Series{{Expr: "x{a=\"b\"} > 1"}}}}} {
		o, err := dashboard(Spec{Dashboard: &Dashboard{File: "a", Title: "t", Panels: panels}})
		if err != nil {
			t.Fatal(err)
		}
		var board struct {
			UID    string
			Panels []struct {
				Title   string
				Targets []struct{ Expr string }
			}
		}
		if err := json.Unmarshal([]byte(value.Map(o, "data")["a.json"].(string)), &board); err != nil {
			t.Fatal(err)
		}
		if board.UID != "a" || len(board.Panels) != len(panels) {
			t.Errorf("%+v", board)
		}
		for i, p := range board.Panels {
			if p.Title != panels[i].Title || p.Targets[0].Expr != panels[i].Series[0].Expr {
				t.Errorf("%+v", p)
			}
		}
	}
}
