package config

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write what Load says into testdata: read every line of the difference before keeping it")

// oneCase is a change to the big config and what Load then says, exactly.
type oneCase struct {
	title, file string
	edits       [][2]string
	want        []string
}

// cases reads testdata/mistakes.txt: "# title", "@ file", pairs of "- old" and "+ new" with \n for line ends, then
// "= mistake" for each one expected.
func cases(t *testing.T) (out []oneCase) {
	t.Helper()
	b, err := os.ReadFile("testdata/mistakes.txt")
	if err != nil {
		t.Fatal(err)
	}
	unescape := strings.NewReplacer(`\n`, "\n", `\t`, "\t", `\\`, `\`)
	for i, line := range strings.Split(string(b), "\n") {
		kind, rest, _ := strings.Cut(line, " ")
		switch {
		case line == "" || kind == "//":
		case kind == "#":
			out = append(out, oneCase{title: rest})
		case len(out) == 0:
			t.Fatalf("testdata/mistakes.txt:%d: %q before the first title", i+1, line)
		case kind == "@":
			out[len(out)-1].file = rest
		case kind == "-":
			out[len(out)-1].edits = append(out[len(out)-1].edits, [2]string{unescape.Replace(rest)})
		case kind == "+":
			c := &out[len(out)-1]
			c.edits[len(c.edits)-1][1] = unescape.Replace(rest)
		case kind == "=":
			out[len(out)-1].want = append(out[len(out)-1].want, rest)
		default:
			t.Fatalf("testdata/mistakes.txt:%d: %q is no line of a case", i+1, line)
		}
	}
	if len(out) < 100 {
		t.Fatalf("testdata/mistakes.txt holds %d cases: it was not read", len(out))
	}
	return out
}

// TestMistakes pins the exact message of every check, one at a time.
func TestMistakes(t *testing.T) {
	got := map[string][]string{}
	for _, c := range cases(t) {
		t.Run(c.title, func(t *testing.T) {
			files := memory(t, "big")
			f, ok := files[c.file]
			if !ok {
				t.Fatalf("there is no file %s", c.file)
			}
			for _, e := range c.edits {
				if !strings.Contains(string(f.Data), e[0]) {
					t.Fatalf("%s does not hold %q", c.file, e[0])
				}
				f.Data = []byte(strings.Replace(string(f.Data), e[0], e[1], 1))
			}
			_, mistakes := Load(files, "carrot.yaml", environment)
			got[c.title] = texts(mistakes)
			if d := cmp.Diff(c.want, got[c.title]); d != "" && !*update {
				t.Errorf("mistakes differ (- want, + got):\n%s", d)
			}
			if len(c.want) == 0 && !*update {
				t.Error("the case expects nothing")
			}
		})
	}
	if *update {
		rewrite(t, got)
	}
}

// rewrite puts what Load says in place of every case's expectations.
func rewrite(t *testing.T, got map[string][]string) {
	t.Helper()
	b, err := os.ReadFile("testdata/mistakes.txt")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	title := ""
	flush := func() {
		for _, g := range got[title] {
			out = append(out, "= "+g)
		}
		title = ""
	}
	for _, line := range strings.Split(strings.TrimRight(string(b), "\n"), "\n") {
		if strings.HasPrefix(line, "= ") {
			continue
		}
		if line == "" {
			flush()
		}
		out = append(out, line)
		if rest, ok := strings.CutPrefix(line, "# "); ok {
			title = rest
		}
	}
	flush()
	if err := os.WriteFile("testdata/mistakes.txt", []byte(strings.Join(out, "\n")+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
}

// marks are the places that a folder's files mark: "#! token" at the end of a line says that a mistake stands where the
// token first does.
func marks(t *testing.T, folder string) (out []string) {
	t.Helper()
	for name, f := range memory(t, folder) {
		for i, line := range strings.Split(string(f.Data), "\n") {
			text, token, marked := strings.Cut(line, "#! ")
			if !marked {
				continue
			}
			at := strings.Index(text, token)
			if at < 0 {
				t.Fatalf("%s:%d does not hold its own mark %q", name, i+1, token)
			}
			out = append(out, fmt.Sprintf("%s:%d:%d", name, i+1, len([]rune(text[:at]))+1))
		}
	}
	slices.Sort(out)
	return out
}

// TestHundredMistakes holds what Load reports of a folder full of different mistakes against the places that its files
// mark, and against the golden list of messages.
func TestHundredMistakes(t *testing.T) {
	_, mistakes := Load(os.DirFS("testdata/hundred"), "carrot.yaml", environment)
	var places []string
	kinds := map[string]bool{}
	for _, m := range mistakes {
		places = append(places, fmt.Sprintf("%s:%d:%d", m.File, m.Line, m.Col))
		kinds[m.Found] = true
	}
	slices.Sort(places)
	want := marks(t, "hundred")
	if d := cmp.Diff(want, places); d != "" {
		t.Errorf("places differ (- marked, + reported):\n%s", d)
	}
	if len(want) < 100 || len(kinds) < 100 {
		t.Errorf("%d marks and %d different mistakes, a hundred are needed", len(want), len(kinds))
	}
	got := strings.Join(texts(mistakes), "\n") + "\n"
	if *update {
		if err := os.WriteFile("testdata/hundred.txt", []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	golden, err := os.ReadFile("testdata/hundred.txt")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(golden), got); d != "" {
		t.Errorf("messages differ (- want, + got):\n%s", d)
	}
}
