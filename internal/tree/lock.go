package tree

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/rogpeppe/go-internal/lockedfile"

	"github.com/whiskops/whiskops/internal/finding"
)

// patience is how long a run waits for another one before it says so.
const patience = 500 * time.Millisecond

// attempts bounds the tries to get a lock file that is still in its place.
// Each failed one means that another run ended in that moment.
const attempts = 1000

// session is the time that a run holds the lock. Only one process at a time
// has a session on a root.
type session struct {
	*disk
	lock      *lockedfile.File
	committed bool // there is a journal that must not be cleared
}

// glance compares without the lock. The answer is good only if no other run
// was or came in between: each run that changes something makes the work
// directory, which shows there or in the root's modification time.
func (d *disk) glance(in input, force bool) (p *plan, ok bool, err error) {
	before, idle, err := d.idle()
	if err != nil || !idle {
		return nil, false, err
	}
	p, err = d.compare(in, force)
	if err != nil {
		if _, idle, _ := d.idle(); !idle {
			return nil, false, nil // files went away under our eyes
		}
		return nil, false, err
	}
	after, idle, err := d.idle()
	return p, err == nil && idle && before.Equal(after), err
}

// idle tells whether no run is at work or was killed, and when the entries of
// the root last changed.
func (d *disk) idle() (time.Time, bool, error) {
	if d.root == nil {
		return time.Time{}, true, nil
	}
	info, err := d.root.Stat(".")
	if err != nil {
		return time.Time{}, false, d.fault("read", ".", err)
	}
	_, k, err := d.look(workDir)
	delete(d.dirs, workDir)
	return info.ModTime(), k == missing, err
}

// begin takes the lock and completes or clears what a killed run left. If it
// returns findings there is no session.
func (d *disk) begin(in input, o Options) (*session, []finding.Finding, error) {
	s := &session{disk: d}
	p := &plan{}
	if err := s.acquire(p, o); err != nil || len(p.findings) > 0 {
		return nil, p.findings, err
	}
	err := s.ignored()
	if err == nil {
		err = s.recover(in, o)
	}
	if err != nil {
		s.end()
		return nil, nil, err
	}
	return s, nil, nil
}

// ignored keeps git from what a killed run would leave.
func (s *session) ignored() error {
	err := s.disk.write(ignoreFile, []byte("*\n"), false)
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return s.fault("write", ignoreFile, err)
	}
	return nil
}

// await waits for the end of a run that is at work, and changes nothing. The
// finding says what a killed one left, if there is no run.
func (d *disk) await(o Options) (*finding.Finding, error) {
	defer o.patiently(d.name)()
	p := &plan{}
	for range attempts {
		if ok, err := d.sound(p); err != nil || !ok {
			return first(p.findings), err
		}
		lock, err := lockedfile.Open(d.path(lockFile))
		if errors.Is(err, fs.ErrNotExist) {
			if _, idle, err := d.idle(); err != nil || idle {
				return nil, err
			}
			time.Sleep(time.Millisecond) // between its directory and its lock
			continue
		}
		if err != nil {
			return nil, d.fault("lock", workDir, err)
		}
		there, err := d.inPlace(lock)
		lock.Close()
		if err != nil || there {
			return d.left(), err
		}
	}
	return d.left(), nil
}

// left is what a killed run left.
func (d *disk) left() *finding.Finding {
	f := leftOver
	if _, k, err := d.look(journalFile); err == nil && k != missing {
		f = unfinished
	}
	return &f
}

func first(fs []finding.Finding) *finding.Finding {
	if len(fs) == 0 {
		return nil
	}
	return &fs[0]
}

// acquire takes the lock on a file that is removed again at the end. Removing
// a lock file is safe here since only the holder does it, and since whoever
// gets a lock looks whether it is still the file in the directory: of two that
// waited for a removed one, both start over.
func (s *session) acquire(p *plan, o Options) error {
	defer o.patiently(s.name)()
	for range attempts {
		ok, err := s.try(p)
		if err != nil {
			_ = s.remove(workDir) // if it is empty
			return s.fault("lock", workDir, err)
		}
		if ok || len(p.findings) > 0 {
			return nil
		}
	}
	return s.fault("lock", workDir, errors.New("the lock file vanishes again and again"))
}

// patiently says that a run waits, once it has for a while. Notify is not called
// after stop.
func (o Options) patiently(root string) (stop func()) {
	told := make(chan struct{})
	timer := time.AfterFunc(patience, func() {
		defer close(told)
		o.notify("waiting for another whiskops that writes in %s", root)
	})
	return func() {
		if !timer.Stop() {
			<-told
		}
	}
}

// try is false without an error if another run ended in between.
func (s *session) try(p *plan) (bool, error) {
	ok, err := s.sound(p)
	if err != nil {
		return false, err
	}
	if !ok && len(p.findings) > 0 {
		return false, nil
	}
	if !ok {
		if err := s.mkdir(workDir); err != nil && !errors.Is(err, fs.ErrExist) {
			return false, err
		}
	}
	err = s.change("lock", lockFile, func() (err error) {
		s.lock, err = lockedfile.OpenFile(s.path(lockFile), os.O_RDWR|os.O_CREATE, 0o644)
		return err
	})
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	there, err := s.inPlace(s.lock)
	if !there {
		s.lock.Close()
	}
	return there, err
}

// path is where the system finds a file; lockedfile knows no os.Root, and sound
// stands in for it.
func (d *disk) path(p string) string { return filepath.Join(d.abs, filepath.FromSlash(p)) }

// sound tells whether there is a work directory, with a lock file or none. If it
// is something else, the plan gets a finding.
func (d *disk) sound(p *plan) (bool, error) {
	clear(d.dirs)
	switch _, k, err := d.look(workDir); {
	case err != nil || k == missing:
		return false, err
	case k == link:
		return false, d.complainLink(p, workDir)
	case k != directory:
		p.complain(inTheWay(workDir, "this file", "directory"))
		return false, nil
	}
	switch _, k, err := d.look(lockFile); {
	case err != nil:
		return false, err
	case k == link:
		return false, d.complainLink(p, lockFile)
	case k != missing && k != file:
		p.complain(inTheWay(lockFile, "what stands here", "file"))
		return false, nil
	}
	return true, nil
}

// inPlace tells whether a lock is still the file in the directory.
func (d *disk) inPlace(lock *lockedfile.File) (bool, error) {
	mine, err := lock.Stat()
	if err != nil {
		return false, err
	}
	there, err := d.root.Lstat(lockFile)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil && os.SameFile(mine, there), err
}

// end clears the work directory, but for a journal that is still to be
// completed, and releases the lock. What cannot be cleared, the next run does.
func (s *session) end() {
	if !s.committed && errors.Join(s.removeAll(stageDir), s.removeAll(journalTemp)) == nil {
		_ = s.remove(ignoreFile)
	}
	_ = s.remove(lockFile)
	if !s.committed {
		_ = s.remove(workDir)
	}
	s.lock.Close()
}
