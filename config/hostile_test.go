package config

import (
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
)

// TestHostileFiles puts each text in the place of a plan: it must be refused in words, and everything else still be read.
func TestHostileFiles(t *testing.T) {
	bomb := "a: &a {k: v}\n"
	for c := 'b'; c <= 'k'; c++ {
		bomb += fmt.Sprintf("%c: &%c [*%c, *%c, *%c, *%c, *%c, *%c, *%c, *%c]\n", c, c, c-1, c-1, c-1, c-1, c-1, c-1, c-1, c-1)
	}
	wide := "\xff\xfe"
	for _, u := range utf16.Encode([]rune("plan: x\n")) {
		wide += string([]byte{byte(u), byte(u >> 8)})
	}
	for _, c := range []struct{ name, text, want string }{
		{"empty", "", `p.yaml:1:1: the file is empty, expected a YAML document; write one or remove the file`},
		{"comments only", "# nothing\n", `p.yaml:1:1: the file is empty, expected a YAML document; write one or remove the file`},
		{"a scalar", "plan\n", `p.yaml:1:1: "plan", expected a plan: keys and values; write key: value`},
		{"an empty document", "---\n...\n", `p.yaml:2:1: nothing, expected a plan: keys and values; write key: value`},
		{"utf-16", wide, `p.yaml:1:1: the file is UTF-16, expected UTF-8; save it as UTF-8`},
		{"latin-1", "plan: Pr\xe4mie\n", `p.yaml:1:9: a byte that is not UTF-8, expected UTF-8 text; save the file as UTF-8`},
		{"control character", "plan: a\x07b\n", `p.yaml:1:8: the control character U+0007, expected text; remove it`},
		{"nul", "plan: a\x00b\n", `p.yaml:1:8: the control character U+0000, expected text; remove it`},
		{"tab", "plan:\n\tid: x\n", `p.yaml:2:1: a tab, expected blanks: YAML does not indent by tabs; replace the tab by two blanks`},
		{"tab after blanks", "plan:\n  \tid: x\n", `p.yaml:2:3: a tab, expected blanks: YAML does not indent by tabs; replace the tab by two blanks`},
		{"deep brackets", strings.Repeat("[", 5000), `p.yaml:1:41: more than 40 levels of nesting, expected a config that a person wrote; remove the brackets`},
		{"deep blocks", deepBlocks(200), `p.yaml:41:42: more than 40 levels of nesting, expected a config that a person wrote; remove the brackets`},
		{"alias bomb", bomb, `p.yaml:1:4: the anchor &a, expected a value without an anchor; remove &a`},
		{"open quote", "plan: 'x\n", `p.yaml:2:1: this is not YAML: found unexpected end of stream (while scanning a quoted scalar), expected keys and values; check indentation, quotes and brackets here and on the line before`},
		{"reserved sign", "plan: @x\n", `p.yaml:1:7: this is not YAML: found character that cannot start any token (while scanning for the next token), expected keys and values; check indentation, quotes and brackets here and on the line before`},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := memory(t, "small")
			files["plans/p.yaml"] = &fstest.MapFile{Data: []byte(c.text)}
			_, mistakes := Load(files, "carrot.yaml", environment)
			if len(mistakes) == 0 {
				t.Fatal("nothing was refused")
			}
			if d := cmp.Diff("plans/"+c.want, mistakes[0].String()); d != "" {
				t.Error(d)
			}
			if c.name != "alias bomb" && len(mistakes) > 1 {
				t.Errorf("more was refused: %v", texts(mistakes[1:]))
			}
		})
	}
}

func deepBlocks(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return b.String()
}

// TestManyComponents: lints hold each component of a plan against each, so that thousands of them would take all memory.
func TestManyComponents(t *testing.T) {
	files := memory(t, "small")
	var b strings.Builder
	b.WriteString("plan: p\nversion: \"1\"\ntitle: P\neffective: {from: 2026-01-01}\neligible: 'id != \"x\"'\ncomponents:\n")
	for i := range maxComponents + 1 {
		fmt.Fprintf(&b, "  - {id: c%d}\n", i)
	}
	files["plans/p.yaml"] = &fstest.MapFile{Data: []byte(b.String())}
	_, mistakes := Load(files, "carrot.yaml", environment)
	if d := cmp.Diff([]string{"plans/p.yaml:7:3: 201 components, expected at most 200 in a plan; write several plans"}, texts(mistakes)); d != "" {
		t.Error(d)
	}
}

func TestHugeFile(t *testing.T) {
	files := memory(t, "small")
	files["plans/p.yaml"] = &fstest.MapFile{Data: []byte("# " + strings.Repeat("x", maxFileBytes))}
	_, mistakes := Load(files, "carrot.yaml", environment)
	want := []string{"plans/p.yaml: the file is larger than 4 MiB, expected a config that a person wrote; keep data in a source's exports and name the table here"}
	if d := cmp.Diff(want, texts(mistakes)); d != "" {
		t.Error(d)
	}
}

