package revision

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"
)

// objects of a repository, as one `git cat-file --batch` gives them. Many may ask at
// once; they are answered one by one.
type objects struct {
	git    git
	ctx    context.Context
	cancel context.CancelFunc
	cmd    *exec.Cmd
	said   *limited
	ended  func() error

	mu  sync.Mutex
	in  io.WriteCloser
	out *bufio.Reader
	// failed is why no more can be read.
	failed error
}

// object that git gave.
type object struct {
	hash string
	// kind is blob, tree, commit or tag; missing or ambiguous if there is none.
	kind string
	size int64
	// content, unless it is larger than was asked for.
	content []byte
}

// What git says in place of a kind.
const (
	missing   = "missing"
	ambiguous = "ambiguous"
)

// objects starts the program.
func (g git) objects(ctx context.Context) (*objects, error) {
	ctx, cancel := context.WithCancel(ctx)
	o := &objects{git: g, ctx: ctx, cancel: cancel, cmd: g.command(ctx, "cat-file", "--batch"), said: &limited{most: 2 << 10}}
	o.cmd.Stderr = o.said
	in, err := o.cmd.StdinPipe()
	if err == nil {
		var out io.ReadCloser
		if out, err = o.cmd.StdoutPipe(); err == nil {
			o.in, o.out = in, bufio.NewReaderSize(out, 64<<10)
			err = o.cmd.Start()
		}
	}
	if err != nil {
		cancel()
		return nil, &Error{fmt.Sprintf("%s cannot be run: %v", g.path, err), "install git"}
	}
	o.ended = sync.OnceValue(o.cmd.Wait)
	return o, nil
}

// close ends the program.
func (o *objects) close() {
	o.in.Close()
	o.cancel()
	_ = o.ended() // it was stopped, which it says
}

// ask gives an object by what git calls it: a hash, or a revision without control
// characters. Content of more than most bytes is not kept.
func (o *objects) ask(name string, most int64) (object, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.failed != nil {
		return object{}, o.failed
	}
	late := time.AfterFunc(o.git.patience, o.cancel)
	found, err := o.exchange(name, most)
	if err != nil {
		o.failed = o.why(!late.Stop(), err)
		return object{}, o.failed
	}
	late.Stop()
	return found, nil
}

// exchange writes a question and reads the answer:
//
//	<hash> <kind> <size> LF <content> LF
//	<name> missing LF
func (o *objects) exchange(name string, most int64) (object, error) {
	if _, err := io.WriteString(o.in, name+"\n"); err != nil {
		return object{}, err
	}
	head, err := o.out.ReadString('\n')
	if err != nil {
		return object{}, err
	}
	head = strings.TrimSuffix(head, "\n")
	for _, none := range []string{missing, ambiguous} {
		if head == name+" "+none {
			return object{kind: none}, nil
		}
	}
	words := strings.Split(head, " ")
	if len(words) != 3 {
		return object{}, fmt.Errorf("not an answer: %.80q", head)
	}
	size, err := strconv.ParseInt(words[2], 10, 64)
	if err != nil || size < 0 {
		return object{}, fmt.Errorf("not a size: %.80q", words[2])
	}
	found := object{hash: words[0], kind: words[1], size: size}
	if size <= most {
		found.content = make([]byte, size)
		_, err = io.ReadFull(o.out, found.content)
	} else {
		_, err = io.CopyN(io.Discard, o.out, size)
	}
	if err == nil {
		_, err = o.out.Discard(1)
	}
	return found, err
}

// why the program gave no answer. It ended, or is ended here.
func (o *objects) why(late bool, err error) error {
	over := o.ctx.Err()
	o.close()
	said := o.said.text()
	switch {
	case late:
		return o.git.late()
	case over != nil:
		return over
	case strings.Contains(said, "promisor remote"), strings.Contains(said, "not allowed"):
		return partial()
	case said == "":
		return &Error{fmt.Sprintf("git cat-file in %s ended: %v", o.git.dir, err), "run `git fsck` there"}
	}
	return o.git.fault("cat-file", said)
}

// partial says that objects were left out when the repository was cloned.
func partial() error {
	return &Error{"the clone was made with a filter and lacks files of the revision, and nothing is fetched behind your back",
		"fetch all of it: `git fetch --refetch --no-filter`; in CI, clone without a filter"}
}
