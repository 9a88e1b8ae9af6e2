package comp

import (
	"fmt"
	"slices"
	"strings"
)

// Kind is the type of a Value.
type Kind uint8

// The kinds. Null is absence; it is never zero, false or empty text.
const (
	Null Kind = iota
	KindBool
	KindText
	KindNumber
	KindDate
)

// Kinds are the words that messages use, by value.
var Kinds = [...]string{"null", "boolean", "text", "number", "date"}

// String is the word that messages use.
func (k Kind) String() string { return Kinds[k] }

// Value is what an expression gives.
type Value struct {
	Kind   Kind
	Bool   bool
	Edge   bool // a condition in its making held a rough number against one that it touches: it may as well be the other
	Text   string
	Number Number
	Date   Date
	Unix   int64 // of a day that is an instant's, where an expression reads it from a column: the instant, in seconds
}

// BoolValue, TextValue, NumberValue and DateValue wrap plain values.
func BoolValue(b bool) Value { return Value{Kind: KindBool, Bool: b} }

// TextValue wraps text.
func TextValue(s string) Value { return Value{Kind: KindText, Text: s} }

// NumberValue wraps a number.
func NumberValue(n Number) Value { return Value{Kind: KindNumber, Number: n} }

// DateValue wraps a day.
func DateValue(d Date) Value { return Value{Kind: KindDate, Date: d} }

// True says whether the value is the boolean true; null is not.
func (v Value) True() bool { return v.Kind == KindBool && v.Bool }

// Op is an expression's operation.
type Op string

// The operations. Arguments are evaluated left to right; And, Or and Cond stop early.
const (
	Lit        Op = "literal" // Expr.Lit
	Name       Op = "name"    // Expr.Name: a column or attribute
	And        Op = "&&"
	Or         Op = "||"
	Not        Op = "!"
	Eq         Op = "=="
	Ne         Op = "!="
	Lt         Op = "<"
	Le         Op = "<="
	Gt         Op = ">"
	Ge         Op = ">="
	In         Op = "in" // first argument among the others
	AddOp      Op = "+"
	SubOp      Op = "-"
	MulOp      Op = "*"
	QuoOp      Op = "/"
	NegOp      Op = "neg"
	Cond       Op = "?:"
	StartsWith Op = "startsWith"
	EndsWith   Op = "endsWith"
	Contains   Op = "contains"
	Lower      Op = "lower"
	Least      Op = "min"
	Most       Op = "max"
	Abs        Op = "abs"
	Power      Op = "pow" // to a whole number of at most 1,000
	// Buys is how often a customer will buy: of purchases, the last one's time, age, horizon and the four parameters of BG/NBD.
	Buys Op = "buys"
	// Working are the hours that a team works between two instants: Expr.Hours says when it does.
	Working Op = "working_hours"
)

// models are operations that need more than exact arithmetic.
var models = map[Op]func([]Number) (Number, bool){}

// Define says how such an operation is computed. It is called before any is, by the package that can.
func Define(op Op, f func([]Number) (Number, bool)) bool {
	models[op] = f
	return true
}

// Expr is a checked expression. The language is CEL's (parsed and type-checked by package config); numbers are exact.
//
// Null: == and != compare with it; every other operation with a null operand gives null, && and || as in SQL; a
// condition that gives null counts as false.
type Expr struct {
	Op    Op
	Args  []*Expr
	Lit   Value
	Name  string
	Hours *WorkingHours // of Working
	Kind  Kind          // what it gives when not null
	Text  string        // the source text, on the root only
	Where Place
}

// Names are the columns or attributes that the expression reads, each once, in order of first use.
func (e *Expr) Names() []string {
	var names []string
	seen := map[string]bool{}
	var walk func(*Expr)
	walk = func(x *Expr) {
		if x == nil {
			return
		}
		if x.Op == Name && !seen[x.Name] {
			seen[x.Name] = true
			names = append(names, x.Name)
		}
		for _, a := range x.Args {
			walk(a)
		}
	}
	walk(e)
	return names
}

// Eval is the value over one row or person; lookup gives a name's value. A nil Expr gives null.
func (e *Expr) Eval(lookup func(name string) Value) (Value, error) {
	if e == nil {
		return Value{}, nil
	}
	switch e.Op {
	case Lit:
		return e.Lit, nil
	case Name:
		return lookup(e.Name), nil
	case And, Or:
		return e.logic(lookup)
	case Cond:
		c, err := e.Args[0].Eval(lookup)
		if err != nil || c.Kind == Null {
			return Value{}, err
		}
		arg := e.Args[1]
		if !c.Bool {
			arg = e.Args[2]
		}
		v, err := arg.Eval(lookup)
		v.Edge = v.Edge || c.Edge
		return v, err
	}
	args := make([]Value, len(e.Args))
	for i, a := range e.Args {
		v, err := a.Eval(lookup)
		if err != nil {
			return Value{}, err
		}
		args[i] = v
	}
	if e.Op == Working {
		return e.worked(args), nil
	}
	v, err := Apply(e.Op, args)
	v.Edge = edged(e.Op, args)
	return v, err
}

