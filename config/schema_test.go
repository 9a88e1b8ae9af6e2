package config

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// TestEverySpecIsRead: each mapping of a plan is read by a spec of the table, and the table holds no other.
func TestEverySpecIsRead(t *testing.T) {
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{"dated": true, "budget": true} // these have currencies as keys: amount and budget read them
	for _, name := range names {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) != 1 {
				return true
			}
			if f, ok := call.Fun.(*ast.SelectorExpr); !ok || f.Sel.Name != "keyed" {
				return true
			}
			lit, ok := call.Args[0].(*ast.BasicLit)
			if !ok {
				t.Errorf("%s: keyed without a name written out", name)
				return true
			}
			s, _ := strconv.Unquote(lit.Value)
			if used[s] = true; planSpecs[s].keys == "" {
				t.Errorf("%s: keyed(%q) reads by no spec", name, s)
			}
			return true
		})
	}
	for name := range planSpecs {
		if !used[name] {
			t.Errorf("the spec %s is read by nothing", name)
		}
	}
}

// against says why a value does not fit a schema; "" where it does. It knows the words of JSON Schema that Schema uses.
func against(root, s map[string]any, v any, at string) string {
	if ref, ok := s["$ref"].(string); ok {
		name := strings.TrimPrefix(ref, "#/$defs/")
		def, ok := root["$defs"].(map[string]any)[name].(map[string]any)
		if !ok {
			return at + ": no definition " + name
		}
		return against(root, def, v, at)
	}
	if choices, ok := s["anyOf"].([]any); ok {
		var why []string
		for _, c := range choices {
			w := against(root, c.(map[string]any), v, at)
			if w == "" {
				return ""
			}
			why = append(why, w)
		}
		return strings.Join(why, " and ")
	}
	if words, ok := s["enum"].([]any); ok {
		if !slices.Contains(words, v) {
			return fmt.Sprintf("%s: %v is none of %v", at, v, words)
		}
		return ""
	}
	switch s["type"] {
	case "string":
		text, ok := v.(string)
		if p, has := s["pattern"].(string); !ok || has && !regexp.MustCompile(p).MatchString(text) {
			return fmt.Sprintf("%s: %v is no text of %v", at, v, s["pattern"])
		}
	case "boolean":
		if _, ok := v.(bool); !ok {
			return fmt.Sprintf("%s: %v is no boolean", at, v)
		}
	case "integer", "number":
		_, whole := v.(int)
		if _, float := v.(float64); !whole && (s["type"] == "integer" || !float) {
			return fmt.Sprintf("%s: %v is no %s", at, v, s["type"])
		}
	case "array":
		list, ok := v.([]any)
		if !ok {
			return at + ": no list"
		}
		for i, x := range list {
			if w := against(root, s["items"].(map[string]any), x, at+"["+strconv.Itoa(i)+"]"); w != "" {
				return w
			}
		}
	case "object":
		return object(root, s, v, at)
	default:
		return at + ": a schema of no type"
	}
	return ""
}

func object(root, s map[string]any, v any, at string) string {
	m, ok := v.(map[string]any)
	if !ok {
		return fmt.Sprintf("%s: %v is no mapping", at, v)
	}
	required, _ := s["required"].([]any)
	for _, k := range required {
		if _, ok := m[k.(string)]; !ok {
			return fmt.Sprintf("%s lacks %s", at, k)
		}
	}
	properties, _ := s["properties"].(map[string]any)
	patterns, _ := s["patternProperties"].(map[string]any)
	for k, x := range m {
		p, ok := properties[k].(map[string]any)
		for pattern, q := range patterns {
			if !ok && regexp.MustCompile(pattern).MatchString(k) {
				p, ok = q.(map[string]any), true
			}
		}
		if !ok {
			return at + ": unknown key " + k
		}
		if w := against(root, p, x, at+"."+k); w != "" {
			return w
		}
	}
	return ""
}

// documentsOf are the documents of a file as JSON would hold them: days are texts.
func documentsOf(t *testing.T, name string) (out []any) {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var roots []yaml.Node
	if err := yaml.Load(b, &roots, yaml.WithV4Defaults(), yaml.WithAllDocuments()); err != nil {
		t.Fatal(err)
	}
	var value func(n *yaml.Node) any
	value = func(n *yaml.Node) any {
		switch n.Kind {
		case yaml.MappingNode:
			m := map[string]any{}
			for i := 0; i < len(n.Content); i += 2 {
				m[n.Content[i].Value] = value(n.Content[i+1])
			}
			return m
		case yaml.SequenceNode:
			list := []any{}
			for _, c := range n.Content {
				list = append(list, value(c))
			}
			return list
		}
		switch n.Tag {
		case "!!int":
			i, _ := strconv.Atoi(n.Value)
			return i
		case "!!float":
			f, _ := strconv.ParseFloat(n.Value, 64)
			return f
		case "!!bool":
			return n.Value == "true"
		}
		return n.Value
	}
	for i := range roots {
		out = append(out, value(roots[i].Content[0]))
	}
	return out
}

