package transform

import (
	"fmt"
	"strings"

	"github.com/apache/arrow/go/v15/arrow/array"

	"carrot/transform/comp"
)

// program evaluates an expression over batches: per distinct dictionary code where a condition reads one category column,
// in tight loops where its shape is known, row by row elsewhere. The three give what comp.Expr.Eval gives.
type program struct {
	expr   *comp.Expr
	cols   *columns
	root   *node // nil: row by row
	kind   comp.Kind
	scale  int // of numbers, where root is not nil
	byName map[string]int
	at     int
	tri    []uint8
	found  []comp.Number
	null   []bool
}

// node is one operation over whole columns. It owns the memory of what it gives.
type node struct {
	op    comp.Op
	expr  *comp.Expr
	args  []*node
	kind  comp.Kind
	scale int // of numbers: known before any row
	col   int // Name, and the category column of perCode
	code  bool
	memo  map[string]uint8 // perCode: text -> truth
	byRow []uint8          // perCode: code -> truth
	out   vec
	left  []int64
	right []int64
	truth uint8 // perCode: of null
	bound bool  // truth is known
}

// newProgram prepares an expression over a table's columns. A nil expression gives a program whose results are null.
func newProgram(e *comp.Expr, cols *columns) *program {
	p := &program{expr: e, cols: cols, byName: map[string]int{}}
	for i, c := range cols.contract.Columns {
		p.byName[c.Name] = i
	}
	if e != nil {
		p.kind = e.Kind
		p.root = p.compile(e)
	}
	if p.root != nil {
		p.kind, p.scale = p.root.kind, p.root.scale
	}
	return p
}

// lookup is the value of a column in the row at p.at.
func (p *program) lookup(name string) comp.Value {
	i, ok := p.byName[name]
	if !ok {
		return comp.Value{}
	}
	v := p.cols.value(i, p.at)
	if a, instant := p.cols.rec.Column(i).(*array.Timestamp); instant && v.Kind != comp.Null {
		v.Unix = int64(a.Value(p.at))
	}
	return v
}

func (p *program) row(i int) (comp.Value, error) {
	p.at = i
	v, err := p.expr.Eval(p.lookup)
	if err != nil {
		err = fmt.Errorf("%s:%d:%d: %s: %w", p.expr.Where.File, p.expr.Where.Line, p.expr.Where.Col, p.expr.Text, err)
	}
	return v, err
}

// truths are the condition's truths for the rows of sel; other rows are undefined.
func (p *program) truths(sel []int32) ([]uint8, error) {
	if p.root != nil && p.root.kind == comp.KindBool {
		if v, ok := p.root.eval(p.cols); ok {
			return v.tri, nil
		}
	}
	p.tri = grow(p.tri, p.cols.n)
	for _, i := range sel {
		v, err := p.row(int(i))
		if err != nil {
			return nil, err
		}
		p.tri[i] = truthOf(v)
	}
	return p.tri, nil
}

func truthOf(v comp.Value) uint8 {
	switch {
	case v.Kind == comp.Null:
		return unknown
	case v.True():
		return yes
	}
	return no
}

// numbers are the expression's values for the rows of sel: a vector, or, where that cannot hold them, exact numbers with
// their nulls; other rows are undefined.
func (p *program) numbers(sel []int32) (v *vec, exact []comp.Number, null []bool, err error) {
	if p.root != nil && p.root.kind == comp.KindNumber {
		if v, ok := p.root.eval(p.cols); ok {
			return v, nil, v.null, nil
		}
	}
	p.found, p.null = grow(p.found, p.cols.n), grow(p.null, p.cols.n)
	for _, i := range sel {
		x, err := p.row(int(i))
		if err != nil {
			return nil, nil, nil, err
		}
		if x.Kind != comp.Null && x.Kind != comp.KindNumber {
			return nil, nil, nil, fmt.Errorf("%s gives a %s, a number was expected", p.expr.Text, x.Kind)
		}
		p.found[i], p.null[i] = x.Number, x.Kind == comp.Null
	}
	return nil, p.found, p.null, nil
}

// compile gives nil where an expression has to be evaluated row by row.
func (p *program) compile(e *comp.Expr) *node {
	x := &node{op: e.Op, expr: e}
	if e.Kind == comp.KindBool && e.Op != comp.Lit && e.Op != comp.Name {
		if col, ok := p.oneCategory(e); ok {
			x.code, x.kind, x.col, x.memo = true, comp.KindBool, col, map[string]uint8{}
			return x
		}
	}
	switch e.Op {
	case comp.Lit:
		return x.literal()
	case comp.Name:
		col, ok := p.byName[e.Name]
		if !ok {
			return nil
		}
		c := p.cols.contract.Columns[col]
		x.col, x.kind = col, kindOf(c.Type)
		if c.Type == comp.Decimal {
			x.scale = c.Scale
		}
		return x
	}
	for _, a := range e.Args {
		arg := p.compile(a)
		if arg == nil {
			return nil
		}
		x.args = append(x.args, arg)
	}
	if !x.typed() {
		return nil
	}
	return x
}

// oneCategory says whether the expression reads exactly one column and that is a category.
func (p *program) oneCategory(e *comp.Expr) (int, bool) {
	names := e.Names()
	if len(names) != 1 {
		return 0, false
	}
	col, ok := p.byName[names[0]]
	return col, ok && p.cols.contract.Columns[col].Type == comp.Category
}

