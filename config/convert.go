package config

import (
	"errors"
	"regexp"
	"strconv"
	"strings"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"carrot/transform/comp"
)

// converter turns one checked CEL tree into a comp.Expr.
type converter struct {
	n       node
	text    []rune
	scope   *scope
	info    *ast.SourceInfo
	root    ast.Expr
	numbers map[int64]comp.Number // exact values of the number literals
	unsure  bool                  // a column of unknown type is read: kinds cannot be held against each other
}

var (
	undeclared = regexp.MustCompile(`^undeclared reference to '([^']*)'`)
	overload   = regexp.MustCompile(`^found no matching overload for '([^']*)' applied to '(.*)'$`)
	selection  = regexp.MustCompile(`^type '(.*)' does not support field selection`)
)

// operations are the operators and functions by CEL's names.
var operations = map[string]comp.Op{
	operators.LogicalAnd: comp.And, operators.LogicalOr: comp.Or, operators.LogicalNot: comp.Not,
	operators.Equals: comp.Eq, operators.NotEquals: comp.Ne, operators.Less: comp.Lt, operators.LessEquals: comp.Le,
	operators.Greater: comp.Gt, operators.GreaterEquals: comp.Ge, operators.In: comp.In,
	operators.Add: comp.AddOp, operators.Subtract: comp.SubOp, operators.Multiply: comp.MulOp, operators.Divide: comp.QuoOp,
	operators.Negate: comp.NegOp, operators.Conditional: comp.Cond,
	"startsWith": comp.StartsWith, "endsWith": comp.EndsWith, "contains": comp.Contains, "lowerAscii": comp.Lower,
	"min": comp.Least, "max": comp.Most, "abs": comp.Abs, "pow": comp.Power,
}

// operatorText is an operator as people write it.
func operatorText(name string) string {
	if op, ok := operations[name]; ok && name != "lowerAscii" {
		if op == comp.NegOp {
			return "-"
		}
		return string(op)
	}
	return strings.Trim(name, "_@")
}

// kindWords are the checker's types in our words: "(wrapper(string), double)" is "text and number".
func kindWords(s string) string {
	s = strings.NewReplacer("wrapper(string)", "text", "wrapper(double)", "number", "wrapper(bool)", "boolean", "string", "text",
		"double", "number", "bool", "boolean", "null_type", "null", "dyn", "anything", ").(", ", ").Replace(s)
	s = strings.TrimSuffix(strings.TrimPrefix(s, "("), ")")
	return strings.ReplaceAll(s, ", ", " and ")
}

// overloadHint says what to write where kinds do not meet.
func overloadHint(op, kinds string) string {
	switch {
	case strings.Contains(kinds, "date") && strings.Contains(kinds, "string"):
		return `write a day as date("2025-01-31")`
	case op == operators.In:
		return `write a list such as ["a", "b"] after in`
	case strings.Contains(kinds, "string") && strings.Contains(kinds, "double"):
		return "put text in quotes and leave numbers bare"
	}
	return "compare text with text, number with number, date with date"
}

// wrong records a mistake at a part of the expression.
func (c *converter) wrong(id int64, found, want, next string) {
	c.n.l.wrongAt(c.at(id), found, want, next)
}

// at is the place of a part of the expression in the file.
func (c *converter) at(id int64) comp.Place {
	r, ok := c.info.GetOffsetRange(id)
	if !ok {
		return c.n.place()
	}
	return c.n.within(int(r.Start))
}

// numberText is a number literal as CEL reads one: a sign, blanks, digits with their point, exponent, prefix and suffix.
var numberText = regexp.MustCompile(`^(-?)\s*((?:[0-9.]+[eE][+-][0-9]+|[0-9A-Za-z_.]+))`)

// source is the text of a number literal. The end that cel-go gives is not used: it is too early where blanks follow a
// sign ("- 50" would end after the 5).
func (c *converter) source(id int64) string {
	r, ok := c.info.GetOffsetRange(id)
	if !ok || int(r.Start) > len(c.text) {
		return ""
	}
	m := numberText.FindStringSubmatch(string(c.text[r.Start:]))
	if m == nil {
		return ""
	}
	return m[1] + m[2]
}

// number is a literal's exact value, from the source text. It is held against what cel-go read, so that a literal which
// the two would read differently is refused.
func (c *converter) number(id int64, read ref.Val) (comp.Number, error) {
	n, err := comp.ParseNumber(c.source(id), maxDigits)
	if err != nil {
		return n, err
	}
	same := false
	switch v := read.(type) {
	case types.Int:
		same = n.Cmp(comp.Int(int64(v))) == 0
	case types.Double:
		f, err := strconv.ParseFloat(n.String(), 64)
		same = err == nil && f == float64(v)
	}
	if !same {
		return n, errors.New("the number is not what it seems")
	}
	return n, nil
}

