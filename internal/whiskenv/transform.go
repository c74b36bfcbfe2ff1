package whiskenv

import (
	"encoding/base64"
	"maps"
	"slices"
	"strings"
)

// Transformed is what the start script makes of an environment.
type Transformed struct {
	// Properties are the arguments for the JVM in the script's order, each
	// as -Dkey='value', without escaping.
	Properties []string
	// Config is the HOCON text that the script writes to $HOME/config.conf.
	Config string
	// Stopped is the variable at whose value the shell gave up, or "". It
	// and all that sort after it are missing from Properties; the process
	// starts nevertheless.
	Stopped string
}

// Transform runs the start script on an environment, up to the point where
// its output is handed to the JVM. What the shell then does to quotes, blanks
// and line breaks inside a value is for CheckValue to say.
func Transform(env map[string]string) Transformed {
	var t Transformed
	if t.Config = hocon(env); t.Config != "" {
		t.Properties = append(t.Properties, "-Dconfig.file='$HOME/config.conf'")
	}
	for _, name := range slices.Sorted(maps.Keys(env)) {
		if !strings.Contains(name, prefix) || !identifier(name) {
			continue
		}
		value := strings.TrimRight(env[name], "\n")
		if other, found := strings.CutPrefix(value, "$"); found {
			if !identifier(other) && !digits(other) {
				t.Stopped = name
				return t
			}
			// Positional parameters are never set, and no
			// environment variable is named by digits.
			if v := env[other]; v != "" {
				value = v
			}
		}
		if value != "" {
			t.Properties = append(t.Properties, "-D"+keyOf(name)+"='"+value+"'")
		}
	}
	return t
}

// hocon is the whole-file configuration: the plain form wins. Like the shell
// it takes what could be decoded of a broken encoding.
func hocon(env map[string]string) string {
	if text := env["OPENWHISK_CONFIG"]; text != "" {
		return text
	}
	text, _ := base64.StdEncoding.AppendDecode(nil, []byte(env["OPENWHISK_ENCODED_CONFIG"]))
	return strings.TrimRight(string(text), "\n")
}
