package config

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"carrot/transform/comp"
)

const someAccounts = `accounts:
  table: salesforce.deals
  account: id
  reach:
    - {stage: 2, table: salesforce.deals, account: account, where: 'stage == "Closed Won"', date: close_date}
    - {stage: 4, table: salesforce.deals, account: account, date: close_date, months: 3, at_least: 2}
  in: {salesforce.deals: account}
`

// TestAdoptionRefuses: how far the company and its accounts have come is read as it stands; what is wrong is told at its place.
func TestAdoptionRefuses(t *testing.T) {
	stages := strings.NewReplacer("stage: 2", "stage: 3", "stage: 4", "stage: 3")
	for name, x := range map[string]struct {
		lines string
		want  []string
	}{
		"as it should be": {"stage: [{from: 2024-01-01, stage: 1}, {from: 2026-07-01, stage: 3}]\n" + someAccounts, nil},
		"no stage":        {"stage: 5\n", []string{"1:8: the number 5, expected a whole number from 1 to 4; write 1 or more, up to 4"}},
		"an empty list":   {"stage: []\n", []string{"1:8: an empty list, expected at least one stage; write stage: 1, or - {from: YYYY-MM-DD, stage: 1}"}},
		"too late, and unsorted": {"stage:\n  - {from: 2030-01-01, stage: 1}\n  - {from: 2030-01-01, stage: 2}\n  - {stage: 3}\n", []string{
			"2:12: a first stage from 2030-01-01, expected one that holds on 2025-01-01, the first day that is paid; write from: 2025-01-01, or add the stage before it",
			"3:12: a stage from 2030-01-01 after one from 2030-01-01, expected days that ascend; sort the list, each day once",
			"4:5: a stage without the key from; add from:"}},
		"both ways":      {strings.Replace(someAccounts, "  reach", "  stage: id\n  reach", 1), []string{"5:3: both stage and reach, expected one of stage or reach; remove one", "4:10: the column id of type id, expected a column of type integer; declare id as integer"}},
		"neither":        {"accounts: {table: salesforce.deals, account: id}\n", []string{"1:11: accounts without stage or reach; add stage:"}},
		"no steps":       {"accounts: {table: salesforce.deals, account: id, reach: []}\n", []string{"1:57: an empty list, expected at least one stage; add - {stage: 2, table: …, account: …, date: …}"}},
		"stages twice":   {stages.Replace(someAccounts), []string{"6:15: stage 3 after stage 3, expected stages that ascend from 2 on; sort the list, each stage once"}},
		"unknown column": {strings.Replace(someAccounts, "account: account, date", "account: acount, date", 1), []string{`6:52: the column "acount", expected a column of salesforce.deals; write account`}},
		"sealed": {strings.NewReplacer("deals: account}", "deals: account, zendesk.ratings: assignee}", "stage: 4, table: salesforce.deals, account: account, date: close_date", "stage: 4, table: zendesk.ratings, account: assignee, date: rated_at").Replace(someAccounts), []string{
			"6:25: accounts of the sealed table zendesk.ratings, expected a table whose rows may be shown; name another table", "7:35: accounts of the sealed table zendesk.ratings, expected a table whose rows may be shown; remove it"}},
	} {
		files := memory(t, "big")
		before := strings.Count(string(files["carrot.yaml"].Data), "\n")
		files["carrot.yaml"].Data = append(files["carrot.yaml"].Data, x.lines...)
		c, mistakes := Load(files, "carrot.yaml", environment)
		var got []string
		for _, m := range mistakes {
			m.Line -= before
			got = append(got, strings.TrimPrefix(m.String(), "carrot.yaml:"))
		}
		slices.Sort(got)
		slices.Sort(x.want)
		if d := cmp.Diff(x.want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
		if name != "as it should be" {
			continue
		}
		a := c.Mapping.Accounts
		if a.Reach[0].Where == nil || a.Reach[0].Where.Text != `stage == "Closed Won"` {
			t.Errorf("the condition is %v", a.Reach[0].Where)
		}
		a.Reach[0].Where = nil
		want := &comp.AccountMap{Table: "salesforce.deals", Account: "id", In: []comp.AccountColumn{{Table: "salesforce.deals", Column: "account"}}, Reach: []comp.Reaching{
			{Stage: 2, Table: "salesforce.deals", Account: "account", Date: "close_date", Months: 12, AtLeast: 1}, {Stage: 4, Table: "salesforce.deals", Account: "account", Date: "close_date", Months: 3, AtLeast: 2}}}
		if d := cmp.Diff(want, a); d != "" {
			t.Errorf("accounts (-want +got):\n%s", d)
		}
		if d := cmp.Diff([]comp.Adoption{{From: comp.Day(2024, 1, 1), Stage: 1}, {From: comp.Day(2026, 7, 1), Stage: 3}}, c.Settings.Adoption); d != "" {
			t.Errorf("stages (-want +got):\n%s", d)
		}
	}
}

// TestStageOfAnAccountInAList: a column of a list may say how far an account has come, where the config knows.
func TestStageOfAnAccountInAList(t *testing.T) {
	for _, x := range []struct {
		lines, column string
		want          []string
	}{
		{someAccounts, "{stage_of: account}", nil},
		{"", "{stage_of: account}", []string{"lists/a.yaml:9:38: stage_of in a config without accounts, expected accounts:, which says how far each has come; add accounts: to carrot.yaml"}},
		{someAccounts, "{name_of: account}", []string{"lists/a.yaml:9:38: name_of in a config whose accounts have no name, expected name:, the column that people know them by; add name: to accounts in carrot.yaml"}},
		{someAccounts, "{of: account}", []string{`lists/a.yaml:9:37: a column of a list without name_of, stage_of, last_contact_of or days_quiet_of; add name_of:`, `lists/a.yaml:9:38: unknown key "of", expected a key of a column of a list; write name_of, stage_of, last_contact_of or days_quiet_of`}},
	} {
		files := memory(t, "big")
		files["carrot.yaml"].Data = append(files["carrot.yaml"].Data, x.lines+"lists: [lists/*.yaml]\n"...)
		files["lists/a.yaml"] = &fstest.MapFile{Data: []byte(strings.Replace(oneList, "On: close_date", "Stage: "+x.column, 1))}
		c, mistakes := Load(files, "carrot.yaml", environment)
		if d := cmp.Diff(x.want, texts(mistakes)); d != "" {
			t.Errorf("%s (-want +got):\n%s", x.column, d)
		}
		if len(x.want) == 0 {
			if d := cmp.Diff([]comp.Shown{{Title: "Customer", Column: "account"}, {Title: "Stage", Column: "account", Stage: true}}, c.Mapping.Lists[0].Columns); d != "" {
				t.Errorf("columns (-want +got):\n%s", d)
			}
		}
	}
}
