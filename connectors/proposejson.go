package connectors

import (
	"bytes"
	"strings"

	"carrot/transform/comp"
)

// json tells lines from a document and takes a sample.
func (p *proposer) json(body []byte) (*sample, error) {
	f := &p.in.Format
	first, rest, more := bytes.Cut(body, []byte("\n"))
	end, err := jsonText{first}.value(0, 0)
	lines := err == nil && body[0] == '{' && len(bytes.TrimSpace(first[end:])) == 0 && (!more || bytes.HasPrefix(bytes.TrimSpace(rest), []byte("{")))
	var rows []jsonText
	if lines {
		f.Kind = JSONL
		p.say("format: jsonl, because each line is an object")
		for _, line := range bytes.Split(body, []byte("\n")) {
			if line = bytes.TrimSpace(line); len(line) > 0 && line[0] == '{' && len(rows) < proposeRows {
				rows = append(rows, jsonText{line})
			}
		}
	} else {
		f.Kind = JSON
		b, err := p.in.document()
		if err != nil {
			return nil, err
		}
		t := jsonText{b}
		start := t.space(len(b) - len(bytes.TrimPrefix(b, []byte("\uFEFF"))))
		if _, err := t.value(start, 0); err != nil {
			if e, ok := p.in.jsonFault(b, err).(*placed); ok {
				return nil, e.fault
			}
			return nil, err
		}
		array, err := p.rowsIn(t, start)
		if err != nil {
			return nil, err
		}
		_, _ = t.array(array, 0, func(value, end int) error {
			if b[value] == '{' && len(rows) < proposeRows {
				rows = append(rows, jsonText{b[value:end]})
			}
			return nil
		})
	}
	return sampleJSON(rows), nil
}

// rowsIn finds the array of rows; of several it takes the longest.
func (p *proposer) rowsIn(t jsonText, start int) (int, error) {
	array, err := p.in.rowsOf(t, start)
	if err == nil {
		p.say("format: json, because the file is one document with an array of objects")
		return array, nil
	}
	if t.b[start] != '{' {
		return 0, err
	}
	most := 0
	_, _ = t.object(start, 0, func(key, keyEnd, value, end int) error {
		if inside := t.space(value + 1); t.b[value] == '[' && t.b[inside] == '{' && end-value > most {
			most, p.in.Format.Sheet = end-value, string(unquote(nil, t.b[key:keyEnd]))
		}
		return nil
	})
	if most == 0 {
		return 0, err
	}
	p.say("format: json, sheet: %s, because that is the longest array of objects in the document", p.in.Format.Sheet)
	return p.in.rowsOf(t, start)
}

// sampleJSON makes a table of objects: a column for every path that occurs.
func sampleJSON(rows []jsonText) *sample {
	s := &sample{typed: true}
	index := map[string]int{}
	p := newPaths(comp.Contract{})
	for _, t := range rows {
		row := make([]string, len(s.labels))
		_, _ = p.walk(t, 0, func(path []byte, _, value, end int) error {
			i, ok := index[string(path)]
			if !ok {
				i = len(s.labels)
				index[string(path)] = i
				s.labels = append(s.labels, string(path))
			}
			for len(row) <= i {
				row = append(row, "")
			}
			row[i] = jsonField(t.b[value:end])
			return nil
		})
		s.rows = append(s.rows, row)
	}
	for i, l := range s.labels { // an object that is null in some rows is known by its members
		for _, other := range s.labels {
			if strings.HasPrefix(other, l+".") {
				s.labels[i] = ""
			}
		}
	}
	return s
}
