package jobs

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"sort"

	"carrot/jobs/archive"
	"carrot/transform/comp"
)

// Statement is a statement as the archive keeps it for explain: one JSON object a line in statements.jsonl.
type Statement struct {
	ID         string      `json:"statement"`
	Payee      string      `json:"payee"`
	Name       string      `json:"name"`
	Currency   string      `json:"currency"`
	Total      string      `json:"total"`
	HeldTotal  string      `json:"held_total,omitempty"`
	HeldFor    []string    `json:"held_for,omitempty"`
	Lines      []Line      `json:"lines"`
	Components []Component `json:"components,omitempty"`
	Balances   []Balance   `json:"balances,omitempty"`
}

// Line is one line of a statement. Amounts are plain decimals.
type Line struct {
	Number    int    `json:"line"`
	Kind      string `json:"kind"`
	Plan      string `json:"plan,omitempty"`
	Component string `json:"component,omitempty"`
	Clause    string `json:"clause,omitempty"`
	Title     string `json:"title"`
	For       string `json:"for"`
	Cause     string `json:"cause,omitempty"`
	Exact     string `json:"exact"`
	Amount    string `json:"amount"`
	Working   string `json:"working,omitempty"`
	Series    string `json:"series,omitempty"`
}

// Credit is where a share of a record went: one JSON object a line in credits.jsonl. Sealed rows are not in it.
type Credit struct {
	Payee    string `json:"payee"`
	Measure  string `json:"measure"`
	Table    string `json:"table"`
	Key      string `json:"key"`
	Date     string `json:"date"`
	Label    string `json:"label,omitempty"`
	Value    string `json:"value"`
	Share    string `json:"share"`
	Credited string `json:"credited"`
	Hit      bool   `json:"hit,omitempty"`
	From     string `json:"from"` // first day of the measuring period
	To       string `json:"to"`   // its last day
	File     string `json:"file"`
	Line     int    `json:"line,omitempty"`
	Lines    []int  `json:"lines,omitempty"` // lines of the payee's statement that it stands behind
}

// Finding is a finding as the archive keeps it for explain.
type Finding struct {
	ID     string `json:"id"`
	Code   string `json:"code"`
	Reach  string `json:"reach"`
	Table  string `json:"table"`
	Key    string `json:"key,omitempty"`
	Payee  string `json:"payee,omitempty"`
	Text   string `json:"text"`
	Waived string `json:"waived,omitempty"`
}

func encodeStatements(r *comp.Result) ([]byte, error) {
	return encodeLines(len(r.Statements), func(i int) any {
		s := &r.Statements[i]
		out := Statement{ID: s.ID, Payee: s.Payee, Name: s.Name, Currency: string(s.Currency), Total: s.Total.Decimal(), HeldFor: s.HeldFor}
		for _, l := range s.Lines {
			out.Lines = append(out.Lines, Line{Number: l.Number, Kind: string(l.Kind), Plan: l.Plan, Component: l.Component, Clause: l.Clause,
				Title: l.Title, For: l.For.Name(), Cause: l.Cause, Exact: l.Exact.Number.String(), Amount: l.Amount.Decimal(), Working: l.Working, Series: l.Series})
		}
		if len(s.HeldFor) > 0 {
			out.HeldTotal = s.HeldTotal.Decimal()
		}
		for k := range s.Components {
			out.Components = append(out.Components, componentOf(&s.Components[k]))
		}
		for _, b := range s.Balances {
			out.Balances = append(out.Balances, balanceOf(b))
		}
		return out
	})
}

func encodeCredits(w io.Writer, r *comp.Result) error {
	statements := map[string]*comp.Statement{} // by payee; read by key only
	for i := range r.Statements {
		statements[r.Statements[i].Payee] = &r.Statements[i]
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	for _, payee := range r.Credits.Payees() {
		behind := map[int][]int{} // a credit's number to those of its owner's lines
		if s := statements[payee]; s != nil {
			for _, l := range s.Lines {
				for _, c := range l.Credits {
					behind[c] = append(behind[c], l.Number)
				}
			}
		}
		err := r.Credits.Each(payee, func(i int, c *comp.Credit) error {
			if c.Sealed {
				return nil
			}
			return e.Encode(Credit{Payee: c.Payee, Measure: c.Measure, Table: c.Table, Key: c.Key, Date: c.Date.String(), Label: c.Label, Value: c.Value.String(),
				Share: c.Share.String(), Credited: c.Credited.String(), Hit: c.Hit, From: c.Period.Start.String(), To: (c.Period.End - 1).String(),
				File: c.Origin.Name, Line: c.Line, Lines: behind[i]})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// encodeLines writes n values as JSON, one a line.
func encodeLines(n int, at func(int) any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	for i := range n {
		if err := e.Encode(at(i)); err != nil {
			return nil, err
		}
	}
	return b.Bytes(), nil
}

// eachLine reads what encodeLines wrote.
func eachLine[T any](name string, r io.Reader, fn func(T) error) error {
	d := json.NewDecoder(r)
	d.DisallowUnknownFields()
	for {
		var x T
		err := d.Decode(&x)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if err := fn(x); err != nil {
			return err
		}
	}
}

// Findings are those that a run kept, in the order of its findings table.
func Findings(ctx context.Context, store archive.Store, m archive.Manifest) ([]Finding, error) {
	o, ok := objectNamed(m.Sidecars, findingsFile)
	if !ok {
		return nil, fmt.Errorf("run %s keeps no %s", m.Run, findingsFile)
	}
	b, err := archive.Get(ctx, store, o)
	if err != nil {
		return nil, err
	}
	var out []Finding
	err = eachLine(findingsFile, bytes.NewReader(b), func(f Finding) error { out = append(out, f); return nil })
	return out, err
}

// Payees are the ids of everybody who has a statement in a run, those with the most lines first.
func Payees(ctx context.Context, store archive.Store, m archive.Manifest) ([]string, error) {
	lines := map[string]int{}
	var out []string
	err := sidecarLines(ctx, store, m, "", statementsFile, func(s Statement) error {
		lines[s.Payee] = len(s.Lines)
		out = append(out, s.Payee)
		return nil
	})
	sort.SliceStable(out, func(i, j int) bool { return lines[out[i]] > lines[out[j]] })
	return out, err
}
