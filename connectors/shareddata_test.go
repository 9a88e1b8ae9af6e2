package connectors

import (
	"fmt"
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carrot/transform/comp"
)

// nodeCases come from the published description of hierarchyid (MS-SSCLRT, section 3, and its .NET readers' tests).
var nodeCases = map[string]string{
	"": "/", "0x": "/", "58": "/1/", "0x58": "/1/", "59FB0540": "/1/-2.18/", "0x5ADE": "/1/1/3/", "48": "/0/", "68": "/2/",
	"FE616347_11D0212FCF9037E3C09910FA9B70B963FFE4C2ECD40B6639F9BA4617E331321F5C7CD0405FF301C01CDA1AE63FD1454C39F00ED3EB34B058D980": "/167515058144400.68456395185647.2799456567/221588961120181.60793214790911.3103372627/52901172697923.230105430619337.3008044937/",
}

func TestHierarchyID(t *testing.T) {
	for hex, want := range nodeCases {
		got, ok := nodePath([]byte(strings.ReplaceAll(hex, "_", "")))
		if !ok || string(got) != want {
			t.Errorf("%s is %s (%v), want %s", hex, got, ok, want)
		}
	}
	for _, bad := range []string{"5", "00", "5G", "5800", "FF", "0x5"} {
		if got, ok := nodePath([]byte(bad)); ok {
			t.Errorf("%s was read as %s", bad, got)
		}
	}
}

// adventureWorks is how that export is written: no header, tabs, no quotes.
func adventureWorks(encoding string) Format {
	return csvFormat(func(d *Dialect) {
		d.HeaderRows, d.Delimiter, d.Quote, d.Encoding = 0, "\t", "", encoding
	})
}

func at(i int, name string, t comp.Type) comp.Column {
	return comp.Column{Name: name, From: fmt.Sprintf("#%d", i), Type: t, Scale: 4}
}

// TestEmployeesOfAdventureWorks: 290 employees with 290 national numbers; 289 of 289 parents exist (its README.md).
func TestEmployeesOfAdventureWorks(t *testing.T) {
	in := fileInput(t, "data/adventureworks/Employee.csv", adventureWorks("utf-16le"),
		at(4, "node", comp.Node), at(2, "national", comp.ID), at(7, "born", comp.DateType), at(16, "modified", comp.Instant), at(5, "level", comp.Integer))
	got := decodeAll(t, in, 0)
	if len(got.findings) > 0 || len(got.rows) != 290 {
		t.Fatal(len(got.rows), lines(got.findings))
	}
	nodes, national, parents := map[string]bool{}, map[string]bool{}, 0
	for _, r := range got.rows {
		nodes[r[0]], national[r[1]] = true, true
	}
	for _, r := range got.rows {
		if r[0] == "/" {
			continue
		}
		if depth := fmt.Sprint(strings.Count(r[0], "/") - 1); depth != r[4] {
			t.Errorf("%s is at level %s", r[0], r[4])
		}
		up := strings.TrimSuffix(r[0], "/")
		if nodes[up[:strings.LastIndex(up, "/")+1]] {
			parents++
		}
	}
	if len(national) != 290 || parents != 289 {
		t.Errorf("%d national numbers, %d parents of 289 exist", len(national), parents)
	}
	rec, err := RecordAt(in, got.pos[289])
	if err != nil || rec.Line != 290 || rec.Fields[0] != "290" || len(rec.Header) != 16 || rec.Header[3] != "#4" {
		t.Errorf("%v %+v", err, rec)
	}
}

// TestOrdersOfAdventureWorks: 31,465 orders, of which 3,806 with a sales person sum to 80,487,704.1832 (its README.md).
func TestOrdersOfAdventureWorks(t *testing.T) {
	cols := []comp.Column{at(1, "id", comp.ID), at(16, "person", comp.Category), at(20, "subtotal", comp.Decimal), at(3, "on", comp.DateType)}
	cols[1].From, cols[3].Layout = "#12", "YYYY-MM-DD hh:mm:ss"
	in := fileInput(t, "data/adventureworks/SalesOrderHeader.csv", adventureWorks("utf-8"), cols...)
	for _, target := range []int64{0, 100_000} {
		got := decodeAll(t, in, target)
		if len(got.findings) > 0 || len(got.rows) != 31465 {
			t.Fatal(len(got.rows), lines(got.findings)[:1])
		}
		sum, n := comp.Int(0), 0
		for _, r := range got.rows {
			if r[1] != "∅" {
				v, err := comp.ParseNumber(r[2], 4)
				if err != nil {
					t.Fatal(err)
				}
				sum, n = sum.Add(v), n+1
			}
		}
		if n != 3806 || sum.String() != "80487704.1832" {
			t.Errorf("%d orders, %s", n, sum)
		}
	}
}

