package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carrot/config/example"
	"carrot/transform/comp"
)

// demo runs `carrot demo` in this process and gives its folder.
func demo(t *testing.T, args ...string) string {
	t.Helper()
	dir := t.TempDir()
	must(t, append([]string{"demo", "--out", dir}, args...), exitDone)
	return dir
}

// TestDemoPaysTheTruth compares what the demo's closes pay, to the cent and for every payee and month, with what the
// generator knows to be right by a path that shares no code with the engine.
func TestDemoPaysTheTruth(t *testing.T) {
	size := example.Default()
	var args []string
	if !full(t) {
		size.People, size.Months, size.Tickets, size.Deals, size.Responses = 16, 4, 400, 160, 200
		args = []string{"--people=16", "--months=4", "--tickets=400", "--deals=160", "--responses=200"}
	}
	dir := demo(t, args...)
	world, err := example.World(size)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	for _, p := range world.Pay() {
		if p.Amount != 0 {
			want[p.Payee+" "+p.Month] = comp.Money{Minor: p.Amount, Currency: p.Currency}.String()
		}
	}
	got := map[string]string{}
	for k := range size.Months {
		month := world.Month(k)
		sums := map[string]comp.Money{}
		for _, l := range published(t, filepath.Join(dir, "company"), month, "lines") {
			m, err := comp.ParseMoney(l["amount"], comp.Currency(l["currency"]))
			if err != nil {
				t.Fatal(err)
			}
			who := l["employee_id"]
			sums[who] = comp.Money{Minor: sums[who].Minor + m.Minor, Currency: m.Currency}
		}
		for who, m := range sums {
			if m.Minor != 0 {
				got[who+" "+month] = m.String()
			}
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("pay differs (-truth +carrot):\n%s", d)
	}
	if len(want) < 30 {
		t.Errorf("the truth pays %d times; that is too little to prove anything", len(want))
	}
}

// TestPreviewAfterTheLastClose: the month after the last closed one can be looked at, and nothing holds a seller there.
func TestPreviewAfterTheLastClose(t *testing.T) {
	dir := t.TempDir()
	copyTree(t, closedDemo(t), dir)
	world, err := example.World(small)
	if err != nil {
		t.Fatal(err)
	}
	next := world.Month(world.Months)
	out := must(t, []string{"run", "--preview", "--quiet", "--business", next + "-20", "--config", filepath.Join(dir, "carrot.yaml")}, exitDone)
	if !strings.Contains(out, "preview ") || !strings.Contains(out, " of "+next) || strings.Contains(out, "quota") {
		t.Errorf("the preview of %s says:\n%s", next, out)
	}
}

// full says whether tests that are slow at the demo's own size run at it: CARROT_FULL=1, as CI sets.
func full(t *testing.T) bool {
	t.Helper()
	if os.Getenv("CARROT_FULL") == "" {
		fmt.Fprintf(os.Stderr, "=== %s runs at a small size; CARROT_FULL=1 runs it at the demo's own\n", t.Name())
		return false
	}
	return true
}
