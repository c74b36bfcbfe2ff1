package contract_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/contract"
	"github.com/whiskops/whiskops/internal/contract/contracttest"
	"github.com/whiskops/whiskops/internal/place"
	"github.com/whiskops/whiskops/internal/seeds"
)

func contractOf(t testing.TB) *contract.Contract {
	t.Helper()
	con, err := contract.New()
	if err != nil {
		t.Fatal(err)
	}
	return con
}

// The checker and CUE agree on random data, right and wrong: what the checker
// lets through CUE accepts, and what it refuses CUE refuses, unless the reason
// is the meaning of a string.
func TestCheckerAgreesWithCUE(t *testing.T) {
	con := contractOf(t)
	const seed = 7
	r := rand.New(rand.NewPCG(seed, seed))
	accepted, refused := 0, 0
	tries := seeds.Count(200, 600)
	for i := range tries {
		g := &contracttest.Generator{Rand: r, Wrong: i%3 != 0}
		data := g.Value(con.Shape())
		fs := con.Check(&place.Source{Package: &place.Package{}, Name: "e", Data: data}, false)
		whole, err := con.Resolve(data)
		switch {
		case len(fs) == 0 && err != nil:
			t.Fatalf("seed %d, %d: CUE refuses what the checker lets through: %v", seed, i, err)
		case len(fs) > 0 && err == nil && !contracttest.MeaningAlone(fs):
			t.Fatalf("seed %d, %d: CUE accepts what the checker refuses: %v", seed, i, fs)
		case err == nil && len(fs) == 0:
			accepted++
			var env struct{ Edge struct{ Host string } }
			if err := json.Unmarshal(whole, &env); err != nil || env.Edge.Host != data.Field("edge").Field("host").Text {
				t.Errorf("host %q is not what was written: %v", env.Edge.Host, err)
			}
		default:
			refused++
		}
	}
	if accepted < tries/6 || refused < tries/6 {
		t.Errorf("%d accepted and %d refused: too few to tell", accepted, refused)
	}
}

// What is read from CUE and written again is the same.
func TestReadIsInverseOfExpr(t *testing.T) {
	con := contractOf(t)
	r := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		g := &contracttest.Generator{Rand: r}
		n := g.Value(con.Shape())
		got := place.Read(con.Context().BuildExpr(n.Expr()))
		if diff := cmp.Diff(plainText(n), plainText(got)); diff != "" {
			t.Fatalf("data (-want +got):\n%s", diff)
		}
	}
}

func plainText(n *place.Node) string {
	var b strings.Builder
	fmt.Fprint(&b, n.Kind, n.Text, n.Truth, "(")
	for _, e := range n.Elems {
		b.WriteString(plainText(e))
	}
	for _, m := range n.Fields {
		fmt.Fprintf(&b, "%q:%s", m.Label, plainText(m.Value))
	}
	return b.String() + ")"
}
