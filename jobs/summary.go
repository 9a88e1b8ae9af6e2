package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"sort"
	"strings"

	"carrot/jobs/archive"
	"carrot/transform/comp"
)

// Summary is what a person wants to know of a run first. It is kept beside the run.
type Summary struct {
	Run      string        `json:"run"`
	Kind     string        `json:"kind"`
	Period   string        `json:"period"`
	Business string        `json:"business"`
	KnownAt  string        `json:"known_at"`
	Stopped  bool          `json:"stopped"`
	People   int           `json:"people"`      // statements
	Held     []HeldThing   `json:"held"`        // rows and people that are not paid until somebody settles them
	Rows     []RowCount    `json:"rows"`        // rows read, by table
	Findings []RowCount    `json:"findings"`    // by code
	Unmet    []string      `json:"unmet"`       // declared totals that were not met
	Paid     []string      `json:"paid"`        // total pay, one text a currency
	Stops    []FindingText `json:"stopped_for"` // what stopped the run
}

// RowCount is a name with a number.
type RowCount struct {
	Name string `json:"name"`
	N    int64  `json:"n"`
}

// HeldThing is a held row or person.
type HeldThing struct {
	Kind     string   `json:"kind"`
	Who      string   `json:"who"`
	Reason   string   `json:"reason"`
	Findings []string `json:"findings"`
}

// FindingText is a finding as one line, with the id that waives it.
type FindingText struct {
	ID   string `json:"id"`
	Text string `json:"text"`
}

func (w *work) summary() Summary {
	r := w.result
	s := Summary{Run: w.facts.ID, Kind: string(w.facts.Kind), Period: w.facts.Period.Name(), Business: w.facts.Business.String(),
		KnownAt: w.facts.KnownAt.String(), Stopped: w.stopped, People: len(r.Statements)}
	texts := map[string]string{}
	for _, f := range r.Findings {
		texts[f.ID()] = w.text(f)
	}
	for _, h := range r.Held {
		s.Held = append(s.Held, heldThing(h, texts))
	}
	for _, c := range r.Controls {
		if len(c.Parts) > 0 {
			s.Rows = append(s.Rows, RowCount{c.Table, c.Parts[0].Rows})
		}
	}
	codes := map[string]int64{}
	for _, f := range r.Findings {
		codes[f.Code] += int64(max(1, f.Count))
		if f.Holds() && f.Reach >= comp.ReachSource {
			s.Stops = append(s.Stops, FindingText{f.ID(), w.text(f)})
		}
	}
	for code, n := range codes { // in any order: sorted below
		s.Findings = append(s.Findings, RowCount{code, n})
	}
	sort.Slice(s.Findings, func(i, j int) bool { return s.Findings[i].Name < s.Findings[j].Name })
	for _, e := range r.Expectations {
		if !e.Met {
			s.Unmet = append(s.Unmet, fmt.Sprintf("%s: expected %s, found %s", e.Name, e.Want, e.Got))
		}
	}
	s.Paid = totals(r)
	return s
}

// heldThing is an entry of the Held sheet with its first finding in full: where it stands and what to type next.
func heldThing(h comp.Held, texts map[string]string) HeldThing {
	who := strings.TrimSpace(h.Payee + " " + h.Name)
	if h.Kind == "row" {
		who = strings.TrimSpace(h.Table + " " + h.Key + " " + h.Label)
	}
	if h.Amount != "" {
		who += ", " + h.Amount
	}
	reason := h.Reason
	if len(h.Findings) > 0 && texts[h.Findings[0]] != "" {
		reason = texts[h.Findings[0]]
	}
	return HeldThing{h.Kind, who, reason, h.Findings}
}

// totals are the sums of all statements by currency, sorted.
func totals(r *comp.Result) []string {
	sums := map[comp.Currency]comp.Number{}
	for _, st := range r.Statements {
		sums[st.Total.Currency] = sums[st.Total.Currency].Add(st.Total.Amount().Number)
	}
	var out []string
	for c, n := range sums { // in any order: sorted below
		digits, _ := c.Digits()
		if c != "" {
			out = append(out, n.Fixed(digits, comp.HalfAway)+" "+string(c))
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i][len(out[i])-3:] < out[j][len(out[j])-3:] })
	return out
}

// Findings says whether something is held or stopped: exit code 3.
func (s Summary) HasFindings() bool { return s.Stopped || len(s.Held) > 0 }

// ReadSummary gives the summary that a run kept.
func ReadSummary(ctx context.Context, store archive.Store, m archive.Manifest) (Summary, error) {
	var s Summary
	o, ok := objectNamed(m.Sidecars, summaryFile)
	if !ok {
		return s, fmt.Errorf("run %s keeps no %s", m.Run, summaryFile)
	}
	b, err := archive.Get(ctx, store, o)
	if err != nil {
		return s, err
	}
	return s, json.Unmarshal(b, &s)
}

func objectNamed(list []archive.Object, name string) (archive.Object, bool) {
	for _, o := range list {
		if o.Name == name {
			return o, true
		}
	}
	return archive.Object{}, false
}
