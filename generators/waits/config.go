package waits

import (
	_ "embed"

	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/pods"
)

// Kind of the functionConfig.
const Kind = "AddWait"

//go:embed config.go
var source string

// Function adds waits.
var Function = krm.Define(krm.Definition{
	Kind: Kind, Command: "add-wait", Source: source,
	Short: "Hold pods back until what they need answers, and say meanwhile for what they wait",
	Example: `apiVersion: fn.whiskops.github.io/v1alpha1
kind: AddWait
metadata:
  name: web
spec:
  selector:
    kind: Deployment
    name: web
  image: docker.io/curlimages/curl:8.16.0
  waits:
  - name: database
    tcp: db-0.db:5432,db-1.db:5432,db-2.db:5432
  - name: login
    url: http://login:8080/ready
    hint: has the realm been imported?
`,
}, process)

// Process runs the function.
func Process(rl *krm.ResourceList) error { return Function.Process(rl) }

// Spec says which pods wait, and for what. Each wait is an init container before those
// that are there.
type Spec struct {
	// Selector of the objects whose pods wait.
	Selector *krm.Selector `json:"selector"`
	// Image with a shell, expr, nc and curl.
	Image string `json:"image"`
	// Waits in their order.
	Waits []pods.Wait `json:"waits"`
}
