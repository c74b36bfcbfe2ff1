package change

import (
	"encoding/json"
	"strings"

	"github.com/whiskops/whiskops/internal/value"
)

// reader makes rows of a text that is a table or a document: a list of mappings,
// each with its name.
type reader func(text string) []any

// rows is the reader of a field's text; nil if it is a text like any other.
func (c *comparison) rows(o Object, path string) reader {
	if c.Catalog == nil || o.Kind != "ConfigMap" {
		return nil
	}
	for key, columns := range c.Catalog.Tables[o.Name] {
		if path == join("data", key) {
			return func(text string) []any { return rowsOf(text, columns) }
		}
	}
	for key, name := range c.Catalog.Documents[o.Name] {
		if path == join("data", key) {
			return func(text string) []any { return partsOf(text, name) }
		}
	}
	return nil
}

// rowsOf a table. Words beyond the columns are left out.
func rowsOf(text string, columns []string) []any {
	rows := []any{}
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		row := map[string]any{}
		for i, word := range words[:min(len(words), len(columns))] {
			if columns[i] != "settings" {
				row[columns[i]] = word
				continue
			}
			for pair := range strings.SplitSeq(word, ",") {
				key, setting, _ := strings.Cut(pair, "=")
				row[key] = setting
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// partsOf a text in JSON: the mappings that have a field with their name, as they
// are, or with "FIELD.*" those below that field, by their names there. Of what is no
// JSON there are none.
func partsOf(text, name string) []any {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var read any
	if decoder.Decode(&read) != nil {
		return []any{}
	}
	if field, below := strings.CutSuffix(name, ".*"); below {
		return fieldsOf(value.Map(plain(read), field))
	}
	return parts([]any{}, plain(read), name)
}

// fieldsOf a mapping that are mappings, as a list.
func fieldsOf(all map[string]any) []any {
	list := []any{}
	for _, name := range value.Keys(all) {
		if one := value.Map(all, name); one != nil {
			list = append(list, value.With(one, name, "name"))
		}
	}
	return list
}

func parts(all []any, v any, name string) []any {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			all = parts(all, e, name)
		}
	case map[string]any:
		if is, ok := v[name].(string); ok {
			return append(all, value.With(v, is, "name"))
		}
		for _, key := range value.Keys(v) {
			all = parts(all, v[key], name)
		}
	}
	return all
}

// plain are the values of JSON as those of YAML are.
func plain(v any) any {
	switch v := v.(type) {
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n
		}
		return v.String()
	case []any:
		for i := range v {
			v[i] = plain(v[i])
		}
	case map[string]any:
		for key := range v {
			v[key] = plain(v[key])
		}
	}
	return v
}
