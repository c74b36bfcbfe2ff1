package contract

import "testing"

// A number of bytes in which nothing fits lacks its unit, which is the one that
// brings it closest to what is usual.
func TestMemoryWithoutUnit(t *testing.T) {
	for _, tt := range []struct {
		value, usual, better string
	}{
		{"0", "", ""}, {"1048575", "", "1048575Mi"}, {"1048576", "", ""}, {"1Ki", "", ""}, {"0.5", "1Gi", "0.5Gi"},
		{"50", "20Gi", "50Gi"}, {"1", "20Gi", "1Gi"}, {"512", "2Gi", "512Mi"}, {"4", "256Mi", "4Gi"}, {"128", "256Mi", "128Mi"},
		{"2", "5Ti", "2Ti"}, {"32", "", "32Gi"}, {"32768", "", "32768Mi"},
	} {
		s := *contractOfForm(t, "#Memory")
		if tt.usual != "" {
			s.Default = tt.usual
		}
		refused := s.Refuses(tt.value) != ""
		if got := s.repair(tt.value); refused != (tt.better != "") || refused && got != tt.better {
			t.Errorf("%q beside %q: refused %v, better %q, want %q", tt.value, tt.usual, refused, got, tt.better)
		}
	}
}

func contractOfForm(t *testing.T, def string) *Shape {
	t.Helper()
	s := contractOf(t).Definition(def)
	if s == nil {
		t.Fatalf("there is no %s", def)
	}
	return s
}

// What has the form of an address, a schedule or a bucket's name, and is none, is said
// before an API server or a store says it.
func TestMeaning(t *testing.T) {
	for _, tt := range []struct {
		def, value, want string
	}{
		{"#S3Endpoint", "https://s3.example.com:65535", ""},
		{"#S3Endpoint", "https://s3.example.com:65536", "has a port above 65535"},
		{"#S3Endpoint", "https://s3..example.com", "has two dots beside each other, or one at its end"},
		{"#S3Endpoint", "https://10.0.0.256", "is neither a name nor an IPv4 address"},
		{"#GitURL", "https://git.example.com:65536/a", "has a port above 65535"},
		{"#GitURL", "ssh://git@git.example.com:65535/a", ""},
		{"#OCIURL", "oci://registry.example.com:65536/a", "has a port above 65535"},
		{"#ServerURL", "https://10.0.0.1:65536", "has a port above 65535"},
		{"#ImageReference", "registry:65535/a:1", ""},
		{"#ImageReference", "registry:65536/a:1", "has a port above 65535"},
		{"#ImageReference", "a:65536", ""}, // a tag
		{"#Bucket", "abc.def", ""},
		{"#Bucket", "abc..def", "has two dots beside each other"},
		{"#Bucket", "192.168.1.1", "is an address, and no name"},
		{"#Cron", "43 2 * * *", ""},
		{"#Cron", "59 23 31 12 SAT", ""},
		{"#Cron", "60 2 * * *", "has a field that cron does not take"},
		{"#Cron", "0 24 * * *", "has a field that cron does not take"},
		{"#Cron", "*/0 2 * * *", "has a field that cron does not take"},
		{"#Cron", "5-1 2 * * *", "has a field that cron does not take"},
		{"#Cron", "1,,2 2 * * *", ""}, // cron reads it so,
		{"#Cron", "0 0 29 2 *", ""},
		{"#Cron", "0 0 31 2 *", "is a day that never comes"},
	} {
		if got := contractOfForm(t, tt.def).Refuses(tt.value); got != tt.want {
			t.Errorf("%s: %q: %q, want %q", tt.def, tt.value, got, tt.want)
		}
	}
}

// An image in one field is taken apart only into parts that would be taken.
func TestPartsOfImage(t *testing.T) {
	for value, want := range map[string]string{
		"foo/bar:1": `repository "foo/bar", tag "1"`, "Foo//bar:1": "", "foo//bar:1": "",
	} {
		if got := contractOfForm(t, "#Repository").meant(value); got != want {
			t.Errorf("%q: %q, want %q", value, got, want)
		}
	}
}
