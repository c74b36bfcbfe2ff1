// Command refused says of pairs of objects what of the update from the old to the
// new one is refused, for e2e/refused, which asks an API server the same.
//
// Each line of its input is a JSON object with old and new; each line of its output
// is a list of verdicts. With -rules it lists the rules instead.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/whiskops/whiskops/internal/change"
	"github.com/whiskops/whiskops/internal/value"
)

func main() {
	rules := flag.Bool("rules", false, "list the rules of the table")
	flag.Parse()
	out := json.NewEncoder(os.Stdout)
	err := judge(os.Stdin, out)
	if *rules {
		err = out.Encode(change.Rules())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "refused:", err)
		os.Exit(1)
	}
}

func judge(in io.Reader, out *json.Encoder) error {
	pairs := json.NewDecoder(in)
	pairs.UseNumber()
	for {
		var pair struct{ Old, New map[string]any }
		if err := pairs.Decode(&pair); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		old, err := settled(pair.Old)
		if err != nil {
			return err
		}
		new, err := settled(pair.New)
		if err != nil {
			return err
		}
		verdicts := change.Verdicts(old, new)
		if verdicts == nil {
			verdicts = []change.Verdict{}
		}
		if err := out.Encode(verdicts); err != nil {
			return err
		}
	}
}

func settled(o map[string]any) (map[string]any, error) {
	v, err := value.Settle(o)
	m, _ := v.(map[string]any)
	return m, err
}
