package transform

import (
	"sort"

	"carrot/transform/comp"
)

// What a cell means for the run's own pay period.
const (
	atOtherTime uint8 = iota // its days belong to other pay periods
	nobodyPaid               // its days pay in this run, but nobody takes part for them
	atPresent                // its rows are credits of this run
)

// cellMap numbers every (measure, subject, atom) that rows can fall into, so that sums live in dense arrays.
type cellMap struct {
	subjects int
	people   int       // subjects below are payees
	company  int32     // the subject of the company pool; nobody where there is none
	base     []int32   // [measure*subjects+subject]: the number of its atom 0; -1 where the measure is not about the subject
	total    int       // cells
	state    []uint8   // by cell
	days     []*dayMap // by subject
	lo, hi   comp.Date // every atom lies in [lo, hi)
	pays     [][]bool  // [measure][day-lo]: the day pays in this run
	grid     *grid
}

// dayMap leads from a day to its atom.
type dayMap struct {
	bounds []comp.Date
	atom   []int16 // by day since bounds[0]; -1 where there is none; nil: search
}

// dayMapMost bounds the days that are laid out; beyond them atoms are searched for.
const dayMapMost = 1 << 24

func newCells(in *Inputs, company *comp.Company, g *grid) *cellMap {
	c := &cellMap{subjects: len(g.subjects), people: len(company.People), company: nobody, grid: g}
	if i, ok := g.index[string(comp.PoolCompany)]; ok {
		c.company = i
	}
	c.layDays()
	c.base = make([]int32, len(in.Measures)*c.subjects)
	for m := range in.Measures {
		payee := pooledBy(&in.Measures[m]) == comp.PoolPayee
		for s := range c.subjects {
			at := m*c.subjects + s
			c.base[at] = -1
			if payee == (s < c.people) {
				c.base[at] = int32(c.total)
				c.total += c.atoms(int32(s))
			}
		}
	}
	c.layStates(len(in.Measures))
	return c
}

// pooledBy is the measure's pool; payee unless told.
func pooledBy(m *comp.Measure) comp.Pool {
	if m.Pool == "" {
		return comp.PoolPayee
	}
	return m.Pool
}

func (c *cellMap) atoms(subject int32) int { return max(0, len(c.grid.bounds[subject])-1) }

// layDays lays out each distinct slice of boundaries once.
func (c *cellMap) layDays() {
	c.days = make([]*dayMap, c.subjects)
	type same struct {
		first *comp.Date
		n     int
	}
	seen := map[same]*dayMap{}
	laid := 0
	for s, b := range c.grid.bounds {
		if len(b) < 2 {
			c.days[s] = &dayMap{bounds: b}
			continue
		}
		if c.lo == c.hi {
			c.lo, c.hi = b[0], b[len(b)-1]
		}
		c.lo, c.hi = min(c.lo, b[0]), max(c.hi, b[len(b)-1])
		k := same{&b[0], len(b)}
		d, ok := seen[k]
		if !ok {
			d = &dayMap{bounds: b}
			if n := int(b[len(b)-1] - b[0]); laid+n <= dayMapMost && len(b) < 1<<15 {
				laid += n
				d.lay(n)
			}
			seen[k] = d
		}
		c.days[s] = d
	}
}

func (d *dayMap) lay(n int) {
	d.atom = make([]int16, n)
	for a := range len(d.bounds) - 1 {
		for day := d.bounds[a]; day < d.bounds[a+1]; day++ {
			d.atom[day-d.bounds[0]] = int16(a)
		}
	}
}

// at is the atom of a day; -1 where there is none.
func (d *dayMap) at(day comp.Date) int32 {
	if len(d.bounds) < 2 || day < d.bounds[0] || day >= d.bounds[len(d.bounds)-1] {
		return -1
	}
	if d.atom != nil {
		return int32(d.atom[day-d.bounds[0]])
	}
	return int32(sort.Search(len(d.bounds), func(i int) bool { return d.bounds[i] > day }) - 1)
}

// cell is where a row of a measure falls; -1 where the subject has no atom on that day.
func (c *cellMap) cell(measure int, subject int32, day comp.Date) int32 {
	base := c.base[measure*c.subjects+int(subject)]
	atom := c.days[subject].at(day)
	if base < 0 || atom < 0 {
		return -1
	}
	return base + atom
}

// layStates asks the grid once per cell: within an atom its answers do not change.
func (c *cellMap) layStates(measures int) {
	c.state = make([]uint8, c.total)
	c.pays = make([][]bool, measures)
	for m := range measures {
		c.pays[m] = make([]bool, c.hi-c.lo)
		for i := range c.pays[m] {
			c.pays[m][i] = c.grid.inPeriod(m, c.lo+comp.Date(i))
		}
		for s := range c.subjects {
			base := c.base[m*c.subjects+s]
			if base < 0 {
				continue
			}
			for a := range c.atoms(int32(s)) {
				day := c.grid.bounds[s][a]
				switch {
				case !c.pays[m][day-c.lo]:
				case c.grid.current(m, int32(s), day):
					c.state[int(base)+a] = atPresent
				default:
					c.state[int(base)+a] = nobodyPaid
				}
			}
		}
	}
}

// inRange says whether anything is measured on the day.
func (c *cellMap) inRange(d comp.Date) bool { return c.lo <= d && d < c.hi }

// walker finds what cell numbers stand for, in ascending order.
type walker struct {
	cells *cellMap
	at    int // index of base
}

func (c *cellMap) walk() *walker { return &walker{cells: c} }

// seek is the series of a cell that is not below the last one asked for.
func (w *walker) seek(cell uint32) seriesAt {
	c := w.cells
	for {
		base, subject := c.base[w.at], w.at%c.subjects
		if base >= 0 && int(cell) < int(base)+c.atoms(int32(subject)) {
			b, atom := c.grid.bounds[subject], int(cell)-int(base)
			return seriesAt{measure: int32(w.at / c.subjects), subject: int32(subject), period: comp.Period{Start: b[atom], End: b[atom+1]}}
		}
		w.at++
	}
}

// poolStays are each payee's department or entity pools over time. A payee's pool changes only where the attribute does.
func poolStays(company *comp.Company, c *cellMap, pool comp.Pool) *timelines {
	attr := comp.AttrDepartment
	if pool == comp.PoolEntity {
		attr = comp.AttrEntity
	}
	t := &timelines{}
	for i := range company.People {
		var stays []stay
		if s, ok := c.grid.index[company.People[i].ID]; ok {
			for _, span := range company.People[i].Attrs[attr].Spans() {
				if span.End <= c.lo || span.Start >= c.hi {
					continue
				}
				if p, ok := c.grid.poolOf(s, pool, max(span.Start, c.lo)); ok {
					stays = append(stays, stay{Period: span.Period, subject: p})
				}
			}
		}
		t.add(stays)
	}
	return t
}
