package config

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"carrot/transform/comp"
)

// TestContactRefuses: what counts as contact is read as it stands, or refused with its place.
func TestContactRefuses(t *testing.T) {
	const (
		talks = "measure: talks\nversion: \"1\"\ntitle: Talks\nfamily: activity\nunit: count\naggregate: count\npool: company\nrows:\n" +
			"  - {table: salesforce.deals, where: 'stage == \"Closed Won\"', date: close_date}\n"
		ratio    = "measure: talks\nversion: \"1\"\ntitle: Talks\nfamily: activity\nunit: score\naggregate: formula\npool: company\nformula: 'a'\ninputs: {a: {aggregate: count, table: salesforce.deals, date: close_date}}\nn: a\n"
		contact  = "  contact: {measure: talks, dormant: 60, since: close_date, where: 'amount > 0', months: 12}\n"
		sections = "management:\n  - {section: contact, title: C}\n"
	)
	quiet := strings.NewReplacer("date: close_date\nmonths: 3\n", "dormant: account\n", "On: close_date", "Last: {last_contact_of: account}, Days: {days_quiet_of: account}")
	for name, x := range map[string]struct {
		lines, list, measure string
		want                 []string
	}{
		"as it should be": {someAccounts + contact, quiet.Replace(oneList), talks, nil},
		"another table": {someAccounts + contact, oneList, talks + "  - {table: bamboohr.status, date: effective}\n", []string{
			"carrot.yaml:8:22: the contact talks in bamboohr.status, which does not say whose its rows are, expected the column that names the account; add bamboohr.status: a column to in: of accounts"}},
		"of a formula": {someAccounts + contact, oneList, ratio, []string{
			"carrot.yaml:8:22: the contact talks of aggregate formula, expected a measure of rows, each of which is a contact; name one of aggregate count"}},
		"by no measure": {someAccounts + "  contact: {measure: talk, dormant: 60}\n", oneList, talks, []string{`carrot.yaml:8:22: the measure "talk", expected a measure that is defined; write talks`}},
		"of too few months": {someAccounts + "  contact: {measure: talks, dormant: 60, months: 2}\n", oneList, talks, []string{
			"carrot.yaml:8:38: dormant: 60, longer than the months that are looked at, expected a number of days within them; write months: 3 or fewer days"}},
		"without it": {someAccounts, quiet.Replace(oneList), talks, []string{
			"carrot.yaml:9:15: a section of contact in a config that does not say what counts as such, expected contact: in accounts; add contact: to accounts in carrot.yaml",
			"lists/a.yaml:7:1: dormant in a config that does not say what counts as contact, expected contact: in accounts; add contact: to accounts in carrot.yaml",
			"lists/a.yaml:8:37: last_contact_of in a config whose accounts have no contact, expected contact:, which says what counts as such; add contact: to accounts in carrot.yaml",
			"lists/a.yaml:8:71: days_quiet_of in a config whose accounts have no contact, expected contact:, which says what counts as such; add contact: to accounts in carrot.yaml"}},
		"without a day": {someAccounts + contact, strings.Replace(oneList, "date: close_date\n", "", 1), talks, []string{"lists/a.yaml:1:1: a list without the key date; add date:"}},
		"months of no day": {someAccounts + contact, strings.Replace(quiet.Replace(oneList), "most: 5", "months: 3\nmost: 5", 1), talks, []string{
			"lists/a.yaml:9:1: the key months, expected months in a list with date; remove it"}},
		"two of one": {someAccounts + contact, strings.Replace(quiet.Replace(oneList), "{days_quiet_of: account}", "{days_quiet_of: account, stage_of: account}", 1), talks, []string{
			"lists/a.yaml:8:95: both days_quiet_of and stage_of, expected one of name_of, stage_of, last_contact_of or days_quiet_of; remove one"}},
	} {
		t.Run(name, func(t *testing.T) {
			files := memory(t, "big")
			text := string(files["carrot.yaml"].Data)
			text = text[:strings.Index(text, "management:\n")]
			before := strings.Count(text, "\n")
			files["carrot.yaml"].Data = []byte(text + x.lines + sections + "lists: [lists/*.yaml]\n")
			if !strings.Contains(x.lines, "contact") && name != "without it" {
				t.Fatal("no contact")
			}
			files["lists/a.yaml"], files["measures/talks.yaml"] = &fstest.MapFile{Data: []byte(x.list)}, &fstest.MapFile{Data: []byte(x.measure)}
			c, mistakes := Load(files, "carrot.yaml", environment)
			for i := range mistakes {
				if mistakes[i].File == "carrot.yaml" {
					mistakes[i].Line -= before
				}
			}
			if d := cmp.Diff(x.want, texts(mistakes)); d != "" {
				t.Errorf("mistakes differ (- want, + got):\n%s", d)
			}
			if x.want != nil {
				return
			}
			got := *c.Mapping.Accounts.Contact
			got.Where = nil
			if d := cmp.Diff(comp.Contact{Measure: "talks", Dormant: 60, Since: "close_date", Months: 12}, got); d != "" || c.Mapping.Accounts.Contact.Where == nil {
				t.Errorf("contact (-want +got):\n%s", d)
			}
			if l := c.Mapping.Lists[0]; l.Dormant != "account" || !l.Columns[1].Contact || !l.Columns[2].Quiet || l.Date != "" {
				t.Errorf("the list is %+v", l)
			}
		})
	}
}
