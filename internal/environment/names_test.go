package environment

import (
	"slices"
	"strings"
	"testing"

	"github.com/whiskops/whiskops/internal/contract"
)

// What the contract calls the name of a Secret, or a key of one, is shown: a finding
// about it would say nothing otherwise.
func TestNamesOfSecretsAreShown(t *testing.T) {
	con, err := contract.New()
	if err != nil {
		t.Fatal(err)
	}
	names := 0
	var walk func(path []string, s *contract.Shape)
	walk = func(path []string, s *contract.Shape) {
		if s == nil {
			return
		}
		if slices.Contains([]string{"#DNSSubdomain", "#DataKey", "#LabelKey"}, s.Def) {
			names++
			if maySecret(path, false) {
				t.Errorf("%s is hidden", strings.Join(path, "."))
			}
		}
		for _, f := range s.Fields {
			walk(append(path[:len(path):len(path)], f.Label), f.Shape)
		}
		walk(append(path[:len(path):len(path)], "some"), s.Values)
		walk(append(path[:len(path):len(path)], "0"), s.Elem)
	}
	walk([]string{"production"}, con.Shape())
	if names < 20 {
		t.Errorf("only %d names were looked at", names)
	}
}
