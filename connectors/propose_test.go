package connectors

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

// sampleFiles are the text files of the shared data.
func sampleFiles(t *testing.T) (names []string) {
	root := shared(t)
	for _, glob := range []string{"samples/*/*/*.csv", "samples/*/*/*.json", "samples/*/*/*.txt", "data/adventureworks/*.csv"} {
		found, err := filepath.Glob(filepath.Join(root, glob))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range found {
			rel, err := filepath.Rel(root, f)
			if err != nil {
				t.Fatal(err)
			}
			names = append(names, filepath.ToSlash(rel))
		}
	}
	if len(names) < 50 {
		t.Fatal("few samples: ", names)
	}
	return names
}

// TestProposalIsReadyToPaste: reasons in words, and a table as the config wants it.
func TestProposalIsReadyToPaste(t *testing.T) {
	text := "Report: deals\nOpportunity ID;Amount;Won;Close Date;Stage\n" +
		"0061;1.234,50;true;31.03.2026;Closed Won\n0062;7,00;false;01.04.2026;N/A\n0063;;true;;Closed Won\nGrand Totals (3);;;;\n\nCopyright (c) us\n"
	p, err := Propose(input("2026-04-01/Deals closed.csv", text, Format{}))
	if err != nil {
		t.Fatal(err)
	}
	wantReasons := []string{
		`format: csv, delimiter: ";", because it gives the most records of equal width`,
		`skip_rows: 1, because the first 1 lines are a title, not as wide as the table`,
		`footer: "Grand Totals", "Copyright (c)", because the last 2 rows are no data`,
		`nulls: "N/A" besides empty cells, because such words stand for no value`,
		"`decimal: \",\"` and `thousands: \".\"`, because numbers are written like \"9.999,99\"",
		`keys: [opportunity_id], because it is never empty and never repeats`,
		`column "Close Date": layout DD.MM.YYYY, because every cell fits it, such as "99.99.9999"`,
		`tried: 3 rows, no finding`,
	}
	if d := cmp.Diff(wantReasons, p.Reasons); d != "" {
		t.Error(d)
	}
	want := `  deals_closed:
    files: "{drop}/Deals closed.csv"
    mode: snapshot  # or delta (rows added and changed), or window (whole for the days it covers)
    keys: [opportunity_id]
    class: open
    format: csv
    dialect:
      delimiter: ";"
      skip_rows: 1
      footer: ["Grand Totals", "Copyright (c)"]
      nulls: ["", "N/A"]
      decimal: ","
      thousands: "."
    columns:
      opportunity_id: {from: "Opportunity ID", type: id}
      amount: {from: "Amount", type: decimal, scale: 2}
      won: {from: "Won", type: boolean}
      close_date: {from: "Close Date", type: date, layout: "DD.MM.YYYY"}
      stage: {from: "Stage", type: category}
`
	if d := cmp.Diff(want, p.YAML); d != "" {
		t.Error(d)
	}
}

// TestProposeDoesNotGuessTheDay: a date that may be day first or month first is not decided.
func TestProposeDoesNotGuessTheDay(t *testing.T) {
	p, err := Propose(input("d.csv", "Id,On\n1,03/04/2026\n2,05/06/2026\n", Format{}))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(p.YAML, `on: {from: "On", type: text}`) ||
		!strings.Contains(strings.Join(p.Reasons, "\n"), `column "On": type text for now, because "99/99/9999" may be DD/MM/YYYY or MM/DD/YYYY and no row tells; declare the layout`) {
		t.Error(p.YAML, p.Reasons)
	}
	p, err = Propose(input("d.csv", "Id,On,Due\n1,03/04/2026,02/28/2026\n2,05/06/2026,02/27/2026\n", Format{}))
	if err != nil || !strings.Contains(p.YAML, `on: {from: "On", type: date, layout: "MM/DD/YYYY"}`) {
		t.Error(err, p.YAML)
	}
}

