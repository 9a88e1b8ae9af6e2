package main

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestSixtyQuestions closes three months of a company in which everything is planted that people ask about, and asks. Each
// question is one explain command; what the answer must say was worked out by hand from the data of asked.txtar.
func TestSixtyQuestions(t *testing.T) {
	t.Parallel()
	main := filepath.Join(asked(t), "carrot.yaml")
	topics := map[string]int{}
	for _, q := range questions(t) {
		topics[q["topic"]]++
		out := must(t, append([]string{"explain", "--brief", "--config", main}, strings.Fields(q["command"])...), exitDone)
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
	if asked < 60 || len(topics) < 20 {
		t.Errorf("%d questions about %d topics, 60 about 20 were planted", asked, len(topics))
	}
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
