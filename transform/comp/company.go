package comp

import (
	"fmt"
	"strconv"
	"strings"
)

// LegalEntity pays people in one currency through one payroll office.
type LegalEntity struct {
	ID, Name, Country string
	Currency          Currency
	PayCode           string // the wage type that payroll books variable pay under
	Payroll           string // the payroll file's layout: neutral, adp, gusto; "" is neutral
	CompanyCode       string // adp: the company code
}

// Unfit says what the entity's own payroll system would not take of a payee, and what it expects; "" where it takes both.
func (e LegalEntity) Unfit(name, number string) (found, want string) {
	switch e.Payroll {
	case "adp":
		if n, err := strconv.Atoi(number); err != nil || n < 51 || n > 999_999 {
			return fmt.Sprintf("the payroll number %q", number), "a file number from 51 to 999999"
		}
	case "gusto":
		if strings.LastIndexByte(name, ' ') <= 0 {
			return fmt.Sprintf("the name %q", name), "a first and a last name"
		}
	}
	return "", ""
}

// Person is a payee with everything dated about them. Attributes that no source gave are absent, never empty.
type Person struct {
	ID       string
	Employed []Period // spells of employment, sorted, not overlapping; a rehire has two
	Attrs    map[string]Timeline[string]
	Origins  []Origin // the roster rows that the person was read from
}

// The attribute names that the engine and reports know; a roster may set any other for plans to use.
const (
	AttrName       = "name"
	AttrEmail      = "email"
	AttrDepartment = "department"
	AttrJob        = "job"
	AttrEntity     = "entity"
	AttrManager    = "manager" // an employee id
	AttrPayroll    = "payroll_number"
	AttrFTE        = "fte"
	AttrBasePay    = "base_pay" // per BasePayPer, plain number
	AttrBaseCur    = "base_currency"
	AttrBasePer    = "base_per" // month, year, hour: for information only
	AttrLeave      = "leave"    // paid, unpaid
)

// Attr is the attribute on a day; false where nothing is known.
func (p *Person) Attr(name string, d Date) (string, bool) { return p.Attrs[name].At(d) }

// Crosswalk leads from a system's logins to employee ids, dated. Logins are compared as text, after lower-casing.
type Crosswalk struct {
	Logins map[Login]Timeline[string]
}

// Login is an account in a system.
type Login struct{ System, Name string }

// Company is everything a run knows that is not a fact row.
type Company struct {
	Name      string
	Entities  []LegalEntity // sorted by ID
	People    []Person      // sorted by ID
	Crosswalk Crosswalk
	FX        FX
	Quotas    []QuotaRow           // sorted by employee, name, from
	Calendars []Calendar           // declared ones, sorted by name
	Events    map[EventKey][]Event // by day; read by key only
	Hours     map[string][]Hours   // by payee, by week; read by key only
	Accepted  map[[2]string]Date   // payee and document digest to the day of signature; read by key only
}

// EventKey names an event of a record of a fact table (source.table) by the record's key.
type EventKey struct{ Table, Key, Event string }

// Event is that something happened to a record.
type Event struct {
	Date   Date
	Amount *Number // nil where the event has none
	Score  *Number
	Origin Origin
}

// Hours are what a person worked in the seven days from Week.
type Hours struct {
	Week   Date
	Hours  Number
	Origin Origin
}

// FX holds dated rates: one unit of From is Rate units of To, from Date on until the pair's next row.
type FX struct {
	Rates map[[2]Currency]Timeline[Number]
	Kinds map[string]map[[2]Currency]Timeline[Number] // of the kinds plan and average
}

// QuotaRow is a person's number to attain in a period.
type QuotaRow struct {
	Payee, Name string
	Period      Period
	Amount      Amount
	Origin      Origin
	Each        string   // what the number is for: month, period (the measuring period, whatever it is), or "", not stated
	Months      []Period // where Each is not stated, the rows within Period that were written for one calendar month
}

// Calendar is a named list of measuring periods: sorted, touching, not overlapping.
type Calendar struct {
	Name    string
	Periods []Period
}

// Waiver settles a finding without a change of data.
type Waiver struct {
	Finding, Reason, By string
	Until               Date // last day on which it applies, by business date
	Origin              Origin
}

// Adjustment is money that a person decided on.
type Adjustment struct {
	ID, Payee            string
	Period               string // the pay period, YYYY-MM, in which it is paid
	Amount               Money
	Reason, Evidence, By string
	Origin               Origin
}
