package overlay

// A form is one way to say how base becomes what an environment wants.
type form interface {
	// apply gives a tier's pairs with what the engine makes of them when the
	// form has said what it can. Those that it is given stay as they are.
	apply(pairs []pair) []pair
	// emit writes what the form says.
	emit(s *sheet) error
}

// finder finds what a form can say of what is left of a difference.
type finder = func(t *tier, pairs []pair) (form, error)

// forms in the order in which they are tried, the most idiomatic first. Each
// finds what it can say of the difference that those before it left.
var forms = []finder{
	findListed,
	findRemovals,
	findNamespace,
	findWhole,
	findGenerators,
	findMerges,
	findReplicas,
	findImages,
	findStrategic,
	findOperations,
}

// pair is an object of base and the same object in an environment. One of them
// may be nil: an object that is new, or gone.
type pair struct {
	base, want *object
	// now is what the engine makes of base with what was said so far; nil if
	// it makes no object.
	now map[string]any
}

// changes tells whether base has the object and the environment too.
func (p pair) changes() bool { return p.base != nil && p.want != nil }

// renamed: a Job is named after its content.
func (p pair) renamed() bool { return p.base.kind == "Job" && p.base.name != p.want.name }

// apply gives the pairs with what the engine makes of them now. It leaves a
// pair as it is where change does.
func apply(pairs []pair, change func(pair) map[string]any) []pair {
	after := make([]pair, len(pairs))
	for i, p := range pairs {
		after[i] = pair{p.base, p.want, change(p)}
	}
	return after
}

// sheet is a tier's folder and its kustomization under construction.
type sheet struct {
	*folder
	namespace string
	// resources are the folders of base; own are the files of whole objects.
	resources, own []any
	generators     []any
	replicas       []any
	images         []any
	patches        []any
}

const patchFolder = "patches"

// patch adds a patch of an object, or of several: its file and its entry.
func (s *sheet) patch(name string, entry fields, documents ...any) error {
	file, err := s.render(patchFolder+"/"+name+".yaml", documents...)
	s.patches = append(s.patches, append(fields{{"path", file}}, entry...))
	return err
}