// TestStoresOfAdventureWorks: delimiter and record end of several characters, XML with its own byte order mark inside.
func TestStoresOfAdventureWorks(t *testing.T) {
	f := adventureWorks("utf-16le")
	f.Dialect.Delimiter, f.Dialect.RecordEnd = "+|", "&|\r\n"
	got := decodeAll(t, fileInput(t, "data/adventureworks/Store.csv", f, at(1, "id", comp.ID), at(2, "name", comp.Text), at(3, "owner", comp.ID), at(4, "more", comp.Text)), 0)
	if len(got.findings) > 0 || len(got.rows) != 701 {
		t.Fatal(len(got.rows), lines(got.findings))
	}
	if r := got.rows[0]; r[0] != "292" || r[1] != "Next-Door Bike Store" || r[2] != "279" || !strings.HasPrefix(r[3], "\uFEFF<StoreSurvey") {
		t.Errorf("%q", r)
	}
	people := decodeAll(t, fileInput(t, "data/adventureworks/Person.employees-records.utf16.csv", f, at(1, "id", comp.ID), at(5, "first", comp.Text), at(7, "last", comp.Text)), 0)
	if len(people.rows) != 290 || people.rows[0][2] != "Sánchez" {
		t.Error(len(people.rows), lines(people.findings))
	}
}

