package jobs

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sort"

	"carrot/transform"
	"carrot/transform/comp"
	"carrot/transform/stat"
)

// PayGaps are the differences of variable pay between groups of people, legal entity by legal entity, over some posted months.
// Nobody is named; a group is shown where it and its others are at least Floor people, and where nobody can work out a smaller one
// from what is shown.
type PayGaps struct {
	From   string    `json:"from"`
	To     string    `json:"to"`
	Floor  int       `json:"floor"`
	Groups []PayGap  `json:"groups"`
	Hidden []PayArea `json:"hidden,omitempty"`
}

// PayArea is what people are compared within: a legal entity, and in it everybody, those of a category of equal-value work, or those
// who are paid by a component.
type PayArea struct {
	Entity    string        `json:"entity"`
	Currency  comp.Currency `json:"currency"`
	Column    string        `json:"column"`
	Category  string        `json:"category,omitempty"`
	Component string        `json:"component,omitempty"`
}

// PayGap is how much less a group is paid than the others of its area: (others - group) / others, of pay per full-time month.
type PayGap struct {
	PayArea
	Group        string   `json:"group"`
	People       int      `json:"people"`
	Others       int      `json:"others"`
	Mean         string   `json:"mean"`
	OthersMean   string   `json:"others_mean"`
	Median       string   `json:"median"`
	OthersMedian string   `json:"others_median"`
	MeanGap      string   `json:"mean_gap"`
	Low          string   `json:"low"` // 95 % interval of the mean gap
	High         string   `json:"high"`
	MedianGap    string   `json:"median_gap"`
	Quarters     []string `json:"quarters,omitempty"` // the group's share of each quarter of the people, the lowest paid first; none where too few stand in one
	Marked       bool     `json:"marked"`             // the mean gap is 5 % or more, either way
}

// markedGap is the mean gap from which on directive (EU) 2023/970, article 10, asks for an assessment.
var markedGap = comp.Scaled(5, 2)

// payPerson is somebody whose variable pay is compared: per full-time month, in all and by component.
type payPerson struct {
	id, entity, category string
	groups               []string
	rate                 comp.Number
	by                   map[string]comp.Number // read by key, or sorted
}

// PayGap compares variable pay by group over the posted months from one to another ("": the last twelve). Nothing is written.
func (h *House) PayGap(ctx context.Context, from, to string, today comp.Date) (out PayGaps, err error) {
	f, first, last, err := h.comparable(ctx, from, to)
	if err != nil {
		return out, err
	}
	chain, err := h.Postings(ctx)
	if err != nil {
		return out, err
	}
	paid, err := past(ctx, h.Archive, chain)
	if err != nil {
		return out, err
	}
	in, done, err := h.known(ctx, last, today)
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, done()) }()
	with := *f
	if f.Category != "" {
		with.Groups = append(slices.Clone(f.Groups), f.Category)
	}
	groups, err := groupsOf(in, &with, last.End-1)
	if err != nil {
		return out, err
	}
	company, _, err := transform.Conform(in)
	if err != nil {
		return out, err
	}
	people := payPeople(company, in.Settings.Entities, groups, len(f.Groups), paid.ledger, comp.Period{Start: first.Start, End: last.End})
	out = PayGaps{From: first.Name(), To: last.Name(), Floor: f.Floor}
	for _, e := range in.Settings.Entities {
		own := slices.DeleteFunc(slices.Clone(people), func(p payPerson) bool { return p.entity != e.ID })
		for i, column := range f.Groups {
			out.compare(PayArea{Entity: e.ID, Currency: e.Currency, Column: column}, own, i)
		}
	}
	return out, nil
}

