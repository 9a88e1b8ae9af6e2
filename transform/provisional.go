package transform

import (
	"fmt"

	"carrot/transform/comp"
)

// provisional says that a measure may still change: rows of its last days count as hits unless another comes within some days,
// and not all of those days are known yet. What comes later is trued up.
func (x *calc) provisional(m *comp.Measure, g *gathered, w *worked) {
	quiet := 0
	for i := range m.Terms {
		if f := m.Terms[i].Fold; f != nil {
			quiet = max(quiet, f.Quiet)
		}
	}
	settled := g.end + comp.Date(quiet) // the first day on which all is known
	if quiet == 0 || g.n == 0 || x.in.Run.KnownAt >= settled {
		return
	}
	w.say("Provisional until %s: rows of the last %d days count unless another follows within %d days", settled, quiet, quiet)
	x.find(comp.Finding{Code: "provisional", Reach: comp.ReachNone, Table: "measures", Key: m.ID, Measure: m.ID, Text: settled.String(), Origin: comp.Origin{Name: m.Where.File},
		Message: fmt.Sprintf("%s is not settled before %s: its last %d days wait to see whether another row follows", m.ID, settled, quiet), Hint: "nothing: what changes is trued up in a later month"})
}
