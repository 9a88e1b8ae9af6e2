package config

import (
	"fmt"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/ext"
	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"
	"pgregory.net/rapid"

	"carrot/transform/comp"
)

// oneTable has a column of every kind.
func oneTable() *table {
	return &table{name: "crm.rows", columns: []string{"text", "word", "count", "amount", "day", "until", "done", "open", "broken"},
		types: map[string]comp.Type{"text": comp.Text, "word": comp.Category, "count": comp.Integer, "amount": comp.Decimal, "day": comp.DateType,
			"until": comp.Instant, "done": comp.Bool, "open": comp.Bool, "broken": ""}}
}

// failer is what testing and rapid have in common.
type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

// compile checks one expression over oneTable, written as a YAML value.
func compile(t failer, scalar string, want comp.Kind) (*comp.Expr, []Mistake) {
	t.Helper()
	doc := "e: " + scalar + "\n"
	var root yaml.Node
	if err := yaml.Load([]byte(doc), &root); err != nil {
		t.Fatalf("%v: %s", err, doc)
	}
	l := &loader{config: &Config{}}
	l.exprs = newCompiler(l)
	n := node{l: l, src: &text{name: "m.yaml", lines: splitLines([]byte(doc))}, y: root.Content[0].Content[1]}
	return l.over(oneTable(), n, want), l.sorted()
}

