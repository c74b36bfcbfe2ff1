package overlay

import "testing"

// A file is named after its component; after its object too, where the component
// has several of that kind, be it in base or in the environment.
func TestStems(t *testing.T) {
	named := func(kind, component, name string) *object {
		return &object{kind: kind, tier: "core", component: component, name: name}
	}
	a, job := named("Service", "a", "a"), named("Job", "a", "a-00000000")
	for name, tt := range map[string]struct {
		pairs []pair
		of    *object
		want  string
	}{
		"one":                      {[]pair{{base: a, want: a}}, a, "a-service"},
		"one of another name":      {[]pair{{want: named("Service", "a", "x")}}, named("Service", "a", "x"), "a-service"},
		"two":                      {[]pair{{want: a}, {want: named("Service", "a", "a-x")}}, named("Service", "a", "a-x"), "a-service-x"},
		"three":                    {[]pair{{want: a}, {want: named("Service", "a", "a-x")}, {want: named("Service", "a", "y")}}, named("Service", "a", "y"), "a-service-y"},
		"two, that of its name":    {[]pair{{want: a}, {want: named("Service", "a", "a-x")}}, a, "a-service"},
		"two, one only in base":    {[]pair{{base: a}, {want: named("Service", "a", "a-x")}}, named("Service", "a", "a-x"), "a-service-x"},
		"two kinds":                {[]pair{{want: a}, {want: named("Role", "a", "a-x")}}, named("Role", "a", "a-x"), "a-role"},
		"two components":           {[]pair{{want: a}, {want: named("Service", "b", "b-x")}}, named("Service", "b", "b-x"), "b-service"},
		"one Job":                  {[]pair{{base: named("Job", "a", "a-11111111"), want: job}}, job, "a-job"},
		"two Jobs":                 {[]pair{{want: job}, {want: named("Job", "a", "a-x-00000000")}}, named("Job", "a", "a-x-00000000"), "a-job-x"},
		"two Jobs, of its name":    {[]pair{{want: job}, {want: named("Job", "a", "a-x-00000000")}}, job, "a-job"},
		"two, with a hash in name": {[]pair{{want: a}, {want: named("Service", "a", "a-00000000")}}, named("Service", "a", "a-00000000"), "a-service-00000000"},
		"no file name":             {[]pair{{want: a}, {want: named("Service", "a", "x:y")}}, named("Service", "a", "x:y"), "a-service-x-y"},
	} {
		if got := newStems(tt.pairs).of(tt.of); got != tt.want {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
	}
}