// payPeople are those who may be compared and worked in a period, with what was posted for them in it, by id.
func payPeople(company *comp.Company, entities []comp.LegalEntity, groups map[string][]string, columns int, ledger []comp.LedgerEntry, span comp.Period) (out []payPerson) {
	currencies := map[string]comp.Currency{}
	for _, e := range entities {
		currencies[e.ID] = e.Currency
	}
	posted := map[string][]comp.LedgerEntry{}
	for _, l := range ledger {
		if m, err := comp.ParseMonth(l.Paid); err == nil && span.Contains(m.Start) && l.Kind != comp.BalanceEntry {
			posted[l.Payee] = append(posted[l.Payee], l)
		}
	}
	for i := range company.People {
		p := &company.People[i]
		g, time, on := groups[p.ID], comp.Number{}, comp.NoDate
		for d := span.Start; d < span.End; d++ { // full-time months
			if !slices.ContainsFunc(p.Employed, func(e comp.Period) bool { return e.Contains(d) }) {
				continue
			}
			share := comp.Int(1)
			if text, ok := p.Attr(comp.AttrFTE, d); ok {
				if n, err := comp.ParseExact(text); err == nil {
					share = n
				}
			}
			day, _ := share.Quo(comp.Int(int64(comp.Month(d).Days())))
			time, on = time.Add(day), d
		}
		if g == nil || time.Sign() <= 0 {
			continue
		}
		x := payPerson{id: p.ID, groups: g[:columns], by: map[string]comp.Number{}}
		if x.entity, _ = p.Attr(comp.AttrEntity, on); len(g) > columns {
			x.category = g[columns]
		}
		for _, l := range posted[p.ID] {
			if l.Amount.Currency == currencies[x.entity] {
				n, _ := l.Amount.Amount().Number.Quo(time)
				x.rate = x.rate.Add(n)
				if l.Component != "" {
					x.by[l.Plan+"/"+l.Component] = x.by[l.Plan+"/"+l.Component].Add(n)
				}
			}
		}
		out = append(out, x)
	}
	return out
}

// compare compares the groups of column i among all people of an area, by category and by component.
func (out *PayGaps) compare(at PayArea, people []payPerson, i int) {
	people = slices.DeleteFunc(slices.Clone(people), func(p payPerson) bool { return p.groups[i] == "" })
	sizes, categories, components := map[string]int{}, map[string]bool{}, map[string]bool{}
	for _, p := range people {
		sizes[p.groups[i]]++
		categories[p.category] = true
		for c := range p.by { // sorted below
			components[c] = true
		}
	}
	shown, _ := shownOf(sizes, out.Floor)
	if len(shown) < len(sizes) {
		out.Hidden = append(out.Hidden, at)
	}
	for _, g := range shown {
		in := func(p payPerson) bool { return p.groups[i] == g }
		out.Groups = append(out.Groups, gapOf(at, g, people, in, func(p payPerson) comp.Number { return p.rate }, out.Floor))
		out.within(at, g, categories, people, in, func(a *PayArea, c string) { a.Category = c }, func(p payPerson, c string) (comp.Number, bool) {
			return p.rate, c != "" && p.category == c
		})
		out.within(at, g, components, people, in, func(a *PayArea, c string) { a.Component = c }, func(p payPerson, c string) (comp.Number, bool) {
			n, ok := p.by[c]
			return n, ok
		})
	}
}

// within compares a group part by part (category or component). A part is hidden where the group or its others in it are fewer than
// the floor, and with it as many more, the smallest first, as it takes for all the hidden people together to be as many.
func (out *PayGaps) within(at PayArea, g string, names map[string]bool, people []payPerson, in func(payPerson) bool, name func(*PayArea, string), of func(payPerson, string) (comp.Number, bool)) {
	type partOf struct {
		name string
		few  int
		who  []payPerson
	}
	var parts []partOf
	for c := range names { // sorted below
		x := partOf{name: c}
		for _, p := range people {
			if _, ok := of(p, c); ok {
				x.who = append(x.who, p)
			}
		}
		mine := counted(x.who, in)
		if x.few = min(mine, len(x.who)-mine); len(x.who) > 0 {
			parts = append(parts, x)
		}
	}
	sort.Slice(parts, func(i, k int) bool {
		if a, b := parts[i].few, parts[k].few; a != b {
			return a < b
		}
		return parts[i].name < parts[k].name
	})
	var hidden []payPerson // each once
	for len(parts) > 0 {
		mine := counted(hidden, in)
		if enough := min(mine, len(hidden)-mine) >= out.Floor || len(hidden) == 0; parts[0].few >= out.Floor && enough {
			break
		}
		for _, p := range parts[0].who {
			if !slices.ContainsFunc(hidden, func(h payPerson) bool { return h.id == p.id }) {
				hidden = append(hidden, p)
			}
		}
		area := at
		name(&area, parts[0].name)
		if !slices.Contains(out.Hidden, area) {
			out.Hidden = append(out.Hidden, area)
		}
		parts = parts[1:]
	}
	sort.Slice(parts, func(i, k int) bool { return parts[i].name < parts[k].name })
	for _, x := range parts {
		area := at
		name(&area, x.name)
		out.Groups = append(out.Groups, gapOf(area, g, x.who, in, func(p payPerson) comp.Number { n, _ := of(p, x.name); return n }, out.Floor))
	}
}

