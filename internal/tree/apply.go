package tree

import "path"

// apply does the steps of a journal that are not done yet. It looks at each
// file again: one that is neither as the journal expects nor as it wants it
// was changed by a person, and is skipped. done counts the changes made.
func (s *session) apply(ops []op) (done int, skipped []string, err error) {
	clear(s.dirs)
	for _, o := range ops {
		changed, skip, err := s.step(o)
		if err != nil {
			return done, skipped, s.fault(o.Do.text(), o.Path, err)
		}
		if changed {
			done++
		}
		if skip {
			skipped = append(skipped, o.Path)
		}
	}
	return done, skipped, nil
}

func (v verb) text() string {
	if v.stages() {
		return "write"
	}
	return "remove"
}

// stages tells whether a step has content in the stage.
func (v verb) stages() bool { return v == opPut || v == opPlace }

func (s *session) step(o op) (changed, skip bool, err error) {
	at, k, err := s.look(o.Path)
	if err != nil {
		return false, false, err
	}
	switch o.Do {
	case opRmdir:
		if k != directory {
			return false, false, nil
		}
		changed, err := s.rmdir(o.Path)
		return changed, false, err
	case opDelete:
		if k == missing {
			return false, false, nil
		}
	case opPut, opPlace:
		switch _, staged, err := s.look(path.Join(stageDir, o.Stage)); {
		case err != nil || staged == missing: // missing: in its place already
			return false, false, err
		case k == missing:
			return s.put(o)
		}
	}
	if k != file || at != o.Path {
		return false, true, nil
	}
	data, err := s.read(o.Path)
	if err != nil {
		return false, false, err
	}
	switch sum := hash(data); {
	case o.Do == opDelete && sum == o.Old:
		return true, false, s.remove(o.Path)
	case o.Do == opPut && sum == o.Old:
		return s.put(o)
	case o.Do == opPut && sum == o.New:
		return false, false, nil
	}
	return false, true, nil
}

func (s *session) put(o op) (changed, skip bool, err error) {
	if err := s.mkdirAll(path.Dir(o.Path)); err != nil {
		return false, false, err
	}
	return true, false, s.rename(path.Join(stageDir, o.Stage), o.Path)
}
