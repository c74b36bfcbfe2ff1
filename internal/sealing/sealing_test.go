package sealing

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/bitnami-labs/sealed-secrets/pkg/crypto"
)

func pemOf(der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

// TestSeal: the controller's code opens it, under the same name alone.
func TestSeal(t *testing.T) {
	key, cert, err := crypto.GeneratePrivateKeyAndCert(2048, time.Hour, "sealed-secret")
	if err != nil {
		t.Fatal(err)
	}
	c, err := Parse(pemOf(cert.Raw))
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Until.Sub(c.From); got != time.Hour {
		t.Errorf("valid for %s", got)
	}
	sealed, err := c.Seal("openwhisk", "a", "hunter2-zebra")
	if err != nil {
		t.Fatal(err)
	}
	raw, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil {
		t.Fatal(err)
	}
	keys := map[string]*rsa.PrivateKey{"": key}
	for label, want := range map[string]string{"openwhisk/a": "hunter2-zebra", "openwhisk/b": "", "default/a": "", "": ""} {
		if got, err := crypto.HybridDecrypt(rand.Reader, keys, raw, []byte(label)); string(got) != want || (err == nil) != (want != "") {
			t.Errorf("as %q: %q, %v", label, got, err)
		}
	}
	if again, err := c.Seal("openwhisk", "a", "hunter2-zebra"); err != nil || again == sealed {
		t.Errorf("one value sealed twice looks the same: %v", err)
	}
}

func TestParse(t *testing.T) {
	made := func(public, private any) []byte {
		der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{SerialNumber: big.NewInt(1)}, &x509.Certificate{SerialNumber: big.NewInt(1)}, public, private)
		if err != nil {
			t.Fatal(err)
		}
		return pemOf(der)
	}
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	small := &rsa.PublicKey{N: new(big.Int).Lsh(big.NewInt(3), 2045), E: 65537}
	enough := &rsa.PublicKey{N: new(big.Int).Add(new(big.Int).Lsh(big.NewInt(1), 2047), big.NewInt(1)), E: 65537}
	for name, tt := range map[string]struct {
		text []byte
		want string
	}{
		"nothing":     {nil, "no certificate in PEM"},
		"not PEM":     {[]byte("hello"), "no certificate in PEM"},
		"another":     {pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY"}), "no certificate in PEM"},
		"a key in it": {pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: []byte("x")}), "a private key in it"},
		"damaged":     {pemOf([]byte("x")), "damaged certificate"},
		"curve":       {made(&curve.PublicKey, curve), "its key is ECDSA"},
		"2047 bits":   {made(small, curve), "its key has 2047 bits"},
		"2048 bits":   {made(enough, curve), ""},
	} {
		_, err := Parse(tt.text)
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"))
	f.Fuzz(func(t *testing.T, text []byte) { _, _ = Parse(text) })
}
