package config

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"carrot/transform/comp"
)

const oneList = `list: won
title: Deals won
section: moved
table: salesforce.deals
where: 'stage == "Closed Won"'
owner: {column: owner_login, system: salesforce}
date: close_date
months: 3
columns: {Customer: account, On: close_date}
most: 5
for: manager
`

// TestListsRefuse: a list that is wrong is refused with its place; one that is right is read as it stands.
func TestListsRefuse(t *testing.T) {
	ratings := strings.NewReplacer("salesforce.deals", "zendesk.ratings", "owner_login", "assignee", "system: salesforce", "system: zendesk", `'stage == "Closed Won"'`, "score == \"Bad\"",
		"date: close_date", "date: rated_at", "account, On: close_date", "ticket_id")
	for name, x := range map[string]struct {
		list   string
		survey string // of zendesk.ratings; "" as it is
		want   []string
	}{
		"as it should be": {oneList, "", nil},
		"of a sealed table": {ratings.Replace(oneList), "",
			[]string{"lists/a.yaml:4:8: a list of the sealed table zendesk.ratings, expected a table whose rows may be shown; name another table"}},
		"of answers promised to a team": {ratings.Replace(oneList), "    class: sealed\n    survey: {kind: relationship, promise: team}\n",
			[]string{"lists/a.yaml:4:8: a list of zendesk.ratings, whose answers were promised to be shown of a team together only, expected a table whose survey promises promise: named; name another table, or use a measure of it"}},
		"of anonymous answers": {ratings.Replace(oneList), "    class: sealed\n    survey: {kind: relationship, promise: anonymous}\n",
			[]string{"lists/a.yaml:4:8: a list of zendesk.ratings, whose answers were promised to be anonymous, expected a table whose survey promises promise: named; name another table, or use a measure of it"}},
		"feedback without a promise": {strings.Replace(oneList, "section: moved", "section: feedback", 1), "",
			[]string{"lists/a.yaml:4:8: a list of feedback from salesforce.deals, which does not say what was promised to those who answer, expected a table with survey; add survey: {kind: …, promise: named} to the table where its answers may be shown"}},
		"feedback that was promised to be named": {strings.Replace(ratings.Replace(oneList), "section: moved", "section: feedback", 1), "    survey: {kind: transactional, promise: named}\n", nil},
		"recognition without consent": {strings.Replace(oneList, "section: moved", "section: recognition", 1), "",
			[]string{"lists/a.yaml:3:10: recognition without opt_in, expected the column that says that whom it is about agreed; add opt_in: a boolean column"}},
		"consent in words": {oneList + "opt_in: account\n", "",
			[]string{"lists/a.yaml:12:9: the column account of type text, expected a column of type boolean; write won"}},
		"twice": {oneList + "---\n" + oneList, "", []string{"lists/a.yaml:13:7: list won a second time, expected each list once; rename it; the first is lists/a.yaml:1"}},
		"no columns": {strings.Replace(oneList, "{Customer: account, On: close_date}", "{}", 1), "",
			[]string{"lists/a.yaml:9:10: 0 columns, expected one to five, which fit on a page; write Title: column for each"}},
		"what is unknown": {strings.NewReplacer("section: moved", "section: risk", "Customer: account", "Customer: acount", "date: close_date", "date: stage", "most: 5", "mosst: 5").Replace(oneList), "",
			[]string{`lists/a.yaml:3:10: "risk", expected at_risk, promoters, commitments, moved, feedback or recognition; write at_risk`,
				"lists/a.yaml:7:7: the column stage of type category, expected a column of type date or instant; write close_date or delivered_on",
				`lists/a.yaml:9:21: the column "acount", expected a column of salesforce.deals; write account`, `lists/a.yaml:10:1: unknown key "mosst", expected a key of a list; write most`}},
	} {
		t.Run(name, func(t *testing.T) {
			files := memory(t, "big")
			files["lists/a.yaml"] = &fstest.MapFile{Data: []byte(x.list)}
			files["carrot.yaml"].Data = append(files["carrot.yaml"].Data, "\nlists: [lists/*.yaml]\n"...)
			if z := files["sources/zendesk.yaml"]; x.survey != "" {
				z.Data = []byte(strings.Replace(string(z.Data), "    class: sealed\n", x.survey, 1))
			}
			c, mistakes := Load(files, "carrot.yaml", environment)
			var got []string
			for _, m := range texts(mistakes) { // what measures may do with anonymous answers is another matter
				if strings.HasPrefix(m, "lists/") || x.want == nil {
					got = append(got, m)
				}
			}
			if d := cmp.Diff(x.want, got); d != "" {
				t.Errorf("mistakes differ (- want, + got):\n%s", d)
			}
			if x.want != nil || name != "as it should be" {
				return
			}
			l := c.Mapping.Lists[0]
			read := comp.Listing{ID: l.ID, Title: l.Title, Section: l.Section, Table: l.Table, Owner: l.Owner, Date: l.Date, Months: l.Months, Columns: l.Columns, Most: l.Most, Managers: l.Managers}
			want := comp.Listing{ID: "won", Title: "Deals won", Section: "moved", Table: "salesforce.deals", Owner: comp.Owner{Column: "owner_login", System: "salesforce"}, Date: "close_date",
				Months: 3, Columns: []comp.Shown{{Title: "Customer", Column: "account"}, {Title: "On", Column: "close_date"}}, Most: 5, Managers: true}
			if d := cmp.Diff(want, read); d != "" || l.Where == nil {
				t.Errorf("the list (-want +got):\n%s", d)
			}
		})
	}
}
