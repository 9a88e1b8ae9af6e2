package example

import (
	"fmt"
	"io"
	"strconv"

	"carrot/transform/comp"
)

// book is a table that somebody keeps by hand, under reference/. company/TABLES.md says what each of its columns means.
type book struct {
	name   string
	header []string
	excel  bool // saved by a spreadsheet with German settings
	rows   func(add func(cells ...any))
}

// minors is an amount of money in minor units.
type minors int64

// books are the tables that scorecards of customer outcomes need. Each draws from streams of chance of its own, so that none of
// them changes a row of another file; and each has a row in a company of any size, since an empty export stops a run.
func (g *generator) books() []book {
	var out []book
	for _, list := range [][]book{g.customerBooks(), g.loopBooks(), g.moneyBooks(), g.deliveryBooks(), g.ideaBooks(), g.timeBooks(), g.voiceBooks()} {
		out = append(out, list...)
	}
	return out
}

// writeBooks writes them all.
func (g *generator) writeBooks(put func(string, func(io.Writer) error) error) error {
	for _, b := range g.books() {
		err := put("reference/"+b.name, func(w io.Writer) error {
			s := newSheet(w)
			if b.excel {
				s.delimiter, s.end1 = ';', "\r\n"
				s.raw("\uFEFF")
			}
			s.cells(b.header...)
			s.end()
			b.rows(func(cells ...any) {
				for _, c := range cells {
					s.cell(plain(c, b.excel))
				}
				s.end()
			})
			return s.close()
		})
		if err != nil {
			return fmt.Errorf("reference/%s: %w", b.name, err)
		}
	}
	return nil
}

// plain is a cell's text: days as YYYY-MM-DD or with German settings DD.MM.YYYY, money with two digits.
func plain(v any, german bool) string {
	switch v := v.(type) {
	case string:
		return v
	case int:
		return strconv.Itoa(v)
	case bool:
		return strconv.FormatBool(v)
	case minors:
		if v < 0 {
			return "-" + money(int64(-v), german)
		}
		return money(int64(v), german)
	case comp.Date:
		switch {
		case v == comp.NoDate:
			return ""
		case german:
			return dotted(v)
		}
		return v.String()
	}
	panic(fmt.Sprintf("a cell of type %T", v)) // every book is written in tests
}

// months calls each month of the company with its first and last day.
func (g *generator) months(each func(k int, first, last comp.Date)) {
	for k := range g.size.Months {
		each(k, g.starts[k], g.starts[k+1]-1)
	}
}

// quarters calls the calendar quarter before the company's months and each that ends within them, with the number of its last month.
func (g *generator) quarters(each func(k int, last comp.Date)) {
	for k := -1; k < g.size.Months; k += 3 {
		each(k, g.starts[k+1]-1)
	}
}

// wave is the quarter of a month, as surveys name it: 2025-Q1.
func (g *generator) wave(k int) string { return fmt.Sprintf("%d-Q%d", 2025+k/12, k%12/3+1) }

// id is the employee number of a person.
func (g *generator) id(person int) string { return g.world.People[person].ID }

// present are the people employed on a day, and their department.
func (g *generator) present(day comp.Date, each func(person int, department string)) {
	for i := range g.world.People {
		if d := g.departmentOn(i, day); d != "" {
			each(i, d)
		}
	}
}

// departmentOn is where a person works on a day of the company's months; "" where they are not employed.
func (g *generator) departmentOn(person int, day comp.Date) string {
	if g.where[person][day-first] == 0 {
		return ""
	}
	department := ""
	for _, j := range g.world.People[person].Jobs {
		if j.Effective <= day {
			department = j.Department
		}
	}
	return department
}
