package derived

import (
	"time"

	"github.com/whiskops/whiskops/internal/environment"
)

// Around the stages of a run under load: until the action has answered once, the
// records that are asked for afterwards, the actions that are deleted, the report.
// Source: schema/catalog/load/load.js.
const (
	LoadBefore = 300 * time.Second
	loadAfter  = 150 * time.Second
)

// LoadDuration is how long the stages of a run take.
func LoadDuration(l *environment.LoadTest) time.Duration {
	var all time.Duration
	for _, s := range l.Stages {
		d, _ := time.ParseDuration(s.Duration) // the contract has its form
		all += d
	}
	return all
}

// LoadNeeds is how long a run under load may take until its end: what it does before, its stages, the
// call that is sent last, what it does after.
func (v *Values) LoadNeeds() time.Duration {
	call, err := v.Limit("call.edge")
	if v.Env.Load == nil || err != nil {
		return 0
	}
	return LoadBefore + LoadDuration(v.Env.Load) + time.Duration(call+5)*time.Second + loadAfter
}

// LoadDeadline of a run in seconds: as it is written, or what the run needs.
func (v *Values) LoadDeadline() int {
	if l := v.Env.Load; l != nil && l.Deadline != "" {
		d, _ := time.ParseDuration(l.Deadline)
		return int(d.Seconds())
	}
	return int(v.LoadNeeds().Seconds())
}
