package reports

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"carrot/transform/comp"
)

// correctionsCSV is what a payroll office needs to know of pay that was corrected after its payday: one row per line, with
// what was posted, what is due now, the difference, and why. There is no file where nothing was corrected.
func correctionsCSV(run comp.RunFacts, of office) (File, bool) {
	var b bytes.Buffer
	b.WriteString("employee_id,period_corrected,plan,component,cause,posted,now,difference,currency,reason\n")
	rows := 0
	for _, s := range of.statements {
		for _, l := range lines(s) {
			if l.Kind != comp.TrueUp {
				continue
			}
			rows++
			reason, _, _ := strings.Cut(l.Working, "; ")
			for i, cell := range []string{s.Payee, l.For.Name(), l.Plan, l.Component, l.Cause, l.Before.Decimal(), l.After.Decimal(), l.Amount.Decimal(), string(l.Amount.Currency), reason} {
				if i > 0 {
					b.WriteByte(',')
				}
				writeCell(&b, cell)
			}
			b.WriteByte('\n')
		}
	}
	return File{Path: "corrections-" + run.Period.Name() + ".csv", Media: mediaCSV, Class: comp.Personal, Bytes: b.Bytes()}, rows > 0
}

// correctionTotals are the sums of an office's corrections by currency: those of the file, and of the statements' lines.
func correctionTotals(of office) []comp.Money {
	var out []comp.Money
	for _, s := range of.statements {
		for _, l := range s.Lines {
			if l.Kind != comp.TrueUp {
				continue
			}
			i, found := slices.BinarySearchFunc(out, l.Amount.Currency, func(m comp.Money, c comp.Currency) int { return cmp.Compare(m.Currency, c) })
			if !found {
				out = slices.Insert(out, i, comp.Money{Currency: l.Amount.Currency})
			}
			out[i].Minor += l.Amount.Minor
		}
	}
	return out
}
