package comp

import "testing"

// TestNullLogic pins the three-valued tables of && and || and that null never satisfies a condition.
func TestNullLogic(t *testing.T) {
	vals := map[string]Value{"t": BoolValue(true), "f": BoolValue(false), "n": {}}
	word := func(v Value) string {
		if v.Kind == Null {
			return "n"
		}
		if v.Bool {
			return "t"
		}
		return "f"
	}
	for expr, want := range map[string]string{"t&&t": "t", "t&&f": "f", "t&&n": "n", "f&&n": "f", "n&&f": "f", "n&&n": "n", "t||n": "t", "n||t": "t", "f||n": "n", "f||f": "f"} {
		op := Op(expr[1:3])
		e := &Expr{Op: op, Args: []*Expr{{Op: Lit, Lit: vals[expr[:1]]}, {Op: Lit, Lit: vals[expr[3:]]}}}
		got, err := e.Eval(nil)
		if err != nil || word(got) != want {
			t.Errorf("%s = %s (%v), want %s", expr, word(got), err, want)
		}
	}
	less := &Expr{Op: Lt, Args: []*Expr{{Op: Name, Name: "x"}, {Op: Lit, Lit: NumberValue(Int(5))}}}
	if v, err := less.Eval(func(string) Value { return Value{} }); err != nil || v.Kind != Null || v.True() {
		t.Errorf("null < 5 = %+v, %v", v, err)
	}
}

func TestFindingIDIsStable(t *testing.T) {
	f := Finding{Code: "unknown_owner", Table: "salesforce.deals", Key: "006A1", Column: "owner", Text: "jane@x", Origin: Origin{Name: "a.csv", Pos: 17}}
	g := f
	g.Origin, g.Line, g.Message = Origin{Name: "b.csv", Pos: 99}, 7, "said otherwise"
	if f.ID() != g.ID() || len(f.ID()) != 14 {
		t.Errorf("%s and %s: the id must survive another file and wording", f.ID(), g.ID())
	}
	g.Key = "006A2"
	if f.ID() == g.ID() {
		t.Error("another row has the same id")
	}
}
