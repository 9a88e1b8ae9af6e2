package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// typed is how a command of the README is typed in the demo's folder, what it must end with and what it must print.
type typed struct {
	args string // PAYEE, FILE, RECORD and RUN stand for ones of the demo
	code int
	want string // a regular expression over what is printed
}

// readmeRuns are the commands of the README, as they stand there. One without runs is tried elsewhere: demo makes the folder, the
// ways of run stand by themselves, and schedule does not end.
var readmeRuns = map[string][]typed{
	"run --preview --config carrot-demo/company/carrot.yaml": {{"run --preview --config carrot.yaml", exitDone, `(?m)^preview [A-Z2-7]{26} of 2025-05`}},
	"check --file exports/2026-03-03/deals.csv":              {{"check --file FILE", exitDone, `delimiter: ",", because (.|\n)*(?m)^    columns:$`}},
	"check":                          {{"check", exitDone, `(?m)no error$`}, {"check --describe", exitDone, `salesforce\.deals_de`}},
	"check --keys":                   {{"check --keys", exitDone, `(?m)^pay\.first`}},
	"run --preview --period 2026-02": {{"run --preview --period 2025-05 --quiet", exitDone, `published +previews/2025-05/`}},
	"run --period 2026-02":           {{"run --period 2025-04", exitDone, `2025-04: posted`}},
	"plan lint":                      {{"plan lint", exitDone, `(?m)^\d+ lints, \d+ waived, no error$`}},
	"plan fairness":                  {{"plan fairness", exitUsage, `carrot.yaml says no groups to compare; add fairness: `}},
	"pull":                           {{"pull", exitDone, `zendesk.tickets +\d+ files found, 0 new`}},
	"explain":                        {{"explain --payee PAYEE --period 2025-04", exitDone, `PAYEE`}, {"explain --payee PAYEE --period 2025-04 --line 1", exitDone, `PAYEE`}, {"explain --payee PAYEE --period 2025-04 --against 2025-03", exitDone, `PAYEE`}, {"explain --period 2025-04 --record RECORD --brief", exitDone, `RECORD`}},
	"plan test":                      {{"plan test", exitDone, `(?m)^\d+ examples, all hold$`}},
	"plan document":                  {{"plan document sales", exitDone, `(?m)^Digest of this document: [0-9a-f]{64}$`}, {"plan document --payee PAYEE", exitDone, `PAYEE`}},
	"plan schema":                    {{"plan schema", exitDone, `"\$schema"`}},
	"plan template":                  {{"plan template", exitDone, `customer-service(.|\n)*support`}},
	"plan simulate":                  {{"plan simulate --plan plans/sales.yaml --from 2025-04", exitDone, `0 win, 0 lose, `}},
	"plan diff":                      {{"plan diff plans/sales.yaml plans/sales.yaml --from 2025-04", exitDone, `no field differs`}},
	"plan probe":                     {{"plan probe plans/finance.yaml --most 1", exitDone, `payee-months tried in `}},
	"runs":                           {{"runs", exitDone, `(?m)2025-04.* posted`}, {"show 2025-04", exitDone, `2025-04`}},
	"verify":                         {{"verify", exitDone, `the archive is sound`}},
	"replay":                         {{"replay RUN", exitDone, `2025-04: identical`}},
	"run":                            nil,
	"demo":                           nil,
	"schedule":                       nil,
}

// TestReadmeRuns types every command of the README in a copy of the demo's folder: it ends as the README's table of exit codes says, and
// prints what the README says of it. What the README lists as published lies there.
func TestReadmeRuns(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(closedDemo(t))); err != nil {
		t.Fatal(err)
	}
	lines := records(t, filepath.Join(dir, "published", "2025-04", "audit", "tables", "credits.csv"))
	april := regexp.MustCompile(`[A-Z2-7]{26}`).FindString(must(t, []string{"show", "2025-04", "--config", filepath.Join(dir, "carrot.yaml")}, exitDone))
	files, err := filepath.Glob(filepath.Join(dir, "exports", "2025-05-*", "Opportunities US*.csv"))
	if err != nil || len(files) == 0 || len(lines) == 0 || april == "" {
		t.Fatalf("the demo has no deals of April, no credits or no run %q (%v)", april, err)
	}
	of := strings.NewReplacer("PAYEE", lines[0]["employee_id"], "FILE", strings.ReplaceAll(files[0], " ", "\x00"), "RECORD", strings.ReplaceAll(lines[0]["table"], ".", "/")+"/"+lines[0]["key"], "RUN", april)
	seen := map[string]bool{}
	for _, m := range typedCommand.FindAllStringSubmatch(readme(t), -1) {
		name := strings.TrimSpace(m[1])
		runs, known := readmeRuns[name]
		if !known {
			t.Errorf("the README tells to type carrot %s, which nothing here tries", name)
		}
		if seen[name] {
			continue
		}
		seen[name] = true
		for _, x := range runs {
			args := strings.Fields(of.Replace(x.args))
			for i := range args {
				args[i] = strings.ReplaceAll(args[i], "\x00", " ")
				if strings.HasPrefix(args[i], "plans/") {
					args[i] = filepath.Join(dir, args[i])
				}
				if args[i] == "carrot.yaml" {
					args[i] = filepath.Join(dir, args[i])
				}
			}
			if !strings.Contains(x.args, "--config") {
				args = append(args, "--config", filepath.Join(dir, "carrot.yaml"))
			}
			var out bytes.Buffer // of a day on which the example's plans and waivers are in force, however late this runs
			code := run(args, &out, &out, scriptDay)
			if code != x.code || !regexp.MustCompile(of.Replace(x.want)).MatchString(out.String()) {
				t.Errorf("carrot %s: exit code %d, expected %d and %s\n%.1500s", strings.Join(args, " "), code, x.code, x.want, out.String())
			}
		}
	}
	for name := range readmeRuns {
		if !seen[name] {
			t.Errorf("carrot %s is tried here, and the README does not tell to type it", name)
		}
	}
	for _, m := range regexp.MustCompile(`(?m)^published/<period>/(\S+)/ `).FindAllStringSubmatch(readme(t), -1) {
		at := strings.NewReplacer("<entity>", "*", "<name>", "*").Replace(m[1])
		if found, err := filepath.Glob(filepath.Join(dir, "published", "2025-04", at, "*")); err != nil || len(found) == 0 {
			t.Errorf("the README says that published/<period>/%s is published: nothing lies there (%v)", m[1], err)
		}
	}
}
