package jobs

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"carrot/config/example"
	"carrot/transform"
	"carrot/transform/comp"
	"carrot/transform/naive"
)

// twoClocks pays 4 % of each deal of the American office: fixed when it is signed, released when the delivery is accepted and the
// customer is satisfied.
const twoClocks = `plan: sales
version: "1"
title: Two clocks
effective: {from: 2025-01-01}
eligible: 'entity == "US01" && department == "Sales"'
rounding: half-away
round_at: deal
currency: USD
components:
  - id: commission
    title: Commission
    clause: "1"
    measure: signed
    every: month
    per: deal
    curve: {kind: rate, rate: "4%"}
    release:
      parts:
        - {share: "100%", on: accepted, if: {event: satisfaction, at_least: "4", reason: csat_below_bar}}
      longest: 3 months
      silence: pay
      failed: forfeit
`

const whatIsSigned = `measure: signed
version: "1"
title: Signed
family: outcome
about: revenue
unit: money
digits: 2
aggregate: sum
table: salesforce.deals_us
where: 'stage == "Closed Won" && currency == "USD"'
owner: {column: owner_login, system: salesforce}
value: amount
currency: currency
date: close_date
`

const clocks = `
events:
  - {table: books.milestones, of: salesforce.deals_us, key: deal, event: accepted, date: accepted_on, where: 'office == "US" && !open_p1'}
  - {table: books.milestones, of: salesforce.deals_us, key: deal, event: satisfaction, date: answered_on, score: satisfaction, where: 'office == "US"'}
`

// clocked is a deal as its files tell it last, in cents.
type clocked struct {
	minor                      int64
	signed, accepted, answered comp.Date // NoDate: not
	score                      string
}

// due is what is paid, held and forfeited of a deal at the end of a day, by the words of the plan, and what the held part waits for.
func (d clocked) due(end comp.Date) (paid, held, lost int64, why string) {
	pay := (d.minor*4 + 50) / 100
	limit := d.signed.AddMonths(3)
	by := func(day comp.Date) bool { return day != comp.NoDate && day <= end }
	good := by(d.answered) && d.score >= "4"
	switch {
	case by(d.accepted) && good:
		return pay, 0, 0, ""
	case limit <= end && by(d.answered) && !good:
		return 0, 0, pay, ""
	case limit <= end:
		return pay, 0, 0, ""
	case by(d.answered) && !good:
		return 0, pay, 0, "csat_below_bar"
	case !by(d.accepted):
		return 0, pay, 0, "waits for accepted"
	}
	return 0, pay, 0, "waits for satisfaction"
}

// clockedDeals reads the deals of the American office from their files, the newest last.
func clockedDeals(t *testing.T, dir string) map[string]*clocked {
	t.Helper()
	day := func(layout, text string) comp.Date {
		var y, m, d int
		if text == "" {
			return comp.NoDate
		}
		into := []any{&y, &m, &d}
		if layout == "%d/%d/%d" {
			into = []any{&m, &d, &y}
		}
		if _, err := fmt.Sscanf(text, layout, into...); err != nil {
			t.Fatal(text, err)
		}
		return comp.Day(y, time.Month(m), d)
	}
	out := map[string]*clocked{}
	files, err := filepath.Glob(filepath.Join(dir, "exports", "*", "Opportunities US*.csv"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	slices.Sort(files)
	read := func(name string) (rows []map[string]string) {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))))
		r.FieldsPerRecord = -1
		all, err := r.ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, cells := range all[1:] {
			row := map[string]string{}
			for i, c := range cells {
				if len(cells) == len(all[0]) {
					row[all[0][i]] = c
				}
			}
			rows = append(rows, row)
		}
		return rows
	}
	for _, name := range files {
		for _, r := range read(name) {
			if id := r["Opportunity ID"]; id != "" {
				delete(out, id)
				if r["Stage"] == "Closed Won" && r["Amount Currency"] == "USD" {
					minor := int64(0)
					if _, err := fmt.Sscan(strings.NewReplacer(",", "", ".", "").Replace(r["Amount"]), &minor); err != nil {
						t.Fatal(r, err)
					}
					out[id] = &clocked{minor: minor, signed: day("%d/%d/%d", r["Close Date"]), accepted: comp.NoDate, answered: comp.NoDate}
				}
			}
		}
	}
	for _, r := range read(filepath.Join(dir, "reference", "milestones.csv")) {
		if d := out[r["deal"]]; d != nil && r["office"] == "US" {
			if r["open_p1"] == "false" {
				d.accepted = day("%d-%d-%d", r["accepted_on"])
			}
			d.answered, d.score = day("%d-%d-%d", r["answered_on"]), r["satisfaction"]
		}
	}
	return out
}

