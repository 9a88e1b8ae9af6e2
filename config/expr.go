package config

import (
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"

	"carrot/transform/comp"
)

// Conditions and formulas are written in CEL. cel-go parses and type-checks them; convert.go then turns the checked tree
// into a comp.Expr, which is evaluated exactly. Numbers are CEL's doubles for the checker only: their values are read
// from the source text, and cel-go never computes one.

// scope is what an expression may name.
type scope struct {
	what  string               // "salesforce.deals": for messages
	noun  string               // "column" or "attribute"
	names []string             // in order of declaration
	kinds map[string]comp.Kind // comp.Null where a mistake hides the kind
	types map[string]comp.Type // of the columns of a table
}

// wanted is what a name in the expression must be.
func (s *scope) wanted() string {
	if s.noun == "attribute" {
		return "an attribute that the roster sets"
	}
	if s.noun == "input" {
		return "one of " + s.what
	}
	return "a " + s.noun + " of " + s.what
}

// compiler keeps one checking environment per scope.
type compiler struct {
	l    *loader
	base *cel.Env
	envs map[string]*cel.Env
}

func newCompiler(l *loader) *compiler { return &compiler{l: l, envs: map[string]*cel.Env{}} }

// celDate is the checker's type of days.
var celDate = cel.OpaqueType("date")

// language is what conditions may use: the operators that comp.Expr knows, and nothing of CEL's library beside them.
func language() []cel.EnvOption {
	num, str, yes, a := cel.DoubleType, cel.StringType, cel.BoolType, cel.TypeParamType("A")
	two := func(id string, t, result *cel.Type) cel.FunctionOpt {
		return cel.Overload(id, []*cel.Type{t, t}, result)
	}
	ordered := func(op, id string) cel.EnvOption {
		return cel.Function(op, two(id+"_number", num, yes), two(id+"_text", str, yes), two(id+"_date", celDate, yes))
	}
	method := func(name string, args ...*cel.Type) cel.EnvOption {
		result := yes
		if len(args) == 1 {
			result = str
		}
		return cel.Function(name, cel.MemberOverload("text_"+name, args, result))
	}
	return []cel.EnvOption{
		cel.ClearMacros(),
		cel.Function(operators.Equals, two("equal", a, yes)),
		cel.Function(operators.NotEquals, two("not_equal", a, yes)),
		cel.Function(operators.LogicalAnd, two("and", yes, yes)),
		cel.Function(operators.LogicalOr, two("or", yes, yes)),
		cel.Function(operators.LogicalNot, cel.Overload("not", []*cel.Type{yes}, yes)),
		cel.Function(operators.Conditional, cel.Overload("cond", []*cel.Type{yes, a, a}, a)),
		cel.Function(operators.In, cel.Overload("in", []*cel.Type{a, cel.ListType(a)}, yes)),
		ordered(operators.Less, "less"), ordered(operators.LessEquals, "less_equal"),
		ordered(operators.Greater, "greater"), ordered(operators.GreaterEquals, "greater_equal"),
		cel.Function(operators.Add, two("add", num, num)),
		cel.Function(operators.Subtract, two("subtract", num, num), two("days_between", celDate, num)),
		cel.Function(operators.Multiply, two("multiply", num, num)),
		cel.Function(operators.Divide, two("divide", num, num)),
		cel.Function(operators.Negate, cel.Overload("negate", []*cel.Type{num}, num)),
		cel.Function("min", two("least", num, num)), cel.Function("max", two("most", num, num)), cel.Function("pow", two("power", num, num)),
		cel.Function("working_hours", cel.Overload("working_hours_between", []*cel.Type{str, celDate, celDate}, num)),
		cel.Function("abs", cel.Overload("absolute", []*cel.Type{num}, num)),
		method("startsWith", str, str), method("endsWith", str, str), method("contains", str, str), method("lowerAscii", str),
		cel.Function("date", cel.Overload("date_of", []*cel.Type{str}, celDate)),
	}
}

