package certificates

import (
	"fmt"
	"strings"

	"github.com/whiskops/whiskops/internal/krm"
)

// signing is the init container's script, for /certs. It keeps a certificate
// that lives a month longer: init containers may run more than once in a pod's
// life. Not $(...) and not ${...}: Kubernetes and Flux replace those.
const signing = `set -eu
cd /certs
if openssl x509 -checkend 2592000 -noout -in tls.crt 2>/dev/null; then
  exit 0
fi
umask 077
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 90 \
  -subj '/CN=%s' \
  -addext 'subjectAltName=%s' \
  -addext 'basicConstraints=critical,CA:FALSE' \
  -addext 'extendedKeyUsage=serverAuth' \
  -keyout tls.key -out tls.crt
`

// selfSigned makes the certificate as the pod's own user, who reads it too.
func selfSigned(s Spec) krm.M {
	var names []string
	for _, name := range s.DNSNames {
		if isAddress(name) {
			names = append(names, "IP:"+name)
		} else {
			names = append(names, "DNS:"+name)
		}
	}
	commonName := s.DNSNames[0]
	if len(commonName) > longestCommonName {
		commonName = "self-signed"
	}
	return krm.M{
		"name":         InitName,
		"image":        s.SelfSigned.Image,
		"command":      krm.L{"sh", "-c", fmt.Sprintf(signing, commonName, strings.Join(names, ","))},
		"volumeMounts": krm.L{krm.M{"name": VolumeName, "mountPath": "/certs"}},
		"resources": krm.M{
			"requests": krm.M{"cpu": "10m", "memory": "16Mi"},
			"limits":   krm.M{"memory": "64Mi"},
		},
		"securityContext": krm.M{
			"allowPrivilegeEscalation": false,
			"capabilities":             krm.M{"drop": krm.L{"ALL"}},
			"readOnlyRootFilesystem":   true,
		},
	}
}
