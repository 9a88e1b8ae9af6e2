package transform

import (
	"math"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/decimal128"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"pgregory.net/rapid"

	"carrot/transform/comp"
)

var exprTable = comp.Contract{Source: "any", Table: "thing", Columns: []comp.Column{
	{Name: "cat", Type: comp.Category}, {Name: "cat2", Type: comp.Category}, {Name: "txt", Type: comp.Text}, {Name: "id", Type: comp.ID},
	{Name: "int", Type: comp.Integer}, {Name: "dec", Type: comp.Decimal, Scale: 2}, {Name: "fine", Type: comp.Decimal, Scale: 9},
	{Name: "day", Type: comp.DateType}, {Name: "at", Type: comp.Instant, Zone: "Europe/Berlin"}, {Name: "flag", Type: comp.Bool},
}}

var texts = []string{"", "a", "b", "ab", "Closed Won", "closed won", "ß"}

// anyCell draws a cell of a column; every third is null, and numbers reach beyond 64 bits now and then.
func anyCell(t *rapid.T, c comp.Column) any {
	if rapid.IntRange(0, 2).Draw(t, "null") == 0 {
		return nil
	}
	switch c.Type {
	case comp.Integer:
		return rapid.OneOf(rapid.IntRange(-5, 5), rapid.SampledFrom([]int{math.MaxInt64, math.MinInt64, 1 << 40})).Draw(t, "int")
	case comp.Decimal:
		if rapid.IntRange(0, 60).Draw(t, "wide") == 0 {
			return decimal128.New(rapid.Int64Range(-3, 3).Draw(t, "hi"), 12345)
		}
		return rapid.OneOf(rapid.IntRange(-500, 500), rapid.Just(math.MaxInt64-7)).Draw(t, "dec")
	case comp.DateType:
		return rapid.SampledFrom([]string{"2025-12-31", "2026-01-01", "2026-03-29", "1969-12-31"}).Draw(t, "day")
	case comp.Instant: // both sides of midnight in Berlin, in winter and in summer, and before 1970
		return rapid.SampledFrom([]int{1767222000, 1767221999, 1782856800, 1782856799, -3601, 0}).Draw(t, "at")
	case comp.Bool:
		return rapid.Bool().Draw(t, "flag")
	}
	return rapid.SampledFrom(texts).Draw(t, "text")
}

// anyExpr draws an expression of a kind.
func anyExpr(t *rapid.T, k comp.Kind, depth int) *comp.Expr {
	node := func(op comp.Op, args ...*comp.Expr) *comp.Expr { return &comp.Expr{Op: op, Args: args, Kind: k} }
	sub := func(k comp.Kind) *comp.Expr { return anyExpr(t, k, depth-1) }
	if depth == 0 {
		return anyLeaf(t, k)
	}
	switch k {
	case comp.KindNumber:
		switch op := rapid.SampledFrom([]comp.Op{comp.Lit, comp.AddOp, comp.SubOp, comp.MulOp, comp.QuoOp, comp.NegOp, comp.Cond, "days"}).Draw(t, "op"); op {
		case comp.Lit:
			return anyLeaf(t, k)
		case comp.NegOp:
			return node(op, sub(k))
		case comp.Cond:
			return node(op, sub(comp.KindBool), sub(k), sub(k))
		case "days":
			return node(comp.SubOp, sub(comp.KindDate), sub(comp.KindDate))
		default:
			return node(op, sub(k), sub(k))
		}
	case comp.KindDate:
		if rapid.Bool().Draw(t, "cond") {
			return node(comp.Cond, sub(comp.KindBool), sub(k), sub(k))
		}
	case comp.KindText:
		if rapid.Bool().Draw(t, "lower") {
			return node(comp.Lower, sub(k))
		}
	case comp.KindBool:
		return anyCondition(t, depth)
	}
	return anyLeaf(t, k)
}

func anyCondition(t *rapid.T, depth int) *comp.Expr {
	node := func(op comp.Op, args ...*comp.Expr) *comp.Expr {
		return &comp.Expr{Op: op, Args: args, Kind: comp.KindBool}
	}
	sub := func(k comp.Kind) *comp.Expr { return anyExpr(t, k, depth-1) }
	null := &comp.Expr{Op: comp.Lit}
	side := rapid.SampledFrom([]comp.Kind{comp.KindNumber, comp.KindDate, comp.KindText}).Draw(t, "of")
	switch op := rapid.SampledFrom([]comp.Op{comp.And, comp.Or, comp.Not, comp.Eq, comp.Ne, comp.Lt, comp.Le, comp.Gt, comp.Ge, comp.In,
		comp.StartsWith, comp.EndsWith, comp.Contains, comp.Cond, "null", "bools"}).Draw(t, "op"); op {
	case comp.And, comp.Or:
		args := []*comp.Expr{sub(comp.KindBool), sub(comp.KindBool)}
		if rapid.Bool().Draw(t, "third") {
			args = append(args, sub(comp.KindBool))
		}
		return node(op, args...)
	case comp.Not:
		return node(op, sub(comp.KindBool))
	case comp.In:
		args := []*comp.Expr{sub(side)}
		for range rapid.IntRange(1, 3).Draw(t, "members") {
			args = append(args, anyLeaf(t, side))
		}
		if rapid.IntRange(0, 4).Draw(t, "null member") == 0 {
			args = append(args, null)
		}
		return node(op, args...)
	case comp.StartsWith, comp.EndsWith, comp.Contains:
		return node(op, sub(comp.KindText), sub(comp.KindText))
	case comp.Cond:
		return node(op, sub(comp.KindBool), sub(comp.KindBool), sub(comp.KindBool))
	case "null":
		return node(rapid.SampledFrom([]comp.Op{comp.Eq, comp.Ne}).Draw(t, "eq"), sub(side), null)
	case "bools":
		return node(rapid.SampledFrom([]comp.Op{comp.Eq, comp.Ne}).Draw(t, "eq"), sub(comp.KindBool), sub(comp.KindBool))
	default:
		return node(op, sub(side), sub(side))
	}
}

