package plans

import (
	"slices"
	"strings"
	"testing"

	"carrot/config/templates"
	"carrot/transform/comp"
)

// No template pays more for anything but doing better: not for a deal that is split, moved by a day or sold quickly, and not for a
// dissatisfied customer who is left unasked.
func TestProbeFindsNothingInTemplates(t *testing.T) {
	for _, x := range templates.All() {
		file := "plans/" + x.Name + ".yaml"
		c := only(t, loaded(t, exampleCompany(t, x.Name)), file)
		list, err := Probe(c, comp.Day(2026, 3, 1))
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range list {
			t.Error(e)
		}
		var left []string
		for _, u := range NotProbed(c) {
			left = append(left, u.Plan+" "+u.Measure)
		}
		want := map[string][]string{"sales": {"sales gross_retention_own"}}[x.Name]
		if !slices.Equal(left, want) {
			t.Errorf("%s: %v are not probed, expected %v", x.Name, left, want)
		}
	}
}

// The template of customer service counts who was not asked as dissatisfied. A standing beside the department's that leaves them
// out pays for leaving them out, and a curve through the share pays more for it: the search finds both.
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
	// Of 700.00 EUR the part weighs 40 of the 60 % that have a value: a step of 25 % is 116.67.
	if got := gain("measure: satisfied_standing #", "measure: csat_standing #"); got != "116.67" {
		t.Errorf("a customer left out is worth %s", got)
	}
	// 3 of 10 dissatisfied are 70 %, which pays nothing; 2 of 9 count as reached, being fewer than 10: all of the 40/60.
	curve := gain("measure: satisfied_standing #", "measure: csat #", `points: [{at: "-1", pays: "75%"}, {at: "0", pays: "100%"}, {at: "1", pays: "125%"}]`,
		`points: [{at: "70%", pays: "0%"}, {at: "85%", pays: "100%"}, {at: "95%", pays: "150%"}]`)
	if curve != "466.67" {
		t.Errorf("a customer left out is worth %s by a curve through the share", curve)
	}
}
