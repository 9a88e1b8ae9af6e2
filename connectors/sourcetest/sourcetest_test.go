package sourcetest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"carrot/connectors"
	"carrot/transform"
	"carrot/transform/comp"
)

// memory is a source of two csv files, and wrong in one way where wrong says so.
type memory struct{ wrong string }

var exports = []file{{"2026-03/a.csv", []byte("Id,Amount\n1,2.50\n2,x\n3,7\n")}, {"2026-03/b.csv", []byte("Amount,Id\n1,\"4\n5\"\n")}}

func (m *memory) Pull(ctx context.Context, since connectors.State, put func(string, io.Reader) error) (connectors.State, error) {
	state := connectors.State("2 files")
	for i, f := range exports {
		if err := ctx.Err(); err != nil && m.wrong != "deaf" {
			return since, err
		}
		text := string(f.raw)
		switch {
		case m.wrong == "moody":
			text += fmt.Sprintf("9,%p\n", &f)
		case m.wrong == "twins":
			f.name = "a.csv"
		case m.wrong == "absolute":
			f.name = "/" + f.name
		}
		err := put(f.name, strings.NewReader(text))
		switch {
		case err != nil && m.wrong == "eager" && i == 0:
			continue
		case err != nil && m.wrong == "forgetful":
			return "half", err
		case err != nil && m.wrong == "vague":
			return since, errors.New("something happened")
		case err != nil:
			return since, err
		}
	}
	return state, nil
}

func (m *memory) Splits(in connectors.Input, target int64) ([]connectors.Split, []comp.Finding) {
	splits, findings := connectors.Splits(in, 0)
	if m.wrong == "lossy" && target == 1 {
		splits = nil
	}
	return splits, findings
}

func (m *memory) Decode(s connectors.Split, out func(transform.Batch) error) []comp.Finding {
	return connectors.Decode(s, func(b transform.Batch) error {
		if m.wrong == "shifted" {
			b.Pos = b.Pos[:len(b.Pos)-1]
		}
		err := out(b)
		if m.wrong == "stubborn" {
			return nil
		}
		return err
	})
}

func harness(wrong string) Harness {
	return Harness{Rows: 3, New: func(testing.TB) connectors.Source { return &memory{wrong} },
		Input: func(name string, raw []byte) (connectors.Input, bool) {
			return connectors.Input{Format: connectors.Format{Kind: connectors.CSV, Dialect: connectors.DefaultDialect()},
				Contract: comp.Contract{Source: "m", Table: "t", Columns: []comp.Column{
					{Name: "id", From: "Id", Type: comp.ID}, {Name: "amount", From: "Amount", Type: comp.Decimal, Scale: 2}}}}, true
		}}
}

func TestGoodSource(t *testing.T) { Run(t, harness("")) }

// TestSuiteFindsEachFault: the suite is worth what it catches.
func TestSuiteFindsEachFault(t *testing.T) {
	for wrong, want := range map[string]string{
		"deaf":      "a cancelled pull must put nothing",
		"moody":     "must put the same bytes",
		"twins":     "names must be unique",
		"absolute":  "names must be relative",
		"eager":     "put must not be called again",
		"forgetful": "must give back the state it was given",
		"vague":     "must end the pull with that error",
		"lossy":     "splits of 1 bytes must give the same rows",
		"shifted":   "a position for each row",
		"stubborn":  "an error of the receiver must end decoding",
	} {
		found := false
		var all []string
		for _, err := range Check(t, harness(wrong)) {
			found = found || strings.Contains(err.Error(), want)
			all = append(all, err.Error())
		}
		if !found {
			t.Errorf("%s: the suite did not say %q but %q", wrong, want, all)
		}
	}
}