// single is a text as a single-quoted YAML scalar.
func single(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// A term is an expression in our spelling and in the oracle's, which writes every number as a double.
type term struct{ ours, oracle string }

func join(parts ...any) term {
	var t term
	for _, p := range parts {
		switch p := p.(type) {
		case string:
			t.ours += p
			t.oracle += p
		case term:
			t.ours += p.ours
			t.oracle += p.oracle
		}
	}
	return t
}

// quarters are numbers that a double holds exactly, also after the few operations that a test does with them.
func quarters(t *rapid.T) term {
	n := rapid.IntRange(-40, 40).Draw(t, "quarters")
	s := strconv.FormatFloat(float64(n)/4, 'f', -1, 64)
	o := s
	if !strings.Contains(o, ".") {
		o += ".0"
	}
	if n < 0 { // blanks may stand after a sign
		blanks := rapid.SampledFrom([]string{"", " ", "   "}).Draw(t, "blanks")
		return term{"(-" + blanks + s[1:] + ")", "(" + o + ")"}
	}
	return term{s, o}
}

// someText has no capital beyond ASCII: lowerAscii leaves those alone, and comp's Lower does not.
func someText(t *rapid.T) string {
	return rapid.StringOfN(rapid.SampledFrom([]rune("aBß'\"\\ é→")), 0, 4, -1).Draw(t, "text")
}

func someDay(t *rapid.T) comp.Date {
	return comp.Day(2025, 1, 1) + comp.Date(rapid.IntRange(0, 60).Draw(t, "day"))
}

func numberTerm(t *rapid.T, depth int) term {
	if depth <= 0 {
		return rapid.Custom(func(t *rapid.T) term {
			if rapid.Bool().Draw(t, "column") {
				return join(rapid.SampledFrom([]string{"count", "amount"}).Draw(t, "name"))
			}
			return quarters(t)
		}).Draw(t, "number")
	}
	a := numberTerm(t, depth-1)
	switch rapid.IntRange(0, 6).Draw(t, "operation") {
	case 0:
		return join("(", a, " + ", numberTerm(t, depth-1), ")")
	case 1:
		return join("(", a, " - ", numberTerm(t, depth-1), ")")
	case 2:
		return join("(", a, " * ", numberTerm(t, 0), ")")
	case 3:
		by := rapid.SampledFrom([]term{{"2", "2.0"}, {"(-4)", "(-4.0)"}, {"0.5", "0.5"}, {"8", "8.0"}}).Draw(t, "divisor")
		return join("(", a, " / ", by, ")")
	case 4:
		return join("-(", a, ")")
	case 5:
		return join("(", dayTerm(t), " - ", dayTerm(t), ")")
	}
	return join("(", boolTerm(t, depth-1), " ? ", a, " : ", numberTerm(t, depth-1), ")")
}

func dayTerm(t *rapid.T) term {
	if rapid.Bool().Draw(t, "column") {
		return join(rapid.SampledFrom([]string{"day", "until"}).Draw(t, "name"))
	}
	return join(`date("` + someDay(t).String() + `")`)
}

func textTerm(t *rapid.T, depth int) term {
	switch rapid.IntRange(0, 3).Draw(t, "operation") {
	case 0:
		return join(rapid.SampledFrom([]string{"text", "word"}).Draw(t, "name"))
	case 1:
		if depth > 0 {
			return join("(", textTerm(t, depth-1), ").lowerAscii()")
		}
	case 2:
		if depth > 0 {
			return join("(", boolTerm(t, depth-1), " ? ", textTerm(t, depth-1), " : ", textTerm(t, depth-1), ")")
		}
	}
	return join(strconv.Quote(someText(t)))
}

func boolTerm(t *rapid.T, depth int) term {
	if depth <= 0 {
		return join(rapid.SampledFrom([]string{"done", "open", "true", "false"}).Draw(t, "name"))
	}
	compare := func() string {
		return rapid.SampledFrom([]string{" == ", " != ", " < ", " <= ", " > ", " >= "}).Draw(t, "comparison")
	}
	switch rapid.IntRange(0, 10).Draw(t, "operation") {
	case 0:
		return join("(", boolTerm(t, depth-1), " && ", boolTerm(t, depth-1), ")")
	case 1:
		return join("(", boolTerm(t, depth-1), " || ", boolTerm(t, depth-1), ")")
	case 2:
		return join("!(", boolTerm(t, depth-1), ")")
	case 3:
		return join("(", numberTerm(t, depth-1), compare(), numberTerm(t, depth-1), ")")
	case 4:
		return join("(", textTerm(t, depth-1), compare(), textTerm(t, depth-1), ")")
	case 5:
		return join("(", dayTerm(t), compare(), dayTerm(t), ")")
	case 6:
		method := rapid.SampledFrom([]string{".startsWith(", ".endsWith(", ".contains("}).Draw(t, "method")
		return join("(", textTerm(t, depth-1), ")", method, textTerm(t, depth-1), ")")
	case 7:
		name := rapid.SampledFrom([]string{"text", "word", "count", "amount", "day", "until", "done"}).Draw(t, "name")
		return join("("+name, rapid.SampledFrom([]string{" == ", " != "}).Draw(t, "comparison"), "null)")
	case 8:
		return join("(", textTerm(t, depth-1), " in [", textTerm(t, 0), ", ", textTerm(t, 0), "])")
	case 9:
		return join("(", numberTerm(t, depth-1), " in [", quarters(t), ", ", quarters(t), ", null])")
	}
	return join("(", boolTerm(t, depth-1), " ? ", boolTerm(t, depth-1), " : ", boolTerm(t, depth-1), ")")
}

// row is one row for both evaluators. The oracle's days are doubles: only their order and difference matter.
func someRow(t *rapid.T) (ours map[string]comp.Value, oracle map[string]any) {
	ours, oracle = map[string]comp.Value{}, map[string]any{}
	for _, c := range oneTable().columns {
		oracle[c] = nil
		if rapid.IntRange(0, 4).Draw(t, c+" null") == 0 {
			continue
		}
		switch kindOf(oneTable().types[c]) {
		case comp.KindText:
			s := someText(t)
			ours[c], oracle[c] = comp.TextValue(s), s
		case comp.KindNumber:
			n := rapid.IntRange(-40, 40).Draw(t, c)
			ours[c], oracle[c] = comp.NumberValue(comp.FromRat(big.NewRat(int64(n), 4))), float64(n)/4
		case comp.KindDate:
			d := someDay(t)
			ours[c], oracle[c] = comp.DateValue(d), float64(d)
		case comp.KindBool:
			b := rapid.Bool().Draw(t, c)
			ours[c], oracle[c] = comp.BoolValue(b), b
		}
	}
	return ours, oracle
}

// oracleEnv is cel-go with its own library and evaluator, and a date() that reads days by itself.
func oracleEnv(t testing.TB) *cel.Env {
	t.Helper()
	opts := []cel.EnvOption{ext.Strings(), cel.Function("date", cel.Overload("date_string", []*cel.Type{cel.StringType}, cel.DoubleType,
		cel.UnaryBinding(func(v ref.Val) ref.Val {
			at := (v.(types.String) + "T00:00:00Z").ConvertToType(types.TimestampType)
			return types.Double(float64(at.(types.Timestamp).Unix() / 86400))
		})))}
	for _, c := range oneTable().columns {
		opts = append(opts, cel.Variable(c, cel.DynType))
	}
	env, err := cel.NewEnv(opts...)
	if err != nil {
		t.Fatal(err)
	}
	return env
}

// plain is a result in a form that both evaluators' results can be brought into.
func plain(v any) string {
	switch v := v.(type) {
	case comp.Value:
		switch v.Kind {
		case comp.KindBool:
			return plain(v.Bool)
		case comp.KindText:
			return plain(v.Text)
		case comp.KindNumber:
			return "number " + v.Number.Rat().RatString()
		}
		return v.Kind.String()
	case bool:
		return fmt.Sprintf("boolean %v", v)
	case string:
		return "text " + v
	case float64:
		r, _ := new(big.Rat).SetString(strconv.FormatFloat(v, 'f', -1, 64))
		return "number " + r.RatString()
	}
	return fmt.Sprintf("%T %v", v, v)
}

// TestExpressionsAgreeWithCEL evaluates random expressions over random rows by comp.Expr and by cel-go. Where cel-go gives
// a value, comp gives the same; where it fails (an operand is null), comp has rules of its own. comp never fails.
func TestExpressionsAgreeWithCEL(t *testing.T) {
	env := oracleEnv(t)
	defined, all := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom([]comp.Kind{comp.KindBool, comp.KindNumber, comp.KindText}).Draw(t, "kind")
		var e term
		switch kind {
		case comp.KindBool:
			e = boolTerm(t, 4)
		case comp.KindNumber:
			e = numberTerm(t, 3)
		default:
			e = textTerm(t, 3)
		}
		x, mistakes := compile(t, single(e.ours), kind)
		if len(mistakes) > 0 {
			t.Fatalf("%s: %v", e.ours, texts(mistakes))
		}
		ast, issues := env.Compile(e.oracle)
		if issues.Err() != nil {
			t.Fatalf("the oracle refuses %s: %v", e.oracle, issues.Err())
		}
		program, err := env.Program(ast)
		if err != nil {
			t.Fatal(err)
		}
		for range 5 {
			ours, oracle := someRow(t)
			got, err := x.Eval(func(name string) comp.Value { return ours[name] })
			if err != nil {
				t.Fatalf("%s over %v: %v", e.ours, ours, err)
			}
			all++
			want, _, err := program.Eval(oracle)
			if err != nil || want.Type() == types.NullType {
				continue
			}
			defined++
			if g, w := plain(got), plain(want.Value()); g != w {
				t.Fatalf("%s over %v gives %s, cel-go gives %s", e.ours, oracle, g, w)
			}
		}
	})
	if defined*3 < all {
		t.Errorf("cel-go gave a value for %d of %d rows only: the rows say too little", defined, all)
	}
}

