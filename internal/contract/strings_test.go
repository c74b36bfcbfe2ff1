package contract

import (
	"strings"
	"testing"

	"cuelang.org/go/cue"
)

// unreadable are characters that a reader of YAML, a shell or an HTTP header
// loses or refuses, or that nobody sees.
const unreadable = "\x00\x01\x07\b\v\f\r\x1b\x7f\u0080\u0085\u009f\u2028\u2029\ufeff\ufffe\uffff"

// TestStringsAreReadable: no string of the contract, and no name of a field that
// the user chooses, may have such a character, wherever in it.
func TestStringsAreReadable(t *testing.T) {
	seen := 0
	var walk func(path string, s *Shape)
	leaf := func(path string, s *Shape) {
		if len(s.Enum) > 0 {
			return
		}
		seen++
		bad := unreadable
		if s.Def != "#Text" {
			bad += "\t\n \u00a0"
		}
		for _, r := range bad {
			within := r == ' ' && (s.Def == "#Password" || s.Def == "#Reason" || s.Def == "#ConfigValue")
			if within && s.Refuses(" a") != "" && s.Refuses("a ") != "" {
				continue // between others alone
			}
			// Each form has one of these in it.
			for _, good := range []string{"aa", "1.34", "10.0.0.0/8", "/aa", "a:1", "512Mi", "75s", ""} {
				for _, v := range []string{string(r) + good, good + string(r), good + string(r) + good} {
					if s.Refuses(v) == "" {
						t.Errorf("%s (%s) may be %q", path, s.Def, v)
					}
				}
			}
		}
	}
	walk = func(path string, s *Shape) {
		switch s.Kind {
		case cue.StringKind:
			leaf(path, s)
		case cue.ListKind:
			walk(path+"[]", s.Elem)
		case cue.StructKind:
			for _, f := range s.Fields {
				walk(path+"."+f.Label, f.Shape)
			}
			if s.Keys != nil {
				walk(path+" (name)", s.Keys)
				walk(path+".*", s.Values)
			}
		}
	}
	walk("", contractOf(t).Shape())
	if seen < 50 {
		t.Errorf("%d strings: the test is looking at little", seen)
	}
}

// The forms of what a person makes up, and of what becomes a part of a longer
// text, whose other parts must not be in it.
func TestFreeForms(t *testing.T) {
	for def, tt := range map[string]struct{ good, bad []string }{
		"#Username": {
			[]string{"a", "!~", "whisk-admin", "a@b.example", `"'$\`},
			[]string{"", "my admin", " a", "a ", "ü", "a\tb"},
		},
		"#Password": {
			[]string{"a", "ab", "!~", "correct horse", `a  "b" $c\`},
			[]string{"", " ", " pw", "pw ", "pä", "a\tb", "a\n"},
		},
		"#Reason": {
			[]string{"a", "two zones are all there are", "OPS-7: a  \u2014 b", "\u00fc\U0001F937", strings.Repeat("\u00fc", 300)},
			[]string{"", " ", " a", "a ", "a\nb", "a\tb", "a\u202eb", "a\u200bb", "\u00a0a", strings.Repeat("a", 301)},
		},
		"#ConfigValue": {
			[]string{"a", "30 seconds", "it's $(X)", "\u00fc", strings.Repeat("x", 4096)},
			[]string{"", " ", " a", "a ", "a\nb", "a\tb", strings.Repeat("x", 4097)},
		},
		"#ConfigKey": {
			[]string{"whisk.memory.max", "akka.cluster.seed-nodes.0", "whisk.spi.LogStoreProvider"},
			[]string{"", "whisk", "whisk.", ".a", "a..b", "a.b_c", `a."b"`, "a.é", "1.a"},
		},
		"#JVMOption": {
			[]string{"-XX:+UseG1GC", "-Da=b/c,d@e%f", "-javaagent:/a/b.jar=1:/c.yaml"},
			[]string{"", "-", "Xmx1g", "-a b", "-Da=*", "-Da=$b", "-Da='b'", "-Da=b;c"},
		},
		"#IP": {
			[]string{"10.0.0.7", "2001:db8::1"},
			[]string{"", "10.0.0", "10.0.0.256", ":", "a.example.com", "10.0.0.0/8"},
		},
		"#ProxyURL": {
			[]string{"http://proxy.example.com:3128", "https://10.0.0.8:65535"},
			[]string{"", "http://proxy.example.com", "http://a:65536", "http://u:p@a:1", "socks5://a:1", "http://a:1/x", "http://a.1:1"},
		},
		"#ImageReference": {
			[]string{"agent:1", "r.example.com:5000/a/b:1.2", "a@sha256:" + strings.Repeat("0", 64), "a:1@sha256:" + strings.Repeat("f", 64)},
			[]string{"", "agent", "agent:latest", "agent:latest@sha256:" + strings.Repeat("0", 64), "A:1", "a:1 ", "r:5000/a"},
		},
		"#WarningCode": {
			[]string{"WO100", "WO205", "WO999"},
			[]string{"", "WO20", "WO2055", "wo205", "WO099", "XWO205", "205"},
		},
		"#Word": {
			[]string{"a", "nfsvers=4.1", "projects/x#y~!"},
			[]string{"", "a b", "ä"},
		},
		"#Text": {
			[]string{"", "a\tb\nc ", "ä\u2027\u202a", "\ud7ff\ue000\ufefe\uff00\ufffd", "\U00010000\U0010ffff", strings.Repeat("x", 9000)},
			[]string{"a\rb"},
		},
		"#Repository": {
			[]string{"nginx", "openwhisk/nginx", "r.example.com/a/b", "localhost:5000/a", "r:1/a__b/c--d.e", "r:65535/a"},
			[]string{"", "nginx:1", "openwhisk/nginx:1.2", "r.example.com/a:2.0.1", "r:5000/a:1", "r:65536/a", "r:0/a", "r:5000", "r:/a", "a@sha256:b", "https://r/a", "a/", "/a", "a//b", "A"},
		},
		"#Registry": {
			[]string{"", "r.example.com", "localhost:5000", "localhost:5000/mirror", "r/a/b", "r:65535"},
			[]string{"r.example.com/mirror:1", "r:5000/a:1", "r:65536", "r:x", "https://r", "r/", "r@sha256:b"},
		},
		"#Tag": {
			[]string{"2.0.0", "_a", strings.Repeat("a", 128)},
			[]string{"", "latest", "a:1", "2.0.0@sha256:b", "a/b", ".a", strings.Repeat("a", 129)},
		},
		"#Subject": {
			[]string{"a", "whisk.system", "_-", "-", "a..", strings.Repeat("x", 253)},
			[]string{"", ".", "..", ".a", "..a", "a b", "ä", strings.Repeat("x", 254)},
		},
	} {
		s := contractOf(t).Definition(def)
		if s == nil {
			t.Fatalf("there is no %s", def)
		}
		for _, v := range tt.good {
			if why := s.Refuses(v); why != "" {
				t.Errorf("%s: %q %s", def, v, why)
			}
		}
		for _, v := range tt.bad {
			if s.Refuses(v) == "" {
				t.Errorf("%s may be %q", def, v)
			}
		}
	}
}
