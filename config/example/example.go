// Package example is one complete small company: its config, plans and measures, and the exports that its people would
// have downloaded by hand, with the mess that such files have. The company is generated from a seed at any size, together
// with what package truth needs to know the right pay.
package example

import (
	"errors"
	"fmt"
	"io"

	"carrot/config/example/truth"
	"carrot/transform/comp"
)

// Size says how much company to generate. Tickets, Deals and Responses are totals over all months.
type Size struct {
	People    int // at least 5
	Months    int // from 2025-01; at least 1, at most 24 (the plans end then)
	Tickets   int // at least 2 a month
	Deals     int // at least 2 a month
	Responses int // of the product survey; at least 2 a month
	Seed      uint64
	Known     bool // leave out the deal whose owner nobody knows
}

// Default is the company of `carrot demo`.
func Default() Size {
	return Size{People: 62, Months: 15, Tickets: 9000, Deals: 2400, Responses: 4500, Seed: 1}
}

// first is the first day of the first pay period, as carrot.yaml says it.
var first = comp.Day(2025, 1, 1)

func (s Size) check() error {
	var errs []error
	least := func(name string, have, want int) {
		if have < want {
			errs = append(errs, fmt.Errorf("%s is %d, expected at least %d", name, have, want))
		}
	}
	least("people", s.People, 5)
	least("months", s.Months, 1)
	least("tickets", s.Tickets, 2*s.Months)
	least("deals", s.Deals, 2*s.Months)
	least("responses", s.Responses, 2*s.Months)
	if s.Months > 24 {
		errs = append(errs, fmt.Errorf("months is %d, expected at most 24: the example's plans end with 2026", s.Months))
	}
	return errors.Join(errs...)
}

// Generate writes the whole company folder, file by file, through put, and returns what is true of it. The same size gives
// the same files, byte for byte, on any machine. Rows are written as they are made; what is kept in memory is what the
// truth about pay needs.
func Generate(size Size, put func(name string, write func(io.Writer) error) error) (*truth.World, error) {
	g, err := newGenerator(size)
	if err != nil {
		return nil, err
	}
	if err := g.company(put); err != nil {
		return nil, err
	}
	if err := g.reference(put); err != nil {
		return nil, err
	}
	if err := g.writeBooks(put); err != nil {
		return nil, err
	}
	for k := 0; k < size.Months; k++ {
		if err := g.drop(k, put); err != nil {
			return nil, err
		}
	}
	return g.world, nil
}

// World is what is true of the company of a size, without writing a file.
func World(size Size) (*truth.World, error) {
	g, err := newGenerator(size)
	if err != nil {
		return nil, err
	}
	return g.world, nil
}

// generator makes every row from its number alone, so that a row can be written in several drops without being kept.
type generator struct {
	size    Size
	world   *truth.World
	starts  []comp.Date // first day of each month, and of the one after the last
	staff   []cast      // as world.People
	where   [][]byte    // [person][day]: the department's letter on days of employment, else 0
	sellers [2][]int    // people ever in Sales, by export: 0 German, 1 American
	agents  []int       // people ever in Customer Service
	logins  map[[2]string]int32
	deals   planted
	perUnit [3][]int // rows a month and, summed, before it: deals, tickets, responses
}

func newGenerator(size Size) (*generator, error) {
	if err := size.check(); err != nil {
		return nil, err
	}
	g := &generator{size: size, logins: map[[2]string]int32{}}
	g.world = &truth.World{First: first, Months: size.Months, Splits: map[string][]truth.Split{}}
	for k := 0; k <= size.Months; k++ {
		g.starts = append(g.starts, first.AddMonths(k))
	}
	for i, total := range []int{size.Deals, size.Tickets, size.Responses} {
		for k := 0; k <= size.Months; k++ {
			g.perUnit[i] = append(g.perUnit[i], total*k/size.Months)
		}
	}
	g.people()
	g.crosswalk()
	g.rates()
	g.quotas()
	g.plantDeals()
	g.facts()
	g.adjust()
	return g, nil
}

// rows are the numbers [from, to) of a month's deals, tickets or responses.
func (g *generator) rows(unit, month int) (from, to int) {
	return g.perUnit[unit][month], g.perUnit[unit][month+1]
}

// The units of generator.rows.
const (
	unitDeal = iota
	unitTicket
	unitResponse
)

// monthOf is the number of the month that holds a date; Size.Months for any later one.
func (g *generator) monthOf(d comp.Date) int {
	for k := 0; k < g.size.Months; k++ {
		if d < g.starts[k+1] {
			return k
		}
	}
	return g.size.Months
}

// repeated is the first day of a month's exports, which repeat the last ten days of the month before.
func (g *generator) repeated(k int) comp.Date { return g.starts[k] - 10 }

// dropName is the folder of a month's drop: the 3rd of the following month.
func (g *generator) dropName(k int) string { return "exports/" + (g.starts[k+1] + 2).String() }

// drop writes what people downloaded on the first day after month k.
func (g *generator) drop(k int, put func(string, func(io.Writer) error) error) error {
	folder := g.dropName(k) + "/"
	day := g.starts[k+1].Time()
	stamp := day.Format("January 2, 2006")
	files := []struct {
		name  string
		write func(int, *sheet)
	}{
		{"BambooHR Employees.csv", g.writeEmployees},
		{"BambooHR Job Information History.csv", g.writeJobs},
		{"BambooHR Employment Status History.csv", g.writeStatus},
		{"BambooHR Compensation History.csv", g.writeSalaries},
		{"Opportunities Deutschland.csv", g.writeGermanDeals},
		{"Opportunities US.csv", g.writeAmericanDeals},
		{"Opportunity Splits.csv", g.writeSplits},
		{"Credit Memos.csv", g.writeMemos},
		{"zendesk_tickets_" + g.starts[k].Time().Format("2006-01") + ".csv", g.writeTickets},
		{"Product Experience_" + stamp + "_08.15.csv", g.writeProduct},
		{"distribution_history_" + day.Format("20060102") + ".csv", g.writeInvitations},
		{"Employee Pulse_" + stamp + "_08.20.csv", g.writePulse},
		{"zendesk_explore_contacts_" + g.starts[k].Time().Format("2006-01") + ".csv", g.writeContacts},
		{"Relationship Survey_" + stamp + "_08.25.csv", g.writeAnswers},
		{"relationship_invitations_" + day.Format("20060102") + ".csv", g.writeAsks},
	}
	for _, f := range files {
		err := put(folder+f.name, func(w io.Writer) error {
			s := newSheet(w)
			f.write(k, s)
			return s.close()
		})
		if err != nil {
			return fmt.Errorf("%s%s: %w", folder, f.name, err)
		}
	}
	return nil
}
