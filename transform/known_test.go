package transform

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"carrot/transform/comp"
)

// TestKnownAttributes: a condition may ask for a person's id and for the country of the legal entity, which a move
// changes; nobody who is not asked for has them, and a roster that sets them is believed.
func TestKnownAttributes(t *testing.T) {
	day := func(m time.Month, d int) comp.Date { return comp.Day(2026, m, d) }
	text := func(s string) *comp.Expr { return &comp.Expr{Op: comp.Lit, Lit: comp.TextValue(s)} }
	name := func(s string) *comp.Expr { return &comp.Expr{Op: comp.Name, Name: s} }
	condition := &comp.Expr{Op: comp.And, Args: []*comp.Expr{
		{Op: comp.Eq, Args: []*comp.Expr{name("country"), text("DE")}}, {Op: comp.Ne, Args: []*comp.Expr{name("id"), text("eva")}}}}
	year := comp.Period{Start: day(1, 1), End: comp.Day(2027, 1, 1)}
	in := &Inputs{Settings: comp.Settings{Entities: []comp.LegalEntity{{ID: "DE01", Country: "DE"}, {ID: "US01", Country: "US"}}},
		Plans: []comp.Plan{{Effective: year, Eligible: condition}}}
	person := func(id string) comp.Person {
		entity, err := comp.NewTimeline([]comp.Span[string]{{Period: comp.Period{Start: day(1, 1), End: day(3, 16)}, Value: "DE01"},
			{Period: comp.Period{Start: day(3, 16), End: day(6, 1)}, Value: "US01"}, {Period: comp.Period{Start: day(6, 1), End: comp.Forever}, Value: "XX"}})
		if err != nil {
			t.Fatal(err)
		}
		return comp.Person{ID: id, Employed: []comp.Period{year}, Attrs: map[string]comp.Timeline[string]{comp.AttrEntity: entity}}
	}
	for id, want := range map[string][]comp.Period{"ann": {{Start: day(1, 1), End: day(3, 16)}}, "eva": nil} {
		p := person(id)
		(&conformer{in: in}).known(&p)
		got, err := eligible(&p, &in.Plans[0])
		if d := cmp.Diff(want, got); d != "" || err != nil {
			t.Errorf("%s takes part on other days (%v): %s", id, err, d)
		}
		if _, ok := p.Attr("country", day(7, 1)); ok {
			t.Errorf("%s has a country of an entity that nobody knows", id)
		}
	}
	p := person("ann")
	p.Attrs["country"] = comp.Steps([]comp.Span[string]{{Value: "AT"}}, comp.NoDate)
	(&conformer{in: in}).known(&p)
	if s, _ := p.Attr("country", day(7, 1)); s != "AT" {
		t.Errorf("the roster's country became %q", s)
	}
	q := person("ann")
	(&conformer{in: &Inputs{Settings: in.Settings}}).known(&q)
	if len(q.Attrs) != 1 {
		t.Errorf("attributes that nobody asks for: %v", q.Attrs)
	}
	law := &Inputs{Settings: in.Settings}
	law.Settings.Legal = []comp.Legal{{ID: "floor"}, {ID: "wage", Eligible: condition}}
	(&conformer{in: law}).known(&q)
	if s, _ := q.Attr("id", day(1, 1)); s != "ann" || len(q.Attrs) != 3 {
		t.Errorf("a legal overlay that asks gets %v", q.Attrs)
	}
}
