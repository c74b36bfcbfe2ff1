package cache

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

func key(s string) [32]byte { return sha256.Sum256([]byte(s)) }

// store opens a store that never prunes by itself.
func store(t *testing.T, dir, build string) *Store {
	t.Helper()
	s := Open(dir, build)
	if s == nil {
		t.Fatalf("%s is no store", dir)
	}
	s.due = func() bool { return false }
	t.Cleanup(s.Close)
	return s
}

func wants(t *testing.T, s *Store, kind, k, want string) {
	t.Helper()
	if got, ok := s.Get(kind, key(k)); !ok || string(got) != want {
		t.Errorf("%s %s: got %q, %v, want %q", kind, k, got, ok, want)
	}
}

func wantsNone(t *testing.T, s *Store, kind, k string) {
	t.Helper()
	if got, ok := s.Get(kind, key(k)); ok {
		t.Errorf("%s %s: got %q, want nothing", kind, k, got)
	}
}

// entry is the only file of a store.
func entry(t *testing.T, dir string) string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(names) != 1 {
		t.Fatalf("files %v, %v, want one", names, err)
	}
	return names[0]
}

func TestRemembers(t *testing.T) {
	dir := filepath.Join(t.TempDir(), ".cache", "whiskops")
	s := store(t, dir, "build")
	wantsNone(t, s, "proof", "a")
	s.Put("proof", key("a"), []byte("1"))
	s.Put("proof", key("empty"), nil)
	s.Put("record", key("a"), []byte("2"))
	s.Put("proof", key("b"), []byte("3"))
	s.Put("proof", key("b"), []byte("4"))
	for range 2 {
		wants(t, s, "proof", "a", "1")
		wants(t, s, "proof", "empty", "")
		wants(t, s, "record", "a", "2")
		wants(t, s, "proof", "b", "4")
		wantsNone(t, s, "record", "b")
		wantsNone(t, s, "", "a")
		wantsNone(t, store(t, dir, "other"), "proof", "a")
		s = store(t, dir, "build")
	}
	info, err := os.Stat(dir)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the directory is %v, %v, want 0700", info.Mode(), err)
	}
}

// TestLengths: no two of build, kind and key have the same name by being
// written without a border.
func TestLengths(t *testing.T) {
	dir := t.TempDir()
	own(t, dir)
	store(t, dir, "build1:").Put("x", key("a"), []byte("1"))
	wantsNone(t, store(t, dir, "build"), "1:x", "a")
}

func own(t *testing.T, dir string) {
	t.Helper()
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
}

