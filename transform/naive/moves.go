package naive

import "carrot/transform/comp"

// move notes how an account moves in the month.
func (l *ledger) move(k account, in, out, written int64) {
	m := l.moved[k]
	l.moved[k] = Move{0, m.In + in, m.Out + out, m.Written + written}
}

// post notes how the accounts moved in a month. What hangs on something unknown moves nothing.
func (l *ledger) post(month comp.Period) {
	for k, m := range l.moved {
		if !l.blind && !l.unknown[k] {
			l.e.moves[Line{l.person.ID, k.plan, k.component, month.Name(), k.currency}] = m
		}
	}
	if l.blind {
		l.e.dark[[2]string{l.person.ID, month.Name()}] = true
	}
}

// accounts are those of the run's month: what was posted opens them, what months before are found to have moved now comes or
// goes, and then what the month itself moves.
func (e *engine) accounts() map[Line]Move {
	now, first := e.in.Run.Period.Name(), e.months()[0].Name()
	out, late := map[Line]Move{}, map[Line]int64{}
	for _, x := range e.in.Ledger {
		if x.Kind == comp.BalanceEntry {
			k := Line{x.Payee, x.Plan, x.Component, "", x.Amount.Currency}
			m := out[k]
			m.Open += x.Held.Minor
			out[k] = m
			if k.For = x.For; x.For >= first {
				late[k] -= x.Held.Minor
			}
		}
	}
	for k, m := range e.moves {
		at := k
		at.For = ""
		if k.For == now {
			x := out[at]
			out[at] = Move{x.Open, x.In + m.In, x.Out + m.Out, x.Written + m.Written}
		} else {
			late[k] += m.In - m.Out - m.Written
		}
	}
	for k, minor := range late {
		if e.dark[[2]string{k.Payee, k.For}] {
			continue
		}
		k.For = ""
		x := out[k]
		x.In, x.Out = x.In+max(0, minor), x.Out+max(0, -minor)
		out[k] = x
	}
	for k, m := range out {
		if m == (Move{}) {
			delete(out, k)
		}
	}
	return out
}
