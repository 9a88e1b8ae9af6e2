package jobs

import (
	"encoding/csv"
	"strings"

	"carrot/reports"
	"carrot/transform"
	"carrot/transform/comp"
	"carrot/transform/naive"
)

// oneSum: a statement's lines, its total, the postings and the payroll files are one sum; what holds ties on the
// control page.
func oneSum(p *trial) {
	p.close(p.e, func(now transform.Inputs, r *comp.Result) bool {
		if transform.Stops(r.Findings) {
			return false // nobody is paid by it
		}
		posted, payroll := map[string]int64{}, map[string]string{}
		for _, l := range r.Ledger {
			posted[l.Payee] += l.Amount.Minor
		}
		if err := reports.Render(r, reports.Options{}, func(f reports.File) error {
			if strings.HasSuffix(f.Path, ".csv") && strings.HasPrefix(f.Path, "payroll/") && strings.Contains(f.Path, "/pay-") {
				rows, err := csv.NewReader(strings.NewReader(string(f.Bytes))).ReadAll()
				if err != nil {
					return err
				}
				for _, row := range rows[1:] {
					payroll[row[2]] = row[4]
				}
			}
			return nil
		}); err != nil {
			p.Fatalf("%v", err)
		}
		p.seen += len(r.Ledger)
		for _, s := range r.Statements {
			sum := int64(0)
			for _, l := range s.Lines {
				sum += l.Amount.Minor
			}
			in := payroll[s.Payee]
			if in == "" {
				in = comp.Money{Currency: s.Currency}.Decimal()
			}
			if sum != s.Total.Minor || posted[s.Payee] != sum || in != s.Total.Decimal() {
				p.Errorf("%s: lines %d, total %s, posted %d, payroll %s", s.ID, sum, s.Total, posted[s.Payee], in)
			}
		}
		for _, x := range r.Controls {
			if !x.Ties() {
				p.Errorf("%s: %s does not tie: %v", now.Run.Period.Name(), x.Table, x.Parts)
			}
		}
		return true
	})
}

// postedAndOwed: at every close, what was posted and what the close adds is what computing everything anew gives, for every
// person and month, and so are the accounts.
func postedAndOwed(p *trial) {
	sums := map[naive.Line]int64{}
	p.close(p.e, func(now transform.Inputs, r *comp.Result) bool {
		if transform.Stops(r.Findings) {
			return false
		}
		with := posted(paidLines(r), now.Ledger, r)
		for _, l := range now.Ledger {
			if k := (naive.Line{Payee: l.Payee, Plan: l.Plan, Component: l.Component, For: l.For, Currency: l.Amount.Currency}); l.Paid == comp.Month(now.Run.Period.Start-1).Name() {
				sums[k] += l.Amount.Minor
			}
		}
		for k, minor := range sums {
			with.Lines[k] += minor
		}
		e := p.e
		e.Closes = []string{now.Run.Period.Name()}
		fresh := *p
		fresh.fault = flaw{}
		a := fresh.present(e, nil)
		anew := posted(paidLines(a), nil, a)
		for _, o := range []naive.Outcome{with, anew} { // of who is held nothing is posted
			for k := range o.Lines {
				if with.Held[k.Payee] || anew.Held[k.Payee] {
					delete(o.Lines, k)
				}
			}
			for k := range o.Balances {
				if with.Held[k.Payee] || anew.Held[k.Payee] {
					delete(o.Balances, k)
				}
			}
		}
		with.Held, anew.Held, with.InKind, anew.InKind, with.Costs, anew.Costs = nil, nil, nil, nil, nil, nil
		p.seen += len(sums)
		for _, x := range disagreements("posted and anew, "+now.Run.Period.Name(), with, anew) {
			p.Errorf("%s", x)
		}
		return true
	})
}
