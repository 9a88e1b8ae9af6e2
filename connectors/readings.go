package connectors

import (
	"fmt"
	"strconv"
	"strings"

	"carrot/transform/comp"
)

// explain says why the column refused a text: what stands there, each way to read it, and the line to add to the config.
func (c *column) explain(p problem, text []byte) *fault {
	t := string(text)
	switch p {
	case badNumber:
		return c.explainNumber(t)
	case badInteger:
		f := c.explainNumber(t)
		f.code = "bad_integer"
		return f
	case badDate:
		return c.explainDate(t)
	case badInstant:
		return c.explainInstant(t)
	case badBool:
		return &fault{"bad_boolean", fmt.Sprintf("%s is neither true (%s) nor false (%s)", shown(t), quotedList(c.yes), quotedList(c.no)),
			"add it to `booleans: {true: […], false: […]}` of the dialect"}
	case badNode:
		return &fault{"bad_hierarchyid", shown(t) + " is no hierarchyid in hex, such as 0x58 for /1/", "export the column as SQL Server writes it, or declare `type: text`"}
	case badMissing:
		return &fault{"missing_value", "the cell is empty or a null word, expected a value", "fill it in the source system; where it may be absent, drop `required: true` and keep it out of `keys:`"}
	}
	return &fault{"bad_cell", fmt.Sprintf("%s does not fit a column of type %s", shown(t), c.Type), "correct `type:` of column " + c.Name}
}

func quotedList(list [][]byte) string {
	out := make([]string, len(list))
	for i, b := range list {
		out[i] = shown(string(b))
	}
	return strings.Join(out, ", ")
}

// numberStyles are marks that people and programs use.
var numberStyles = []struct {
	point     byte
	thousands string
	config    string
	words     string
}{
	{'.', ",", "thousands: \",\"", "a comma between thousands"},
	{',', "", "decimal: \",\"", "a decimal comma"},
	{',', ".", "decimal: \",\"` and `thousands: \".\"", "a decimal comma and a point between thousands"},
	{'.', "", "decimal: \".\"", "a decimal point"},
	{'.', "'", "thousands: \"'\"", "an apostrophe between thousands"},
	{'.', " ", "thousands: \" \"", "a blank between thousands"},
	{',', " ", "decimal: \",\"` and `thousands: \" \"", "a decimal comma and a blank between thousands"},
	{',', "\u00a0", "decimal: \",\"` and `thousands: \"\\u00a0\"", "a decimal comma and a hard blank between thousands"},
	{',', "\u202f", "decimal: \",\"` and `thousands: \"\\u202f\"", "a decimal comma and a thin blank between thousands"},
}

// reading is one way to read a cell.
type reading struct{ value, as, config string }

// numberReadings are the ways to read a text as a number that the dialect does not declare.
func (c *column) numberReadings(t string) (out []reading) {
	seen := map[string]bool{}
	for _, s := range numberStyles {
		m := &marks{point: s.point, thousands: []byte(s.thousands)}
		v, ok := m.plainNumber([]byte(t))
		if !ok || seen[v] || !strings.Contains(t, s.thousands) || (c.kind == kInteger && strings.Contains(v, ".")) {
			continue
		}
		seen[v] = true
		out = append(out, reading{v, s.words, s.config})
	}
	return out
}

func (c *column) explainNumber(t string) *fault {
	f := &fault{code: "bad_number", hint: "export the column as plain digits, such as 1234.50"}
	if plain, ok := c.plainNumber([]byte(t)); ok {
		return c.explainDigits(t, plain)
	}
	switch found := c.numberReadings(t); {
	case len(found) > 1:
		f.message = fmt.Sprintf("%s has two readings: %s with %s, or %s with %s", shown(t), found[0].value, found[0].as, found[1].value, found[1].as)
		f.hint = fmt.Sprintf("add `%s` or `%s` to the table's dialect", found[0].config, found[1].config)
	case len(found) == 1:
		f.message = fmt.Sprintf("%s is no plain number; with %s it reads %s", shown(t), found[0].as, found[0].value)
		f.hint = fmt.Sprintf("add `%s` to the table's dialect", found[0].config)
	case t == "":
		f.message, f.hint = "the cell is empty, and an empty cell is not declared as null", "add \"\" to `nulls:` of the dialect"
	case strings.TrimSpace(t) != t:
		f.message = shown(t) + " has blanks around it, expected plain digits"
	case isExponent(t):
		f.message = shown(t) + " is written with an exponent and may have lost digits, expected plain digits"
	default:
		f.message = shown(t) + " is no plain number, expected digits with at most one " + strconv.Quote(string(c.point))
		f.hint = fmt.Sprintf("export the column as plain digits, such as 1234.50, or add %s to `nulls:` of the dialect if it means no value", shown(t))
	}
	return f
}

func isExponent(t string) bool {
	mantissa, exponent, ok := strings.Cut(strings.ToLower(t), "e")
	return ok && mantissa != "" && exponent != "" && strings.Trim(mantissa, "-+.,0123456789") == "" && strings.Trim(exponent, "-+0123456789") == ""
}

