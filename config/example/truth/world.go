// Package truth is the example company as its generator knows it, and the pay that is right for it.
//
// The pay is computed the naive way: plain loops over rows and days in big rationals, with the plans written out by hand in
// Go. It shares no code with the engine and does not read the company's YAML, so that a mistake in either shows as a
// difference. It imports the nouns of package comp only.
package truth

import (
	"math/big"

	"carrot/transform/comp"
)

// World is the whole company: people, logins and every fact that pay depends on, each with the closes that know it.
//
// Close number k is the close of the k-th pay period, from 0. A fact enters a close when From <= k < Until.
type World struct {
	First   comp.Date // first day of the first pay period
	Months  int       // pay periods; each is a calendar month
	People  []Person  // sorted by ID
	Logins  []Login   // facts point here by index
	Rates   []Rate    // by month, then pair
	Quotas  []Quota   // by person, then month
	Deals   []Deal
	Splits  map[string][]Split // by deal id; a deal that is missing here belongs to its login whole
	Memos   []Memo
	Tickets []Ticket

	Invitations []Invitation
	Responses   []Response
	Answers     []Answer
	Adjustments []Adjustment
	Planted     []Case
}

// Known says which closes know a fact.
type Known struct{ From, Until uint16 }

// Always ends a fact that nothing replaces.
const Always = 1<<16 - 1

// At says whether close k knows the fact.
func (k Known) At(close int) bool { return int(k.From) <= close && close < int(k.Until) }

// Person is an employee with their history as HR entered it.
type Person struct {
	ID, First, Last, Email, Payroll string
	Entity                          string // legal entity for good: DE01 or US01
	Currency                        comp.Currency
	Status                          []Status // sorted by Effective
	Jobs                            []Job    // sorted by Effective
	Salaries                        []Salary // sorted by Effective
}

// Status holds from Effective until the person's next one. "Terminated" is not employed, everything else is.
type Status struct {
	Known
	Effective comp.Date
	Status    string
}

// Job holds from Effective until the person's next one.
type Job struct {
	Known
	Effective         comp.Date
	Department, Title string
	Manager           string // employee id, "" none
	FTE               int64  // hundredths
}

// Salary is base pay, for information.
type Salary struct {
	Known
	Effective comp.Date
	Rate      string // per month, plain decimal
}

// Login is an account in a system with its owners. One without owners is the login that nobody knows.
type Login struct {
	System, Name string
	Owners       []Owner
}

// Owner is a person who holds a login from a day to a day, both inclusive; comp.NoDate as To is no end.
type Owner struct {
	Person   int // index into People
	From, To comp.Date
}

// Rate is what one unit of From is worth in To from a day on, until the pair's next one.
type Rate struct {
	Date     comp.Date
	From, To comp.Currency
	Text     string // plain decimal, as exported
	Value    *big.Rat
}

// Quota is a person's revenue to attain in one month, in minor units of their currency.
type Quota struct {
	Person int
	Month  int
	Minor  int64
}

// Deal is one known version of a delivered deal that was won.
type Deal struct {
	Known
	ID        string // 15 characters, case-sensitive
	German    bool   // stands in the German export
	Login     int32
	Currency  comp.Currency
	Minor     int64
	Delivered comp.Date
	Kept      bool // delivered by the promised day
	New       bool // from a new customer
}

// Split is one owner's share of a deal.
type Split struct {
	From    uint16 // close from which the split is known
	Login   int32
	Percent int64
}

// Memo is a credit memo: money given back for a deal, booked on the day of the delivery that it takes back.
type Memo struct {
	Known
	ID, Deal  string
	Login     int32
	Currency  comp.Currency
	Minor     int64 // positive
	Delivered comp.Date
	New       bool
}

// Ticket is one known version of a solved ticket.
type Ticket struct {
	Known
	Number   int64
	Login    int32
	Solved   comp.Date // in the account's zone
	Rated    bool
	Good     bool
	Reopened bool
}

