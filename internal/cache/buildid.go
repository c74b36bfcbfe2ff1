package cache

import (
	"debug/elf"
	"debug/macho"
	"io"
	"os"
	"runtime"
	"strings"
)

// BuildID returns what identifies the bytes of the running program, or nothing
// if that is not known. It is the id that the go command writes into each
// binary: hashes of all that was compiled and linked, and of the result. A
// revision would not do, since one also builds with local changes; and a hash
// of the whole file takes longer than a run that has nothing to do.
func BuildID() string {
	name := "/proc/self/exe" // what runs, even if its file was replaced meanwhile
	if runtime.GOOS != "linux" {
		var err error
		if name, err = os.Executable(); err != nil {
			return ""
		}
	}
	f, err := os.Open(name)
	if err != nil {
		return ""
	}
	defer f.Close()
	return readID(f)
}

// The id of a binary is four hashes: of what it was linked from, of what its
// main package was compiled from, of that package, and of the result (`go tool
// buildid` prints it; cmd/go/internal/work/buildid.go has the rules). Who links
// with -buildid=redacted, as some build systems do, has one that says nothing.
const (
	hashLength = 20
	idLength   = 4*hashLength + 3
	// idStart is the length of what stands before the id, by chance in both
	// formats: the header of a note, and `\xff Go build ID: "`.
	idStart = 16
)

// readID reads the id of a binary: a note of its own in ELF, the beginning of
// the text in Mach-O. Other formats are not read, so nothing is remembered.
func readID(binary io.ReaderAt) string {
	var section io.ReaderAt
	if f, err := elf.NewFile(binary); err == nil {
		if s := f.Section(".note.go.buildid"); s != nil {
			section = s
		}
	} else if f, err := macho.NewFile(binary); err == nil {
		if s := f.Section("__text"); s != nil {
			section = s
		}
	}
	id := make([]byte, idLength)
	if section == nil {
		return ""
	}
	if _, err := section.ReadAt(id, idStart); err != nil || !isID(string(id)) {
		return ""
	}
	return string(id)
}

func isID(s string) bool {
	hashes := strings.Split(s, "/")
	for _, hash := range hashes {
		if len(hash) != hashLength || strings.Trim(hash, base64Digits) != "" {
			return false
		}
	}
	return len(hashes) == 4
}

const base64Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
