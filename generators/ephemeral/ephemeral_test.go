package ephemeral

import (
	"testing"

	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/krm/krmtest"
)

func TestCases(t *testing.T) { krmtest.Run(t, Process) }

func FuzzProcess(f *testing.F) { krmtest.Fuzz(f, Process) }

// Bytes of a directory are rounded up to the MiB.
func TestRounding(t *testing.T) {
	for size, want := range map[string]string{"0": "10Mi", "1": "11Mi", "1048575": "11Mi", "1Mi": "11Mi", "1048577": "12Mi", "999999Ti": "1073741834Mi"} {
		o := krm.M{"kind": "Deployment", "spec": krm.M{"template": krm.M{"spec": krm.M{
			"volumes":    krm.L{krm.M{"name": "a", "emptyDir": krm.M{"sizeLimit": size}}},
			"containers": krm.L{krm.M{"name": "c", "volumeMounts": krm.L{krm.M{"name": "a"}}}},
		}}}}
		if err := bound(o, "1Mi", 10<<20); err != nil {
			t.Fatal(err)
		}
		pod := o["spec"].(krm.M)["template"].(krm.M)["spec"].(krm.M)
		if got := pod["containers"].(krm.L)[0].(krm.M)["resources"].(krm.M)["limits"].(krm.M)[resource]; got != want {
			t.Errorf("%s: %v, want %s", size, got, want)
		}
	}
}
