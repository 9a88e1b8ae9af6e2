package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// besides is a copy of the closed demo's config with other plans of Sales, over the demo's own archive.
func besides(t *testing.T, components string) string {
	t.Helper()
	demo, dir := closedDemo(t), t.TempDir()
	for _, name := range []string{"carrot.yaml", "waivers.csv", "adjustments.csv", "sources", "measures", "lists", "detectors"} {
		from := filepath.Join(demo, name)
		if info, err := os.Stat(from); err != nil {
			t.Fatal(err)
		} else if info.IsDir() {
			if err := os.CopyFS(filepath.Join(dir, name), os.DirFS(from)); err != nil {
				t.Fatal(err)
			}
			continue
		}
		b, err := os.ReadFile(from)
		if err != nil {
			t.Fatal(err)
		}
		writeTo(t, filepath.Join(dir, name), b)
	}
	if err := replaceText(filepath.Join(dir, "carrot.yaml"), "archive: archive", "archive: "+filepath.Join(demo, "archive")); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "plans"), 0o700); err != nil {
		t.Fatal(err)
	}
	writeTo(t, filepath.Join(dir, "plans", "sales.yaml"), []byte("plan: sales\nversion: \"P\"\ntitle: Planted\neffective: {from: 2025-01-01, to: 2026-12-31}\n"+
		"eligible: 'department == \"Sales\" && job != \"Sales Director\"'\nrounding: half-away\ncomponents:\n"+components))
	return filepath.Join(dir, "carrot.yaml")
}

// TestProbeOverTheExample probes two plans over the example's closed months. Who won fewer than nine new customers in a quarter
// earns the target of 450.00 with one entered as ten: the months of the close of March tell who has how many. One rate of
// everything pays no way more.
func TestProbeOverTheExample(t *testing.T) {
	t.Parallel()
	probe := func(main string, code int) (list []probed, tried string) {
		got, out, errOut := carrot("plan", "probe", "--json", "--config", main)
		if err := json.Unmarshal([]byte(out), &list); got != code || err != nil {
			t.Fatalf("exit code %d, expected %d: %v\n%s%s", got, code, err, out, errOut)
		}
		return list, regexp.MustCompile(`(?m)\d+ of \d+ payee-months tried.*$`).FindString(errOut)
	}
	list, tried := probe(besides(t, `  - id: customers
    title: New customers
    clause: "1"
    measure: new_customers
    every: quarter
    target: {EUR: "450.00", USD: "450.00"}
    curve: {kind: steps, of: value, edge: "[lo,hi)", bands: [{from: "0", to: "9", pays: "0%"}, {from: "9", pays: "100%"}]}
`), exitHeld)
	real := 0
	for _, x := range list {
		if x.Payee == "" {
			continue
		}
		real++
		if x.Class != "P-split" || x.Before != "0.00" || x.After != "450.00" || x.Gain != "450.00" || !strings.HasSuffix(x.What, "entered as 10 of the same day") {
			t.Errorf("found %+v, expected a customer entered as ten for 450.00", x)
		}
	}
	if real != 1 {
		t.Errorf("%d exploits with real rows, expected the planted one; %s", real, tried)
	}
	m := regexp.MustCompile(`^(\d+) of (\d+) payee-months tried in (\d+) ways, (\d+) pay more; 0 payees held and left out$`).FindStringSubmatch(tried)
	customers, months := map[string]int{}, map[[2]string]bool{}
	for _, r := range records(t, filepath.Join(closedDemo(t), "published", "2025-03", "audit", "tables", "credits.csv")) {
		if r["measure"] == "new_customers" {
			customers[r["employee_id"]]++
			months[[2]string{r["employee_id"], r["date"][:7]}] = true
		}
	}
	few := 0
	for k := range months {
		if customers[k[0]] < 9 {
			few++
		}
	}
	if want := []string{strconv.Itoa(len(months)), strconv.Itoa(len(months)), strconv.Itoa(few)}; few == 0 || m == nil || !slices.Equal([]string{m[1], m[2], m[4]}, want) {
		t.Errorf("%q, expected %s payee-months, all of them tried, and %s that pay more", tried, want[0], want[2])
	}
	if list, tried = probe(besides(t, `  - {id: commission, title: Commission, clause: "1", measure: delivered_revenue, every: month, curve: {kind: rate, of: value, rate: "5%"}}
`), exitDone); len(list) > 0 || !strings.Contains(tried, ", 0 pay more; ") {
		t.Errorf("found %+v with one rate; %s", list, tried)
	}
}