// celTypes are the checker's types of our kinds. All are nullable; an opaque type is so by itself.
var celTypes = map[comp.Kind]*cel.Type{
	comp.KindBool: cel.NullableType(cel.BoolType), comp.KindText: cel.NullableType(cel.StringType),
	comp.KindNumber: cel.NullableType(cel.DoubleType), comp.KindDate: celDate, comp.Null: cel.DynType,
}

// env is the checking environment of a scope.
func (c *compiler) env(s *scope) (*cel.Env, error) {
	if e, ok := c.envs[s.what]; ok {
		return e, nil
	}
	if c.base == nil {
		base, err := cel.NewCustomEnv(language()...)
		if err != nil {
			return nil, err
		}
		c.base = base
	}
	var vars []cel.EnvOption
	for _, n := range s.names {
		vars = append(vars, cel.Variable(n, celTypes[s.kinds[n]]))
	}
	e, err := c.base.Extend(vars...)
	if err == nil {
		c.envs[s.what] = e
	}
	return e, err
}

// scope is the columns of a table as an expression may name them.
func (t *table) scope() *scope {
	s := &scope{what: t.name, noun: "column", names: t.columns, kinds: map[string]comp.Kind{}, types: t.types}
	for _, c := range t.columns {
		s.kinds[c] = kindOf(t.types[c])
	}
	return s
}

// kindOf is the kind of a column's values in expressions.
func kindOf(t comp.Type) comp.Kind {
	switch t {
	case comp.Text, comp.Category, comp.ID, comp.Node:
		return comp.KindText
	case comp.Integer, comp.Decimal:
		return comp.KindNumber
	case comp.DateType, comp.Instant:
		return comp.KindDate
	case comp.Bool:
		return comp.KindBool
	}
	return comp.Null
}

// known are the attributes that people have without a roster that sets them.
var known = []string{"id", "country"}

// peopleScope is the attributes that the roster sets, and those that people have without.
func (l *loader) peopleScope() *scope {
	s := &scope{what: "people", noun: "attribute", names: l.attributeNames(), kinds: map[string]comp.Kind{}}
	for _, name := range known {
		if !l.attributes[name] && !slices.Contains(l.pending, "attribute:"+name) {
			s.names = append(s.names, name)
		}
	}
	sort.Strings(s.names)
	for _, n := range s.names {
		s.kinds[n] = comp.KindText
		if numericAttribute(n) {
			s.kinds[n] = comp.KindNumber
		}
	}
	return s
}

// condition is a boolean expression over the table's columns; nil where absent, after a mistake, or without a table.
func (l *loader) condition(t *table, n node) *comp.Expr { return l.over(t, n, comp.KindBool) }

// over is an expression over the table's columns that gives the kind.
func (l *loader) over(t *table, n node, want comp.Kind) *comp.Expr {
	if !n.ok() {
		return nil
	}
	if t == nil || len(t.columns) == 0 {
		l.grammar(n)
		return nil
	}
	return l.expr(t.scope(), n, want)
}

// grammar parses an expression over a table that nobody knows: its names and kinds cannot be checked.
func (l *loader) grammar(n node) {
	text, ok := n.text(true)
	if !ok {
		return
	}
	env, err := l.exprs.env(&scope{what: "nothing"})
	if err != nil {
		return // the language itself is at fault, and every expression over a table that is known says so
	}
	if _, issues := env.Parse(text); issues.Err() != nil {
		l.syntax(n, text, issues.Errors())
	}
}

