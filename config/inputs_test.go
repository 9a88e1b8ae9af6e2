package config

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carrot/transform/comp"
)

func hexDigest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func lines(fs []comp.Finding) (out []string) {
	for _, f := range fs {
		out = append(out, f.String())
	}
	return out
}

func TestWaivers(t *testing.T) {
	b := []byte("\xef\xbb\xbffinding,reason,by,until\r\nF-ABCDEFGHIJ23,\"Agreed, see mail\",Ruth,2026-04-30\r\nF-ZZZZZZZZZZ77,Known,Ole,2026-05-31\r\n")
	got, findings := ParseWaivers("waivers.csv", b)
	if len(findings) > 0 {
		t.Fatal(lines(findings))
	}
	d := hexDigest(b)
	want := []comp.Waiver{
		{Finding: "F-ABCDEFGHIJ23", Reason: "Agreed, see mail", By: "Ruth", Until: comp.Day(2026, 4, 30), Origin: comp.Origin{File: d, Name: "waivers.csv", Pos: 28}},
		{Finding: "F-ZZZZZZZZZZ77", Reason: "Known", By: "Ole", Until: comp.Day(2026, 5, 31), Origin: comp.Origin{File: d, Name: "waivers.csv", Pos: 79}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAdjustments(t *testing.T) {
	b := []byte("id,employee_id,period,amount,currency,reason,evidence,by\nA1,E017,2026-02,-120.50,EUR,Double pay,mail-77,Ruth\nA2,007,2026-02,5000,JPY,\"Bonus \"\"gold\"\"\",doc 3,Ole\n")
	got, findings := ParseAdjustments("in/adjustments.csv", b)
	if len(findings) > 0 {
		t.Fatal(lines(findings))
	}
	d := hexDigest(b)
	want := []comp.Adjustment{
		{ID: "A1", Payee: "E017", Period: "2026-02", Amount: comp.Money{Minor: -12050, Currency: "EUR"}, Reason: "Double pay", Evidence: "mail-77", By: "Ruth",
			Origin: comp.Origin{File: d, Name: "in/adjustments.csv", Pos: 57}},
		{ID: "A2", Payee: "007", Period: "2026-02", Amount: comp.Money{Minor: 5000, Currency: "JPY"}, Reason: `Bonus "gold"`, Evidence: "doc 3", By: "Ole",
			Origin: comp.Origin{File: d, Name: "in/adjustments.csv", Pos: 109}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestWrongInputRows pins the message of every mistake, all rows at once; a sound row among them is kept.
func TestWrongInputRows(t *testing.T) {
	waivers := "finding,reason,by,until\nF-1,x,Ruth,2026-04-30\nF-ABCDEFGHIJ23,,Ruth,2026-04-30\nF-ABCDEFGHIJ23,x,Ruth,30.4.2026\nF-ZZZZZZZZZZ77,x,Ruth\n" +
		"F-ABCDEFGHIJ24,x, Ruth,2026-04-30\nF-ABCDEFGHIJ25,x\"y,Ruth,2026-04-30\nF-ABCDEFGHIJ26,x,Ruth,2026-04-30\n"
	kept, findings := ParseWaivers("w.csv", []byte(waivers))
	want := []string{
		`w.csv:2:1: finding: "F-1": a finding's id was expected, F- and 12 letters or digits; copy it from the Findings sheet [bad_waiver]`,
		`w.csv:3:16: reason: "": a text was expected; write one [bad_waiver]`,
		`w.csv:4:1: finding: "F-ABCDEFGHIJ23": the finding is waived a second time; remove one of the rows [bad_waiver]`,
		`w.csv:4:23: until: "30.4.2026": a day was expected, the last on which the waiver applies; write YYYY-MM-DD [bad_waiver]`,
		`w.csv:5:1: 3 cells, 4 were expected; put a text that holds a comma in double quotes [bad_waiver]`,
		`w.csv:6:18: by: " Ruth": a text without blanks around it was expected; remove the blanks [bad_waiver]`,
		`w.csv:7:17: quotes that do not pair; put the cell in double quotes and double those within it [bad_waiver]`,
	}
	if diff := cmp.Diff(want, lines(findings)); diff != "" {
		t.Error(diff)
	}
	if len(kept) != 1 || kept[0].Finding != "F-ABCDEFGHIJ26" {
		t.Errorf("kept %v", kept)
	}

	header := "id,employee_id,period,amount,currency,reason,evidence,by\n"
	rows := "A1,,2026-02,1.00,EUR,r,e,b\nA1,E1,2026-2,1.00,EUR,r,e,b\nA3,E1,2026-02,\"1,000.00\",EUR,r,e,b\nA4,E1,2026-02,1.005,EUR,r,e,b\nA5,E1,2026-02,1e3,EUR,r,e,b\n" +
		"A6,E1,2026-02,1.00,EURO,r,e,b\nA7,E1,2026-02,0.00,EUR,r,e,b\nA8,E1,2026-02,1.00,EUR,,,\nA9,É1,2026-02,1.0.0,EUR,r,e,b\nA10,E1,2026-02,99999999999999999999,EUR,r,e,b\n"
	adjusted, findings := ParseAdjustments("a.csv", []byte(header+rows))
	want = []string{
		`a.csv:2:4: employee_id: "": a text was expected; write one [bad_adjustment]`,
		`a.csv:3:1: id: "A1": the id stands in an earlier row; give each adjustment an id of its own [bad_adjustment]`,
		`a.csv:3:7: period: "2026-2": a pay period was expected; write YYYY-MM [bad_adjustment]`,
		`a.csv:4:15: amount: "1,000.00": an amount in EUR was expected, in plain digits with a point; write one such as 120.50 [bad_adjustment]`,
		`a.csv:5:15: amount: "1.005": an amount in EUR was expected, in plain digits with a point; write one such as 120.50 [bad_adjustment]`,
		`a.csv:6:15: amount: "1e3": an amount in EUR was expected, in plain digits with a point; write one such as 120.50 [bad_adjustment]`,
		`a.csv:7:20: currency: "EURO": a currency of ISO 4217 was expected; write a code such as EUR [bad_adjustment]`,
		`a.csv:8:15: amount: "0.00": an amount other than 0 was expected; remove the row or write the amount [bad_adjustment]`,
		`a.csv:9:24: reason: "": a text was expected; write one [bad_adjustment]`,
		`a.csv:9:25: evidence: "": a text was expected; write one [bad_adjustment]`,
		`a.csv:9:26: by: "": a text was expected; write one [bad_adjustment]`,
		`a.csv:10:15: amount: "1.0.0": an amount in EUR was expected, in plain digits with a point; write one such as 120.50 [bad_adjustment]`,
		`a.csv:11:16: amount: "99999999999999999999": an amount in EUR was expected, in plain digits with a point; write one such as 120.50 [bad_adjustment]`,
	}
	if diff := cmp.Diff(want, lines(findings)); diff != "" {
		t.Error(diff)
	}
	if len(adjusted) > 0 {
		t.Errorf("kept %v", adjusted)
	}
	for _, f := range findings {
		if f.Reach != comp.ReachRun {
			t.Errorf("%s reaches %s: money that somebody decided on must not be left out", f, f.Reach)
		}
	}
}

func TestWrongInputFiles(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", `a.csv:1:1: the file is empty, a header was expected; write the line id,employee_id,period,amount,currency,reason,evidence,by [bad_adjustment]`},
		{"id;employee_id\n", `a.csv:1:1: "id;employee_id": the header id,employee_id,period,amount,currency,reason,evidence,by was expected; write it as the first line [bad_adjustment]`},
		{"id,\xff\n", `a.csv:1:1: a csv file in UTF-8 of at most 4 MiB was expected; save it as CSV UTF-8 [bad_adjustment]`},
		{"\"id\n", `a.csv:1:1: quotes that do not pair; put the cell in double quotes and double those within it [bad_adjustment]`},
	} {
		_, findings := ParseAdjustments("a.csv", []byte(c.text))
		if diff := cmp.Diff([]string{c.want}, lines(findings)); diff != "" {
			t.Errorf("%q: %s", c.text, diff)
		}
	}
	if _, findings := ParseAdjustments("a.csv", []byte(adjustmentHeader+"\n")); len(findings) > 0 {
		t.Errorf("a header alone is no mistake: %v", lines(findings))
	}
}

func FuzzInputs(f *testing.F) {
	f.Add([]byte(waiverHeader + "\nF-ABCDEFGHIJ23,x,y,2026-01-01\n"))
	f.Add([]byte(adjustmentHeader + "\nA1,E1,2026-02,1.00,EUR,\"a\nb\",e,b\n\"x"))
	f.Add([]byte("\xef\xbb\xbf\"\n\"\r\n,"))
	f.Fuzz(func(t *testing.T, b []byte) {
		_, a := ParseWaivers("w.csv", b)
		_, c := ParseAdjustments("a.csv", b)
		for _, x := range append(a, c...) {
			if x.Line < 1 || x.Col < 1 || x.Line > strings.Count(string(b), "\n")+1 {
				t.Errorf("%s stands outside the file", x)
			}
		}
	})
}

// A season shares out the number of a year; rows that are each for a month have none. The name may be that of all rows, or one of many.
func TestNoSeasonOfMonths(t *testing.T) {
	season := [3]string{"plans/service.yaml", "quota: {name: sales}", `quota: {name: sales, season: ["50%", "50%"]}`}
	for _, each := range [][3]string{{"carrot.yaml", "currency_is: USD}", "currency_is: USD, each: month}"}, {"carrot.yaml", "currency: currency}", "currency: currency, each: month}"}} {
		_, got := edited(t, season, each)
		want := `plans/service.yaml:41:26: a season of sales, whose rows are each for a month, expected a number of a whole year; remove season, or write each: period in the config, under quotas`
		if diff := cmp.Diff([]string{want}, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}