func TestNoStore(t *testing.T) {
	tests := map[string]func(t *testing.T, dir string) string{
		"no name": func(*testing.T, string) string { return "" },
		"a file in its place": func(t *testing.T, dir string) string {
			return write(t, filepath.Join(dir, "file"), "text")
		},
		"a file in the place of its parent": func(t *testing.T, dir string) string {
			return filepath.Join(write(t, filepath.Join(dir, "file"), "text"), "cache")
		},
		"a link": func(t *testing.T, dir string) string {
			link := filepath.Join(dir, "link")
			if err := os.Symlink(t.TempDir(), link); err != nil {
				t.Fatal(err)
			}
			return link
		},
		"a link to nowhere": func(t *testing.T, dir string) string {
			link := filepath.Join(dir, "link")
			if err := os.Symlink("nowhere", link); err != nil {
				t.Fatal(err)
			}
			return link
		},
		"others may write":    func(t *testing.T, dir string) string { return mode(t, dir, 0o702) },
		"the group may write": func(t *testing.T, dir string) string { return mode(t, dir, 0o720) },
		"of another user": func(t *testing.T, dir string) string {
			if os.Geteuid() != 0 {
				t.Skip("only root can give files away")
			}
			if err := os.Chown(dir, 12345, 12345); err != nil {
				t.Fatal(err)
			}
			return dir
		},
		"no home":        func(_ *testing.T, dir string) string { return filepath.Join(dir, "home", ".cache", "whiskops") },
		"cannot be made": func(t *testing.T, _ string) string { return "/proc/self/cache" },
	}
	for name, make := range tests {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			own(t, dir)
			s := Open(make(t, dir), "build")
			if s != nil {
				t.Error("this is a store")
			}
			s.Put("proof", key("a"), []byte("1"))
			wantsNone(t, s, "proof", "a")
			s.Close()
		})
	}
	if Open(t.TempDir(), "") != nil {
		t.Error("a store without a build")
	}
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func mode(t *testing.T, dir string, mode os.FileMode) string {
	t.Helper()
	if err := os.Chmod(dir, mode); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestDamage: whatever happens to an entry, its value is right or it is none,
// and it can be put again.
func TestDamage(t *testing.T) {
	const value = "the value of an entry"
	check := func(name string, harm func(t *testing.T, file string)) {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			own(t, dir)
			s := store(t, dir, "build")
			s.Put("proof", key("a"), []byte(value))
			harm(t, entry(t, dir))
			wantsNone(t, s, "proof", "a")
			s.Put("proof", key("a"), []byte(value))
			wants(t, s, "proof", "a", value)
		})
	}
	whole := 32 + len(value)
	for n := range whole {
		check(fmt.Sprintf("cut to %d", n), func(t *testing.T, file string) {
			if err := os.Truncate(file, int64(n)); err != nil {
				t.Fatal(err)
			}
		})
		check(fmt.Sprintf("byte %d", n), func(t *testing.T, file string) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			data[n] ^= 1
			write(t, file, string(data))
		})
	}
	check("longer", func(t *testing.T, file string) {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		write(t, file, string(data)+"x")
	})
	check("gone", func(t *testing.T, file string) { replace(t, file, func() error { return nil }) })
	check("a link", func(t *testing.T, file string) {
		replace(t, file, func() error { return os.Symlink("/dev/zero", file) })
	})
	check("a pipe", func(t *testing.T, file string) {
		replace(t, file, func() error { return syscall.Mkfifo(file, 0o600) })
	})
	check("another's", func(t *testing.T, file string) {
		dir := t.TempDir()
		own(t, dir)
		store(t, dir, "build").Put("proof", key("b"), []byte(value))
		replace(t, file, func() error { return os.Rename(entry(t, dir), file) })
	})
	check("endless", func(t *testing.T, file string) {
		if err := os.Truncate(file, 1<<40); err != nil {
			t.Fatal(err)
		}
	})
}

func replace(t *testing.T, file string, by func() error) {
	t.Helper()
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if err := by(); err != nil {
		t.Fatal(err)
	}
}

// TestDirectoryForEntry: nothing is removed that is no file, and nothing fails.
func TestDirectoryForEntry(t *testing.T) {
	dir := t.TempDir()
	own(t, dir)
	s := store(t, dir, "build")
	s.Put("proof", key("a"), []byte("1"))
	file := entry(t, dir)
	replace(t, file, func() error { return os.MkdirAll(filepath.Join(file, "x"), 0o700) })
	wantsNone(t, s, "proof", "a")
	s.Put("proof", key("a"), []byte("1"))
	wantsNone(t, s, "proof", "a")
	s.prune()
	if entry(t, dir) != file { // and no temporary file is left
		t.Error("the directory went")
	}
}

// TestReadOnly: what is there is read, what is new is forgotten.
func TestReadOnly(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("for root no directory is read-only")
	}
	dir := t.TempDir()
	own(t, dir)
	store(t, dir, "build").Put("proof", key("a"), []byte("1"))
	mode(t, dir, 0o500)
	s := store(t, dir, "build")
	wants(t, s, "proof", "a", "1")
	s.Put("proof", key("b"), []byte("2"))
	mode(t, dir, 0o700)
	wantsNone(t, s, "proof", "b")
	entry(t, dir)
}

// TestFullDisk: a limit on the size of files is as good as a full disk.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	own(t, dir)
	s := store(t, dir, "build")
	s.Put("proof", key("a"), []byte("1"))
	var before syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 100, Max: before.Max}); err != nil {
		t.Fatal(err)
	}
	s.Put("proof", key("b"), make([]byte, 1000))
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
		t.Fatal(err)
	}
	wants(t, s, "proof", "a", "1")
	wantsNone(t, s, "proof", "b")
	entry(t, dir) // and nothing half written
}

