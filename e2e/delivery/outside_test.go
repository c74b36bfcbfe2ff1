package delivery_test

import (
	"time"

	"github.com/whiskops/whiskops/e2e/cluster/objects"
)

// issue plays cert-manager for the Certificates among the objects, once they are
// there, until the cluster ends; their Secrets are made beside it.
func (s *stage) issue(all []*objects.Object) {
	for _, o := range objects.OfKind(all, "Certificate") {
		go func() {
			for s.Ctx.Err() == nil {
				now, err := s.Installer.Get(s.Ctx, o)
				if err == nil && condition(now, "Ready") == nil {
					// What is not written now is in the next round.
					_ = s.Installer.Merge(s.Ctx, o, map[string]any{"status": map[string]any{"conditions": []any{map[string]any{
						"type": "Ready", "status": "True", "reason": "Ready", "message": "issued", "observedGeneration": now.GetGeneration(),
						"lastTransitionTime": time.Now().UTC().Format(time.RFC3339),
					}}}}, "status")
				}
				time.Sleep(500 * time.Millisecond)
			}
		}()
	}
}
