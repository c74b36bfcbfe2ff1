// Package sealing seals values for the controller of Sealed Secrets, which has the
// key to a certificate. It does so itself, with the project's own code: there is
// no program to install.
package sealing

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"time"

	"github.com/bitnami-labs/sealed-secrets/pkg/crypto"
)

// Certificate that values are sealed with.
type Certificate struct {
	key *rsa.PublicKey
	// From and Until bound the time in which it is meant to be used. What was
	// sealed opens after that too, as long as the controller has its key.
	From, Until time.Time
}

// Parse reads the first certificate of a PEM file.
func Parse(text []byte) (Certificate, error) {
	if bytes.Contains(text, []byte("PRIVATE KEY-----")) {
		return Certificate{}, fmt.Errorf("it has a private key in it, which whoever reads it can open all Secrets with")
	}
	block, _ := pem.Decode(text)
	if block == nil || block.Type != "CERTIFICATE" {
		return Certificate{}, fmt.Errorf("it is no certificate in PEM, which begins with \"-----BEGIN CERTIFICATE-----\"")
	}
	c, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return Certificate{}, fmt.Errorf("it is a damaged certificate: %w", err)
	}
	key, ok := c.PublicKey.(*rsa.PublicKey)
	if !ok {
		return Certificate{}, fmt.Errorf("its key is %s, and Sealed Secrets has RSA keys alone", c.PublicKeyAlgorithm)
	}
	const least = 2048
	if key.N.BitLen() < least {
		return Certificate{}, fmt.Errorf("its key has %d bits, and less than %d can be broken", key.N.BitLen(), least)
	}
	return Certificate{key: key, From: c.NotBefore, Until: c.NotAfter}, nil
}

// Seal seals a value for one Secret alone: under another name or in another
// namespace it does not open.
func (c Certificate) Seal(namespace, name, value string) (string, error) {
	// Source: pkg/apis/sealedsecrets/v1alpha1 EncryptionLabel, strict scope.
	label := namespace + "/" + name
	sealed, err := crypto.HybridEncrypt(rand.Reader, c.key, []byte(value), []byte(label))
	if err != nil {
		return "", fmt.Errorf("seal a value of Secret %s: %w", label, err)
	}
	return base64.StdEncoding.EncodeToString(sealed), nil
}