// explainDigits is for a number written as declared that has too many digits.
func (c *column) explainDigits(t, plain string) *fault {
	_, frac, point := strings.Cut(plain, ".")
	switch {
	case c.kind == kInteger && point:
		return &fault{"bad_number", shown(t) + " is no whole number", fmt.Sprintf("write `type: decimal` and `scale: %d` for column %s", min(18, len(frac)), c.Name)}
	case c.kind == kInteger:
		return &fault{"bad_number", shown(t) + " does not fit into 64 bits", "write `type: id` for column " + c.Name + " if it is an identifier"}
	case len(frac) > c.Scale:
		return &fault{"bad_number", fmt.Sprintf("%s has %d digits after the %s, at most %d are declared", shown(t), len(frac), pointWord(c.point), c.Scale),
			fmt.Sprintf("write `scale: %d` for column %s if all of them count", min(18, len(frac)), c.Name)}
	}
	return &fault{"bad_number", shown(t) + " has more digits than an amount can hold (38)", "export the column with fewer digits"}
}

func pointWord(point byte) string {
	if point == ',' {
		return "comma"
	}
	return "point"
}

// dateStyles are layouts that people and programs use for days; those with two digits come first.
var dateStyles = []string{"YYYY-MM-DD", "DD/MM/YYYY", "MM/DD/YYYY", "D/M/YYYY", "M/D/YYYY", "DD.MM.YYYY", "D.M.YYYY", "YYYY/MM/DD", "DD-MM-YYYY",
	"MM-DD-YYYY", "DD/MM/YY", "MM/DD/YY", "D/M/YY", "M/D/YY", "DD.MM.YY", "YYYYMMDD", "DD MMM YYYY", "D MMM YYYY", "DD-MMM-YYYY", "DD/MMM/YY", "MMM D, YYYY"}

// timeStyles follow a day in instants; the blank or T before them is theirs.
var timeStyles = []string{" hh:mm:ss", "Thh:mm:ss", "Thh:mm:ssZ", " hh:mm:ss Z", " hh:mm:ssZ", " hh:mm", "Thh:mm", "Thh:mmZ", " h:mm:ss AM", " hh:mm:ss AM", " h:mm AM", " hh:mm AM",
	" h:mm:ss", " h:mm", " h:mm:ss AM Z", " hh:mm:ss AM Z"}

// dateReadings are the days that a text can mean, each with one layout; times of day count only with withTime.
func dateReadings(t string, withDay, withTime bool) (out []reading) {
	seen := map[string]bool{}
	try := func(style string) {
		l, err := compileLayout(style)
		if err != nil {
			return
		}
		if m, ok := l.parse([]byte(t)); ok {
			day := fmt.Sprintf("%04d-%02d-%02d", m.year, m.month, m.day)
			if !seen[day] {
				seen[day] = true
				out = append(out, reading{day, style, "layout: " + style})
			}
		}
	}
	for _, d := range dateStyles {
		if withDay {
			try(d)
		}
		if withTime {
			for _, h := range timeStyles {
				try(d + h)
			}
		}
	}
	return out
}

func (c *column) explainDate(t string) *fault {
	return c.explainDay("bad_date", t, c.layout.text, dateReadings(t, true, true))
}

func (c *column) explainInstant(t string) *fault {
	want := "YYYY-MM-DD hh:mm:ss"
	if c.layout != nil {
		want = c.layout.text
	}
	found := dateReadings(t, false, true)
	if len(found) == 0 && len(dateReadings(t, true, false)) > 0 {
		return &fault{"bad_instant", shown(t) + " has no time of day, expected " + want, "write `type: date` for column " + c.Name}
	}
	return c.explainDay("bad_instant", t, want, found)
}

func (c *column) explainDay(code, t, want string, found []reading) *fault {
	f := &fault{code: code, hint: "correct the cell in the source system, or `layout:` of column " + c.Name}
	switch {
	case len(found) > 1:
		f.message = fmt.Sprintf("%s has two readings: %s as %s, or %s as %s; expected %s", shown(t), found[0].value, found[0].as, found[1].value, found[1].as, want)
		f.hint = fmt.Sprintf("write `%s` or `%s` for column %s", found[0].config, found[1].config, c.Name)
	case len(found) == 1:
		f.message = fmt.Sprintf("%s is not of the form %s; as %s it reads %s", shown(t), want, found[0].as, found[0].value)
		f.hint = fmt.Sprintf("write `%s` for column %s", found[0].config, c.Name)
	case t == "":
		f.message, f.hint = "the cell is empty, and an empty cell is not declared as null", "add \"\" to `nulls:` of the dialect"
	default:
		f.message = fmt.Sprintf("%s is no %s of the form %s", shown(t), dayWord(c.Type), want)
	}
	return f
}

func dayWord(t comp.Type) string {
	if t == comp.Instant {
		return "instant"
	}
	return "date"
}
