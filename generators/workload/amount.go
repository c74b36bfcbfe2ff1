package workload

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
)

// Amount of pods: a number, or a percentage of them that Kubernetes rounds up.
// Empty is none. In JSON it is a number or a text, as Kubernetes' IntOrString.
type Amount string

var percentage = regexp.MustCompile(`^([1-9][0-9]?|100)%$`)

// UnmarshalJSON reads a number or a percentage.
func (a *Amount) UnmarshalJSON(text []byte) error {
	var number int
	if err := json.Unmarshal(text, &number); err == nil {
		*a = Amount(strconv.Itoa(number))
		return nil
	}
	var share string
	if err := json.Unmarshal(text, &share); err != nil {
		return fmt.Errorf("%s is neither a number nor a percentage", text)
	}
	*a = Amount(share)
	return nil
}

// MarshalJSON writes a number as one.
func (a Amount) MarshalJSON() ([]byte, error) { return json.Marshal(a.value()) }

// value is what stands in an object of Kubernetes.
func (a Amount) value() any {
	if number, err := strconv.Atoi(string(a)); err == nil {
		return number
	}
	return string(a)
}

// valid says whether it is at least one pod.
func (a Amount) valid() bool {
	number, ok := a.value().(int)
	return ok && number > 0 || percentage.MatchString(string(a))
}
