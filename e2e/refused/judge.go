package refused

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// verdict is what whiskops says of one field; see internal/change.
type verdict struct {
	Kind, Rule, Field, By string
	Number                int
}

func (v verdict) rule() string { return fmt.Sprintf("%s %d %s", v.Kind, v.Number, v.Rule) }

// judge is whiskops's own opinion, from internal/change.
type judge struct {
	mutex sync.Mutex
	in    *json.Encoder
	out   *json.Decoder
	// rules that refuse something, and how many pairs each did.
	rules []verdict
}

func newJudge(t *testing.T) *judge {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "refused")
	if out, err := exec.Command("go", "-C", "../..", "build", "-o", binary, "./internal/change/refused").CombinedOutput(); err != nil {
		t.Fatalf("build the judge: %v\n%s", err, out)
	}
	j := &judge{}
	list, err := exec.Command(binary, "-rules").Output()
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(list, &j.rules); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), binary)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { end(in, cmd) })
	j.in, j.out = json.NewEncoder(in), json.NewDecoder(bufio.NewReader(out))
	return j
}

func end(in io.Closer, cmd *exec.Cmd) {
	_ = in.Close()
	_ = cmd.Wait() // its context is over
}

func (j *judge) of(old, new any) ([]verdict, error) {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	if err := j.in.Encode(map[string]any{"old": old, "new": new}); err != nil {
		return nil, err
	}
	var verdicts []verdict
	return verdicts, j.out.Decode(&verdicts)
}