// expr parses, checks and converts an expression that must give the kind.
func (l *loader) expr(s *scope, n node, want comp.Kind) *comp.Expr {
	text, ok := n.text(true)
	if !ok {
		return nil
	}
	if strings.TrimSpace(text) == "" {
		n.wrong("an empty expression", "a "+want.String(), "write one or remove the key")
		return nil
	}
	env, err := l.exprs.env(s)
	if err != nil {
		n.wrong("an expression that cannot be checked: "+err.Error(), "a "+want.String(), "simplify it")
		return nil
	}
	parsed, issues := env.Parse(text)
	if issues.Err() != nil {
		l.syntax(n, text, issues.Errors())
		return nil
	}
	c := &converter{n: n, text: []rune(text), scope: s, info: parsed.NativeRep().SourceInfo(), root: parsed.NativeRep().Expr(),
		numbers: map[int64]comp.Number{}}
	if !c.liftNumbers(parsed.NativeRep()) {
		return nil
	}
	checked, issues := env.Check(parsed)
	if issues.Err() != nil {
		for _, e := range issues.Errors() {
			c.explain(e)
		}
		return nil
	}
	x, ok := c.convert(checked.NativeRep().Expr())
	if !ok {
		return nil
	}
	if x.Kind != want && !(x.Kind == comp.Null && c.unsure) {
		n.wrong("an expression that gives "+aKind(x.Kind), "one that gives "+aKind(want), kindHint(want))
		return nil
	}
	x.Text = text
	x.Where = n.within(firstRune(text))
	return x
}

func firstRune(s string) int {
	for i, r := range []rune(s) {
		if !blank(r) {
			return i
		}
	}
	return 0
}

func aKind(k comp.Kind) string {
	if k == comp.Null || k == comp.KindText {
		return k.String()
	}
	return "a " + k.String()
}

func kindHint(want comp.Kind) string {
	if want == comp.KindBool {
		return "compare with ==, !=, <, <=, >, >= or in"
	}
	return "write one"
}

// offset is the character of a location in a text; CEL counts lines from 1 and columns from 0.
func offset(text string, line, col int) int {
	at := 0
	for i, s := range strings.SplitAfter(text, "\n") {
		if i+1 == line {
			return at + max(0, min(col, len([]rune(s))))
		}
		at += len([]rune(s))
	}
	return at
}

// syntax reports the first of the parser's errors: the others follow from it.
func (l *loader) syntax(n node, text string, errs []*cel.Error) {
	if len(errs) == 0 {
		return
	}
	sort.SliceStable(errs, func(i, j int) bool {
		a, b := errs[i].Location, errs[j].Location
		return a.Line() < b.Line() || a.Line() == b.Line() && a.Column() < b.Column()
	})
	e := errs[0]
	at := offset(text, e.Location.Line(), e.Location.Column())
	runes := []rune(text)
	if m := notBefore.FindStringSubmatchIndex(string(runes[:min(at, len(runes))])); m != nil {
		at = len([]rune(text[:m[2]])) // the parser takes "not" for a column and stumbles over the next word
	}
	rest := ""
	if at < len(runes) {
		rest = string(runes[at:])
	}
	l.wrongAt(n.within(at), "", "", "")
	m := &l.mistakes[len(l.mistakes)-1]
	m.Found, m.Want, m.Next = syntaxWords(e.Message, rest)
}

var (
	wordAt    = regexp.MustCompile(`^[A-Za-z_]+`)
	notBefore = regexp.MustCompile(`(?:^|[^A-Za-z0-9_])((?:not|NOT))\s+$`)
	notToken  = regexp.MustCompile(`^Syntax error: token recognition error at: '`)
)

