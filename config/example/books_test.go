package example

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var (
	sourceName  = regexp.MustCompile(`(?m)^source: (\w+)$`)
	sourceTable = regexp.MustCompile(`^  (\w+):$`)
	sourceFile  = regexp.MustCompile(`^    files: "?([^"]+)"?$`)
	sourceCol   = regexp.MustCompile(`^      (\w+): \{from: (?:"([^"]+)"|([^,]+)), type: (\w+)(?:, scale: (\d+))?`)
	docTable    = regexp.MustCompile(`^## (\w+\.\w+)$`)
	docRow      = regexp.MustCompile(`^\| (\w+) \| (\w+)(?:, (\d+) digits?)? \| \S.* \|$`)
)

// declared are the columns of each table that the sources declare: "name type scale", and the label in the file.
func declared(t *testing.T, f files) (columns, labels map[string][]string, file map[string]string) {
	t.Helper()
	columns, labels, file = map[string][]string{}, map[string][]string{}, map[string]string{}
	for _, name := range f.names("sources/") {
		source, table := sourceName.FindStringSubmatch(string(f[name])), ""
		if source == nil {
			t.Fatalf("%s names no source", name)
		}
		for line := range strings.Lines(string(f[name])) {
			line = strings.TrimRight(line, "\n")
			if m := sourceTable.FindStringSubmatch(line); m != nil {
				table = source[1] + "." + m[1]
			} else if m := sourceFile.FindStringSubmatch(line); m != nil {
				file[table] = m[1]
			} else if m := sourceCol.FindStringSubmatch(line); m != nil {
				columns[table] = append(columns[table], strings.TrimSpace(m[1]+" "+m[4]+" "+m[5]))
				labels[table] = append(labels[table], m[2]+m[3])
			}
		}
	}
	return columns, labels, file
}

// TestTablesDocument holds company/TABLES.md against the sources: it lists exactly their columns, in their order, with their types,
// for each table that deals, tickets, product survey, pulse and roster do not already explain.
func TestTablesDocument(t *testing.T) {
	f, _ := whole()
	columns, _, _ := declared(t, f)
	old := regexp.MustCompile(`^(bamboohr|salesforce|reference)\.|^zendesk\.tickets$|^qualtrics\.(product|invitations|pulse|pulse_finance)$`)
	want := map[string][]string{}
	for name, list := range columns {
		if !old.MatchString(name) {
			want[name] = list
		}
	}
	if len(want) < 24 {
		t.Fatalf("only %d tables", len(want))
	}
	got, table := map[string][]string{}, ""
	reads := map[string]bool{}
	for line := range strings.Lines(string(f["TABLES.md"])) {
		line = strings.TrimRight(line, "\n")
		if m := docTable.FindStringSubmatch(line); m != nil {
			table = m[1]
		} else if m := docRow.FindStringSubmatch(line); m != nil && m[1] != "column" {
			got[table] = append(got[table], strings.TrimSpace(m[1]+" "+m[2]+" "+m[3]))
		}
		reads[table] = reads[table] || strings.HasPrefix(line, "Read by: ")
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("TABLES.md (-sources +document):\n%s", diff)
	}
	for name := range want {
		if !reads[name] {
			t.Errorf("TABLES.md does not say what reads %s", name)
		}
	}
}

// TestBooksAreWhole reads every book with Go's own reader, at several sizes: the columns that its source declares are there, every
// record has all of them, and no two records have one first cell where that is an id.
func TestBooksAreWhole(t *testing.T) {
	sizes := []Size{Default(), tiny(), {People: 200, Months: 4, Tickets: 900, Deals: 700, Responses: 500, Seed: 9}}
	for seed := range uint64(30) {
		sizes = append(sizes, Size{People: 5, Months: 1 + int(seed)%3, Tickets: 6, Deals: 6, Responses: 6, Seed: seed})
	}
	for _, size := range sizes {
		f, _ := generate(t, size)
		for _, name := range f.names("exports/") {
			if strings.Contains(name, "Relationship") || strings.Contains(name, "relationship") || strings.Contains(name, "explore") {
				if len(table(t, f, name).rows) == 0 {
					t.Errorf("%d people, seed %d: %s has no rows", size.People, size.Seed, name)
				}
			}
		}
		_, labels, file := declared(t, f)
		for of, list := range labels {
			text, ok := f["reference/"+file[of]]
			if !ok || !strings.HasPrefix(of, "books.") {
				continue
			}
			r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(text, []byte("\uFEFF"))))
			if of == "books.mrr_moves" {
				r.Comma = ';'
			}
			rows, err := r.ReadAll()
			if err != nil {
				t.Fatalf("%s: %v", of, err)
			}
			if diff := cmp.Diff(list, rows[0]); diff != "" {
				t.Errorf("%s (-source +file):\n%s", of, diff)
			}
			if len(rows) == 1 {
				t.Errorf("%d people, seed %d: %s has no rows", size.People, size.Seed, of)
			}
			seen := map[string]bool{}
			for _, row := range rows[1:] {
				if id := row[0]; seen[id] && strings.Contains(id, "-") && len(id) > 4 && id[2] == '-' {
					t.Errorf("%s: two rows %s", of, id)
				}
				seen[row[0]] = true
			}
		}
	}
}

// TestSwapsBalance holds opening revenue and moves against each other: what an account paid, and its moves, give what it pays next.
func TestSwapsBalance(t *testing.T) {
	g, err := newGenerator(Default())
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]int{}
	for _, a := range g.customers() {
		due, opened := map[int]minors{}, map[int]minors{}
		g.subscription(a, func(m move) {
			sign := minors(1)
			if m.kind == "churn" || m.kind == "contraction" {
				sign = -1
			}
			for k := g.monthOf(m.on) + 1; k < g.size.Months; k++ {
				due[k] += sign * m.amount
			}
			kinds[m.kind]++
		}, func(k int, amount minors) { opened[k] = amount })
		for k := 1; k < g.size.Months; k++ {
			if want := opened[0] + due[k]; opened[k] != want {
				t.Errorf("%s opens month %d with %d, its moves give %d", a.id, k, opened[k], want)
			}
		}
	}
	for _, kind := range []string{"new", "expansion", "contraction", "churn", "reactivation"} {
		if kinds[kind] == 0 {
			t.Errorf("no move is a %s", kind)
		}
	}
	if t.Failed() {
		t.Log(fmt.Sprint(kinds))
	}
}
