package overlay

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/value"
)

// data is a Base as text. It is a line for each object and for each file, so that
// a change shows as what it is.
type data struct {
	Objects []objectData      `json:"objects"`
	Folders []folderData      `json:"folders"`
	Files   map[string]string `json:"files"`
}

type objectData struct {
	Namespace string `json:"namespace,omitempty"`
	Component string `json:"component"`
	Tier      string `json:"tier"`
	Hashed    bool   `json:"hashed,omitempty"`
	Value     any    `json:"value"`
}

type folderData struct {
	Tier      string `json:"tier"`
	Component string `json:"component"`
	Folder    string `json:"folder"`
}

// Data writes a base as Read reads it.
func (b *Base) Data() ([]byte, error) {
	d := data{Files: map[string]string{}}
	for _, o := range b.objects {
		d.Objects = append(d.Objects, objectData{o.namespace, o.component, o.tier, o.hashed, o.value})
	}
	for p, folder := range b.folders {
		d.Folders = append(d.Folders, folderData{p.tier, p.component, folder})
	}
	slices.SortFunc(d.Folders, func(a, b folderData) int {
		return strings.Compare(a.Folder+"\x00"+a.Tier, b.Folder+"\x00"+b.Tier)
	})
	for name, content := range b.files {
		d.Files[name] = string(content)
	}
	return d.lines()
}

// lines of the text.
func (d data) lines() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	var wrong error
	put := func(before string, v any) {
		b.WriteString(before)
		wrong = errors.Join(wrong, e.Encode(v))
		b.Truncate(b.Len() - 1) // the line feed that Encode adds
	}
	b.WriteString("{\"objects\":[")
	for i, o := range d.Objects {
		put(separator(i), o)
	}
	b.WriteString("\n],\"folders\":[")
	for i, f := range d.Folders {
		put(separator(i), f)
	}
	b.WriteString("\n],\"files\":{")
	for i, name := range slices.Sorted(maps.Keys(d.Files)) {
		put(separator(i), name)
		put(":", d.Files[name])
	}
	b.WriteString("\n}}\n")
	return b.Bytes(), wrong
}

func separator(i int) string {
	if i == 0 {
		return "\n"
	}
	return ",\n"
}

// Read is the base that Data wrote.
func Read(text []byte) (*Base, error) {
	var d data
	// Whole numbers of Kubernetes' objects are small enough to be exact as floats,
	// which Settle makes whole again.
	if err := json.Unmarshal(text, &d); err != nil {
		return nil, fmt.Errorf("read base: %w", err)
	}
	b := &Base{folders: map[part]string{}, files: make(map[string][]byte, len(d.Files))}
	for _, o := range d.Objects {
		v, err := value.Settle(o.Value)
		if err != nil {
			return nil, fmt.Errorf("read base: %w", err)
		}
		read := &object{namespace: o.Namespace, component: o.Component, tier: o.Tier, hashed: o.Hashed, value: value.Map(v)}
		read.apiVersion, _ = read.value["apiVersion"].(string)
		read.kind, _ = read.value["kind"].(string)
		read.name, _ = value.Map(v, "metadata")["name"].(string)
		b.objects = append(b.objects, read)
	}
	for _, f := range d.Folders {
		b.folders[part{f.Tier, f.Component}] = f.Folder
	}
	for name, content := range d.Files {
		b.files[name] = []byte(content)
	}
	return b, nil
}
