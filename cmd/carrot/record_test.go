package main

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"carrot/jobs"
	"carrot/jobs/archive"
	"carrot/transform/comp"
)

// TestWhereARecordWent asks for a deal of each fate.
func TestWhereARecordWent(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	unpack(t, filepath.Join("testdata", "five.txtar"), dir)
	main := filepath.Join(dir, "carrot.yaml")
	must(t, []string{"run", "--quiet", "--through", "2026-01", "--config", main}, exitHeld)
	for id, want := range map[string][]string{
		"sales/S1": {": paid\n", "2026-01-20/sales.csv:2  S1,P1,won,1000.00,2026-01-10", "credit   1000 EUR to P1 for sold (share 1 of 1000 EUR): statement P1:2026-01, line 1"},
		"sales/S2": {": excluded\n", `because  sold: its condition stage == "won" is not met: stage is "lost"`},
		"sales/S3": {": held\n", "2026-01-20/sales.csv:4  S3,P9,won,300.00,2026-01-12", `no employee has the id "P9"`, "[unknown_owner]"},
		"sales/S4": {": held\n", "2026-01-20/sales.csv:5:11: amount: \"1,005\" has two readings", "[bad_number]"},
		"sales/S6": {": other periods\n", "because  sold: its day 2026-02-01, by day, is in no measuring period that pays in 2026-01"},
		"sales/S7": {": exception\n", "S7,P5,won,44.00,2026-01-04", "because  sold: on 2026-01-04, its day, the owner takes part in no plan with this measure"},
		"sales/S8": {": unknown\n", "no row of five.sales has this key in what the run knew"},
		"pulse/R1": {": sealed\n", "sealed: 1 row, not shown"},
	} {
		out := must(t, []string{"explain", "--config", main, "--period", "2026-01", "--record", "five/" + id}, exitDone)
		for _, text := range want {
			if !strings.Contains(out, text) {
				t.Errorf("five/%s lacks %q:\n%s", id, text, out)
			}
		}
	}
}