// logic is three-valued && and ||.
func (e *Expr) logic(lookup func(string) Value) (Value, error) {
	stop := e.Op == Or
	unknown, edge := false, false
	for _, a := range e.Args {
		v, err := a.Eval(lookup)
		if err != nil {
			return Value{}, err
		}
		edge = edge || v.Edge
		switch {
		case v.Kind == Null:
			unknown = true
		case v.Bool == stop:
			return v, nil // whatever the others are
		}
	}
	if unknown {
		return Value{}, nil
	}
	return Value{Kind: KindBool, Bool: !stop, Edge: edge}, nil
}

// Apply is one operation on evaluated arguments (all but Lit, Name, And, Or and Cond).
func Apply(op Op, a []Value) (Value, error) {
	switch op {
	case Eq, Ne:
		eq, err := equal(a[0], a[1])
		return BoolValue(eq == (op == Eq)), err
	case In:
		for _, m := range a[1:] {
			if eq, err := equal(a[0], m); err != nil || eq {
				return BoolValue(eq), err
			}
		}
		return BoolValue(false), nil
	}
	for _, v := range a {
		if v.Kind == Null {
			return Value{}, nil
		}
	}
	switch op {
	case Not:
		return BoolValue(!a[0].Bool), nil
	case NegOp:
		return NumberValue(a[0].Number.Neg()), nil
	case Lt, Le, Gt, Ge:
		c, err := compare(a[0], a[1])
		return BoolValue(map[Op]bool{Lt: c < 0, Le: c <= 0, Gt: c > 0, Ge: c >= 0}[op]), err
	case AddOp, SubOp, MulOp, QuoOp:
		return arithmetic(op, a[0], a[1])
	case Least, Most, Abs, Power:
		return numeric(op, a)
	case StartsWith:
		return BoolValue(strings.HasPrefix(a[0].Text, a[1].Text)), nil
	case EndsWith:
		return BoolValue(strings.HasSuffix(a[0].Text, a[1].Text)), nil
	case Contains:
		return BoolValue(strings.Contains(a[0].Text, a[1].Text)), nil
	case Lower:
		return TextValue(strings.ToLower(a[0].Text)), nil
	}
	if f := models[op]; f != nil {
		return modelled(f, a)
	}
	return Value{}, fmt.Errorf("operation %q is not known", op)
}

// models says whether an expression needs a model.
func (e *Expr) models() bool {
	return e != nil && (e.Op == Buys || slices.ContainsFunc(e.Args, (*Expr).models))
}

// modelled is a model of numbers; null for what it has no value of.
func modelled(f func([]Number) (Number, bool), a []Value) (Value, error) {
	numbers := make([]Number, len(a))
	for i := range a {
		numbers[i] = a[i].Number
	}
	n, ok := f(numbers)
	if !ok {
		return Value{}, nil
	}
	return NumberValue(n), nil
}

// numeric is a function of numbers. A power that is no whole number, or beyond 1,000, gives null, and so does one of 0 below 0.
func numeric(op Op, a []Value) (Value, error) {
	for _, v := range a {
		if v.Kind != KindNumber {
			return Value{}, fmt.Errorf("cannot compute %s of a %s", op, v.Kind)
		}
	}
	x := a[0].Number
	switch op {
	case Least:
		return NumberValue(x.Min(a[1].Number)), nil
	case Most:
		return NumberValue(x.Max(a[1].Number)), nil
	case Abs:
		return NumberValue(x.Abs()), nil
	}
	n, scale, ok := a[1].Number.Small()
	if !ok || scale != 0 || n > mostPower || n < -mostPower || (n < 0 && x.Sign() == 0) {
		return Value{}, nil
	}
	out := Int(1)
	for range max(n, -n) {
		out = out.Mul(x)
	}
	if n < 0 {
		out, _ = Int(1).Quo(out)
	}
	return NumberValue(out), nil
}

const mostPower = 1000

func equal(a, b Value) (bool, error) {
	if a.Kind == Null || b.Kind == Null {
		return a.Kind == b.Kind, nil
	}
	c, err := compare(a, b)
	return c == 0, err
}

func compare(a, b Value) (int, error) {
	if a.Kind != b.Kind {
		return 0, fmt.Errorf("cannot compare %s with %s", a.Kind, b.Kind)
	}
	switch a.Kind {
	case KindText:
		return strings.Compare(a.Text, b.Text), nil
	case KindNumber:
		return a.Number.Cmp(b.Number), nil
	case KindDate:
		return int(a.Date) - int(b.Date), nil
	}
	if a.Bool == b.Bool {
		return 0, nil
	}
	return 1, nil
}

// arithmetic is exact; a day minus a day is a number of days; division by zero gives null.
func arithmetic(op Op, a, b Value) (Value, error) {
	switch {
	case a.Kind == KindNumber && b.Kind == KindNumber:
		switch op {
		case AddOp:
			return NumberValue(a.Number.Add(b.Number)), nil
		case SubOp:
			return NumberValue(a.Number.Sub(b.Number)), nil
		case MulOp:
			return NumberValue(a.Number.Mul(b.Number)), nil
		}
		q, ok := a.Number.Quo(b.Number)
		if !ok {
			return Value{}, nil
		}
		return NumberValue(q), nil
	case a.Kind == KindDate && b.Kind == KindDate && op == SubOp:
		return NumberValue(Int(int64(a.Date) - int64(b.Date))), nil
	}
	return Value{}, fmt.Errorf("cannot compute %s %s %s", a.Kind, op, b.Kind)
}
