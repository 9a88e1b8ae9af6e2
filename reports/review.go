package reports

import (
	"bytes"
	"strconv"

	"carrot/transform/comp"
)

// Of a case that waits for the person to answer nobody else sees more than that there is one. An expired one leaves its number.

// reviewTables are the cases for those who review them, and the rows that they are about.
var reviewTables = []struct {
	name    string
	columns []column
}{
	{"cases", columns("case", "state", "detector", "title", "employee_id", "period_start", "period_end", "#n", "statistic", "p", "false_alarms", "opened", "seen_from", "expires",
		"answered", "answer", "closed", "closed_by", "outcome")},
	{"rows", columns("case", "key", "day", "file", "sha256", "#position")},
}

// renderReview are the files of review/; none where no detector looked.
func renderReview(r *comp.Result) []File {
	if len(r.Looked) == 0 {
		return nil
	}
	var out []File
	for i, t := range reviewTables {
		var b bytes.Buffer
		names := make([]string, len(t.columns))
		for k, c := range t.columns {
			names[k] = c.name
		}
		writeRow(&b, t.columns, names)
		for k := range r.Cases {
			for _, cells := range reviewRows(&r.Cases[k], i == 0) {
				writeRow(&b, t.columns, cells)
			}
		}
		out = append(out, File{Path: "review/" + t.name + ".csv", Media: mediaCSV, Class: comp.Personal, Bytes: b.Bytes()})
	}
	return out
}

// reviewRows are a case as its row, or the rows that it is about.
func reviewRows(c *comp.Case, itself bool) (out [][]string) {
	shown := c.State != comp.CaseWaiting && c.State != comp.CaseExpired
	if itself {
		cells := make([]string, len(reviewTables[0].columns))
		cells[1] = c.State
		if c.State == comp.CaseExpired {
			cells[0], cells[2], cells[11], cells[13] = c.ID, c.Detector, c.Opened.String(), c.Expires.String()
		}
		if !shown {
			return [][]string{cells}
		}
		first, last := bounds(c.Period)
		return [][]string{{c.ID, c.State, c.Detector, c.Title, c.Payee, first, last, strconv.FormatInt(c.N, 10), c.Statistic, c.P.String(), c.FalseAlarms, c.Opened.String(),
			c.Shown.String(), c.Expires.String(), c.Answered.String(), c.Text, c.Closed.String(), c.By, c.Outcome}}
	}
	for _, x := range c.Rows {
		if shown {
			out = append(out, []string{c.ID, x.Key, x.Date.String(), x.Origin.Name, x.Origin.File, strconv.FormatInt(x.Origin.Pos, 10)})
		}
	}
	return out
}

// shownCaseRows is how many rows of a case a statement lists.
const shownCaseRows = 12

// cases tell the payee, before anybody else, what a detector found, how sure that is, and how to answer.
func (p *sheet) cases() {
	for i := range p.x.r.Cases {
		c := &p.x.r.Cases[i]
		if c.Payee == "" || c.Payee != p.s.Payee {
			continue
		}
		p.heading("A question to you: "+c.ID, 30)
		p.steps(c.Words)
		p.y += 1
		keys := ""
		for k, x := range c.Rows[:min(len(c.Rows), shownCaseRows)] {
			if k > 0 {
				keys += ", "
			}
			keys += x.Key + " (" + x.Date.String() + ")"
		}
		if rest := len(c.Rows) - shownCaseRows; rest > 0 {
			keys += " and " + plural(rest, "more row")
		}
		p.para(p.left, p.width, 8.5, false, quiet, "The rows meant: "+keys)
		if p.x.r.Question != "" {
			p.para(p.left, p.width, 8.5, true, ink, "Where to write: "+p.x.r.Question)
		}
	}
}