// TestEveryOperatorAgreesWithCEL tries each operator on every pair of a few values, null among them.
func TestEveryOperatorAgreesWithCEL(t *testing.T) {
	env := oracleEnv(t)
	values := map[comp.Kind][]any{
		comp.KindNumber: {nil, -1.5, 0.0, 1.0, 2.0}, comp.KindText: {nil, "", "a", "ab", "b", "B"},
		comp.KindDate: {nil, 20089.0, 20090.0}, comp.KindBool: {nil, false, true},
	}
	value := func(kind comp.Kind, v any) comp.Value {
		switch v := v.(type) {
		case float64:
			if kind == comp.KindDate {
				return comp.DateValue(comp.Date(v))
			}
			return comp.NumberValue(comp.FromRat(new(big.Rat).SetFloat64(v)))
		case string:
			return comp.TextValue(v)
		case bool:
			return comp.BoolValue(v)
		}
		return comp.Value{}
	}
	defined := 0
	for _, c := range []struct {
		kind, result comp.Kind
		a, b         string
		forms        string
	}{
		{comp.KindNumber, comp.KindBool, "count", "amount", "a == b; a != b; a < b; a <= b; a > b; a >= b; a in [b]; a in [b, null]"},
		{comp.KindNumber, comp.KindNumber, "count", "amount", "a + b; a - b; a * b; -a; done ? a : b; open ? a : b"},
		{comp.KindText, comp.KindBool, "text", "word", "a == b; a != b; a < b; a <= b; a > b; a >= b; a in [b]; a in [b, null]; a.startsWith(b); a.endsWith(b); a.contains(b)"},
		{comp.KindText, comp.KindText, "text", "word", "a.lowerAscii(); done ? a : b; open ? a : b"},
		{comp.KindDate, comp.KindBool, "day", "until", "a == b; a != b; a < b; a <= b; a > b; a >= b; a in [b]"},
		{comp.KindDate, comp.KindNumber, "day", "until", "a - b"},
		{comp.KindBool, comp.KindBool, "done", "open", "a == b; a != b; a && b; a || b; !a; a in [b]; a ? b : a"},
	} {
		for _, form := range strings.Split(c.forms, "; ") {
			text := regexp.MustCompile(`\b[ab]\b`).ReplaceAllStringFunc(form, func(v string) string { return map[string]string{"a": c.a, "b": c.b}[v] })
			x, mistakes := compile(t, single(text), c.result)
			if len(mistakes) > 0 {
				t.Fatalf("%s: %v", text, texts(mistakes))
			}
			ast, issues := env.Compile(text)
			if issues.Err() != nil {
				t.Fatal(issues.Err())
			}
			program, err := env.Program(ast)
			if err != nil {
				t.Fatal(err)
			}
			for _, a := range values[c.kind] {
				for _, b := range values[c.kind] {
					oracle := map[string]any{"done": true, "open": false}
					ours := map[string]comp.Value{"done": comp.BoolValue(true), "open": comp.BoolValue(false)}
					oracle[c.a], oracle[c.b], ours[c.a], ours[c.b] = a, b, value(c.kind, a), value(c.kind, b)
					got, err := x.Eval(func(name string) comp.Value { return ours[name] })
					if err != nil {
						t.Fatalf("%s over %v, %v: %v", text, a, b, err)
					}
					want, _, err := program.Eval(oracle)
					if err != nil || want.Type() == types.NullType {
						continue
					}
					defined++
					if g, w := plain(got), plain(want.Value()); g != w {
						t.Errorf("%s over %v and %v gives %s, cel-go gives %s", text, a, b, g, w)
					}
				}
			}
		}
	}
	if defined < 700 {
		t.Errorf("cel-go gave a value %d times only", defined)
	}
}