// TestFatesTieWithTheCertificate asks for every deal of the demo where it went. The counts are those of the certificate,
// which another part of the program counts in another way.
func TestFatesTieWithTheCertificate(t *testing.T) {
	t.Parallel()
	dir, ctx := closedDemo(t), t.Context()
	s, err := archive.OpenDir(filepath.Join(dir, "archive"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, table := range []string{"deals_us", "credit_memos"} {
		const period = "2025-03"
		_, m, err := jobs.RunOf(ctx, s, period, "")
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]int64{}
		for _, total := range m.Totals {
			if total.Table == "salesforce."+table && total.Part != "in" && total.Part != "superseded" && total.Rows > 0 {
				want[total.Part] = total.Rows
			}
		}
		got := map[string]int64{}
		for _, id := range idsKnown(t, dir, table, period) {
			r, err := jobs.ExplainRecord(ctx, s, m, "salesforce/"+table+"/"+id, "", "")
			if err != nil {
				t.Fatal(err)
			}
			got[r.Fate]++
		}
		if d := cmp.Diff(want, got); d != "" || len(want) == 0 {
			t.Errorf("%s of %s (-certificate +explained one by one):\n%s", table, period, d)
		}
	}
}

// idsKnown are the ids of a Salesforce report's records in the drops up to the close of a period, each once.
func idsKnown(t *testing.T, dir, table, period string) []string {
	t.Helper()
	name, column := "Opportunities US.csv", 2
	if table == "credit_memos" {
		name, column = "Credit Memos.csv", 0
	}
	drops, err := filepath.Glob(filepath.Join(dir, "exports", "*", name))
	if err != nil || len(drops) < 3 {
		t.Fatalf("%d drops: %v", len(drops), err)
	}
	month, err := comp.ParseMonth(period)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	var ids []string
	for _, drop := range drops {
		if filepath.Base(filepath.Dir(drop)) > comp.Month(month.End).Name()+"-03" {
			continue
		}
		for _, row := range readExport(t, drop).rows {
			cells, err := csv.NewReader(bytes.NewReader(row)).Read()
			if err != nil {
				t.Fatal(err)
			}
			if id := cells[column]; !seen[id] {
				seen[id] = true
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// canary stands in every kind of cell of the sealed survey in five.txtar: free text, a declared category, cells that
// cannot be read, an owner whom nobody knows, and a column that the config does not declare.
const canary = "CANARY"

// TestSealedRowsAreNeverShown runs every command over a company with a sealed survey and reads every byte that comes out:
// what is printed, what is published in every format, and what the archive keeps but for the raw file itself.
func TestSealedRowsAreNeverShown(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	unpack(t, filepath.Join("testdata", "five.txtar"), dir)
	main := filepath.Join(dir, "carrot.yaml")
	var printed int
	see := func(what, text string) {
		printed += len(text)
		if i := strings.Index(text, canary); i >= 0 {
			t.Errorf("%s shows a sealed cell: …%s…", what, text[max(0, i-120):min(len(text), i+60)])
		}
	}
	type command []string
	commands := []command{
		{"check", "--period", "2026-01"}, {"pull", "--as-of", "2026-02-03"},
		{"run", "--preview", "--period", "2026-01", "--business", "2026-02-03"}, {"run", "--period", "2026-01", "--business", "2026-02-03"}, {"runs"}, {"show", "2026-01"},
		{"verify"}, {"replay", "--all"},
		{"run", "--preview", "--period", "2026-02", "--business", "2026-03-03"},
		{"check", "--describe"}, {"check", "--file", filepath.Join(dir, "exports", "2026-02-02", "pulse.csv")},
		{"plan", "lint"}, {"plan", "probe"}, {"plan", "document", "plan", "--payee", "P1"},
	}
	candidate := edited(t, filepath.Join(dir, "plan.yaml"), `pays: "100%"}]`, `pays: "120%"}]`)
	commands = append(commands, command{"plan", "simulate", "--plan", candidate}, command{"plan", "diff", filepath.Join(dir, "plan.yaml"), candidate})
	for i := 1; i <= 5; i++ {
		commands = append(commands, command{"explain", "--period", "2026-01", "--payee", fmt.Sprint("P", i)},
			command{"explain", "--period", "2026-01", "--record", fmt.Sprint("five/pulse/R", i)})
	}
	for _, c := range commands {
		for _, more := range [][]string{{"--config", main}, {"--config", main, "--json"}} {
			code, out, errOut := carrot(append(c, more...)...)
			if code != exitDone && code != exitHeld {
				t.Errorf("carrot %v: exit code %d\n%s%s", c, code, out, errOut)
			}
			see(fmt.Sprintf("carrot %v", append(c, more...)), out+errOut)
		}
	}
	see("the schedule", scheduled(t, dir))
	legibly := map[string]bool{} // endings of files in which a payee's id, which may be seen, was seen
	for _, place := range []string{"published", "previews"} {
		n := 0
		err := filepath.WalkDir(filepath.Join(dir, place), func(name string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			n++
			b, err := os.ReadFile(name)
			text := legible(t, name, b)
			see(name, text)
			if strings.Contains(text, "P1") {
				legibly[filepath.Ext(name)] = true
			}
			return err
		})
		if err != nil || n < 15 {
			t.Errorf("%d files below %s: %v", n, place, err)
		}
	}
	for _, ext := range []string{".csv", ".xlsx", ".parquet", ".pdf"} {
		if _, err := exec.LookPath("pdftotext"); !legibly[ext] && (ext != ".pdf" || err == nil) {
			t.Errorf("nobody's id was read in a file that ends in %s: it was not really read", ext)
		}
	}
	sealed := archived(t, filepath.Join(dir, "archive"), see)
	if sealed == 0 {
		t.Error("no sealed object holds the canary: the test proves nothing")
	}
	if printed < 200_000 {
		t.Errorf("%d bytes read only", printed)
	}
}

// scheduled is what the schedule says and does on the next days.
func scheduled(t *testing.T, dir string) string {
	code, out := at(t, time.Date(2026, 2, 4, 12, 0, 0, 0, time.UTC), dir, "run", "--due")
	if code != exitHeld && code != exitDone {
		t.Errorf("carrot run --due: exit code %d\n%s", code, out)
	}
	return out
}

// archived reads everything that an archive keeps but the raw files of sealed tables, and counts those.
func archived(t *testing.T, folder string, see func(what, text string)) (sealed int) {
	t.Helper()
	ctx := context.Background()
	s, err := archive.OpenDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	raw := map[string]bool{} // keys of raw files of sealed tables
	object := func(o archive.Object) {
		b, err := archive.Get(ctx, s, o)
		if err != nil {
			t.Fatal(err)
		}
		see("the archived "+o.Name, legible(t, o.Name, b))
	}
	pulls, err := archive.Pulls(ctx, s, "five.pulse")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range pulls {
		for _, o := range p.Objects {
			b, err := archive.Get(ctx, s, o)
			if err != nil || o.Class != comp.Sealed {
				t.Fatalf("%s is %s: %v", o.Name, o.Class, err)
			}
			if bytes.Contains(b, []byte(canary)) {
				raw[o.Key], sealed = true, sealed+1
			}
		}
	}
	refs, err := archive.Runs(ctx, s, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, ref := range refs {
		m, err := archive.ReadRun(ctx, s, ref)
		if err != nil {
			t.Fatal(err)
		}
		for _, list := range [][]archive.Object{m.Config, m.Inputs, m.Outputs, m.Sidecars, {m.Request}} {
			for _, o := range list {
				object(o)
			}
		}
	}
	err = s.List(ctx, "", func(key string, _ int64) error {
		if raw[key] {
			return nil
		}
		r, err := s.Open(ctx, key)
		if err != nil {
			return err
		}
		defer r.Close()
		b, err := io.ReadAll(r)
		see(key, string(b))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

// legible is everything that somebody could read in a file: the bytes, and what a workbook, a Parquet table or a PDF has
// packed away.
func legible(t *testing.T, name string, b []byte) string {
	t.Helper()
	out := string(b)
	switch filepath.Ext(name) {
	case ".xlsx":
		z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range z.File {
			r, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			out += string(text)
		}
	case ".parquet":
		table := parquetTable(t, b)
		for i := range int(table.NumCols()) {
			text, err := json.Marshal(table.Column(i).Data().Chunks())
			if err != nil {
				t.Fatal(err)
			}
			out += string(text)
		}
	case ".pdf":
		tool, err := exec.LookPath("pdftotext")
		if err != nil {
			t.Logf("pdftotext (poppler-utils) is not installed: the words of %s are not read", name)
			return out
		}
		c := exec.Command(tool, "-", "-")
		c.Stdin = bytes.NewReader(b)
		text, err := c.Output()
		if err != nil || len(text) < 100 {
			t.Errorf("%s: pdftotext reads %d bytes: %v", name, len(text), err)
		}
		out += string(text)
	}
	return out
}
