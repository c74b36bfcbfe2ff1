package overlay

import "fmt"

// whole are objects that base does not have, each in a file of its own.
type whole struct {
	objects []*object
	stems   stems
}

func findWhole(_ *tier, pairs []pair) (form, error) {
	w := whole{stems: newStems(pairs)}
	for _, p := range pairs {
		if p.base == nil && !p.want.hashed {
			w.objects = append(w.objects, p.want)
		}
	}
	return w, nil
}

func (w whole) apply(pairs []pair) []pair {
	return apply(pairs, func(p pair) map[string]any {
		if p.base == nil && !p.want.hashed {
			return p.want.value
		}
		return p.now
	})
}

func (w whole) emit(s *sheet) error {
	for _, o := range w.objects {
		file, err := s.render(w.stems.of(o)+".yaml", o.value)
		if err != nil {
			return fmt.Errorf("write %s: %w", o, err)
		}
		s.own = append(s.own, file)
	}
	return nil
}
