package secret

import (
	"encoding/hex"
	"fmt"
	"io"
	"regexp"

	"github.com/whiskops/whiskops/internal/catalog"
)

// letters that values are made of: all readers take them as they are, OpenWhisk's
// start script too.
const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

// Make makes a value of randomness. Each letter is as likely as any other.
func Make(v catalog.Value, random io.Reader) (string, error) {
	if v.Fixed != "" {
		return v.Fixed, nil
	}
	text := make([]byte, 0, v.Length)
	var b [1]byte
	for len(text) < v.Length {
		if _, err := io.ReadFull(random, b[:]); err != nil {
			return "", fmt.Errorf("read randomness: %w", err)
		}
		const fair = 256 / len(letters) * len(letters)
		if n := int(b[0]); n < fair {
			text = append(text, letters[n%len(letters)])
		}
	}
	if !v.Subject {
		return string(text), nil
	}
	id, err := uuid(random)
	return id + ":" + string(text), err
}

// uuid is of version 4.
// Source: RFC 9562.
func uuid(random io.Reader) (string, error) {
	var id [16]byte
	if _, err := io.ReadFull(random, id[:]); err != nil {
		return "", fmt.Errorf("read randomness: %w", err)
	}
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
	s := hex.EncodeToString(id[:])
	return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:], nil
}

var (
	subjectForm = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}:[A-Za-z0-9]{64}$`)
	textForm    = regexp.MustCompile(`^[!-~]([ -~]*[!-~])?$`)
)

// Takes tells whether a value that is given can be that of a key.
func Takes(v catalog.Value, text string) bool {
	if v.Subject {
		return subjectForm.MatchString(text)
	}
	return textForm.MatchString(text) && len(text) <= 1024
}
