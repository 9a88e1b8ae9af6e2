package jobs

import (
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"carrot/transform/comp"
)

func TestMatchFiles(t *testing.T) {
	folder := fstest.MapFS{}
	for _, name := range []string{"2026-02-03/Deals closed (1).csv", "2026-02-03/~$Deals closed.csv", "2026-02-03/.DS_Store", "2026-01-05/Deals closed.csv",
		"2026-01-05/deals closed.csv", "2026-02-03/sub/Deals closed.csv", "old/Deals closed.csv", "people 2026-03-01.csv", "people.csv", ".git/Deals closed.csv", "a+b.csv"} {
		folder[name] = &fstest.MapFile{Data: []byte("x")}
	}
	files, err := listFiles(folder)
	if err != nil {
		t.Fatal(err)
	}
	for pattern, want := range map[string][]string{
		"{drop}/Deals closed*.csv": {"2026-01-05/Deals closed.csv 2026-01-05", "2026-02-03/Deals closed (1).csv 2026-02-03"},
		"people {drop}.csv":        {"people 2026-03-01.csv 2026-03-01"},
		"people.csv":               {"people.csv "},
		"*/[Dd]eals closed.csv":    {"2026-01-05/Deals closed.csv ", "2026-01-05/deals closed.csv ", "old/Deals closed.csv "},
		"a+b.csv":                  {"a+b.csv "},
		"*.json":                   nil,
	} {
		found, err := matchFiles(files, pattern)
		if err != nil {
			t.Fatalf("%s: %v", pattern, err)
		}
		var got []string
		for _, f := range found {
			got = append(got, f.Name+" "+f.Known.String())
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", pattern, d)
		}
	}
	if _, err := matchFiles(files, "[a"); err == nil {
		t.Error("[a is taken for a file name")
	}
	if _, err := matchFiles([]Found{{Name: "2026-02-30/x.csv"}}, "{drop}/x.csv"); err == nil {
		t.Error("2026-02-30 is taken for a day")
	}
}

func TestLedgerComesBack(t *testing.T) {
	want := []comp.LedgerEntry{
		{Payee: "1", Plan: "sales", Component: "a", Paid: "2026-02", For: "2026-01", Kind: comp.TrueUp, Cause: "late data", Amount: comp.Money{Minor: -5, Currency: "EUR"}, Held: comp.Money{Currency: "EUR"}},
		{Payee: "1", Plan: "sales", Component: "a", Paid: "2026-02", For: "2026-02", Kind: comp.Earning, Amount: comp.Money{Minor: 123456, Currency: "JPY"}, Held: comp.Money{Minor: 7, Currency: "JPY"}},
		{Payee: `"2", and`, Plan: "sales", Component: "b\nc", Paid: "2026-02", For: "2026-02", Kind: comp.Earning, Amount: comp.Money{Minor: 1, Currency: "EUR"}, Held: comp.Money{Currency: "EUR"}},
	}
	b, err := encodeLedger([]comp.LedgerEntry{want[2], want[1], want[0]})
	if err != nil {
		t.Fatal(err)
	}
	got, err := decodeLedger("ledger", b)
	if err != nil {
		t.Fatal(err)
	}
	// Sorted by the written columns: a quoted name comes before the plain ones.
	if d := cmp.Diff([]comp.LedgerEntry{want[2], want[0], want[1]}, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	const text = "payee,plan,component,paid,for,kind,cause,amount,held,currency\n1,sales,a,2026-02,2026-01,true-up,late data,-0.05,0.00,EUR\n"
	if b, err := encodeLedger(want[:1]); err != nil || string(b) != text {
		t.Errorf("encodeLedger gives %q, %v; want %q", b, err, text)
	}
	if _, err := decodeLedger("ledger", []byte("payee\n")); err == nil {
		t.Error("another header is taken for a ledger's")
	}
}

func TestRequestComesBack(t *testing.T) {
	month, err := comp.ParseMonth("2026-02")
	if err != nil {
		t.Fatal(err)
	}
	want := comp.Request{Kind: comp.Close, Period: month, Business: comp.Day(2026, 3, 3), KnownAt: comp.Day(2026, 3, 2), Calculation: "calculation 1", Previous: "ab",
		Inputs: []comp.NamedDigest{{Name: "config/a b.yaml", Version: "main", Digest: "00"}, {Name: "pulls/x.y/00000001", Digest: "11"}}}
	got, err := parseRequest(want.Text())
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	for _, bad := range []string{"", "carrot request 2\n", want.Text() + "colour red\n", want.Text() + "input 00 -\n"} {
		if _, err := parseRequest(bad); err == nil {
			t.Errorf("%q is taken for a request", bad)
		}
	}
}