func anyLeaf(t *rapid.T, k comp.Kind) *comp.Expr {
	var names []string
	for _, c := range exprTable.Columns {
		if kindOf(c.Type) == k {
			names = append(names, c.Name)
		}
	}
	if rapid.IntRange(0, 2).Draw(t, "column") > 0 {
		return &comp.Expr{Op: comp.Name, Name: rapid.SampledFrom(names).Draw(t, "name"), Kind: k}
	}
	e := &comp.Expr{Op: comp.Lit, Kind: k}
	switch k {
	case comp.KindBool:
		e.Lit = comp.BoolValue(rapid.Bool().Draw(t, "lit"))
	case comp.KindText:
		e.Lit = comp.TextValue(rapid.SampledFrom(texts).Draw(t, "lit"))
	case comp.KindDate:
		e.Lit = comp.DateValue(on("2026-01-01"))
	default:
		third, _ := comp.Int(1).Quo(comp.Int(3))
		e.Lit = comp.NumberValue(rapid.SampledFrom([]comp.Number{comp.Int(0), comp.Int(1), comp.Scaled(-250, 2), comp.Scaled(1, 18), third,
			comp.Int(math.MaxInt64)}).Draw(t, "lit"))
	}
	return e
}

// TestProgramsEqualEval is the promise of vectorised evaluation: over any batch, what Expr.Eval gives row by row.
func TestProgramsEqualEval(t *testing.T) {
	vectorised, rowByRow := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		k := rapid.SampledFrom([]comp.Kind{comp.KindBool, comp.KindNumber}).Draw(rt, "kind")
		e := anyExpr(rt, k, rapid.IntRange(1, 3).Draw(rt, "depth"))
		cols, err := newColumns(&exprTable)
		if err != nil {
			rt.Fatal(err)
		}
		p := newProgram(e, cols)
		for range 2 { // a second batch must not see the first
			rows := make([]cells, rapid.IntRange(1, 12).Draw(rt, "rows"))
			for i := range rows {
				for _, c := range exprTable.Columns {
					rows[i] = append(rows[i], anyCell(rt, c))
				}
			}
			mem := memory.NewCheckedAllocator(scribbler{memory.NewGoAllocator()})
			rec := record(t, mem, &exprTable, rows)
			if err := cols.bind(rec); err != nil {
				rt.Fatal(err)
			}
			compareWithEval(rt, e, p, cols)
			rec.Release()
			mem.AssertSize(t, 0)
		}
		if p.root != nil {
			vectorised++
		} else {
			rowByRow++
		}
	})
	if vectorised < 20 || rowByRow < 5 {
		t.Errorf("%d expressions in loops and %d row by row: the test no longer reaches both", vectorised, rowByRow)
	}
}

func compareWithEval(t *rapid.T, e *comp.Expr, p *program, cols *columns) {
	var sel []int32
	for i := range int32(cols.n) {
		if i%4 != 3 {
			sel = append(sel, i)
		}
	}
	want := func(i int32) comp.Value {
		v, err := e.Eval(func(name string) comp.Value { return cols.value(exprTable.Index(name), int(i)) })
		if err != nil {
			t.Fatalf("a typed expression errs: %v", err)
		}
		return v
	}
	if e.Kind == comp.KindBool {
		got, err := p.truths(sel)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range sel {
			if w := want(i); got[i] != truthOf(w) {
				t.Fatalf("row %d: got %d, Eval gives %+v", i, got[i], w)
			}
		}
		return
	}
	v, exact, null, err := p.numbers(sel)
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range sel {
		w := want(i)
		if isNull := null != nil && null[i]; isNull != (w.Kind == comp.Null) {
			t.Fatalf("row %d: null is %v, Eval gives %+v", i, isNull, w)
		} else if isNull {
			continue
		}
		n := comp.Number{}
		if v != nil {
			n = comp.Scaled(v.ints[i], v.scale)
		} else {
			n = exact[i]
		}
		if n.Cmp(w.Number) != 0 {
			t.Fatalf("row %d: got %s, Eval gives %s", i, n, w.Number)
		}
	}
}

func TestDaysOfInstants(t *testing.T) {
	zone, err := comp.Zone("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	z := &zoneDays{loc: zone}
	for _, c := range []struct {
		unix int64
		want string
	}{
		{1772945999, "2026-03-07"}, // 2026-03-08 04:59:59 UTC is 23:59:59 EST
		{1772946000, "2026-03-08"},
		{1773028799, "2026-03-08"}, // after the clocks went forward: 23:59:59 EDT
		{1773028800, "2026-03-09"},
		{1793505600 - 1, "2026-10-31"}, // 2026-11-01 04:00 UTC is midnight EDT
		{1793505600, "2026-11-01"},
		{-1, "1969-12-31"},
	} {
		if got := z.day(c.unix); got.String() != c.want || got != comp.DateIn(c.unix, zone) {
			t.Errorf("%d is on %s, got %s", c.unix, c.want, got)
		}
	}
}
