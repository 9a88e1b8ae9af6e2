package config

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestFairnessRefusals: what cannot be compared is refused with its place.
func TestFairnessRefusals(t *testing.T) {
	_, got := edited(t, [3]string{"carrot.yaml", "company: Nordlicht Instruments\n", "company: Nordlicht Instruments\nfairness: {table: billing.refunds, employee: id, group: [sex], floor: 4, gap: \"0\", strata: [nowhere], jurisdictions: {DE: none, usa: none}, category: nowhere}\n"})
	if diff := cmp.Diff([]string{
		"carrot.yaml:3:19: the table billing.refunds of class open, expected class: personal or sealed: who is of which group is nobody's business; add class: sealed to it",
		`carrot.yaml:3:58: the column "sex", expected a column of billing.refunds; write id, owner_login, amount or close_date`,
		"carrot.yaml:3:71: the number 4, expected a whole number from 5 to 1000; write 5 or more, up to 1000",
		`carrot.yaml:3:79: a gap of 0, expected a number above 0; write "0.1"`,
		`carrot.yaml:3:93: the column "nowhere" of strata, which no table of ratings has, expected a column of the rows that are rated; declare it, or remove this`,
		"carrot.yaml:3:123: no agreement for DE, expected the id of one with the works council, which BetrVG section 87(1) no. 6 asks for; write its id, or remove DE: nobody there is looked at then",
		`carrot.yaml:3:129: the country "usa", expected a country of two capitals; write one such as DE`,
		`carrot.yaml:3:151: the column "nowhere", expected a column of billing.refunds; write id, owner_login, amount or close_date`,
	}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
