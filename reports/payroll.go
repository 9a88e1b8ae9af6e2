package reports

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"carrot/transform/comp"
)

// office is what one legal entity's payroll office gets.
type office struct {
	entity     comp.LegalEntity
	statements []*comp.Statement // by payee
	byHand     map[string]bool   // payees whom the office's own system does not take, which somebody settled
	sameNumber map[string]bool   // payees whose payroll number is somebody else's too, which somebody settled
}

// offices are the legal entities, by id; one without statements gets its files too, because a file that does not come
// looks like one that was lost. A statement may name an entity that the config does not have; it is shown under that id.
func offices(r *comp.Result) []office {
	var out []office
	place := func(e comp.LegalEntity) *office {
		i, found := slices.BinarySearchFunc(out, e.ID, func(o office, id string) int { return cmp.Compare(o.entity.ID, id) })
		if !found {
			out = slices.Insert(out, i, office{entity: e})
		}
		return &out[i]
	}
	for _, e := range r.Entities {
		place(e)
	}
	byHand, sameNumber := map[string]bool{}, map[string]bool{}
	for i := range r.Findings {
		switch f := &r.Findings[i]; {
		case f.Waived == "":
		case f.Code == "payroll_cannot_take":
			byHand[f.Payee] = true
		case f.Code == "payroll_number_twice":
			sameNumber[f.Payee] = true
		}
	}
	for _, s := range statements(r) {
		of := place(comp.LegalEntity{ID: s.Entity, Currency: s.Currency, PayCode: s.PayCode})
		of.statements, of.byHand, of.sameNumber = append(of.statements, s), byHand, sameNumber
	}
	return out
}

// Payroll are the files that payroll systems import, with their control files.
func Payroll(r *comp.Result) ([]File, error) { return renderPayroll(r, Options{}) }

// renderPayroll are the files of every payroll office, in the order of their paths.
func renderPayroll(r *comp.Result, o Options) ([]File, error) {
	var out []File
	for _, of := range offices(r) {
		id := of.entity.ID
		if id == "" {
			id = "no-entity"
		}
		name, err := folder("legal entity", id)
		if err != nil {
			return nil, err
		}
		dir, period := "payroll/"+name+"/", r.Run.Period.Name()
		csv := File{Path: dir + "pay-" + period + ".csv", Media: mediaCSV, Class: comp.Personal, Bytes: payCSV(r.Run, of)}
		files := []File{csv}
		if f, ok := correctionsCSV(r.Run, of); ok {
			f.Path = dir + f.Path
			files = append(files, f)
		}
		if f, ok, err := layout(r.Run, of); err != nil {
			return nil, fmt.Errorf("payroll file of %s: %w", id, err)
		} else if ok {
			f.Path = dir + f.Path
			files = append(files, f)
		}
		if o.Statements {
			book, err := workbook(r, of)
			if err != nil {
				return nil, fmt.Errorf("workbook of %s: %w", id, err)
			}
			files = append(files, File{Path: dir + "statements-" + period + ".xlsx", Media: mediaSheet, Class: comp.Personal, Bytes: book})
		}
		control := File{Path: dir + "pay-" + period + ".control", Media: mediaText, Class: comp.Personal, Bytes: payControl(r.Run, of, files)}
		out = append(out, append([]File{control}, files...)...)
	}
	slices.SortFunc(out, func(a, b File) int { return cmp.Compare(a.Path, b.Path) })
	return out, nil
}

// paid says whether payroll books something for the statement. A zero is left out: where payroll systems import one, it
// overwrites what was keyed in before.
func paid(s *comp.Statement) bool { return s.Total.Minor != 0 }

