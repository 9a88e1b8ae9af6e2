package truth

import "carrot/transform/comp"

// day is what one close knows about one person on one day.
type day struct {
	employed   bool
	department string
	plan       string // the one plan that the person takes part in; "" none
	fte        int64  // hundredths
}

// view is everything that one close knows about people, day by day from World.First.
type view struct {
	w     *World
	close int
	days  [][]day // [person][days since First]
}

// the plans' last day; they all begin before or on the first pay period's first day
var (
	planStart = comp.Day(2025, 1, 1)
	planEnd   = comp.Day(2026, 12, 31)
)

func (w *World) view(close int) *view {
	v := &view{w: w, close: close, days: make([][]day, len(w.People))}
	n := int(w.First.AddMonths(close+1) - w.First)
	for i := range w.People {
		p := &w.People[i]
		v.days[i] = make([]day, n)
		for d := range v.days[i] {
			v.days[i][d] = p.on(w.First+comp.Date(d), close)
		}
	}
	return v
}

// on is what close k knows about the person on a date: the last known row that took effect by then.
func (p *Person) on(date comp.Date, k int) day {
	var out day
	for _, s := range p.Status {
		if s.At(k) && s.Effective <= date {
			out.employed = s.Status != "Terminated"
		}
	}
	title := ""
	for _, j := range p.Jobs {
		if j.At(k) && j.Effective <= date {
			out.department, title, out.fte = j.Department, j.Title, j.FTE
		}
	}
	if out.employed && planStart <= date && date <= planEnd {
		out.plan = planOf(out.department, title)
	}
	return out
}

// planOf is the eligibility of all six plans: directors are top management wherever they sit.
func planOf(department, title string) string {
	switch title {
	case "Sales Director", "Customer Service Director", "Marketing Director", "Development Director", "Finance Director":
		return "top_management"
	}
	switch department {
	case "Top Management":
		return "top_management"
	case "Sales":
		return "sales"
	case "Customer Service":
		return "customer_service"
	case "Marketing":
		return "marketing"
	case "Development":
		return "development"
	case "Finance":
		return "finance"
	}
	return ""
}

// owner is the person who holds a login on a date; false where nobody does.
func (v *view) owner(login int32, date comp.Date) (int, bool) {
	for _, o := range v.w.Logins[login].Owners {
		if o.From <= date && (o.To == comp.NoDate || date <= o.To) {
			return o.Person, true
		}
	}
	return 0, false
}

// at is a person's day; the zero day outside the close's months.
func (v *view) at(person int, date comp.Date) day {
	i := int(date - v.w.First)
	if i < 0 || i >= len(v.days[person]) {
		return day{}
	}
	return v.days[person][i]
}

// month is the number of the pay period that holds a date; -1 before the first.
func (v *view) month(date comp.Date) int {
	if date < v.w.First {
		return -1
	}
	t, f := date.Time(), v.w.First.Time()
	return (t.Year()-f.Year())*12 + int(t.Month()) - int(f.Month())
}