// TestLiteralsAreExact reads literals that a double cannot hold.
func TestLiteralsAreExact(t *testing.T) {
	for text, want := range map[string]string{
		"0.1": "0.1", "9007199254740993": "9007199254740993", "123456789.123456789123456789": "123456789.123456789123456789",
		"-0.30": "-0.3", "-   7050.25": "-7050.25", "- 50": "-50", "5 -30": "-25", "5 - -30": "35", "amount * 0.1 * 3": "0.3",
	} {
		x, mistakes := compile(t, single(text), comp.KindNumber)
		if len(mistakes) > 0 {
			t.Errorf("%s: %v", text, texts(mistakes))
			continue
		}
		v, err := x.Eval(func(string) comp.Value { return comp.NumberValue(comp.Int(1)) })
		if err != nil || v.Number.String() != want {
			t.Errorf("%s gives %s, %v", text, v.Number, err)
		}
	}
}

func TestExpressionTree(t *testing.T) {
	x, mistakes := compile(t, single(`text in ["a", "it''s"] && day >= date("2025-02-01") || !done ? count > 3 : word.lowerAscii().endsWith("x")`), comp.KindBool)
	if len(mistakes) > 0 {
		t.Fatal(texts(mistakes))
	}
	want := `(?: (|| (&& (in (name "text") (text "a") (text "it''s")) (>= (name "day") (date 2025-02-01))) (! (name "done"))) ` +
		`(> (name "count") (number 3)) (endsWith (lower (name "word")) (text "x")))`
	if d := cmp.Diff(want, exprText(x)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"text", "day", "done", "count", "word"}, x.Names()); d != "" {
		t.Error(d)
	}
}

