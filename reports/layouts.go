package reports

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"carrot/transform/comp"
)

// The layouts of payroll systems beside the neutral file, which every office gets.
const (
	adpLayout   = "adp"
	gustoLayout = "gusto"
)

// layout is the file of an office's own payroll system; false where the office takes the neutral file.
func layout(run comp.RunFacts, of office) (File, bool, error) {
	switch of.entity.Payroll {
	case adpLayout:
		b, err := adpCSV(run, of)
		return File{Path: fmt.Sprintf("EPI%s%s.csv", of.entity.CompanyCode, run.Period.Name()[5:]), Media: mediaCSV, Class: comp.Personal, Bytes: b}, true, err
	case gustoLayout:
		b, err := gustoCSV(of)
		return File{Path: "gusto-" + run.Period.Name() + ".csv", Media: mediaCSV, Class: comp.Personal, Bytes: b}, true, err
	}
	return File{}, false, nil
}

// The bounds of one amount in a row of ADP's paydata file, in minor units.
const (
	adpMost  = 9_999_999
	adpLeast = -4_050_000
)

// adpCSV is ADP's paydata file: CRLF, plain decimals, nothing where there is nothing to pay. What exceeds one row's bounds
// is given in several rows of the same employee.
func adpCSV(run comp.RunFacts, of office) ([]byte, error) {
	if n := len(of.entity.CompanyCode); n != 3 {
		return nil, fmt.Errorf("the company code %q, expected three characters", of.entity.CompanyCode)
	}
	if n := len(of.entity.PayCode); n < 1 || n > 2 {
		return nil, fmt.Errorf("the pay code %q, expected one or two characters", of.entity.PayCode)
	}
	var b bytes.Buffer
	b.WriteString("Co Code,Batch ID,File #,Earnings 3 Code,Earnings 3 Amount\r\n")
	for _, s := range of.statements {
		if !paid(s) || of.leaves(s) {
			continue
		}
		if found, want := of.entity.Unfit(s.Name, s.PayrollNumber); found != "" {
			return nil, fmt.Errorf("%s of %s, expected %s", found, s.Payee, want)
		}
		number, err := strconv.Atoi(s.PayrollNumber)
		if err != nil {
			return nil, err
		}
		for _, m := range adpParts(s.Total) {
			fmt.Fprintf(&b, "%s,%s,%06d,%s,%s\r\n", of.entity.CompanyCode, strings.ReplaceAll(run.Period.Name(), "-", ""), number, of.entity.PayCode, m.Decimal())
		}
	}
	return b.Bytes(), nil
}

// leaves says whether a payee has no row: the system does not take them, and somebody waived that. They stand in the neutral
// file and are keyed in by hand.
func (of office) leaves(s *comp.Statement) bool {
	found, _ := of.entity.Unfit(s.Name, s.PayrollNumber)
	return found != "" && of.byHand[s.Payee]
}

// alike counts those who are paid by name and payroll number: who shares both cannot be told apart by a system that has nothing else.
// Where a waiver let them keep one number, they stand in the neutral file alone.
func (of office) alike() map[[2]string]int {
	out := map[[2]string]int{}
	for _, s := range of.statements {
		if paid(s) {
			out[[2]string{s.Name, s.PayrollNumber}]++
		}
	}
	return out
}

// adpParts are amounts within the bounds of a row that sum to m.
func adpParts(m comp.Money) []comp.Money {
	var out []comp.Money
	for m.Minor != 0 {
		part := comp.Money{Minor: max(adpLeast, min(adpMost, m.Minor)), Currency: m.Currency}
		out = append(out, part)
		m.Minor -= part.Minor
	}
	return out
}

// gustoCSV is Gusto's file: a zero would overwrite what was keyed in, so who is paid nothing has no row. The employee id
// tells people of one name apart.
func gustoCSV(of office) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("last_name,first_name,gusto_employee_id,commission\n")
	names := map[string]string{}
	alike := of.alike()
	for _, s := range of.statements {
		if !paid(s) || of.leaves(s) || of.sameNumber[s.Payee] && alike[[2]string{s.Name, s.PayrollNumber}] > 1 {
			continue
		}
		if found, want := of.entity.Unfit(s.Name, s.PayrollNumber); found != "" {
			return nil, fmt.Errorf("%s of %s, expected %s", found, s.Payee, want)
		}
		i := strings.LastIndexByte(s.Name, ' ')
		first, last := s.Name[:i], s.Name[i+1:]
		k := last + "\x00" + first + "\x00" + s.PayrollNumber
		if other, twice := names[k]; twice {
			return nil, fmt.Errorf("%s and %s have one name, %s, and one payroll number", other, s.Payee, s.Name)
		}
		names[k] = s.Payee
		for i, cell := range []string{last, first, s.PayrollNumber, s.Total.Decimal()} {
			if i > 0 {
				b.WriteByte(',')
			}
			writeCell(&b, cell)
		}
		b.WriteByte('\n')
	}
	return b.Bytes(), nil
}
