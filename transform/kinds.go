package transform

import (
	"cmp"
	"fmt"

	"carrot/transform/comp"
)

// matchKinds holds rows of another kind of survey than the measure's, or of none, that its condition lets in: a measure never
// mixes relationship and transactional surveys. A fold does not see them either.
func (w *tableWorker) matchKinds(t *termRun) {
	m := &w.s.in.Measures[t.measure]
	k := 0
	for _, i := range t.rows {
		if text := w.cols.text(t.kind, int(i)); text != m.Survey {
			w.problem(nil, i, holdHard, w.otherKind(t, m, text))
			continue
		}
		t.rows[k] = i
		k++
	}
	t.rows = t.rows[:k]
}

func (w *tableWorker) otherKind(t *termRun, m *comp.Measure, text string) comp.Finding {
	name := w.t.contract.Columns[t.kind].Name
	return comp.Finding{Code: "survey_kind", Column: name, Text: text,
		Message: fmt.Sprintf("%s is %q, %q was expected in %s, which takes answers to surveys of that kind alone", name, text, m.Survey, m.ID),
		Hint:    fmt.Sprintf("write where: %s == %q in the measure, or correct the row in the source", name, cmp.Or(m.Survey, "relationship"))}
}
