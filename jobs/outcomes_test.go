package jobs

import (
	"bytes"
	"encoding/csv"
	"io"
	"math/big"
	"strconv"
	"strings"
	"testing"
	"time"

	"carrot/config/example"
	"carrot/transform"
	"carrot/transform/comp"
)

// exported are the rows of all files whose name has a part, by the id in a column: the later one stands. Rows that labels follow
// the header of are left out by their own first cell.
func exported(t *testing.T, files map[string][]byte, names []string, comma rune, key string) map[string]map[string]string {
	t.Helper()
	out := map[string]map[string]string{}
	for _, name := range names {
		r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(files[name], []byte("\uFEFF"))))
		r.Comma = comma
		rows, err := r.ReadAll()
		if err != nil || len(rows) < 2 {
			t.Fatalf("%s: %d rows, %v", name, len(rows), err)
		}
		for _, cells := range rows[1:] {
			row := map[string]string{}
			for i, label := range rows[0] {
				row[label] = cells[i]
			}
			out[row[key]] = row
		}
	}
	return out
}

// TestOutcomesByCounting closes the last month of the example company and holds measures of its scorecards against counts over the
// written files, which share no code with the engine.
func TestOutcomesByCounting(t *testing.T) {
	files := map[string][]byte{}
	parts := map[string][]string{}
	_, err := example.Generate(example.Default(), func(name string, write func(io.Writer) error) error {
		var b bytes.Buffer
		err := write(&b)
		files[name] = b.Bytes()
		for _, part := range []string{"Relationship Survey_", "relationship_invitations_"} {
			if strings.Contains(name, part) {
				parts[part] = append(parts[part], name) // by day
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	answers := exported(t, files, parts["Relationship Survey_"], ',', "ResponseId")
	asked := exported(t, files, parts["relationship_invitations_"], ',', "invitation_id")
	moves := exported(t, files, []string{"reference/mrr_moves.csv"}, ';', "Nr.")
	loop := exported(t, files, []string{"reference/commitments.csv"}, ',', "commitment")
	brand := exported(t, files, []string{"reference/brand.csv"}, ',', "respondent")
	number := func(text string) int64 {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	quarter := func(day string) bool { return day >= "2026-01-01" && day < "2026-04-01" }
	want := map[string]*big.Rat{}

	var promoters, detractors, told, easy, felt int64
	risk, heard := map[string]bool{}, map[string]bool{}
	for _, r := range answers {
		if !quarter(r["EndDate"]) || r["Q1"] == "" {
			continue
		}
		told++
		heard[r["account_id"]] = true
		switch score := number(r["Q1"]); {
		case score >= 9:
			promoters++
		case score <= 6:
			detractors++
			risk[r["account_id"]] = true
		}
		if r["Q2"] != "" && r["Finished"] == "True" {
			felt++
			if number(r["Q2"]) >= 5 {
				easy++
			}
		}
	}
	want["nps"] = big.NewRat(100*(promoters-detractors), told)
	want["ease_share"] = big.NewRat(easy, felt)
	want["accounts_at_risk"] = big.NewRat(int64(len(risk)), int64(len(heard)))

	codes := map[string]int64{}
	deciders, spoke, planned := map[string]bool{}, map[string]bool{}, int64(0)
	for _, r := range asked {
		if !quarter(r["planned_on"]) {
			continue
		}
		planned++
		codes[r["status"]]++
		if r["account_tier"] == "strategic" && r["contact_role"] == "decision maker" && r["status"] != "NS" {
			deciders[r["account_id"]] = true
			if r["status"] == "I" || r["status"] == "P" {
				spoke[r["account_id"]] = true
			}
		}
	}
	known := codes["I"] + codes["P"] + codes["R"] + codes["NC"] + codes["O"]
	unknown := codes["UH"] + codes["UO"]
	want["response_rr1"] = big.NewRat(codes["I"], known+unknown)
	want["response_rr2"] = big.NewRat(codes["I"]+codes["P"], known+unknown)
	e := big.NewRat(known, known+codes["NE"])
	want["response_rr3"] = new(big.Rat).Quo(big.NewRat(codes["I"], 1), new(big.Rat).Add(big.NewRat(known, 1), e.Mul(e, big.NewRat(unknown, 1))))
	want["response_rr5"] = big.NewRat(codes["I"], known)
	want["response_rr6"] = big.NewRat(codes["I"]+codes["P"], known)
	want["kept_from_being_asked"] = big.NewRat(codes["NS"], planned)
	want["decision_makers_heard"] = big.NewRat(int64(len(spoke)), int64(len(deciders)))
	silent := new(big.Rat).Sub(big.NewRat(1, 1), want["response_rr2"])
	observed := new(big.Rat).Mul(want["response_rr2"], want["nps"])
	want["nps_at_worst"] = new(big.Rat).Sub(observed, new(big.Rat).Mul(big.NewRat(100, 1), silent))
	want["nps_at_best"] = new(big.Rat).Add(observed, new(big.Rat).Mul(big.NewRat(100, 1), silent))

	var due, called int64
	for _, r := range loop {
		if quarter(r["answered_on"]) {
			due++
			if r["two_way"] == "true" && number(r["hours"]) <= 48 {
				called++
			}
		}
	}
	want["closed_in_48_hours"] = big.NewRat(called, due)
	var people, aware int64
	for _, r := range brand {
		if quarter(r["asked_on"]) {
			people++
			if r["aware"] == "true" {
				aware++
			}
		}
	}
	want["brand_awareness"] = big.NewRat(aware, people)
	var won, lost int64 // over four months
	for _, r := range moves {
		if at, err := time.Parse("02.01.2006", r["Datum"]); err != nil {
			t.Fatal(err)
		} else if at.Before(time.Date(2025, time.December, 1, 0, 0, 0, 0, time.UTC)) || !at.Before(time.Date(2026, time.April, 1, 0, 0, 0, 0, time.UTC)) {
			continue
		}
		switch {
		case r["Art"] == "new", r["Art"] == "reactivation":
			won++
		case r["Art"] == "churn" && r["Grund"] == "service":
			lost++
		}
	}
	if lost > 0 {
		want["sold_versus_lost"] = big.NewRat(won, lost)
	}

	c := newCompany(t, example.Default(), nil)
	months := c.months(t, c.world.Months)
	r, _, err := transform.ComputeWith(transform.DefaultVerbs(), months[len(months)-1], nil)
	if err != nil {
		t.Fatal(err)
	}
	got := valuesOf(t, r)
	for measure, w := range want {
		if have := got[measure]; have == nil || have.Cmp(w) != 0 {
			t.Errorf("%s: the engine says %v, the files say %s", measure, have, w.FloatString(6))
		}
	}
	if len(want) < 15 {
		t.Errorf("only %d measures were counted", len(want))
	}
}

// valuesOf are the values of the parts that statements show in shadow; whoever has a part of the company has the same value.
func valuesOf(t *testing.T, r *comp.Result) map[string]*big.Rat {
	t.Helper()
	got := map[string]*big.Rat{}
	for _, s := range r.Statements {
		for _, x := range s.Components {
			for _, p := range x.Parts {
				if !x.Shown || p.Value == nil || strings.HasSuffix(p.Measure, "_own") {
					continue
				}
				got[p.Measure] = p.Value.Rat()
			}
		}
	}
	return got
}
