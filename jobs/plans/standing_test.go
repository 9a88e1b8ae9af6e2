package plans

import (
	"slices"
	"strings"
	"testing"

	"carrot/transform/comp"
)

// An agent's standing beside the department pays less for a dissatisfied customer who is not asked than a curve through the
// share does, and the search sees it all the same: it holds the answers against those of others.
func TestStandingPaysLessForLeavingOut(t *testing.T) {
	const file = "plans/customer-service.yaml"
	gain := func(edit ...string) string {
		t.Helper()
		files := exampleCompany(t, "customer-service")
		text := string(files[file].Data)
		for i := 0; i < len(edit); i += 2 {
			if !strings.Contains(text, edit[i]) {
				t.Fatalf("no %q in the template", edit[i])
			}
			text = strings.Replace(text, edit[i], edit[i+1], 1)
		}
		files[file].Data = []byte(text)
		list, err := Probe(only(t, loaded(t, files), file), comp.Day(2026, 3, 1))
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(list, func(x Exploit) bool { return x.Class == "P-survey" })
		if i < 0 || len(list) != 1 {
			t.Fatalf("exploits %v, expected one of P-survey", list)
		}
		return list[i].Gain.Decimal()
	}
	// Of 700.00 EUR the part weighs 40 of the 65 % that have a value: a step of 25 % is 107.69.
	if got := gain(); got != "107.69" {
		t.Errorf("a customer left out is worth %s", got)
	}
	// 3 of 10 dissatisfied are 70 %, which pays nothing; 2 of 9 count as reached, being fewer than 10: all of the 40/65.
	curve := gain("measure: csat_standing #", "measure: csat #", `points: [{at: "-1", pays: "75%"}, {at: "0", pays: "100%"}, {at: "1", pays: "125%"}]`,
		`points: [{at: "70%", pays: "0%"}, {at: "85%", pays: "100%"}, {at: "95%", pays: "150%"}]`)
	if curve != "430.77" {
		t.Errorf("a customer left out is worth %s by a curve through the share", curve)
	}
}
