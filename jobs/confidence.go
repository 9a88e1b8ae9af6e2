package jobs

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"carrot/jobs/archive"
	"carrot/transform/comp"
)

// Confided is a result of anonymous answers as a close keeps it for all later runs: one JSON object a line in confidence.jsonl.
type Confided struct {
	Table   string     `json:"table"`
	Measure string     `json:"measure,omitempty"`
	Group   string     `json:"group,omitempty"`
	From    string     `json:"from"` // first day of the measuring period
	To      string     `json:"to"`   // its last day
	Hidden  bool       `json:"hidden,omitempty"`
	N       int64      `json:"n"`
	Hits    int64      `json:"hits,omitempty"`
	Misses  int64      `json:"misses,omitempty"`
	Value   string     `json:"value,omitempty"`
	Answers []Answered `json:"answers,omitempty"`
}

// Answered counts answers that are alike.
type Answered struct {
	Value string `json:"value"`
	Hit   bool   `json:"hit,omitempty"`
	Miss  bool   `json:"miss,omitempty"`
	N     int64  `json:"n"`
}

// confidence writes what was made known of anonymous answers, by this close and those before it.
func (w *work) confidence(put func(file) error) error {
	all := w.result.Confided
	if len(all) == 0 || w.facts.Kind != comp.Close {
		return nil
	}
	b, err := encodeLines(len(all), func(i int) any {
		x := &all[i]
		out := Confided{Table: x.Table, Measure: x.Measure, Group: x.Group, From: x.Period.Start.String(), To: (x.Period.End - 1).String(), Hidden: x.Hidden,
			N: x.N, Hits: x.Hits, Misses: x.Misses, Value: x.Value.String()}
		for _, a := range x.Answers {
			out.Answers = append(out.Answers, Answered{a.Value.String(), a.Hit, a.Miss, a.N})
		}
		return out
	})
	if err != nil {
		return err
	}
	return put(file{sidecar, confidenceFile, "application/jsonl", comp.Sealed, b, nil})
}

// confided reads what a close and those before it made known of anonymous answers.
func confided(ctx context.Context, s archive.Store, m archive.Manifest) ([]comp.Confided, error) {
	o, ok := objectNamed(m.Sidecars, confidenceFile)
	if !ok {
		return nil, nil
	}
	b, err := archive.Get(ctx, s, o)
	if err != nil {
		return nil, err
	}
	var out []comp.Confided
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	for {
		var x Confided
		if err := d.Decode(&x); errors.Is(err, io.EOF) {
			return out, nil
		} else if err != nil {
			return nil, fmt.Errorf("%s of %s: %w", confidenceFile, m.Period, err)
		}
		y, err := x.plain()
		if err != nil {
			return nil, fmt.Errorf("%s of %s: %w", confidenceFile, m.Period, err)
		}
		out = append(out, y)
	}
}

// plain reads the numbers and days.
func (x *Confided) plain() (comp.Confided, error) {
	out := comp.Confided{Table: x.Table, Measure: x.Measure, Group: x.Group, Hidden: x.Hidden, N: x.N, Hits: x.Hits, Misses: x.Misses}
	from, err1 := comp.ParseDate(x.From)
	to, err2 := comp.ParseDate(x.To)
	value, err3 := comp.ParseExact(x.Value)
	out.Period, out.Value = comp.Period{Start: from, End: to + 1}, value
	for _, a := range x.Answers {
		n, err := comp.ParseExact(a.Value)
		err3 = errors.Join(err3, err)
		out.Answers = append(out.Answers, comp.Answered{Value: n, Hit: a.Hit, Miss: a.Miss, N: a.N})
	}
	return out, errors.Join(err1, err2, err3)
}