// TestGone: the directory may go under an open store.
func TestGone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "cache")
	s := store(t, dir, "build")
	s.Put("proof", key("a"), []byte("1"))
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	s.Put("proof", key("a"), []byte("1"))
	wantsNone(t, s, "proof", "a")
	s.prune()
}

func TestBounds(t *testing.T) {
	dir := t.TempDir()
	own(t, dir)
	s := store(t, dir, "build")
	large := bytes.Repeat([]byte("x"), maxEntry)
	s.Put("proof", key("largest"), large)
	wants(t, s, "proof", "largest", string(large))
	s.Put("proof", key("larger"), append(large, 'x'))
	wantsNone(t, s, "proof", "larger")
}

// TestTwoAtOnce: whoever reads sees one of the values that were put, whole.
func TestTwoAtOnce(t *testing.T) {
	dir := t.TempDir()
	own(t, dir)
	var work sync.WaitGroup
	for worker := range 4 {
		s := store(t, dir, "build")
		s.limits.entries = 4
		s.due = oneIn(10)
		work.Go(func() {
			for i := range 300 {
				k := fmt.Sprint(i % 7)
				s.Put("proof", key(k), []byte(k+strings.Repeat(fmt.Sprint(worker), 5000)))
				got, ok := s.Get("proof", key(k))
				if ok && (len(got) != 5001 || string(got[:1]) != k || strings.Trim(string(got[1:]), string(got[1:2])) != "") {
					t.Errorf("%s is %.20q", k, got)
				}
			}
		})
	}
	work.Wait()
	if left, _ := filepath.Glob(filepath.Join(dir, temporary+"*")); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

func FuzzGet(f *testing.F) {
	f.Add([]byte(nil))
	f.Add(bytes.Repeat([]byte{0}, 32))
	f.Fuzz(func(t *testing.T, data []byte) {
		dir := t.TempDir()
		own(t, dir)
		s := store(t, dir, "build")
		write(t, filepath.Join(dir, s.name("proof", key("a"))), string(data))
		wantsNone(t, s, "proof", "a")
	})
}

func old(t *testing.T, dir, name string, age time.Duration) {
	t.Helper()
	at := time.Now().Add(-age)
	if err := os.Chtimes(filepath.Join(dir, name), at, at); err != nil {
		t.Fatal(err)
	}
}

// TestTouch: what is used stays young, without a write at each use.
func TestTouch(t *testing.T) {
	dir := t.TempDir()
	own(t, dir)
	s := store(t, dir, "build")
	s.Put("proof", key("a"), []byte("1"))
	name := filepath.Base(entry(t, dir))
	for age, renewed := range map[time.Duration]bool{fresh - time.Minute: false, fresh + time.Minute: true, -fresh - time.Minute: true} {
		old(t, dir, name, age)
		wants(t, s, "proof", "a", "1")
		info, err := os.Stat(entry(t, dir))
		if err != nil {
			t.Fatal(err)
		}
		if got := time.Since(info.ModTime()).Abs() < time.Minute; got != renewed {
			t.Errorf("used at an age of %v: renewed %v, want %v", age, got, renewed)
		}
	}
}

func BenchmarkGet(b *testing.B) {
	dir := b.TempDir()
	if err := os.Chmod(dir, 0o700); err != nil {
		b.Fatal(err)
	}
	s := Open(dir, "build")
	defer s.Close()
	s.Put("proof", key("a"), bytes.Repeat([]byte("x"), 20_000))
	for b.Loop() {
		s.Get("proof", key("a"))
	}
}

func BenchmarkPut(b *testing.B) {
	dir := b.TempDir()
	if err := os.Chmod(dir, 0o700); err != nil {
		b.Fatal(err)
	}
	s := Open(dir, "build")
	defer s.Close()
	i, value := 0, bytes.Repeat([]byte("x"), 20_000)
	for b.Loop() {
		i++
		s.Put("proof", key(fmt.Sprint(i%10_000)), value)
	}
}