func TestMissingConfig(t *testing.T) {
	_, mistakes := Load(fstest.MapFS{}, "carrot.yaml", environment)
	want := []string{"carrot.yaml: there is no such file, expected a YAML file; check the name and where carrot was started"}
	if d := cmp.Diff(want, texts(mistakes)); d != "" {
		t.Error(d)
	}
	_, mistakes = Load(os.DirFS("testdata"), "small", environment)
	if len(mistakes) != 1 || !strings.HasPrefix(mistakes[0].String(), "small: the file cannot be read: ") {
		t.Errorf("a folder in place of the config: %v", texts(mistakes))
	}
	if _, mistakes = Load(fstest.MapFS{}, "../x", environment); len(mistakes) != 1 {
		t.Errorf("a name out of the folder: %v", texts(mistakes))
	}
}

// brokenFS fails on one file.
type brokenFS struct {
	fs.FS
	name string
}

func (b brokenFS) Open(name string) (fs.File, error) {
	if name == b.name {
		return nil, fs.ErrPermission
	}
	return b.FS.Open(name)
}

// TestUnreadablePartIsSaidOnce: names of a file that cannot be read are not called unknown wherever they are used.
func TestUnreadablePartIsSaidOnce(t *testing.T) {
	for name, want := range map[string]string{
		"sources/all.yaml":     "sources/all.yaml: the file cannot be read: permission denied, expected a YAML file; check the name and where carrot was started",
		"measures/orders.yaml": "measures/orders.yaml: the file cannot be read: permission denied, expected a YAML file; check the name and where carrot was started",
	} {
		_, mistakes := Load(brokenFS{os.DirFS("testdata/small"), name}, "carrot.yaml", environment)
		if d := cmp.Diff([]string{want}, texts(mistakes)); d != "" {
			t.Error(d)
		}
	}
}

// TestOtherLineEnds reads the same config with a byte order mark, with CRLF and with both, and reports the same places.
func TestOtherLineEnds(t *testing.T) {
	for _, folder := range []string{"big", "hundred"} {
		plainConfig, plain := Load(memory(t, folder), "carrot.yaml", environment)
		for name, change := range map[string]func(string) string{
			"mark": func(s string) string { return mark + s },
			"crlf": func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") },
			"both": func(s string) string { return mark + strings.ReplaceAll(s, "\n", "\r\n") },
		} {
			files := memory(t, folder)
			for _, f := range files {
				f.Data = []byte(change(string(f.Data)))
			}
			c, mistakes := Load(files, "carrot.yaml", environment)
			if d := cmp.Diff(texts(plain), texts(mistakes)); d != "" {
				t.Errorf("%s with %s: %s", folder, name, d)
			}
			if d := cmp.Diff(Describe(plainConfig), Describe(c)); d != "" {
				t.Errorf("%s with %s: %s", folder, name, d)
			}
		}
	}
}

// TestOrderOfFilesDoesNotMatter: patterns given twice and in another order give the same config.
func TestOrderOfFilesDoesNotMatter(t *testing.T) {
	want, _ := Load(memory(t, "big"), "carrot.yaml", environment)
	files := memory(t, "big")
	f := files["carrot.yaml"]
	f.Data = []byte(strings.Replace(string(f.Data), "[sources/*.yaml]", "[sources/z*.yaml, sources/salesforce.yaml, sources/*.yaml]", 1))
	got, mistakes := Load(files, "carrot.yaml", environment)
	if len(mistakes) > 0 {
		t.Fatal(texts(mistakes))
	}
	if d := cmp.Diff(Describe(want), Describe(got)); d != "" {
		t.Error(d)
	}
}

// FuzzLoad puts any bytes in the place of each kind of file. Load may refuse them and must not fail otherwise; what it
// refuses has a place within the file.
func FuzzLoad(f *testing.F) {
	small := memory(f, "small")
	names := []string{"carrot.yaml", "sources/all.yaml", "measures/orders.yaml", "plans/all.yaml"}
	for i, n := range names {
		f.Add(i, small[n].Data)
	}
	for _, folder := range []string{"big", "hundred"} {
		for name, file := range memory(f, folder) {
			for i, n := range names {
				if strings.Split(n, "/")[0] == strings.Split(name, "/")[0] {
					f.Add(i, file.Data)
				}
			}
		}
	}
	for _, name := range []string{"first.yaml", "second.yaml"} {
		b, err := os.ReadFile("testdata/surface/" + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(3, b)
	}
	f.Add(2, []byte("measure: \"a\\\n  b\"\nwhere: >\n  x &&\n\n  'y'\n"))
	f.Add(3, []byte("eligible: \"\\U0001F600 == \\x41\"\n"))
	f.Fuzz(func(t *testing.T, which int, b []byte) {
		files := fstest.MapFS{}
		for n, x := range small {
			files[n] = x
		}
		name := names[uint(which)%uint(len(names))]
		files[name] = &fstest.MapFile{Data: b}
		c, mistakes := Load(files, "carrot.yaml", environment)
		Describe(c)
		last := len(splitLines(b))
		for _, m := range mistakes {
			if m.Found == "" || m.File == name && (m.Line < 0 || m.Line > last) {
				t.Errorf("%q stands outside the file of %d lines", m, last)
			}
		}
	})
}
