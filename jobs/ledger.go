package jobs

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"sort"
	"strings"

	"carrot/transform/comp"
)

// ledgerHeader names the columns of a ledger object, in order. amount and held are plain decimals of the currency.
var ledgerHeader = []string{"payee", "plan", "component", "paid", "for", "kind", "cause", "amount", "held", "currency"}

// encodeLedger writes what a close posts as canonical CSV: UTF-8, "\n", sorted by every column, one row an entry.
func encodeLedger(entries []comp.LedgerEntry) ([]byte, error) {
	rows := make([][]string, len(entries))
	for i, e := range entries {
		if e.Held.Currency != e.Amount.Currency && e.Held.Minor != 0 {
			return nil, fmt.Errorf("ledger of %s: %s is posted and %s held: one entry has one currency", e.Payee, e.Amount, e.Held)
		}
		held := comp.Money{Minor: e.Held.Minor, Currency: e.Amount.Currency}
		rows[i] = []string{e.Payee, e.Plan, e.Component, e.Paid, e.For, string(e.Kind), e.Cause,
			e.Amount.Decimal(), held.Decimal(), string(e.Amount.Currency)}
	}
	sort.SliceStable(rows, func(i, j int) bool { return slices.Compare(rows[i], rows[j]) < 0 })
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	if err := w.WriteAll(append([][]string{ledgerHeader}, rows...)); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// decodeLedger reads what encodeLedger wrote.
func decodeLedger(name string, b []byte) ([]comp.LedgerEntry, error) {
	r := csv.NewReader(bytes.NewReader(b))
	r.FieldsPerRecord = len(ledgerHeader)
	head, err := r.Read()
	if err != nil || !slices.Equal(head, ledgerHeader) {
		return nil, fmt.Errorf("%s: the first row is %q, expected %q", name, strings.Join(head, ","), strings.Join(ledgerHeader, ","))
	}
	var out []comp.LedgerEntry
	for {
		row, err := r.Read()
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		currency := comp.Currency(row[9])
		amount, err := comp.ParseMoney(row[7], currency)
		if err != nil {
			return nil, fmt.Errorf("%s: amount: %w", name, err)
		}
		held, err := comp.ParseMoney(row[8], currency)
		if err != nil {
			return nil, fmt.Errorf("%s: held: %w", name, err)
		}
		out = append(out, comp.LedgerEntry{Payee: row[0], Plan: row[1], Component: row[2], Paid: row[3], For: row[4],
			Kind: comp.LineKind(row[5]), Cause: row[6], Amount: amount, Held: held})
	}
}
