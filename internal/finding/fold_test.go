package finding

import "testing"

// A value is found in whatever case and form a help may write it, and nothing
// else is taken for it.
func TestHideInOtherForms(t *testing.T) {
	s := &Secrets{}
	for _, secret := range []string{"Hunter2_Zebra!", "correct horse", "Zürich-Übung", "a.b-c", "zz9"} {
		s.Add(secret)
	}
	s.AddWord("admin")
	for text, want := range map[string]string{
		`did you mean "hunter2-zebra"? Want more`:   `did you mean "***"? Want more`,
		"write HUNTER2ZEBRA":                        "write ***",
		`"Hunter2_Zebra!" and "Hunter2_Zebra!"`:     `"***" and "***"`,
		"overlays/hunter2-zebra/edge":               "overlays/***/edge",
		`write "correct-horse"`:                     `write "***"`,
		"zürich-übung and ZÜRICHÜBUNG":              "*** and ***",
		`the correct "horse"`:                       `the correct "horse"`,
		"correct, horse":                            "correct, horse",
		"a.b.c":                                     "a.b.c",
		`"zz9" is short, zz9 is not in quotes`:      `"***" is short, zz9 is not in quotes`,
		`"admin" is a word`:                         `"admin" is a word`,
		"":                                          "",
		"\xff hunter2\xff\xffzebra, not of Unicode": "\xff ***, not of Unicode",
	} {
		if got := s.HideValues(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
	if got, want := s.Seal([]Finding{{Path: "ci.zz9.x", Message: `"admin"`}})[0].Path, "ci.***.x"; got != want {
		t.Errorf("path %q, want %q", got, want)
	}
	s.AddWord("Hunter2_Zebra!")
	if got := s.HideValues("Hunter2_Zebra!"); got != Mask {
		t.Errorf("a value that is a word, too, is %q", got)
	}
}
