package tree

import (
	"bytes"

	"github.com/whiskops/whiskops/internal/finding"
)

// Mark is a file beside the folders that says who wrote the tree. It is written
// with the first change that a run has to make, and in the same step: a tree that
// is as asked keeps the mark of whoever wrote it.
type Mark struct {
	// Path is below the root, with slashes, and in no folder; empty: no mark.
	Path string
	// Content to write; nil leaves what is there.
	Content []byte
	// Judge is given what is there, if anything is, before a run changes
	// anything. A finding stops the run, and stands for all that it would have
	// said. Nil lets everything pass.
	Judge func(there []byte) *finding.Finding
}

// judge asks the mark's judge about a plan that has something to say.
func (d *disk) judge(m Mark, p *plan) error {
	if m.Judge == nil || len(p.ops) == 0 && !p.stopped() {
		return nil
	}
	_, k, err := d.look(m.Path)
	if err != nil || k != file {
		return err
	}
	there, err := d.read(m.Path)
	if err != nil {
		return err
	}
	if f := m.Judge(there); f != nil {
		f.Position = finding.Position{File: m.Path}
		*p = plan{findings: []finding.Finding{*f}}
	}
	return nil
}

// mark plans the mark of a plan that changes something.
func (d *disk) mark(m Mark, p *plan) error {
	if m.Content == nil {
		return nil
	}
	put := op{Do: opPut, Path: m.Path, New: hash(m.Content), content: m.Content}
	at, k, err := d.look(m.Path)
	switch {
	case err != nil:
		return err
	case k == link:
		return d.complainLink(p, at)
	case k == file && at == m.Path:
		there, err := d.read(m.Path)
		if err != nil || bytes.Equal(there, m.Content) {
			return err
		}
		put.Old = hash(there)
	case k != missing:
		p.complain(inTheWay(at, "what stands here", "file"))
		return nil
	}
	p.ops = append([]op{put}, p.ops...)
	return nil
}