// TestSamples: for each real export the proposal, and that decoding by it gives as many rows as the file has.
func TestSamples(t *testing.T) {
	for _, s := range []struct {
		file    string
		rows    int
		keys    string
		dialect string // what the proposal declares, as written
		columns string // some columns, as written
	}{
		{"crm-helpdesk/salesforce/dataloader__csvtext_BOM_UTF8.csv", 2, "", "", `column1: {from: "column1", type: category}`},
		{"crm-helpdesk/salesforce/dataloader__csvtext_BOM_UTF16LE.csv", 2, "", `encoding: "utf-16le"`, `column3: {from: "column3", type: category}`},
		{"crm-helpdesk/salesforce/dataloader__csvtext_BOM_UTF16BE.csv", 2, "", `encoding: "utf-16be"`, `column3: {from: "column3", type: category}`},
		{"crm-helpdesk/salesforce/dataloader__csvSeparator.csv", 2, "", `open_end: true`, `column2_some: {from: "column2!some", type: category}`},
		{"crm-helpdesk/salesforce/dataloader__csvEscapedQuotes.csv", 2, "", `open_end: true`, `column1: {from: "column1", type: category}`},
		{"crm-helpdesk/salesforce/dataloader__accountData.csv", 423, "id", `encoding: "windows-1252"`, `createddate: {from: "CREATEDDATE", type: instant}`},
		{"crm-helpdesk/salesforce/dataloader__opportunityData.csv", 38, "id", "", `amount: {from: "AMOUNT", type: decimal, scale: 2}|closedate: {from: "CLOSEDATE", type: date}|iswon: {from: "ISWON", type: boolean}`},
		{"crm-helpdesk/zendesk/fivetran_seed__ticket_data.csv", 10, "id", `open_end: true|booleans: {true: ["true", "TRUE"], false: ["false", "FALSE"]}`, `created_at: {from: "created_at", type: instant, zone: UTC}|assignee_id: {from: "assignee_id", type: id}`},
		{"hris-survey/hr-datasets/ibm_emp_attrition_bom.csv", 1470, "employee_number", "", `employee_number: {from: "EmployeeNumber", type: id}|monthly_income: {from: "MonthlyIncome", type: integer}|department: {from: "Department", type: category}`},
		{"hris-survey/qualtrics/qualtrics_new_csv_3header_de.csv", 1, "response_id", `header_rows: 3`, `start_date: {from: "StartDate", type: instant, zone: UTC}`},
		{"hris-survey/qualtrics/qualtrics_legacy_csv_2header_bom.csv", 1, "", `header_rows: 2`, `q1: {from: "Q1", type: integer}`},
		{"hris-survey/synthetic/qualtrics_nps_3header_numeric.csv", 4, "response_id", `header_rows: 3`, `q1: {from: "Q1", type: integer}`},
		{"hris-survey/surveymonkey/538_StarWars_first60lines_2header_badutf8.csv", 58, "respondent_id", `header_rows: 2`, `respondent_id: {from: "RespondentID", type: id}`},
		{"hris-survey/surveymonkey/538_steak_2header_html.csv", 550, "respondent_id", `header_rows: 2`, `gender: {from: "Gender", type: category}`},
		{"hris-survey/synthetic/surveymonkey_2header.csv", 2, "respondent_id", `header_rows: 2`, `please_rate_the_following_knowledge: {from: "Please rate the following: / Knowledge", type: category}`},
		{"hris-survey/synthetic/personio_ui_de.csv", 2, "id", `delimiter: ";"|decimal: ","|thousands: "."`, `einstellungsdatum: {from: "Einstellungsdatum", type: date, layout: "DD.MM.YYYY"}|fixgehalt: {from: "Fixgehalt", type: decimal, scale: 2}`},
		{"hris-survey/synthetic/bamboohr_ui_report.csv", 2, "employee", "", `employee: {from: "Employee #", type: id}|hire_date: {from: "Hire Date", type: date, layout: "MM/DD/YYYY"}`},
		{"hris-survey/synthetic/google_forms_csv.csv", 1, "", "", `timestamp: {from: "Timestamp", type: instant, layout: "YYYY/MM/DD h:mm:ss AM Z"}`},
		{"hris-survey/synthetic/payroll_adp_run.csv", 2, "", "skip_rows: 1", `dollars: {from: "Dollars", type: decimal, scale: 2}`},
		{"hris-survey/synthetic/workday_raas.csv", 2, "employee_id", "", `employee_id: {from: "Employee_ID", type: id}`},
		{"hris-survey/bamboohr/custom_report_shape.json", 9, "", "", ""},
		{"hris-survey/personio/v1_company_employees.json", 3, "", "", `attributes_id_value: {from: "attributes.id.value", type: integer}`},
	} {
		in := fileInput(t, "samples/"+s.file, Format{})
		p, err := Propose(in)
		if err != nil {
			t.Errorf("%s: %v", s.file, err)
			continue
		}
		if got := strings.Join(p.Keys, ","); s.keys != "" && got != s.keys {
			t.Errorf("%s: keys %s, want %s", s.file, got, s.keys)
		}
		for _, part := range strings.Split(s.dialect+"|"+s.columns, "|") {
			if !strings.Contains(p.YAML, part) {
				t.Errorf("%s: the proposal lacks %s:\n%s\n%s", s.file, part, strings.Join(p.Reasons, "\n"), p.YAML)
			}
		}
		in.Format, in.Contract = p.Format, comp.Contract{Source: "s", Table: "t", Keys: p.Keys, Columns: p.Columns}
		if got := decodeAll(t, in, 0); s.rows > 0 && (len(got.rows) != s.rows || len(got.findings) > 0) {
			t.Errorf("%s: %d rows, want %d: %v", s.file, len(got.rows), s.rows, lines(got.findings))
		}
	}
}

// TestProposeSeesEverySample: nothing that people export makes it fail, other than files with no rows in them.
func TestProposeSeesEverySample(t *testing.T) {
	failed := []string{}
	for _, name := range sampleFiles(t) {
		p, err := Propose(fileInput(t, name, Format{}))
		if err != nil {
			failed = append(failed, name+": "+err.Error())
		} else if len(p.Columns) == 0 || p.YAML == "" {
			failed = append(failed, name+": nothing proposed")
		} else if last := p.Reasons[len(p.Reasons)-1]; !strings.HasPrefix(last, "tried: ") || !strings.HasSuffix(last, " rows, no finding") {
			failed = append(failed, name+": "+last)
		}
	}
	sort.Strings(failed)
	none := "the document is no array of objects, and none of its members is; export it as a JSON array or as jsonl"
	want := []string{
		"samples/crm-helpdesk/salesforce/dataloader__csvtext_BOM_UTF32LE.csv: read as utf-16be the file holds a NUL character at position 6: it is in no encoding known here; save it as UTF-8",
		"samples/crm-helpdesk/salesforce/restforce__get_updated_success_response.json: " + none,
		"samples/crm-helpdesk/zendesk/go-zendesk__ticket.json: " + none,
		"samples/hris-survey/adp/run_codelist_earnings.json: " + none,
		"samples/hris-survey/adp/run_workers_400.json: " + none,
	}
	if d := cmp.Diff(want, failed); d != "" {
		t.Error(d)
	}
}