func (x *node) literal() *node {
	l := x.expr.Lit
	x.kind = l.Kind
	x.out.kind = l.Kind
	switch l.Kind {
	case comp.KindText:
		x.out.isLit, x.out.lit = true, l.Text
	case comp.KindNumber:
		_, scale, ok := l.Number.Small()
		if !ok {
			return nil
		}
		x.scale, x.out.scale = scale, scale
	}
	return x
}

// typed settles what the operation gives from what its arguments give; false where the loops do not know the shape.
func (x *node) typed() bool {
	all := func(k comp.Kind) bool {
		for _, a := range x.args {
			if a.kind != k {
				return false
			}
		}
		return true
	}
	a := x.args
	x.kind = comp.KindBool
	switch x.op {
	case comp.And, comp.Or, comp.Not:
		return all(comp.KindBool)
	case comp.Eq, comp.Ne, comp.In:
		for _, b := range a[1:] {
			if b.kind != a[0].kind && b.kind != comp.Null && a[0].kind != comp.Null {
				return false
			}
		}
		return len(a) > 1
	case comp.Lt, comp.Le, comp.Gt, comp.Ge:
		return a[0].kind == a[1].kind && (a[0].kind == comp.KindNumber || a[0].kind == comp.KindDate || a[0].kind == comp.KindText)
	case comp.StartsWith, comp.EndsWith, comp.Contains:
		return all(comp.KindText)
	case comp.Cond:
		x.kind, x.scale = a[1].kind, max(a[1].scale, a[2].scale)
		return a[0].kind == comp.KindBool && a[1].kind == a[2].kind && (x.kind == comp.KindBool || x.kind == comp.KindNumber || x.kind == comp.KindDate)
	case comp.NegOp:
		x.kind, x.scale = comp.KindNumber, a[0].scale
		return all(comp.KindNumber)
	case comp.AddOp, comp.SubOp:
		x.kind, x.scale = comp.KindNumber, max(a[0].scale, a[1].scale)
		return all(comp.KindNumber) || (x.op == comp.SubOp && all(comp.KindDate))
	case comp.MulOp:
		x.kind, x.scale = comp.KindNumber, a[0].scale+a[1].scale
		return all(comp.KindNumber) && x.scale <= 18
	}
	return false
}

// eval gives the node's values for the whole batch; ok is false where a number leaves 64 bits.
func (x *node) eval(c *columns) (*vec, bool) {
	switch {
	case x.code:
		return x.perCode(c)
	case x.op == comp.Lit:
		return x.fill(c.n), true
	case x.op == comp.Name:
		v := c.vec(x.col)
		return v, !v.wide
	}
	args := [3]*vec{}
	if x.op == comp.And || x.op == comp.Or || x.op == comp.In {
		return x.several(c)
	}
	for i, a := range x.args {
		v, ok := a.eval(c)
		if !ok {
			return nil, false
		}
		args[i] = v
	}
	x.out.kind, x.out.scale = x.kind, x.scale
	switch x.op {
	case comp.Eq, comp.Ne, comp.Lt, comp.Le, comp.Gt, comp.Ge:
		return x.compare(args[0], args[1], c.n)
	case comp.Not:
		x.out.tri = grow(x.out.tri, c.n)
		for i, t := range args[0].tri[:c.n] {
			x.out.tri[i] = [3]uint8{yes, no, unknown}[t]
		}
		return &x.out, true
	case comp.StartsWith, comp.EndsWith, comp.Contains:
		return x.parts(args[0], args[1], c.n), true
	case comp.Cond:
		return x.choose(args[0], args[1], args[2], c.n)
	}
	return x.arithmetic(args[0], args[1], c.n)
}

// fill repeats the literal; what was filled before stays.
func (x *node) fill(n int) *vec {
	v, l := &x.out, x.expr.Lit
	switch l.Kind {
	case comp.KindBool:
		if len(v.tri) < n {
			v.tri = grow(v.tri, n)
			fillWith(v.tri, truthOf(l))
		}
		v.tri = v.tri[:max(n, len(v.tri))]
	case comp.KindNumber, comp.KindDate:
		if len(v.ints) < n {
			v.ints = grow(v.ints, n)
			coef, _, _ := l.Number.Small()
			if l.Kind == comp.KindDate {
				coef = int64(l.Date)
			}
			fillWith(v.ints, coef)
		}
	}
	return v
}

func fillWith[T any](s []T, x T) {
	for i := range s {
		s[i] = x
	}
}

// perCode asks once per distinct text; a text keeps its answer over all batches.
func (x *node) perCode(c *columns) (*vec, bool) {
	col := c.vec(x.col)
	if !x.bound {
		t, err := x.ask(comp.Value{})
		if err != nil {
			return nil, false // the rows themselves will say what is wrong
		}
		x.truth, x.bound = t, true
	}
	x.byRow = grow(x.byRow, col.dict.Len())
	for code := range x.byRow {
		s := col.dict.Value(code)
		t, ok := x.memo[s]
		if !ok {
			var err error
			if t, err = x.ask(comp.TextValue(s)); err != nil {
				return nil, false
			}
			x.memo[strings.Clone(s)] = t
		}
		x.byRow[code] = t
	}
	out := grow(x.out.tri, c.n)
	for i, code := range col.codes[:c.n] {
		if col.null != nil && col.null[i] {
			out[i] = x.truth
			continue
		}
		out[i] = x.byRow[code]
	}
	x.out.kind, x.out.tri = comp.KindBool, out
	return &x.out, true
}

func (x *node) ask(v comp.Value) (uint8, error) {
	got, err := x.expr.Eval(func(string) comp.Value { return v })
	return truthOf(got), err
}
