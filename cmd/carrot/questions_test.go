package main

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestSixtyQuestions closes months of two companies in which everything is planted that people ask about, and asks. Each
// question is one explain command; what the answer must say was worked out by hand from the data of asked.txtar, and of
// waiting.txtar for what accounts, deals, budgets and scorecards do. The others are about the example company.
func TestSixtyQuestions(t *testing.T) {
	t.Parallel()
	main := map[string]string{"asked": filepath.Join(asked(t), "carrot.yaml"), "waiting": filepath.Join(waiting(t), "carrot.yaml")}
	topics := map[string]int{}
	for _, q := range questions(t) {
		topics[q["topic"]]++
		out := must(t, append([]string{"explain", "--brief", "--config", main[q["company"]]}, strings.Fields(q["command"])...), exitDone)
		for _, want := range strings.Split(q["wants"], " | ") {
			if !strings.Contains(out, want) {
				t.Errorf("%s\ncarrot explain %s\nlacks %q:\n%s", q["question"], q["command"], want, out)
			}
		}
	}
	asked := 0
	for _, n := range topics {
		asked += n
	}
	if asked < 90 || len(topics) < 35 {
		t.Errorf("%d questions about %d topics, 90 about 35 were planted", asked, len(topics))
	}
}

// waiting is the company of waiting.txtar with its four months closed.
func waiting(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	unpack(t, filepath.Join("testdata", "waiting.txtar"), dir)
	for _, month := range [][2]string{{"2026-01", "2026-02-03"}, {"2026-02", "2026-03-03"}, {"2026-03", "2026-04-03"}, {"2026-04", "2026-05-03"}} {
		must(t, []string{"run", "--quiet", "--config", filepath.Join(dir, "carrot.yaml"), "--period", month[0], "--business", month[1], "--known-at", month[1]}, exitDone)
	}
	return dir
}

// questions are the rows of testdata/questions.csv by column.
func questions(t *testing.T) []map[string]string {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", "questions.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]string
	for _, r := range rows[1:] {
		q := map[string]string{}
		for i, name := range rows[0] {
			q[name] = r[i]
		}
		out = append(out, q)
	}
	return out
}