// TestSchemaKnowsEveryKey: plans that the reader takes fit the schema, and each key and word that it refuses does not.
func TestSchemaKnowsEveryKey(t *testing.T) {
	var root map[string]any
	if err := json.Unmarshal(Schema(), &root); err != nil {
		t.Fatal(err)
	}
	if first, second := Schema(), Schema(); string(first) != string(second) {
		t.Error("two schemas differ")
	}
	for name, s := range planSpecs {
		properties := root["$defs"].(map[string]any)[name].(map[string]any)["properties"].(map[string]any)
		for _, key := range s.names() {
			if _, ok := properties[key]; ok == slices.Contains(pending, name+"."+key) {
				t.Errorf("%s of %s in the schema: %t", key, name, ok)
			}
		}
	}
	whole := root
	if len(pending) > 0 { // the schema of all that can be read
		kept := pending
		pending = nil
		defer func() { pending = kept }()
		whole = nil
		if err := json.Unmarshal(Schema(), &whole); err != nil {
			t.Fatal(err)
		}
	}
	seen := 0
	for _, pattern := range []string{"testdata/surface/*.yaml", "testdata/big/plans/*.yaml", "testdata/company/plans/*.yaml", "example/company/plans/*.yaml"} {
		names, err := filepath.Glob(pattern)
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		for _, name := range names {
			for _, doc := range documentsOf(t, name) {
				if _, plan := doc.(map[string]any)["plan"]; !plan || strings.HasSuffix(name, ExamplesSuffix) {
					continue
				}
				seen++
				if why := against(whole, whole, doc, name); why != "" {
					t.Error(why)
				}
			}
		}
	}
	if seen < 8 {
		t.Errorf("%d plans were held against the schema", seen)
	}
	refused := map[string]string{`clause: "1"`: "claus: \"1\"", "kind: rate": "kind: rates", `rate: "1%"`: `rate: "1 %"`, "from: 2026-01-01": "from: 1.1.2026", "title: Flat, ": ""}
	good := `{plan: p, version: "1", title: P, effective: {from: 2026-01-01}, eligible: "true", components: [{id: flat, title: Flat, clause: "1", measure: sold, every: month, curve: {kind: rate, rate: "1%"}}]}`
	dir := t.TempDir()
	fits := func(text string) string {
		name := filepath.Join(dir, "p.yaml")
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return against(root, root, documentsOf(t, name)[0], "p")
	}
	if why := fits(good); why != "" {
		t.Error(why)
	}
	for from, to := range refused {
		if bad := strings.Replace(good, from, to, 1); bad == good || fits(bad) == "" {
			t.Errorf("%s fits the schema", bad)
		}
	}
}

// TestSchemaOfExamples: the schema of examples takes every file of examples there is, and refuses a slip at each level.
func TestSchemaOfExamples(t *testing.T) {
	var root map[string]any
	if err := json.Unmarshal(ExamplesSchema(), &root); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("../jobs/plans/testdata/*/plans/*.test.yaml")
	more, err2 := filepath.Glob("templates/*.test.yaml")
	if files = append(files, more...); err != nil || err2 != nil || len(files) < 40 {
		t.Fatalf("%d files of examples: %v %v", len(files), err, err2)
	}
	for _, name := range files {
		for _, doc := range documentsOf(t, name) {
			if why := against(root, root, doc, ""); why != "" {
				t.Errorf("%s: %s", name, why)
			}
		}
	}
	for _, slip := range []struct{ old, now, want string }{
		{"people:", "persons:", ".examples[0] lacks people"}, {"total:", "totals:", ".examples[0].expect[0]: unknown key totals"}, {`close: 2026-01`, `close: "2026"`, "2026 is no text of"},
		{"from: 2023-01-01", "from: January", "January is no text of"}, {"on: 2026-01-10", "day: 2026-01-10", ".examples[0].facts.sold[0] lacks on"},
	} {
		text := "test: a.yaml\nexamples:\n  - name: one\n    close: 2026-01\n    people: [{id: ann, from: 2023-01-01, plan: x}]\n    facts: {sold: [{payee: ann, on: 2026-01-10, value: 1}]}\n    expect: [{payee: ann, total: \"1\"}]\n"
		name := filepath.Join(t.TempDir(), "a.test.yaml")
		if err := os.WriteFile(name, []byte(strings.Replace(text, slip.old, slip.now, 1)), 0o600); err != nil {
			t.Fatal(err)
		}
		if why := against(root, root, documentsOf(t, name)[0], ""); !strings.Contains(why, slip.want) {
			t.Errorf("%s for %s: %q, want %q", slip.now, slip.old, why, slip.want)
		}
	}
}