// syntaxWords says what a parser's error means, given the text from the error on.
func syntaxWords(message, rest string) (found, want, next string) {
	word := wordAt.FindString(rest)
	instead := map[string]string{"and": "&&", "or": "||", "AND": "&&", "OR": "||", "not": "!", "NOT": "!", "is": "==", "IN": "in", "like": ".contains()"}
	switch {
	case strings.HasPrefix(rest, "=") && !strings.HasPrefix(rest, "=="):
		return `"="`, "a comparison", "write =="
	case strings.HasPrefix(rest, "<>"), strings.HasPrefix(rest, "> "):
		return "an operator that does not fit here", "a value", "write != for unequal"
	case instead[word] != "":
		return strconv.Quote(word), "an operator", "write " + instead[word]
	case notToken.MatchString(message) && (strings.HasPrefix(rest, `"`) || strings.HasPrefix(rest, "'")):
		return "a text that is not closed", "a closing " + rest[:1], "add " + rest[:1]
	case strings.Contains(message, "reserved identifier"):
		return "the word " + strconv.Quote(word) + ", which the language keeps for itself", "a column", "give the column another name"
	case strings.Contains(message, "invalid int literal"), strings.Contains(message, "invalid double literal"):
		return "a number with too many digits", "at most 18 digits", "write fewer"
	case strings.Contains(message, "recursion limit"), strings.Contains(message, "size limit"), strings.Contains(message, "exceeds limit"), strings.Contains(message, "max recursion"):
		return "an expression that is too long or too deep", "one that a person wrote", "split it into several terms"
	case strings.TrimSpace(rest) == "":
		return "the end of the expression", "a value, or a closing bracket", "complete it"
	}
	return strconv.Quote(short(firstWord(rest))), "an operator or the end of the expression", "join conditions by && or ||"
}

func firstWord(s string) string {
	if w := wordAt.FindString(s); w != "" {
		return w
	}
	if i := strings.IndexAny(s, " \t\n"); i > 0 {
		return s[:i]
	}
	return s
}

// liftNumbers makes every number literal a double for the checker, which knows no mixed arithmetic. The exact value is
// read from the text when the tree is converted.
func (c *converter) liftNumbers(tree *ast.AST) bool {
	ok := true
	factory := ast.NewExprFactory()
	ast.PostOrderVisit(tree.Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		if e.Kind() != ast.LiteralKind {
			return
		}
		switch e.AsLiteral().(type) {
		case types.Int, types.Uint, types.Double:
			n, err := c.number(e.ID(), e.AsLiteral())
			if err != nil {
				c.wrong(e.ID(), "the number "+short(c.source(e.ID())), "a number in plain digits such as 1250.50", numberHint(c.source(e.ID())))
				ok = false
				return
			}
			c.numbers[e.ID()] = n
			e.SetKindCase(factory.NewLiteral(e.ID(), types.Double(0)))
		}
	}))
	return ok
}

// explain turns a checker's error into a mistake.
func (c *converter) explain(e *cel.Error) {
	at := c.n.within(offset(string(c.text), e.Location.Line(), e.Location.Column()))
	if m := undeclared.FindStringSubmatch(e.Message); m != nil {
		c.unknown(e.ExprID, at, m[1])
		return
	}
	if m := overload.FindStringSubmatch(e.Message); m != nil {
		op := operatorText(m[1])
		c.n.l.wrongAt(at, op+" between "+kindWords(m[2]), "operands of one kind that "+op+" takes", overloadHint(m[1], m[2]))
		return
	}
	if m := selection.FindStringSubmatch(e.Message); m != nil {
		c.n.l.wrongAt(at, "a field of "+kindWords(m[1]), c.scope.wanted(), "write the name without a point")
		return
	}
	c.n.l.wrongAt(at, "an expression that does not fit: "+short(e.Message), "values of one kind", "compare text with text, number with number, date with date")
}

// unknown reports a name or function that nothing declares.
func (c *converter) unknown(id int64, at comp.Place, name string) {
	if c.calls()[id] {
		fns := []string{"startsWith", "endsWith", "contains", "lowerAscii", "date", "min", "max", "abs", "pow", "working_hours"}
		c.n.l.wrongAt(at, "the function "+strconv.Quote(operatorText(name)), list(fns)+", or an operator", suggestOr(name, fns, "write one of them"))
		return
	}
	c.n.l.wrongAt(at, "the "+c.scope.noun+" "+strconv.Quote(short(name)), c.scope.wanted(), suggest(name, c.scope.names))
}