// Invitation is one known version of an invited contact, reminders folded away.
type Invitation struct {
	Known
	Login    int32
	Sent     comp.Date // of the last message, in the business zone
	Finished bool
}

// Response is a finished answer of a customer; -1 stands for an item left empty.
type Response struct {
	Known
	Ended            comp.Date
	Recommend, Usage int8
}

// Answer is a finished answer of an employee, without a name.
type Answer struct {
	Known
	Person        int // index into People
	Ended         comp.Date
	Work, Finance int8 // Finance -1: left empty
}

// Adjustment is money that somebody decided on.
type Adjustment struct {
	Payee, Month string
	Minor        int64
	Currency     comp.Currency
}

// Case is something that the generator planted, so that tests find it.
type Case struct {
	Kind   string   // see the Kind constants
	Table  string   // source.table of the row; "" where the case is about a person
	Key    string   // the row's key, or the login
	Payees []string // employee ids, the one whom it is about first
	Month  string   // YYYY-MM in which it happened
	Known  string   // YYYY-MM of the close that first knows it
	Note   string
}

// The kinds of planted cases. A company too small or too short for one lacks it.
const (
	KindSplit        = "split"         // a deal shared 60/40
	KindLateSplit    = "late split"    // a split recorded two months after the delivery
	KindRefund       = "refund"        // a refund after the month of delivery was closed
	KindLateDeal     = "late deal"     // delivered in one month, first exported two months later
	KindCorrection   = "correction"    // an amount corrected in a later drop
	KindUnknownOwner = "unknown owner" // a deal whose owner nobody knows; Payees holds who it was
	KindTransfer     = "transfer"      // Sales to Customer Service in mid-month
	KindLeaver       = "leaver"
	KindRehire       = "rehire"
	KindSharedLogin  = "shared login"  // a login that changes hands in mid-month; Payees: before, after
	KindBackdated    = "backdated fte" // a change of hours that HR entered after the month was closed
	KindVanished     = "vanished row"  // a row that a later snapshot lacks
	KindEdge         = "edge"          // attainment of exactly 100 %
	KindBoundary     = "boundary"      // deals delivered on the last day that counts and on the next one
	KindHostile      = "hostile text"  // a row whose text looks like a report's footer
)

// Case is the first planted case of a kind; false where this company has none.
func (w *World) Case(kind string) (Case, bool) {
	for _, c := range w.Planted {
		if c.Kind == kind {
			return c, true
		}
	}
	return Case{}, false
}

// Month is the name, YYYY-MM, of a pay period by number.
func (w *World) Month(number int) string { return w.First.AddMonths(number).Time().Format("2006-01") }

// Number is the number of a pay period by its name YYYY-MM; false outside the company's months.
func (w *World) Number(month string) (int, bool) {
	for k := 0; k < w.Months; k++ {
		if w.Month(k) == month {
			return k, true
		}
	}
	return 0, false
}

// CloseDates are the business date of a pay period's close and the day up to which it knows drops: both the 3rd of the
// following month.
func (w *World) CloseDates(month string) (business, knownAt comp.Date) {
	k, ok := w.Number(month)
	if !ok {
		return comp.NoDate, comp.NoDate
	}
	day := w.First.AddMonths(k+1) + 2
	return day, day
}

// WithLogin is the world in which a login belongs to a payee from the first day on: what a new crosswalk row changes. The
// world itself stays as it is.
func (w *World) WithLogin(system, login, payee string) *World {
	copied := *w
	copied.Logins = append([]Login(nil), w.Logins...)
	for i, l := range copied.Logins {
		if l.System != system || l.Name != login {
			continue
		}
		for p := range w.People {
			if w.People[p].ID == payee {
				copied.Logins[i].Owners = []Owner{{Person: p, From: w.First, To: comp.NoDate}}
			}
		}
	}
	return &copied
}
