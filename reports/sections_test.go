package reports

import (
	"strings"
	"testing"

	"carrot/transform/comp"
)

// TestWhatThePersonGets: what one is paid comes first, then why it differs, what to do, what customers said, thanks and one's
// part; how it was worked out follows, and statistics come last.
func TestWhatThePersonGets(t *testing.T) {
	files := render(t, sample(), all())
	text := words(strings.Join(pages(t, byPath(t, files, "people/E002/statement-2026-02.pdf")), "\n"))
	for _, want := range []string{"You are paid", "What it is made of", "What you can do now", "Unhappy and not yet called Customer Score Said Aurora Labs 3",
		"And 3 more.", "Happy customers to call Customer Score Cirrus SA 10", "What customers said", "Khai solved it in one call.", "Recognition", "2026-02-10 Jana Krüger helping with Aurora Labs",
		"Your part in the customer's experience You are the voice that customers hear when something does not work.", "How it was worked out",
		"95 % interval", "43.6 % to 97.0 %", "Year to date", "Statistics and definitions Measure Value n Interval Defined by", "Satisfied share 83.3 % 6 95 %: 43.6 % to 97.0 % (wilson)",
		"v2 9f86d081884c", "Satisfied share is pulled toward 34 of 40, as if so many more had answered: the fewer answers, the more.",
		"Satisfied share: definition changed since 2026-01."} {
		_, rest, ok := strings.Cut(text, want)
		if !ok {
			t.Fatalf("%q is not where it was expected in %q", want, text)
		}
		text = rest
	}
	text = words(strings.Join(pages(t, byPath(t, files, "people/E001/statement-2026-02.pdf")), "\n"))
	if want := "The next tier Commission on delivered deals: 25,847.667 EUR more by 31 December 2026, and what is above it pays 8 %."; !strings.Contains(text, want) {
		t.Errorf("%q is not in %q", want, text)
	}
}

// TestStatementNamesSharedParts: of a scorecard's part that others use as well, the statement says so with the beginning of its digest.
func TestStatementNamesSharedParts(t *testing.T) {
	r := sample()
	for i := range r.Statements {
		if s := &r.Statements[i]; s.Payee == "E002" {
			s.Components[0].Parts = []comp.PartResult{{ID: "reach", Title: "What was sold", Shared: sha}, {ID: "own", Title: "Of its own"}}
		}
	}
	text := words(strings.Join(pages(t, byPath(t, render(t, r, all()), "people/E002/statement-2026-02.pdf")), "\n"))
	if want := "What was sold is measured alike in every scorecard that uses it: sha256 " + sha[:12] + "."; !strings.Contains(text, want) {
		t.Errorf("%q is not in %q", want, text)
	}
	if strings.Contains(text, "Of its own is measured alike") {
		t.Errorf("a part of its own is said to be shared: %q", text)
	}
}