func counted(people []payPerson, in func(payPerson) bool) (n int) {
	for _, p := range people {
		if in(p) {
			n++
		}
	}
	return n
}

// gapOf compares a group with the others. Both have people.
func gapOf(at PayArea, g string, people []payPerson, in func(payPerson) bool, rate func(payPerson) comp.Number, floor int) PayGap {
	people = slices.SortedStableFunc(slices.Values(people), func(a, b payPerson) int { return cmp.Or(rate(a).Cmp(rate(b)), cmp.Compare(a.id, b.id)) })
	var own, rest []stat.Bin // by pay
	for _, p := range people {
		if b := (stat.Bin{Value: rate(p), N: 1}); in(p) {
			own = append(own, b)
		} else {
			rest = append(rest, b)
		}
	}
	n, mean, variance := stat.Moments(own)
	m, othersMean, othersVariance := stat.Moments(rest)
	digits, _ := at.Currency.Digits()
	money := func(n comp.Number) string { return n.Fixed(digits, comp.HalfEven) }
	middle, othersMiddle := median(own), median(rest)
	x := PayGap{PayArea: at, Group: g, People: int(n), Others: int(m), Mean: money(mean), OthersMean: money(othersMean), Median: money(middle), OthersMedian: money(othersMiddle),
		MeanGap: "-", MedianGap: "-", Low: "-", High: "-", Quarters: quarters(people, in, floor)}
	if ratio, ok := mean.Quo(othersMean); ok && othersMean.Sign() > 0 {
		gap := comp.Int(1).Sub(ratio)
		// The variance of a ratio of two means, of independent people, by the delta method; n - 1 for the variance of one of them.
		a, _ := variance.Quo(comp.Int(n - 1))
		b, _ := othersVariance.Quo(comp.Int(m - 1))
		v, _ := a.Add(ratio.Mul(ratio).Mul(b)).Quo(othersMean.Mul(othersMean))
		i := stat.Normal(gap, v, comp.Scaled(95, 2))
		x.MeanGap, x.Low, x.High, x.Marked = share(gap), share(i.Low), share(i.High), gap.Abs().Cmp(markedGap) >= 0
	}
	if ratio, ok := middle.Quo(othersMiddle); ok && othersMiddle.Sign() > 0 {
		x.MedianGap = share(comp.Int(1).Sub(ratio))
	}
	return x
}

// median of sorted values: the middle one, or the mean of the two in the middle.
func median(sorted []stat.Bin) comp.Number {
	k := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[k].Value
	}
	return sorted[k-1].Value.Add(sorted[k].Value).Mul(comp.Scaled(5, 1))
}

// quarters are the group's shares of four equally large bands of people sorted by pay, the lowest first; the first bands have one
// more where four does not divide them. None where the group or its others are too few in one of them: three tell the fourth.
func quarters(sorted []payPerson, in func(payPerson) bool, floor int) (out []string) {
	for k, from := 0, 0; k < 4; k++ {
		size := (len(sorted) + 3 - k) / 4
		mine := counted(sorted[from:from+size], in)
		if mine < floor || size-mine < floor {
			return nil
		}
		q, _ := comp.Int(int64(mine)).Quo(comp.Int(int64(size)))
		out = append(out, share(q))
		from += size
	}
	return out
}

func share(n comp.Number) string { return n.Mul(comp.Int(100)).Fixed(2, comp.HalfEven) + " %" }