// TestTwoClocksOfTheExample: over eight months of the example company, what its American sellers were paid and what is still held
// come to the cent to what milestones say of each deal: accepted, and with what grade. Silence pays after three months, dissatisfaction
// loses it, and what is held says what it waits for.
func TestTwoClocksOfTheExample(t *testing.T) {
	folder := ""
	c := newCompany(t, example.Size{People: 40, Months: 8, Tickets: 200, Deals: 600, Responses: 100, Seed: 3, Known: true}, func(dir string) {
		folder = dir
		old, err := filepath.Glob(filepath.Join(dir, "plans", "*.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range old {
			if err := os.Remove(name); err != nil {
				t.Fatal(err)
			}
		}
		main, err := os.ReadFile(filepath.Join(dir, "carrot.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		for name, text := range map[string]string{"plans/sales.yaml": twoClocks, "measures/signed.yaml": whatIsSigned, "carrot.yaml": string(main) + clocks} {
			if err := os.WriteFile(filepath.Join(dir, filepath.FromSlash(name)), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	})
	var paid, held int64
	reasons := map[string]bool{}
	months := c.months(t, c.world.Months)
	chain(t, transform.DefaultVerbs(), months, func(m int, r *comp.Result) bool {
		held, reasons = 0, map[string]bool{}
		for _, s := range r.Statements {
			for _, l := range s.Lines {
				if l.Plan == "sales" {
					paid += l.Amount.Minor
				}
				if l.Plan == "sales" && l.Amount.Currency != "USD" {
					t.Errorf("%s: %+v is not in USD", s.ID, l)
				}
			}
			if len(s.HeldFor) > 0 {
				t.Errorf("%s is held for %v", s.ID, s.HeldFor)
			}
		}
		for _, b := range r.Balances {
			if b.Account == "hold" {
				held += b.Close.Minor
				for _, why := range b.Reasons {
					reasons[why] = true
				}
			}
		}
		return true
	})
	both := &secondChain{known: map[int]naive.Outcome{}}
	found, lines := both.compare(t, transform.DefaultVerbs(), months, func(m int) bool { return m == len(months)-1 })
	for _, d := range found {
		t.Error(d)
	}
	last := comp.Month(comp.Day(2025, time.Month(c.world.Months), 1)).End - 1
	var wantPaid, wantHeld, lost int64
	n := map[string]int{}
	for _, d := range clockedDeals(t, folder) {
		if d.signed < comp.Day(2025, time.January, 1) || d.signed > last { // paid before there was a plan, or not yet
			continue
		}
		p, h, l, why := d.due(last)
		wantPaid, wantHeld, lost = wantPaid+p, wantHeld+h, lost+l
		n[why]++
		if l > 0 {
			n["lost"]++
		}
	}
	t.Logf("paid %d, held %d, lost %d, deals %v, %d lines in both engines", wantPaid, wantHeld, lost, n, lines)
	if paid != wantPaid || held != wantHeld {
		t.Errorf("paid %d and held %d, the files say %d and %d", paid, held, wantPaid, wantHeld)
	}
	if lost == 0 || wantHeld == 0 || lines == 0 {
		t.Error("no deal was lost or held, or no line compared: nothing is told")
	}
	for _, why := range []string{"csat_below_bar", "waits for accepted", "waits for satisfaction"} {
		if reasons[why] != (n[why] > 0) || n[why] == 0 {
			t.Errorf("of %d deals the files say %q, statements say so: %v", n[why], why, reasons[why])
		}
	}
}