// calls are the ids of the function calls.
func (c *converter) calls() map[int64]bool {
	out := map[int64]bool{}
	if c.root != nil {
		ast.PostOrderVisit(c.root, ast.NewExprVisitor(func(e ast.Expr) {
			if e.Kind() == ast.CallKind {
				out[e.ID()] = true
			}
		}))
	}
	return out
}

// convert is one part of the tree; ok is false after a mistake.
func (c *converter) convert(e ast.Expr) (*comp.Expr, bool) {
	where := c.at(e.ID())
	switch e.Kind() {
	case ast.IdentKind:
		kind := c.scope.kinds[e.AsIdent()]
		c.unsure = c.unsure || kind == comp.Null
		return &comp.Expr{Op: comp.Name, Name: e.AsIdent(), Kind: kind, Where: where}, true
	case ast.LiteralKind:
		return c.literal(e)
	case ast.CallKind:
		return c.call(e)
	}
	c.wrong(e.ID(), "a form that conditions do not have", "operators and functions over "+c.scope.noun+"s", "a list stands after in only")
	return nil, false
}

func (c *converter) literal(e ast.Expr) (*comp.Expr, bool) {
	x := &comp.Expr{Op: comp.Lit, Where: c.at(e.ID())}
	switch v := e.AsLiteral().(type) {
	case types.String:
		x.Lit = comp.TextValue(string(v))
	case types.Bool:
		x.Lit = comp.BoolValue(bool(v))
	case types.Null:
	case types.Double:
		x.Lit = comp.NumberValue(c.numbers[e.ID()])
	default:
		c.wrong(e.ID(), "a literal that conditions do not have", "a text, a number, true, false or null", "write one")
		return nil, false
	}
	x.Kind = x.Lit.Kind
	return x, true
}

func (c *converter) call(e ast.Expr) (*comp.Expr, bool) {
	call := e.AsCall()
	args := call.Args()
	if call.IsMemberFunction() {
		args = append([]ast.Expr{call.Target()}, args...)
	}
	if call.FunctionName() == "date" {
		return c.day(e, args[0])
	}
	if call.FunctionName() == string(comp.Working) {
		return c.working(e, args)
	}
	op, known := operations[call.FunctionName()]
	if !known {
		c.wrong(e.ID(), "the function "+strconv.Quote(call.FunctionName()), "one that conditions have", "write an operator")
		return nil, false
	}
	if op == comp.In {
		if args[1].Kind() != ast.ListKind {
			c.wrong(args[1].ID(), "what stands after in", `a list such as ["a", "b"]`, "write one")
			return nil, false
		}
		args = append([]ast.Expr{args[0]}, args[1].AsList().Elements()...)
	}
	x := &comp.Expr{Op: op, Where: c.at(e.ID())}
	for _, a := range args {
		y, ok := c.convert(a)
		if !ok {
			return nil, false
		}
		x.Args = append(x.Args, y)
	}
	return x, c.kinds(e, x)
}

// day is date("2025-01-31"): a literal, so that a wrong day is found here and not in a run.
func (c *converter) day(e, arg ast.Expr) (*comp.Expr, bool) {
	const want = `a day such as date("2025-01-31")`
	if arg.Kind() != ast.LiteralKind {
		c.wrong(arg.ID(), "something computed in date()", want, "write the day itself")
		return nil, false
	}
	s, _ := arg.AsLiteral().(types.String)
	d, err := comp.ParseDate(string(s))
	if err != nil {
		c.wrong(arg.ID(), "the day "+strconv.Quote(short(string(s))), want, "write it as YYYY-MM-DD")
		return nil, false
	}
	return &comp.Expr{Op: comp.Lit, Lit: comp.DateValue(d), Kind: comp.KindDate, Where: c.at(e.ID())}, true
}

// kinds sets what an operation gives and holds its operands against each other: comp.Expr refuses at run time what a
// null of any kind let through the checker.
func (c *converter) kinds(e ast.Expr, x *comp.Expr) bool {
	same := x.Args
	switch x.Op {
	case comp.Cond:
		same = x.Args[1:]
		x.Kind = same[0].Kind
		if x.Kind == comp.Null {
			x.Kind = same[1].Kind
		}
	case comp.AddOp, comp.SubOp, comp.MulOp, comp.QuoOp, comp.NegOp, comp.Least, comp.Most, comp.Abs, comp.Power:
		x.Kind = comp.KindNumber
	case comp.Lower:
		x.Kind = comp.KindText
	default:
		x.Kind = comp.KindBool
	}
	if c.unsure {
		return true
	}
	kind := comp.Null
	for _, a := range same {
		if a.Kind == comp.Null {
			continue
		}
		if kind != comp.Null && kind != a.Kind {
			c.wrong(e.ID(), operatorText(string(x.Op))+" between "+kind.String()+" and "+a.Kind.String(), "operands of one kind",
				"compare text with text, number with number, date with date")
			return false
		}
		kind = a.Kind
	}
	return true
}
