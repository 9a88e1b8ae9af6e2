package transform

import (
	"fmt"
	"strings"

	"carrot/transform/comp"
)

// located is a finding with the row that it holds, so that it goes when the row counts no longer.
type located struct {
	finding comp.Finding
	place   place
	term    int // of a fold's row the term's number in the table, so that it goes when another row is taken; -1
}

// problem notes a finding about row i and what it keeps the row from.
func (w *tableWorker) problem(t *termRun, i int32, flag uint8, f comp.Finding) {
	f.Reach, f.Table = comp.ReachRow, w.t.name
	if w.t.contract.Class == comp.Sealed {
		f = seal(f)
	} else {
		f.Key, f.Origin = w.cols.key(w.t.keyCols, int(i)), w.origin(i)
	}
	if flag |= holdOpen; w.s.waive(&f) {
		flag &^= holdOpen
	}
	term := -1
	switch {
	case t == nil:
		w.hold[i] |= flag
	case t.fold != nil:
		t.trouble[i] |= flag
		term = w.number(t)
	default:
		w.hold[i] |= flag
	}
	say := saying{i, term, f.Code, f.Column, f.Text}
	if w.back != nil || w.said[say] {
		return // taking back, all was said before
	}
	w.said[say] = true
	if t != nil && w.t.contract.Class != comp.Sealed {
		f.Label, f.Amount = string(w.appendLabel(nil, t.labels, i)), w.amount(t, i)
	}
	w.sum.findings = append(w.sum.findings, located{f, place{w.split, w.rows + uint32(i)}, term})
}

// rivalFate notes that the key of row i stands more than once, and what that makes of the row.
func (w *tableWorker) rivalFate(i int32) uint8 {
	f := duplicate(w.t.contract, w.cols.key(w.t.keyCols, int(i)))
	if w.t.contract.Class == comp.Sealed {
		f = seal(f)
	} else {
		f.Origin, f.Label, f.Amount = w.origin(i), string(w.appendLabel(nil, w.terms[0].labels, i)), w.amount(w.terms[0], i)
	}
	fate := fateHeld
	if w.s.waive(&f) && w.hold[i]&holdOpen == 0 {
		fate = fateWaived
	}
	w.sum.findings = append(w.sum.findings, located{f, place{w.split, w.rows + uint32(i)}, -1})
	return fate
}

func (w *tableWorker) number(t *termRun) int {
	for k := range w.terms {
		if w.terms[k] == t {
			return k
		}
	}
	return -1
}

// seal leaves of a finding about a sealed row only that there is one.
func seal(f comp.Finding) comp.Finding {
	return comp.Finding{Code: f.Code, Reach: f.Reach, Table: f.Table, Column: f.Column, Count: f.Count,
		Message: fmt.Sprintf("a row of the sealed table is refused: %s", strings.ReplaceAll(f.Code, "_", " ")),
		Hint:    "ask whoever keeps the source to look at the column"}
}

// waive marks a finding that a waiver in force settles.
func (s *scanner) waive(f *comp.Finding) bool {
	if f.Waived != "" || len(s.waivers) == 0 {
		return f.Waived != ""
	}
	if by, ok := s.waivers[f.ID()]; ok {
		f.Waived = by
	}
	return f.Waived != ""
}

// waiversInForce are the waivers that apply on the run's business date, by finding.
func waiversInForce(in *Inputs) map[string]string {
	m := map[string]string{}
	for _, w := range in.Waivers {
		if w.Until >= in.Run.Business {
			m[w.Finding] = fmt.Sprintf("%s (%s)", w.Reason, w.By)
		}
	}
	return m
}

// amount is the row's value as text, where its term has one and it can be told.
func (w *tableWorker) amount(t *termRun, i int32) string {
	if t.counts {
		return ""
	}
	v, err := t.value.row(int(i))
	if err != nil || v.Kind != comp.KindNumber {
		return ""
	}
	a := comp.Amount{Number: v.Number, Currency: t.term.Fixed}
	if t.currency >= 0 {
		a.Currency = comp.Currency(w.cols.text(t.currency, int(i)))
	}
	return a.String()
}

func (w *tableWorker) absent(code string, col int) comp.Finding {
	name := w.t.contract.Columns[col].Name
	return comp.Finding{Code: code, Column: name, Message: fmt.Sprintf("%s is empty, a value was expected", name),
		Hint: fmt.Sprintf("fill %s in the source, or leave such rows out with where: %s != null", name, name)}
}

func (w *tableWorker) absentValue(t *termRun) comp.Finding {
	f := comp.Finding{Code: "absent_value", Column: strings.Join(t.term.Value.Names(), ", ")}
	f.Message = fmt.Sprintf("the value %s is empty, a number was expected", t.term.Value.Text)
	f.Hint = "fill it in the source, or leave such rows out in the measure's where"
	return f
}

func (w *tableWorker) unknownCurrency(col int, i int32) comp.Finding {
	text := w.cols.text(col, int(i))
	return comp.Finding{Code: "unknown_currency", Column: w.t.contract.Columns[col].Name, Text: text,
		Message: fmt.Sprintf("%q is not a currency, an ISO 4217 code such as EUR was expected", text), Hint: "correct the currency in the source"}
}

// keyProblems holds rows of a keyed table without any key: nothing tells whether they are new.
func (w *tableWorker) keyProblems() {
	if w.keys == nil {
		return
	}
	first := w.cols.vec(w.t.keyCols[0])
	if first.kind != comp.KindBool && first.null == nil {
		return
	}
	for _, i := range w.sel {
		if w.keyless(int(i)) {
			f := w.absent("absent_key", w.t.keyCols[0])
			f.Hint = "fill it in the source, or name other columns under keys"
			w.problem(nil, i, holdHard, f)
		}
	}
}

func (w *tableWorker) keyless(i int) bool {
	for _, c := range w.t.keyCols {
		if w.cols.value(c, i).Kind != comp.Null {
			return false
		}
	}
	return true
}

// hashKeys hashes every row's key.
func (w *tableWorker) hashKeys() {
	single := w.cols.vec(w.t.keyCols[0])
	plain := len(w.t.keyCols) == 1 && single.kind == comp.KindText
	w.hashes = grow(w.hashes, w.cols.n)
	for i := range w.hashes {
		switch {
		case plain && single.isNull(i), !plain && w.keyless(i):
			w.hashes[i] = hash{}
		case plain:
			w.hashes[i] = hashOf(single.textAt(i))
		default:
			w.key = w.key[:0]
			for n, c := range w.t.keyCols {
				if n > 0 {
					w.key = append(w.key, '|')
				}
				w.key = append(w.key, valueText(w.cols.value(c, i))...)
			}
			w.hashes[i] = hashBytes(w.key)
		}
	}
}

// putKeys hands every row's key to the fold that finds which of several rows of a key counts.
func (w *tableWorker) putKeys() {
	part := keyLive
	if w.s.splits[w.split].before {
		part = keyBefore
	}
	for i, h := range w.hashes {
		if h == (hash{}) {
			continue
		}
		k := keyAt{hash: h, place: place{w.split, w.rows + uint32(i)}, part: part}
		if len(w.dead) > 0 && w.dead[i] {
			k.part = keyDead
		}
		putKey(w.keys, k)
	}
}
