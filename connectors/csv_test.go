package connectors

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carrot/transform/comp"
)

var dealColumns = []comp.Column{
	{Name: "id", From: "Opportunity ID", Type: comp.ID},
	{Name: "amount", From: "Amount", Type: comp.Decimal, Scale: 2},
	{Name: "stage", From: "Stage", Type: comp.Category},
	{Name: "close", From: "Close Date", Type: comp.DateType},
	{Name: "won", From: "Won", Type: comp.Bool},
	{Name: "seats", From: "Seats", Type: comp.Integer},
	{Name: "solved", From: "Solved at", Type: comp.Instant, Zone: "Europe/Berlin"},
}

const dealHeader = "Opportunity ID,Amount,Stage,Close Date,Won,Seats,Solved at\n"

func TestEveryColumnType(t *testing.T) {
	text := dealHeader +
		"0061,1005.50,Won,2026-03-04,true,3,2026-03-04 09:30\n" +
		"0062,-0.5,Lost,2026-03-05,false,-2,2026-07-04T09:30:15.250+02:00\r\n" +
		"\n" +
		"\"00\"\"63\",,\"Won, late\",,,,\n"
	in := input("deals.csv", text, csvFormat(), dealColumns...)
	got := decodeAll(t, in, 0)
	want := [][]string{
		{"0061", "1005.50", "Won", "2026-03-04", "true", "3", "2026-03-04T08:30:00Z"},
		{"0062", "-0.50", "Lost", "2026-03-05", "false", "-2", "2026-07-04T07:30:15Z"},
		{`00"63`, "∅", "Won, late", "∅", "∅", "∅", "∅"},
	}
	if d := cmp.Diff(want, got.rows); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{}, lines(got.findings)); d != "" {
		t.Error(d)
	}
	for i, start := range []string{"0061", "0062", `"00""63"`} {
		if want := int64(strings.Index(text, start)); got.pos[i] != want {
			t.Errorf("row %d is at %d, want %d", i, got.pos[i], want)
		}
	}
}
