package actionnode

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/whiskops/whiskops/e2e/servers/loopback"
	"github.com/whiskops/whiskops/e2e/servers/podproc"
	"github.com/whiskops/whiskops/e2e/servers/programs"
)

func TestNode(t *testing.T) {
	if err := programs.Need("node"); err != nil {
		t.Skip(err)
	}
	guard, err := podproc.NewGuard()
	if err != nil {
		t.Fatal(err)
	}
	defer guard.Close()
	n, err := New(guard, loopback.Address)
	if err != nil {
		t.Fatal(err)
	}
	defer n.Close()
	p := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: "ns", Name: "p", UID: "1"},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Image: "openwhisk/action-nodejs-v20:1"}}},
	}
	ip, err := n.Start(p)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := n.Start(p); again != ip || err != nil || n.Running() != 1 {
		t.Errorf("asked again: %s %v, %d pods", again, err, n.Running())
	}
	post := func(path, body string) string {
		answer, err := http.Post("http://"+ip+":8080"+path, "application/json", bytes.NewBufferString(body))
		if err != nil {
			return err.Error()
		}
		defer answer.Body.Close()
		said, _ := io.ReadAll(answer.Body)
		return fmt.Sprintf("%d %s", answer.StatusCode, said)
	}
	for _, tt := range []struct{ path, body, want string }{
		{"/init", `{"value":{"code":"UEsD","main":"main","binary":true}}`, `502 {"error":"This runtime takes code as text."}`},
		{"/init", `{"value":{"code":"function main(a) { console.log('hello'); if (a.bad) throw new Error('bad'); return {sum: a.n + 1}; }","main":"main"}}`, `200 {"ok":true}`},
		{"/run", `{"value":{"n":41},"activation_id":"x"}`, `200 {"sum":42}`},
		{"/run", `{"value":{"bad":true}}`, `502 {"error":"bad"}`},
	} {
		if got := post(tt.path, tt.body); got != tt.want {
			t.Errorf("%s %s: %s, want %s", tt.path, tt.body, got, tt.want)
		}
	}
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	answer, err := client.Get(fmt.Sprintf("https://%s:%d/containerLogs/ns/p/user-action?timestamps=true", n.Address, n.KubeletPort))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	said, _ := io.ReadAll(answer.Body)
	if strings.Count(string(said), " hello\n") != 2 || strings.Count(string(said), " XXX_THE_END_OF_A_WHISK_ACTIVATION_XXX\n") != 4 {
		t.Errorf("the log is\n%s", said)
	}
	n.Stop(p)
	if n.Running() != 0 {
		t.Error("a stopped pod runs")
	}
	if _, err := n.Start(&corev1.Pod{Spec: corev1.PodSpec{Containers: []corev1.Container{{Image: "example/none:1"}}}}); err == nil {
		t.Error("an image that is not there is started")
	}
}
