// Package quantity reads the Kubernetes quantities that the schema allows:
// a decimal number and one suffix of m, k, M, G, T, Ki, Mi, Gi, Ti. It exists
// because the apimachinery module is thirty times larger than this need.
package quantity

import (
	"fmt"
	"math/big"
	"strings"
)

// Units, longest suffix first.
var units = []struct {
	suffix string
	factor *big.Rat
}{
	{"Ki", big.NewRat(1<<10, 1)}, {"Mi", big.NewRat(1<<20, 1)}, {"Gi", big.NewRat(1<<30, 1)}, {"Ti", big.NewRat(1<<40, 1)},
	{"m", big.NewRat(1, 1000)}, {"k", big.NewRat(1e3, 1)}, {"M", big.NewRat(1e6, 1)}, {"G", big.NewRat(1e9, 1)}, {"T", big.NewRat(1e12, 1)},
}

func parse(s, example string) (*big.Rat, error) {
	number, factor := s, big.NewRat(1, 1)
	for _, u := range units {
		if n, ok := strings.CutSuffix(s, u.suffix); ok {
			number, factor = n, u.factor
			break
		}
	}
	if number == "" || strings.Trim(number, "0123456789.") != "" {
		return nil, fmt.Errorf("%q is no quantity: write a number and a unit, for example %s", s, example)
	}
	r, ok := new(big.Rat).SetString(number)
	if !ok {
		return nil, fmt.Errorf("%q is no quantity: write a number and a unit, for example %s", s, example)
	}
	return r.Mul(r, factor), nil
}

// Bytes of a quantity such as "512Mi", rounded up. Errors are fit for a user.
func Bytes(s string) (int64, error) { return scaled(s, 1, "512Mi or 2Gi") }

// Milli returns thousandths of a quantity such as "500m" or "2", rounded up:
// CPUs in millicores.
func Milli(s string) (int64, error) { return scaled(s, 1000, "2 or 500m") }

func scaled(s string, by int64, example string) (int64, error) {
	r, err := parse(s, example)
	if err != nil {
		return 0, err
	}
	r.Mul(r, big.NewRat(by, 1))
	n := new(big.Int).Div(new(big.Int).Add(r.Num(), new(big.Int).Sub(r.Denom(), big.NewInt(1))), r.Denom())
	if !n.IsInt64() {
		return 0, fmt.Errorf("%q is too large", s)
	}
	return n.Int64(), nil
}

// MiB is 2^20 bytes.
const MiB = 1 << 20

// FormatMiB writes whole mebibytes as a quantity, rounding down.
func FormatMiB(bytes int64) string { return fmt.Sprintf("%dMi", bytes/MiB) }