// payCSV is the neutral file for payroll systems: one row per statement with pay, plain decimals, period_end inclusive.
func payCSV(run comp.RunFacts, of office) []byte {
	var b bytes.Buffer
	b.WriteString("run_id,payroll_number,employee_id,pay_code,amount,currency,period_start,period_end,line_digest\n")
	for _, s := range of.statements {
		if !paid(s) {
			continue
		}
		for i, cell := range []string{run.ID, s.PayrollNumber, s.Payee, s.PayCode, s.Total.Decimal(), string(s.Total.Currency),
			run.Period.Start.String(), (run.Period.End - 1).String(), LineDigest(s)} {
			if i > 0 {
				b.WriteByte(',')
			}
			writeCell(&b, cell)
		}
		b.WriteByte('\n')
	}
	return b.Bytes()
}

// LineDigest is the sha256, in hex, of the statement's rows of audit/tables/lines.csv as they stand there: UTF-8, in
// the order of their numbers, each with its line feed, without the header. Who has that file can check the payroll
// file: grep '^E017:2026-02,' lines.csv | sha256sum.
func LineDigest(s *comp.Statement) string {
	var b bytes.Buffer
	for _, l := range lines(s) {
		writeRow(&b, lineColumns, lineRow(s, l))
	}
	return digest(b.Bytes())
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// payControl is the control file. Its last lines are what `sha256sum --check` reads, the others are comments to it.
func payControl(run comp.RunFacts, of office, files []File) []byte {
	rows := 0
	for _, s := range of.statements {
		if paid(s) {
			rows++
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "# carrot control 1\n# run %s\n# kind %s\n# approved %s\n# entity %s\n# period %s\n# pay_date %s\n# rows %d\n",
		run.ID, run.Kind, yesNo(run.Approved), of.entity.ID, run.Period, run.PayDate, rows)
	for _, t := range totals(of.statements) {
		fmt.Fprintf(&b, "# sum %s %s\n", t.currency, t.paid.Fixed(t.digits(), comp.HalfAway))
	}
	for _, t := range correctionTotals(of) {
		fmt.Fprintf(&b, "# corrections %s %s\n", t.Currency, t.Decimal())
	}
	for _, f := range files {
		fmt.Fprintf(&b, "%s  %s\n", digest(f.Bytes), f.Path[strings.LastIndexByte(f.Path, '/')+1:])
	}
	return []byte(b.String())
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// total is what a set of statements comes to in one currency.
type total struct {
	currency               comp.Currency
	statements, withPay    int
	heldPayees             int
	paid, held, yearToDate comp.Number
}

func (t total) digits() int {
	d, _ := t.currency.Digits()
	return d
}

// totals adds statements up per currency, in the order of the codes.
func totals(ss []*comp.Statement) []total {
	var out []total
	for _, s := range ss {
		i, found := slices.BinarySearchFunc(out, s.Currency, func(t total, c comp.Currency) int { return cmp.Compare(t.currency, c) })
		if !found {
			out = slices.Insert(out, i, total{currency: s.Currency})
		}
		t := &out[i]
		t.statements++
		if paid(s) {
			t.withPay++
		}
		if len(s.HeldFor) > 0 {
			t.heldPayees++
		}
		t.paid = t.paid.Add(s.Total.Amount().Number)
		t.held = t.held.Add(s.HeldTotal.Amount().Number)
		t.yearToDate = t.yearToDate.Add(s.YearToDate.Amount().Number)
	}
	return out
}

// heldTotal is what is held, in the currency of the statement also where it is nothing.
func heldTotal(s *comp.Statement) comp.Money {
	if s.HeldTotal.Minor == 0 {
		return comp.Money{Currency: s.Currency}
	}
	return s.HeldTotal
}

// status is the word for a statement on the Pay sheet.
func status(s *comp.Statement) string {
	switch {
	case len(s.HeldFor) > 0:
		return "held: " + strings.Join(s.HeldFor, ", ")
	case s.HeldTotal.Minor != 0:
		return "partly held"
	case !paid(s):
		return "nothing to pay"
	}
	return "paid"
}

// count is a number of rows for people.
func count(n int64) string { return grouped(strconv.FormatInt(n, 10)) }
