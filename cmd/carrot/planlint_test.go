package main

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"carrot/jobs/plans"
)

// Where thousands have not signed, a check lists the first ones and every other lint; the counts are of all.
func TestPrintLints(t *testing.T) {
	var list []linted
	for i := range 25 {
		list = append(list, linted{plans.Lint{ID: "L19", Severity: plans.LintWarning}, fmt.Sprintf("E%02d has not accepted", i)})
	}
	list = append(list, linted{plans.Lint{ID: "L4", Severity: plans.LintError}, "falls"}, linted{plans.Lint{ID: "L3", Severity: plans.LintError, Waived: "by somebody"}, "a cliff"})
	var b bytes.Buffer
	printLints(&b, list, 20)
	lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
	if len(lines) != 24 || lines[19] != "E19 has not accepted" || lines[20] != "falls" || lines[21] != "a cliff" ||
		lines[22] != "and 5 more have not accepted their plan's document (L19): carrot plan lint lists them" ||
		lines[23] != "27 lints, 1 waived, 1 error: correct the plan, or let somebody who may decide it waive them" {
		t.Errorf("%q", lines)
	}
	b.Reset()
	printLints(&b, list, len(list))
	if n := strings.Count(b.String(), "has not accepted"); n != 25 || strings.Contains(b.String(), "more have") {
		t.Errorf("%d of 25 are listed", n)
	}
}