// TestNullRules holds the rules that comp.Expr states where CEL would fail.
func TestNullRules(t *testing.T) {
	null := func(string) comp.Value { return comp.Value{} }
	for text, want := range map[string]string{
		"text == null": "boolean true", "amount != null": "boolean false", "amount > 1": "null", "amount > 1 && false": "boolean false",
		"amount > 1 || true": "boolean true", "amount > 1 || false": "null", "!(amount > 1)": "null", `text in ["a"]`: "boolean false",
		`text.contains("a")`: "null", "done ? true : false": "null", "1 / 0 > 0": "null",
	} {
		x, mistakes := compile(t, single(text), comp.KindBool)
		if len(mistakes) > 0 {
			t.Errorf("%s: %v", text, texts(mistakes))
			continue
		}
		if v, err := x.Eval(null); err != nil || plain(v) != want {
			t.Errorf("%s gives %s, %v, want %s", text, plain(v), err, want)
		}
	}
}

// TestPlacesInScalars finds the column of a mistake in every way of writing a scalar.
func TestPlacesInScalars(t *testing.T) {
	for scalar, want := range map[string]string{
		"done && nope":                              "m.yaml:1:12",
		"'done && nope'":                            "m.yaml:1:13",
		"'text == \"it''s\" && nope'":               "m.yaml:1:24",
		`"done && nope"`:                            "m.yaml:1:13",
		`"text == \"a\" && nope"`:                   "m.yaml:1:22",
		`"text == '\u00e9\x41' && nope"`:            "m.yaml:1:29",
		"\"done &&\n   nope\"":                      "m.yaml:2:4",
		"\"done && \\\n   nope\"":                   "m.yaml:2:4",
		"done\n  && nope":                           "m.yaml:2:6",
		"|\n  done\n  && nope":                      "m.yaml:3:6",
		"|-\n\n    done &&\n      nope":             "m.yaml:4:7",
		">\n  done\n  && nope":                      "m.yaml:3:6",
		">\n  done\n\n  && nope":                    "m.yaml:4:6",
		"'text == \"é→ß\" && nope'":                 "m.yaml:1:22",
		"text == \"a  b\" && nope":                  "m.yaml:1:22",
		"\"text == 'a' # not a comment\\n&& nope\"": "",
	} {
		_, mistakes := compile(t, scalar, comp.KindBool)
		got := ""
		if len(mistakes) == 1 && strings.Contains(mistakes[0].Found, `"nope"`) {
			got = fmt.Sprintf("%s:%d:%d", mistakes[0].File, mistakes[0].Line, mistakes[0].Col)
		}
		if got != want {
			t.Errorf("%q: %s, want %s (%v)", scalar, got, want, texts(mistakes))
		}
	}
}

