package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

func TestPlanSchema(t *testing.T) {
	printed := must(t, []string{"plan", "schema"}, exitDone)
	file := filepath.Join(t.TempDir(), "plan.json")
	must(t, []string{"plan", "schema", "--out", file}, exitDone)
	written, err := os.ReadFile(file)
	if err != nil || string(written) != printed {
		t.Errorf("--out wrote something else than is printed (%v)", err)
	}
	var s struct {
		Schema string `json:"$schema"`
		Defs   map[string]struct {
			Properties map[string]struct {
				Description string `json:"description"`
			} `json:"properties"`
		} `json:"$defs"`
	}
	if err := json.Unmarshal(written, &s); err != nil {
		t.Fatal(err)
	}
	for def, keys := range map[string][]string{"plan": {"plan", "draw"}, "component": {"clause", "gates"}, "band": {"pays", "back"}, "point": {"at"}} {
		for _, k := range keys {
			if s.Defs[def].Properties[k].Description == "" {
				t.Errorf("%s of %s is not described", k, def)
			}
		}
	}
	if s.Schema != "https://json-schema.org/draft/2020-12/schema" {
		t.Errorf("the schema says that it is %s", s.Schema)
	}
}
