package example

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"sort"
	"strings"
	"sync"
	"testing"

	"golang.org/x/text/encoding/charmap"

	"carrot/config/example/truth"
	"carrot/transform/comp"
)

type files map[string][]byte

func generate(t testing.TB, size Size) (files, *truth.World) {
	t.Helper()
	out := files{}
	w, err := Generate(size, func(name string, write func(io.Writer) error) error {
		if _, twice := out[name]; twice {
			return fmt.Errorf("%s is written twice", name)
		}
		var b bytes.Buffer
		err := write(&b)
		out[name] = b.Bytes()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out, w
}

var whole = sync.OnceValues(func() (files, *truth.World) {
	var t testing.T
	return generate(&t, Default())
})

func (f files) names(part string) []string {
	var names []string
	for n := range f {
		if strings.Contains(n, part) {
			names = append(names, n)
		}
	}
	sort.Strings(names)
	return names
}

func (f files) digest(part string) string {
	h := sha256.New()
	for _, n := range f.names(part) {
		fmt.Fprintf(h, "%s %d\n", n, len(f[n]))
		h.Write(f[n])
	}
	return hex.EncodeToString(h.Sum(nil))
}

func tiny() Size { return Size{People: 5, Months: 3, Tickets: 30, Deals: 30, Responses: 30, Seed: 3} }

func TestSameSizeSameBytes(t *testing.T) {
	first, _ := whole()
	second, _ := generate(t, Default())
	if len(first) != len(second) {
		t.Fatalf("%d files, then %d", len(first), len(second))
	}
	for n := range first {
		if !bytes.Equal(first[n], second[n]) {
			t.Errorf("%s differs", n)
		}
	}
	other := Default()
	other.Seed = 2
	third, _ := generate(t, other)
	for _, part := range []string{"Opportunities US", "zendesk_tickets", "Product", "distribution", "Pulse", "fx.csv"} {
		if first.digest(part) == third.digest(part) {
			t.Errorf("another seed gives the same %s", part)
		}
	}
}

// The bytes of a tiny company's exports, pinned: another machine, architecture or release of Go must give the same.
func TestBytesArePinned(t *testing.T) {
	f, _ := generate(t, tiny())
	const want = "ffc1548b31d0a34a78f3dc44038fb2b844176a257042f2d9a55b6593f46fddf1"
	const books = "5776e1a37eece57771a84e64dc714a080be79cf8033fb8fc26af759b597eb2f0" // and what scorecards need beyond it
	paid, outcomes := files{}, files{}
	for n, text := range f {
		switch {
		case strings.Contains(n, "Relationship Survey_"), strings.Contains(n, "relationship_invitations_"), strings.Contains(n, "zendesk_explore_"):
			outcomes[n] = text
		case strings.HasPrefix(n, "exports/"):
			paid[n] = text
		case strings.HasPrefix(n, "reference/") && !strings.Contains("reference/crosswalk.csv reference/fx.csv reference/quotas.csv", n):
			outcomes[n] = text
		}
	}
	if got := paid.digest(""); got != want {
		t.Errorf("exports of the tiny company: got %s, want %s (generated data changed: is that meant?)", got, want)
	}
	if got := outcomes.digest(""); got != books {
		t.Errorf("tables for scorecards of the tiny company: got %s, want %s (generated data changed: is that meant?)", got, books)
	}
}

func TestEveryDropHasEveryFileWithRows(t *testing.T) {
	for _, size := range []Size{Default(), tiny(), {People: 200, Months: 4, Tickets: 900, Deals: 700, Responses: 500, Seed: 9}} {
		f, w := generate(t, size)
		for k := 0; k < size.Months; k++ {
			day, _ := w.CloseDates(w.Month(k))
			names := f.names("exports/" + day.String() + "/")
			if len(names) != 15 {
				t.Errorf("%d people: %d files known at the close of %s, want 15", size.People, len(names), w.Month(k))
			}
			for _, n := range names {
				if rows := len(table(t, f, n).rows); rows == 0 {
					t.Errorf("%d people: %s has no rows", size.People, n)
				}
			}
		}
	}
}

// sheetOf is a parsed export: header, and rows without header rows and footer.
type sheetOf struct {
	header map[string]int
	rows   [][]string
}

func (s sheetOf) get(row []string, column string) string {
	i, ok := s.header[column]
	if !ok {
		panic("no column " + column)
	}
	return row[i]
}

// table reads an export with Go's own reader, in the dialect that its system is known for.
func table(t testing.TB, f files, name string) sheetOf {
	t.Helper()
	text := f[name]
	comma, headers := ',', 1
	switch {
	case strings.Contains(name, "Deutschland"):
		decoded, err := charmap.Windows1252.NewDecoder().Bytes(text)
		if err != nil {
			t.Fatal(err)
		}
		text, comma = decoded, ';'
	case strings.Contains(name, "Product Experience"), strings.Contains(name, "Pulse"), strings.Contains(name, "Relationship Survey"):
		headers = 3
	}
	text = bytes.TrimPrefix(text, []byte("\uFEFF"))
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma, r.FieldsPerRecord = comma, -1
	all, err := r.ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	s := sheetOf{header: map[string]int{}}
	for i, label := range all[0] {
		if _, twice := s.header[label]; twice {
			t.Errorf("%s: two columns %q", name, label)
		}
		s.header[label] = i
	}
	for i, row := range all[headers:] {
		if len(row) == 1 {
			if left := len(all[headers:]) - i; left != 4 {
				t.Errorf("%s: a record with one cell, %d before the end: %q", name, left, row)
			}
			break
		}
		if len(row) != len(all[0]) {
			t.Fatalf("%s: record %d has %d cells, the header %d", name, i+headers+1, len(row), len(all[0]))
		}
		s.rows = append(s.rows, row)
	}
	return s
}

// union is a table as a close knows it: the rows of all drops up to that, by key, the later one standing.
func union(t testing.TB, f files, w *truth.World, close int, part string, key ...string) (sheetOf, map[string][]string) {
	t.Helper()
	rows := map[string][]string{}
	var s sheetOf
	for k := 0; k <= close; k++ {
		day, _ := w.CloseDates(w.Month(k))
		names := f.names("exports/" + day.String() + "/" + part)
		if len(names) != 1 {
			t.Fatalf("%d files %s in the drop of %s", len(names), part, day)
		}
		s = table(t, f, names[0])
		here := map[string]bool{}
		for _, row := range s.rows {
			var id []string
			for _, column := range key {
				id = append(id, s.get(row, column))
			}
			if here[strings.Join(id, "|")] {
				t.Errorf("%s: two rows with key %v", names[0], id)
			}
			here[strings.Join(id, "|")] = true
			rows[strings.Join(id, "|")] = row
		}
	}
	return s, rows
}

func TestDropsOverlap(t *testing.T) {
	f, w := whole()
	for part, key := range map[string]string{"Opportunities US": "Opportunity ID", "zendesk_tickets": "Id", "Product": "ResponseId", "distribution": "contactId"} {
		both := 0
		for k := 1; k < w.Months; k++ {
			seen := map[string]bool{}
			for i, month := range []int{k - 1, k} {
				day, _ := w.CloseDates(w.Month(month))
				s := table(t, f, f.names(day.String() + "/" + part)[0])
				for _, row := range s.rows {
					if id := s.get(row, key); i == 0 {
						seen[id] = true
					} else if seen[id] {
						both++
					}
				}
			}
		}
		if both < w.Months {
			t.Errorf("%s: only %d rows stand in two drops", part, both)
		}
	}
}

// The marks of hand-made exports, as the vendors' notes describe them.
func TestDialects(t *testing.T) {
	f, _ := whole()
	marks := 0
	for _, n := range f.names("zendesk_tickets") {
		if bytes.HasPrefix(f[n], []byte("\xEF\xBB\xBF")) {
			marks++
		}
	}
	if marks == 0 || marks == len(f.names("zendesk_tickets")) {
		t.Errorf("%d ticket files begin with a byte order mark, want some", marks)
	}
	german := f[f.names("Deutschland")[0]]
	for _, want := range []string{"\"Betrag W\xE4hrung\";", "Vertrauliche Informationen \x96 nicht", "\n\n\"Nordlicht Instruments\"\n"} {
		if !bytes.Contains(german, []byte(want)) {
			t.Errorf("the German report lacks %q", want)
		}
	}
	if !strings.Contains(string(f[f.names("Credit Memos")[0]]), "\"Returned goods,\nsee \"\"RMA\"\" note\"") {
		t.Error("no line break within a cell of the credit memos")
	}
	for _, n := range f.names("BambooHR") {
		if strings.Count(string(f[n]), "\r\n") < 60 {
			t.Errorf("%s: records do not end in CR LF", n)
		}
	}
	product := string(f[f.names("Product")[0]])
	for _, want := range []string{"=HYPERLINK(", ",Survey Preview,", ",\"Fast answers,\nfriendly \"\"Tom\"\"\",", ",N/A,"} {
		if !strings.Contains(strings.Join(productTexts(f), ""), want) {
			t.Errorf("no product survey has %q", want)
		}
	}
	r := csv.NewReader(strings.NewReader(product))
	for i := 0; i < 2; i++ {
		if _, err := r.Read(); err != nil {
			t.Fatal(err)
		}
	}
	third, err := r.Read()
	if err != nil {
		t.Fatal(err)
	}
	for _, cell := range third {
		var id struct{ ImportId string }
		if err := json.Unmarshal([]byte(cell), &id); err != nil || id.ImportId == "" {
			t.Errorf("third header row: %q: %v", cell, err)
		}
	}
	for _, n := range f.names("Pulse") {
		for _, name := range []string{"RecipientEmail", "IPAddress", "@"} {
			if bytes.Contains(f[n], []byte(name)) {
				t.Errorf("%s, which promises anonymity, has %q", n, name)
			}
		}
	}
}

func productTexts(f files) []string {
	var texts []string
	for _, n := range f.names("Product") {
		texts = append(texts, string(f[n]))
	}
	return texts
}

func TestHandWrittenConfigFitsTheDefault(t *testing.T) {
	f, _ := whole()
	own, err := folder.ReadFile("company/carrot.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(own, f["carrot.yaml"]) {
		t.Error("the head count in company/carrot.yaml is not that of the default company")
	}
	for _, want := range []string{"sources/salesforce.yaml", "measures/csat.yaml", "measures/revenue.yaml", "plans/sales.yaml", "waivers.csv", "adjustments.csv",
		"reference/crosswalk.csv", "reference/fx.csv", "reference/quotas.csv"} {
		if len(f[want]) == 0 {
			t.Errorf("%s is missing", want)
		}
	}
	small, _ := generate(t, tiny())
	if !bytes.Contains(small["carrot.yaml"], []byte("people: 5, period: 2025-03}")) {
		t.Error("the head count does not fit a company of five")
	}
	if got := string(small["adjustments.csv"]); strings.Count(got, "\n") != 1 {
		t.Errorf("adjustments of a company of three months: %q", got)
	}
}

func TestSizeIsChecked(t *testing.T) {
	for want, size := range map[string]Size{
		"people is 4, expected at least 5":   {People: 4, Months: 1, Tickets: 2, Deals: 2, Responses: 2},
		"months is 0, expected at least 1":   {People: 5},
		"deals is 5, expected at least 6":    {People: 5, Months: 3, Tickets: 6, Deals: 5, Responses: 6},
		"months is 25, expected at most 24:": {People: 5, Months: 25, Tickets: 50, Deals: 50, Responses: 50},
	} {
		_, err := World(size)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

func TestNamesAndLoginsAreUnique(t *testing.T) {
	w, err := World(Size{People: 2000, Months: 1, Tickets: 2, Deals: 2, Responses: 2, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]string{}
	for _, p := range w.People {
		for _, name := range []string{p.ID, p.Email, p.First + " " + p.Last, p.Payroll} {
			if other, twice := seen[name]; twice {
				t.Errorf("%q belongs to %s and %s", name, other, p.ID)
			}
			seen[name] = p.ID
		}
		if len(p.ID) != 4 {
			t.Errorf("employee number %q", p.ID)
		}
	}
}

// The hours that Berlin is ahead of UTC, against the time-zone database.
func TestBerlin(t *testing.T) {
	zone, err := comp.Zone("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for d := comp.Day(2025, 1, 1); d < comp.Day(2027, 1, 1); d++ {
		for _, m := range []minute{0, 119, 180, 24*60 - 1} {
			local := int64(d)*86400 + int64(m)*60
			unix := local - int64(berlin(d, m))*60
			if got := comp.DateIn(unix, zone); got != d {
				t.Fatalf("%s %d: the instant lies on %s", d, m, got)
			}
			if _, offset := comp.Date(0).Time().Add(0).In(zone).Zone(); offset == 0 {
				t.Fatal("no zone")
			}
		}
	}
}

func BenchmarkGenerate(b *testing.B) {
	size := Size{People: 2000, Months: 15, Tickets: 500_000, Deals: 200_000, Responses: 300_000, Seed: 1}
	for b.Loop() {
		written := int64(0)
		_, err := Generate(size, func(_ string, write func(io.Writer) error) error {
			return write(counting{&written})
		})
		if err != nil {
			b.Fatal(err)
		}
		b.SetBytes(written)
	}
}

type counting struct{ n *int64 }

func (c counting) Write(p []byte) (int, error) {
	*c.n += int64(len(p))
	return len(p), nil
}
