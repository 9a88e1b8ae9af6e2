package main

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// badInput is a way in which exports or config are wrong, and what a person reads then.
type badInput struct {
	name  string
	spoil func(t *testing.T, c tiny)
	code  int
	want  []string // whole lines, without their indentation, of both outputs
}

// tiny is a copy of testdata/company.
type tiny string

func newTiny(t *testing.T) tiny {
	t.Helper()
	c := tiny(t.TempDir())
	if err := copyCompany(string(c)); err != nil {
		t.Fatal(err)
	}
	return c
}

func (c tiny) file(name string) string { return filepath.Join(string(c), filepath.FromSlash(name)) }

func (c tiny) read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(c.file(name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func (c tiny) write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(c.file(name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// swap replaces the first place where old stands.
func (c tiny) swap(t *testing.T, name, old, now string) {
	t.Helper()
	if err := replaceText(c.file(name), old, now); err != nil {
		t.Fatal(err)
	}
}

const deals = "exports/2026-02-03/deals.csv"

// deal appends a row to the deals.
func deal(row string) func(*testing.T, tiny) {
	return func(t *testing.T, c tiny) { c.write(t, deals, c.read(t, deals)+row+"\n") }
}

// stopped is what every run that stops begins with, whatever its name.
const stopped = " of 2026-01: STOPPED: nobody is paid by this run"

var badInputs = []badInput{
	{name: "missing folder", code: exitUsage, spoil: func(t *testing.T, c tiny) {
		if err := os.Rename(c.file("exports"), c.file("elsewhere")); err != nil {
			t.Fatal(err)
		}
	}, want: []string{"carrot: source crm: the folder exports does not exist, expected the exports in it; create it, or correct folder: in the source's file"}},
	{name: "missing file", code: exitHeld, spoil: func(t *testing.T, c tiny) {
		if err := os.Remove(c.file(deals)); err != nil {
			t.Fatal(err)
		}
	}, want: []string{stopped, "stopped by {drop}/deals*.csv: no file of crm.deals is known on the day asked for, expected {drop}/deals*.csv in the folder of source crm; put the export there, or correct files: in the source's file or --known-at [missing_file]"}},
	{name: "missing waivers", code: exitUsage, spoil: func(t *testing.T, c tiny) {
		if err := os.Remove(c.file("waivers.csv")); err != nil {
			t.Fatal(err)
		}
	}, want: []string{"carrot: carrot.yaml: waivers: waivers.csv does not exist, expected a file beside it; create it with the header finding,reason,by,until"}},
	{name: "empty file", code: exitHeld, spoil: func(t *testing.T, c tiny) { c.write(t, deals, "") },
		want: []string{stopped, "stopped by 2026-02-03/deals.csv:1:1: the file is empty, expected at least a header; pull the file again; if the system had nothing to export, remove the file from its drop [empty_file]"}},
	{name: "header only", code: exitDone, spoil: func(t *testing.T, c tiny) {
		head, _, _ := strings.Cut(c.read(t, deals), "\n")
		c.write(t, deals, head+"\n")
	}, want: []string{"findings   no_rows 1, worker_without_plan 1", "total pay  0.00 EUR"}},
	{name: "duplicate header", code: exitHeld, spoil: func(t *testing.T, c tiny) { c.swap(t, deals, "Account", "ID") },
		want: []string{stopped, `stopped by 2026-02-03/deals.csv:1:4: id: the header has "ID" 2 times, first as column 1 and again as column 2, expected once; rename one of them in the export [duplicate_column]`}},
	{name: "renamed column", code: exitHeld, spoil: func(t *testing.T, c tiny) { c.swap(t, deals, "Amount", "Amounts") },
		want: []string{stopped, "stopped by 2026-02-03/deals.csv:1:24: amount: the header has no \"Amount\"; nearest is \"Amounts\" in column 5; write `from: \"Amounts\"` for column amount if that is meant, or export the file again with \"Amount\" [missing_column]"}},
	{name: "swapped columns", code: exitDone, spoil: func(t *testing.T, c tiny) {
		c.write(t, deals, "Amount,ID,Account,Owner,Stage,Currency,Closed\n1000.00,D1,Adler,ada,Won,EUR,2026-01-10\n")
	}, want: []string{"total pay  100.00 EUR"}},
	{name: "ragged row", code: exitHeld, spoil: deal("D9,Emma,ada,Won,1.00"),
		want: []string{"row crm.deals", "2026-02-03/deals.csv:6:1: the record has 5 cells, expected 7 as in the header; quote cells that hold the delimiter, or correct `delimiter:` and `quote:` of the dialect [ragged_row]", "total pay  350.05 EUR"}},
	{name: "1,005", code: exitHeld, spoil: deal(`D9,Emma,ada,Won,"1,005",EUR,2026-01-05`),
		want: []string{"row crm.deals D9", "total pay  350.05 EUR", "2026-02-03/deals.csv:6:17: amount: \"1,005\" has two readings: 1005 with a comma between thousands, or 1.005 with a decimal comma; add `thousands: \",\"` or `decimal: \",\"` to the table's dialect [bad_number]"}},
	{name: "2,024,994", code: exitHeld, spoil: deal(`D9,Emma,ada,Won,"2,024,994",EUR,2026-01-05`),
		want: []string{"row crm.deals D9", "total pay  350.05 EUR", "2026-02-03/deals.csv:6:17: amount: \"2,024,994\" is no plain number; with a comma between thousands it reads 2024994; add `thousands: \",\"` to the table's dialect [bad_number]"}},
	{name: "Inf", code: exitHeld, spoil: deal("D9,Emma,ada,Won,Inf,EUR,2026-01-05"),
		want: []string{"2026-02-03/deals.csv:6:17: amount: \"Inf\" is no plain number, expected digits with at most one \".\"; export the column as plain digits, such as 1234.50, or add \"Inf\" to `nulls:` of the dialect if it means no value [bad_number]", "row crm.deals D9", "total pay  350.05 EUR"}},
	{name: "unknown currency", code: exitHeld, spoil: deal("D9,Emma,ada,Won,1.00,EUX,2026-01-05"),
		want: []string{`2026-02-03/deals.csv:6: currency: "EUX" is not a currency, an ISO 4217 code such as EUR was expected; correct the currency in the source [unknown_currency]`, "row crm.deals D9 Emma, 1 EUX", "total pay  350.05 EUR"}},
	{name: "day or month", code: exitHeld, spoil: deal("D9,Emma,ada,Won,1.00,EUR,03/04/2026"),
		want: []string{"2026-02-03/deals.csv:6:26: closed: \"03/04/2026\" has two readings: 2026-04-03 as DD/MM/YYYY, or 2026-03-04 as MM/DD/YYYY; expected YYYY-MM-DD; write `layout: DD/MM/YYYY` or `layout: MM/DD/YYYY` for column closed [bad_date]", "row crm.deals D9", "total pay  350.05 EUR"}},
	{name: "invalid UTF-8", code: exitHeld, spoil: deal("D9,Em\xffma,ada,Won,1.00,EUR,2026-01-05"),
		want: []string{"2026-02-03/deals.csv:6:4: account: the cell holds bytes that are not utf-8; write `encoding: windows-1252` in the dialect if the file comes from Windows, or export it again as UTF-8 [bad_encoding]", "row crm.deals D9", "total pay  350.05 EUR"}},
	{name: "cut in mid-record", code: exitHeld, spoil: func(t *testing.T, c tiny) {
		text := c.read(t, deals)
		c.write(t, deals, text[:len(text)-8])
	}, want: []string{stopped, "stopped by 2026-02-03/deals.csv:5: the last record has no record end: the file was cut; pull the file again; if the program that wrote it never ends the last line, write `open_end: true` in the dialect [cut_file]"}},
	{name: "cut in a quoted cell", code: exitHeld, spoil: deal(`D9,"Emma,ada,Won,1.00,EUR,2026-01-05`),
		want: []string{stopped, "stopped by 2026-02-03/deals.csv:6: a quote opens here and is still open at the end of the file: the file was cut, or the quote is text; pull the file again; if the file does not quote its cells, write `quote: \"\"` in the dialect [cut_file]"}},
	{name: "truncated gzip", code: exitHeld, spoil: func(t *testing.T, c tiny) {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		z.Write([]byte(c.read(t, "exports/logins.csv")))
		z.Close()
		c.write(t, "exports/logins.csv.gz", b.String()[:b.Len()-6])
		c.swap(t, "sources/crm.yaml", "files: logins.csv", "files: logins.csv.gz\n    pack: gzip")
	}, want: []string{"stopped by logins.csv.gz:1: the gzip file ends before its end mark: it was cut, or is no gzip; pull the file again, or correct `pack:` [cut_file]", stopped}},
	{name: "zip bomb", code: exitHeld, spoil: func(t *testing.T, c tiny) {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		for range 300 {
			z.Write(make([]byte, 1<<20))
		}
		z.Close()
		c.write(t, "exports/logins.csv.gz", b.String())
		c.swap(t, "sources/crm.yaml", "files: logins.csv", "files: logins.csv.gz\n    pack: gzip")
	}, want: []string{stopped}},
	{name: "an employee twice", code: exitHeld, spoil: func(t *testing.T, c tiny) {
		c.write(t, "exports/people.csv", c.read(t, "exports/people.csv")+"1,Ada Two,Sales,3,2025-01-01,\n")
	}, want: []string{stopped, "stopped by people.csv:5: id: the key 1 stands more than once in one export, each key once was expected; export the table with one row per key, or name the columns that identify a row under keys [duplicate_key]"}},
	{name: "manager cycle", code: exitDone, spoil: func(t *testing.T, c tiny) { c.swap(t, "exports/people.csv", "Management,,", "Management,1,") },
		want: []string{"findings   manager_cycle 1, worker_without_plan 1", "total pay  350.05 EUR"}},
	{name: "an id above 2^53", code: exitDone, spoil: deal("9007199254740993,Emma,ada,Won,10.00,EUR,2026-01-05"), want: []string{"total pay  351.05 EUR"}},
	{name: "a bad waiver", code: exitDone, spoil: func(t *testing.T, c tiny) {
		c.write(t, "waivers.csv", "finding,reason,by,until\nF-X,because,,tomorrow\n")
	}, want: []string{"findings   bad_waiver 3, worker_without_plan 1", "total pay  350.05 EUR"}},
	{name: "unset variable", code: exitUsage, spoil: func(t *testing.T, c tiny) {
		c.swap(t, "carrot.yaml", "archive: archive", "archive: ${CARROT_NOWHERE}/a")
	},
		want: []string{"carrot: 1 mistake in the config; nothing ran"}},
}

// TestBadInputs spoils one thing each and looks at the exit code and at the lines that a person reads.
func TestBadInputs(t *testing.T) {
	for _, b := range badInputs {
		t.Run(b.name, func(t *testing.T) {
			t.Parallel()
			c := newTiny(t)
			b.spoil(t, c)
			var out bytes.Buffer
			code := run([]string{"run", "--period", "2026-01", "--business", "2026-02-03", "--config", c.file("carrot.yaml"), "--quiet", "--tables"}, &out, &out, time.Now)
			if code != b.code {
				t.Errorf("exit code %d, want %d", code, b.code)
			}
			for _, want := range b.want {
				if !hasLine(out.String(), want) {
					t.Errorf("no line %q", want)
				}
			}
			if t.Failed() {
				t.Logf("it said:\n%s", out.String())
			}
			if published, _ := os.ReadDir(c.file("published")); code != exitDone && strings.Contains(out.String(), stopped) && len(published) > 0 {
				t.Errorf("a stopped run published %v", published)
			}
		})
	}
}

// hasLine says whether a line, without its indentation, is want; one that begins with a blank is a line's end.
func hasLine(text, want string) bool {
	for line := range strings.SplitSeq(text, "\n") {
		if strings.TrimLeft(line, " ") == want || (want[0] == ' ' && strings.HasSuffix(line, want)) {
			return true
		}
	}
	return false
}
