package main

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"carrot/config/example"
	"carrot/config/example/truth"
)

// TestExampleQuestions asks about what the generator planted in the example company. What the answers must say is the truth
// about the case, which the generator keeps beside the exports; the totals are those that the truth reckons by itself.
func TestExampleQuestions(t *testing.T) {
	t.Parallel()
	main := filepath.Join(given(t, paidCompany), "carrot.yaml")
	w, err := example.Generate(readable, func(string, func(io.Writer) error) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	asked := 0
	ask := func(question, command string, wants ...string) {
		t.Helper()
		asked++
		out := must(t, append([]string{"explain", "--brief", "--config", main}, strings.Fields(command)...), exitDone)
		for _, want := range wants {
			if !strings.Contains(out, want) {
				t.Errorf("%s\ncarrot explain %s\nlacks %q:\n%s", question, command, want, out)
			}
		}
	}
	the := func(kind string) truth.Case {
		c, ok := w.Case(kind)
		if !ok {
			t.Fatalf("the company has no case %q", kind)
		}
		return c
	}
	record := func(table, key, month string) string {
		return fmt.Sprintf("--record %s/%s --period %s", strings.ReplaceAll(table, ".", "/"), key, month)
	}
	of := func(payee, month string) string { return "--payee " + payee + " --period " + month }

	c := the(truth.KindSplit)
	ask("How was the deal shared?", record(c.Table, c.Key, c.Month), "("+c.Payees[0]+") is credited", "a share of 60 %", "("+c.Payees[1]+") is credited", "a share of 40 %")
	c = the(truth.KindLateSplit)
	ask("Whose was the deal before the split came?", record("salesforce.deals_us", c.Key, c.Month), "("+c.Payees[0]+") is credited")
	ask("Why do I get money for June in August?", of(c.Payees[1], c.Known), "correction of June 2025", "Correction for reassignment")
	c = the(truth.KindRefund)
	ask("Why is money of April taken from me in June?", of(c.Payees[0], c.Known), "correction of April 2025", "Correction for refund", c.Key)
	c = the(truth.KindLateDeal)
	ask("Where is my deal of July?", record(c.Table, c.Key, c.Month), "not known", "correction for late data")
	ask("Was it paid in September?", of(c.Payees[0], c.Known), "correction of July 2025", "Correction for late data", c.Key)
	c = the(truth.KindCorrection)
	ask("What happened to the deal of 45,000?", record(c.Table, c.Key, c.Known), "was 45000 and is 4500", "corrects 2025-10 for late data")
	c = the(truth.KindUnknownOwner)
	ask("Why is nobody paid for this deal?", record(c.Table, c.Key, c.Month), "held, not paid yet", c.Note, "Nobody is paid for it until this is settled")
	c = the(truth.KindTransfer)
	ask("I was in Sales for half of May; how is that counted?", of(c.Payees[0], c.Month), "15/31 days on the plan", "16/31 days on the plan")
	c = the(truth.KindLeaver)
	ask("How was my last month counted?", of(c.Payees[0], c.Month), "19/30 days on the plan")
	ask("Why do I get nothing in the month after?", of(c.Payees[0], "2025-12"), "is not employed in December 2025", "to 19 September 2025")
	c = the(truth.KindRehire)
	ask("Why was I not paid in July?", of(c.Payees[0], "2025-07"), "is not employed in July 2025", "to 31 May 2025") // what comes in October is not known in July
	ask("How was October counted?", of(c.Payees[0], c.Month), "17/31 days on the plan")
	c = the(truth.KindBackdated)
	ask("Why is September corrected in October?", of(c.Payees[0], c.Known), "correction of September 2025", "Correction for hierarchy", "0.8 of full time")
	c = the(truth.KindEdge)
	ask("Was my quota of the second quarter reached?", of(c.Payees[0], "2025-06"), "30,000.00 EUR / 30,000.00 EUR = 100 %")
	c = the(truth.KindHostile)
	ask("Was the deal with the strange name paid?", record(c.Table, c.Key, c.Month), "paid", "("+c.Payees[0]+") is credited")
	for _, b := range w.Planted {
		switch {
		case b.Kind != truth.KindBoundary:
		case strings.HasSuffix(b.Note, "last day 2025-09-19, delivered 2025-09-20"):
			ask("Why was my last deal not paid?", record("salesforce.deals_us", b.Key, b.Month)+" --payee "+b.Payees[0], "is not employed on 20 September 2025")
		case strings.HasSuffix(b.Note, "last day 2025-09-19, delivered 2025-09-19"):
			ask("Was the deal of my last day paid?", record("salesforce.deals_us", b.Key, b.Month), "("+b.Payees[0]+") is credited")
		}
	}
	sums := map[string]truth.Pay{} // read by key only
	for _, p := range w.Pay() {
		sum := sums[p.Payee+p.Month]
		p.Amount += sum.Amount
		sums[p.Payee+p.Month] = p
	}
	for _, who := range []string{"0002", "0003", "0015", "0018", "0021", "0023"} {
		p, ok := sums[who+"2025-09"]
		if !ok {
			continue
		}
		whole, cents := fmt.Sprint(p.Amount/100), fmt.Sprintf("%02d", p.Amount%100)
		ask("What did I get in September?", of(who, "2025-09"), fmt.Sprintf("(%s), September 2025: %s.%s %s in ", who, withCommas(whole), cents, p.Currency))
	}
	if asked < 20 {
		t.Errorf("%d questions were asked, 20 were thought of", asked)
	}
}