// TestRefusedExpressions pins what is no condition of ours, by message.
func TestRefusedExpressions(t *testing.T) {
	for _, c := range []struct{ text, at, want string }{
		{"text", "'text", `an expression that gives text, expected one that gives a boolean; compare with ==, !=, <, <=, >, >= or in`},
		{"null", "'null", `an expression that gives null, expected one that gives a boolean; compare with ==, !=, <, <=, >, >= or in`},
		{" ", "' ", `an empty expression, expected a boolean; write one or remove the key`},
		{"day == '2025-01-01'", "==", `== between date and text, expected operands of one kind that == takes; write a day as date("2025-01-31")`},
		{"day > date(text)", "text", `something computed in date(), expected a day such as date("2025-01-31"); write the day itself`},
		{"text in word", "in", `in between text and text, expected operands of one kind that in takes; write a list such as ["a", "b"] after in`},
		{"[1] == [1]", "[1", `a form that conditions do not have, expected operators and functions over columns; a list stands after in only`},
		{`{"a": 1} == {"a": 1}`, "{", `a form that conditions do not have, expected operators and functions over columns; a list stands after in only`},
		{"count == 0x1F", "0x1F", `the number 0x1F, expected a number in plain digits such as 1250.50; write plain digits`},
		{"count == 5u", "5u", `the number 5u, expected a number in plain digits such as 1250.50; write plain digits`},
		{"count == .5", ".5", `the number .5, expected a number in plain digits such as 1250.50; write plain digits`},
		{"count == 99999999999999999999", "9999", `a number with too many digits, expected at most 18 digits; write fewer`},
		{"text.size() > 3", "(", `the function "size", expected startsWith, endsWith, contains, lowerAscii, date, min, max, abs, pow or working_hours, or an operator; write one of them`},
		{"text.length > 3", ".", `a field of text, expected a column of crm.rows; write the name without a point`},
		{"text + word == 'a'", "+", `+ between text and text, expected operands of one kind that + takes; compare text with text, number with number, date with date`},
		{"done == 1", "==", `== between boolean and number, expected operands of one kind that == takes; compare text with text, number with number, date with date`},
		{"b'x' == b'x'", "b'", `a literal that conditions do not have, expected a text, a number, true, false or null; write one`},
		{"done ? 1 : 'a'", "?", `?: between boolean and number and text, expected operands of one kind that ?: takes; put text in quotes and leave numbers bare`},
		{"as == 1", "as", `the word "as", which the language keeps for itself, expected a column; give the column another name`},
		{"done done", "done'", `"done", expected an operator or the end of the expression; join conditions by && or ||`},
		{"(done", "'$", `the end of the expression, expected a value, or a closing bracket; complete it`},
		{"not done", "not", `"not", expected an operator; write !`},
		{"text == 'a", "''a", `a text that is not closed, expected a closing '; add '`},
		{"text is null", "is", `"is", expected an operator; write ==`},
		{"text <> 'a'", ">", `an operator that does not fit here, expected a value; write != for unequal`},
	} {
		scalar := single(c.text)
		_, mistakes := compile(t, scalar, comp.KindBool)
		at := strings.Index(scalar+"$", c.at)
		if at < 0 {
			t.Fatalf("%s does not hold %s", scalar, c.at)
		}
		want := fmt.Sprintf("m.yaml:1:%d: %s", at+len("e: ")+1, c.want)
		if d := cmp.Diff([]string{want}, texts(mistakes)); d != "" {
			t.Errorf("%s:\n%s", c.text, d)
		}
	}
}

// TestExpressionOverABrokenColumn says nothing twice: the column's own mistake is enough.
func TestExpressionOverABrokenColumn(t *testing.T) {
	for _, text := range []string{"broken == 1", "broken > 1 && broken == 'a'", "broken"} {
		if _, mistakes := compile(t, single(text), comp.KindBool); len(mistakes) > 0 {
			t.Errorf("%s: %v", text, texts(mistakes))
		}
	}
}

// TestDeepExpressions are refused in words.
func TestDeepExpressions(t *testing.T) {
	for name, text := range map[string]string{
		"brackets": strings.Repeat("(", 400) + "done" + strings.Repeat(")", 400),
		"nots":     strings.Repeat("!(", 400) + "done" + strings.Repeat(")", 400),
		"long":     strings.Repeat("done && ", 40_000) + "done",
	} {
		_, mistakes := compile(t, single(text), comp.KindBool)
		if len(mistakes) != 1 || !strings.Contains(mistakes[0].Found, "too long or too deep") {
			t.Errorf("%s: %v", name, texts(mistakes))
		}
	}
}
