package main

import (
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"carrot/config"
	"carrot/config/example"
)

// readme is the text of the project's page for newcomers.
func readme(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

var (
	typedCommand = regexp.MustCompile("(?m)(?:`|^)carrot( [^`\n]+)")
	flagOf       = regexp.MustCompile(`--([a-z-]+)`)
)

// Every command that the README tells to type is one that carrot has, with its flags.
func TestReadmeCommands(t *testing.T) {
	tried := 0
	for _, m := range typedCommand.FindAllStringSubmatch(readme(t), -1) {
		words := strings.Fields(m[1])
		c, rest, err := rootCommand(&app{}).Find(words)
		if err != nil || len(rest) == len(words) {
			t.Errorf("carrot%s: no such command: %v", m[1], err)
			continue
		}
		tried++
		if len(rest) > 0 && c.HasSubCommands() && !strings.HasPrefix(rest[0], "-") {
			t.Errorf("carrot%s: %s is nothing that %s does", m[1], rest[0], c.CommandPath())
		}
		for _, f := range flagOf.FindAllStringSubmatch(m[1], -1) {
			if f[1] != "help" && c.Flags().Lookup(f[1]) == nil && c.InheritedFlags().Lookup(f[1]) == nil {
				t.Errorf("carrot%s: %s has no flag --%s", m[1], c.CommandPath(), f[1])
			}
		}
	}
	if tried < 20 {
		t.Errorf("%d commands tried: the README tells to type more", tried)
	}
}

// What the README shows of a config is read without a mistake in the example company, to which a table of groups is added.
func TestReadmeConfig(t *testing.T) {
	files := fstest.MapFS{}
	if _, err := example.Generate(example.Size{People: 5, Months: 1, Tickets: 2, Deals: 2, Responses: 2}, func(name string, write func(io.Writer) error) error {
		var b strings.Builder
		err := write(&b)
		files[name] = &fstest.MapFile{Data: []byte(b.String())}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	shown := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(readme(t), -1)
	if len(shown) != 2 || !strings.HasPrefix(shown[0][1], "measure: ") || !strings.HasPrefix(shown[1][1], "fairness:\n") {
		t.Fatalf("the README shows %d texts of a config, expected a measure and fairness", len(shown))
	}
	files["measures/readme.yaml"] = &fstest.MapFile{Data: []byte(shown[0][1])}
	files["sources/hr.yaml"] = &fstest.MapFile{Data: []byte(`source: hr
kind: files
folder: reference
tables:
  groups:
    files: groups.csv
    mode: snapshot
    keys: [employee]
    class: personal
    format: csv
    columns: {employee: {from: employee, type: id}, gender: {from: gender, type: category}}
`)}
	files["carrot.yaml"].Data = append(files["carrot.yaml"].Data, shown[1][1]...)
	c, mistakes := config.Load(files, "carrot.yaml", func(string) (string, bool) { return "", true })
	for _, m := range mistakes {
		t.Error(m)
	}
	if c.Fairness == nil || c.Fairness.Floor != 8 {
		t.Errorf("fairness is read as %+v, expected a floor of eight, as the README says", c.Fairness)
	}
}