// TestColumnNamesOfOtherLanguages: letters with accents are written as people write them without.
func TestColumnNamesOfOtherLanguages(t *testing.T) {
	for label, want := range map[string]string{
		"Größe": "groesse", "Käufer Straße": "kaeufer_strasse", "ÜBERGRÖSSE": "uebergroesse", "Prénom": "prenom", "NOM DE L'ÉLÈVE": "nom_de_l_eleve",
		"Ação nº": "acao_n", "Año": "ano", "Œuvre": "oeuvre", "Sørensen": "soerensen", "Åland": "aaland", "Łódź": "lodz", "Čeština Řada": "cestina_rada",
		"Gro\u0308\u00dfe": "groesse", "höheÄnderung": "hoehe_aenderung", "Imię": "imie", "Nguyễn": "nguyen", "İstanbul": "istanbul", "ılık": "ilik",
		"Αθήνα": "", "住所": "", "Сумма 2": "2", "dealOwnerId": "deal_owner_id", "RespondentID": "respondent_id", "½": "",
		"ßßßßßßßßßßßßßßßßßßßßßßßßß": strings.Repeat("ss", 20), "a " + strings.Repeat("b", 37) + "ß": "a_" + strings.Repeat("b", 37),
	} {
		if got := slug(label); got != want {
			t.Errorf("%q is %q, want %q", label, got, want)
		}
	}
	p, err := Propose(input("2026-04-01/Aufträge.csv", "Nr;Größe;Groesse\n1;2;3\n4;5;6\n", Format{}))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"  auftraege:\n", `groesse: {from: "Größe"`, `groesse_2: {from: "Groesse"`} {
		if !strings.Contains(p.YAML, want) {
			t.Errorf("the proposal lacks %s:\n%s", want, p.YAML)
		}
	}
}

// TestProposeFindsTheKey: the first column that is never empty, never repeats and holds identifiers by its name or its
// values; no key rather than a wrong one.
func TestProposeFindsTheKey(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"codes":                {"Vorgang;Kunde;Betrag\nV-001;A;1\nV-002;B;2\nV-003;A;3\n", "vorgang"},
		"codes after a name":   {"Kunde;Vorgang\nBeck;INV2024-7\nAmsel;INV2024-12\nCarl;RET2025-1\n", "vorgang"},
		"UUIDs":                {"Ref;A\n7b8f0c2e-1111-4aaa-8bbb-0123456789ab;1\nab8f0c2e-2222-4aaa-8bbb-0123456789ab;1\ncb8f0c2e-2222-4aaa-8bbb-0123456789ab;1\n", "ref"},
		"named in German":      {"Personalnummer;Name\n7;Beck\n8;Amsel\n", "personalnummer"},
		"named with accents":   {"Numéro;Nom\n7;Beck\n8;Amsel\n", "numero"},
		"repeats":              {"Vorgang;Betrag\nV-001;1\nV-002;2\nV-001;3\n", ""},
		"one is empty":         {"Vorgang;Betrag\nV-001;1\n;2\nV-003;3\n", ""},
		"one is no value":      {"Vorgang;Betrag\nV-001;1\nN/A;2\nV-003;3\n", ""},
		"quantities":           {"Menge;Betrag\n5kg;1\n7kg;2\n12kg;3\n", ""},
		"names":                {"Verkäufer;Betrag\nBeck;1\nAmsel;2\nCarl;3\n", ""},
		"not built alike":      {"Notiz;Betrag\nA1;1\nB-2;2\nC/3;3\n", ""},
		"two rows tell little": {"Vorgang;Betrag\nV-001;1\nV-002;2\n", ""},
		"the first repeats":    {"Kunde;Vorgang\nK-1;V-1\nK-1;V-2\nK-2;V-3\n", "vorgang"},
	} {
		p, err := Propose(input("d.csv", c.text, Format{}))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if got := strings.Join(p.Keys, ","); got != c.want {
			t.Errorf("%s: the key is %q, want %q\n%s", name, got, c.want, p.YAML)
		}
	}
}

func TestProposeOtherFormats(t *testing.T) {
	book := sheetBook(t, func(f *excelize.File) { fillSheet(t, f, "Sheet1", false) })
	for _, c := range []struct {
		name string
		b    []byte
		want []string
	}{
		{"w.xlsx", book, []string{"format: xlsx", `employee: {from: "Employee #", type: id}`, `date: {from: "Date", type: date}`, `solved: {from: "Solved", type: instant, zone: UTC}`}},
		{"a.parquet", parquetFile(t, 3), []string{"format: parquet", `id: {from: "id", type: id}`, `on: {from: "on", type: date}`, `amount: {from: "amount", type: decimal, scale: 4}`}},
		{"a.csv.gz", gz(t, []byte("a,b\n1,x\n")), []string{"format: csv", "pack: gzip", `b: {from: "b", type: category}`}},
		{"a.zip", zipped(t, "a.jsonl", "{\"id\":\"a\"}\n{\"id\":\"b\"}\n"), []string{"format: jsonl", "pack: zip", `id: {from: "id", type: id}`}},
	} {
		p, err := Propose(bytesInput(c.name, c.b, Format{}))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		for _, w := range c.want {
			if !strings.Contains(p.YAML, w) {
				t.Errorf("%s lacks %s:\n%s", c.name, w, p.YAML)
			}
		}
		if last := p.Reasons[len(p.Reasons)-1]; !strings.HasSuffix(last, "no finding") {
			t.Errorf("%s: %s", c.name, last)
		}
	}
}
