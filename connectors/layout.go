package connectors

import (
	"fmt"
	"strings"
)

// layout is a date or time layout made ready.
type layout struct {
	text  string
	iso   bool // YYYY-MM-DD
	clock bool // YYYY-MM-DD hh:mm
	parts []part
}

// part is a token or the literal between two.
type part struct {
	token token
	lit   string
}

// token is what some letters of a layout stand for.
type token uint8

const (
	tokenLiteral token = iota
	tokenYear
	tokenShortYear
	tokenMonthName
	tokenLongMonth
	tokenMonth
	tokenLongDay
	tokenDay
	tokenLongHour
	tokenHour
	tokenMinute
	tokenSecond
	tokenHalfDay
	tokenOffset
)

// tokens are those that are not literal: the longest first.
var tokens = []string{"YYYY", "YY", "MMM", "MM", "M", "DD", "D", "hh", "h", "mm", "ss", "AM", "Z"}

// compileLayout reads a layout such as DD.MM.YYYY hh:mm. YYYY, MM, DD, hh, mm, ss stand for digits of that number; M, D
// and h for one or two; YY for 2000 to 2099; MMM for the first three letters of the English month; AM for AM or PM, in
// either case; Z for Z, an offset such as +01:00, +0100, +01, or UTC or GMT with or without an offset in hours. After ss a
// fraction is accepted and dropped. All other characters stand for themselves.
func compileLayout(text string) (*layout, error) {
	l := &layout{text: text, iso: text == "YYYY-MM-DD", clock: text == "YYYY-MM-DD hh:mm"}
	has := map[string]bool{}
next:
	for rest := text; rest != ""; {
		for k, t := range tokens {
			if strings.HasPrefix(rest, t) {
				if has[t[:1]+t[len(t)-1:]] {
					return nil, fmt.Errorf("layout %q has %s twice", text, t)
				}
				has[t[:1]+t[len(t)-1:]] = true
				l.parts = append(l.parts, part{token: token(k) + 1})
				rest = rest[len(t):]
				continue next
			}
		}
		if n := len(l.parts); n > 0 && l.parts[n-1].token == tokenLiteral {
			l.parts[n-1].lit += rest[:1]
		} else {
			l.parts = append(l.parts, part{lit: rest[:1]})
		}
		rest = rest[1:]
	}
	for _, t := range []string{"YY", "MM", "DD"} {
		if !has[t] {
			return nil, fmt.Errorf("layout %q needs year, month and day, as in YYYY-MM-DD, DD.MM.YYYY or M/D/YY hh:mm AM", text)
		}
	}
	return l, nil
}

// moment is a date with a time of day as written, before any zone.
type moment struct {
	year, month, day  int
	hour, minute, sec int
	offset            int // seconds east of UTC
	zoned             bool
	pm, am            bool
}

// date reads a day, as days from 1970-01-01. A time of day in the layout is read and dropped.
func (l *layout) date(b []byte) (int32, bool) {
	if l.iso {
		return isoDate(b)
	}
	m, ok := l.parse(b)
	if !ok {
		return 0, false
	}
	return days(m.year, m.month, m.day), true
}

// isoDate reads YYYY-MM-DD.
func isoDate(b []byte) (int32, bool) {
	if len(b) != 10 || b[4] != '-' || b[7] != '-' {
		return 0, false
	}
	y1, y2, y3, y4, m1, m2, d1, d2 := b[0]-'0', b[1]-'0', b[2]-'0', b[3]-'0', b[5]-'0', b[6]-'0', b[8]-'0', b[9]-'0'
	if y1 > 9 || y2 > 9 || y3 > 9 || y4 > 9 || m1 > 1 || m2 > 9 || d1 > 3 || d2 > 9 {
		return 0, false
	}
	y, m, d := int(y1)*1000+int(y2)*100+int(y3)*10+int(y4), int(m1)*10+int(m2), int(d1)*10+int(d2)
	if k := (y-tableFrom)*12 + m - 1; k >= 0 && k < len(monthStarts)-1 && m > 0 && m < 13 {
		day := monthStarts[k] + int32(d) - 1
		return day, d > 0 && day < monthStarts[k+1]
	}
	if !isDay(y, m, d) {
		return 0, false
	}
	return days(y, m, d), true
}

const tableFrom = 1970

// monthStarts are the first days of the months from tableFrom on, for the years that pay is about.
var monthStarts = func() (t [12*130 + 1]int32) {
	for i := range t {
		t[i] = days(tableFrom+i/12, i%12+1, 1)
	}
	return t
}()

func digits(b []byte) (int, bool) {
	v := 0
	for _, c := range b {
		c -= '0'
		if c > 9 {
			return 0, false
		}
		v = v*10 + int(c)
	}
	return v, true
}

var monthDays = [13]int{0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}

func isDay(y, m, d int) bool {
	if m < 1 || m > 12 || d < 1 {
		return false
	}
	if m == 2 && y%4 == 0 && (y%100 != 0 || y%400 == 0) {
		return d <= 29
	}
	return d <= monthDays[m]
}

// days is the number of days from 1970-01-01 in the Gregorian calendar, for years from 0: Howard Hinnant's
// days_from_civil.
func days(y, m, d int) int32 {
	if m <= 2 {
		y--
	}
	era := y / 400
	if y < 0 {
		era = (y - 399) / 400
	}
	yoe := y - era*400
	mp := (m + 9) % 12
	doy := (153*mp+2)/5 + d - 1
	doe := yoe*365 + yoe/4 - yoe/100 + doy
	return int32(era*146097 + doe - 719468)
}

// parse reads a text by the layout, in full.
func (l *layout) parse(b []byte) (m moment, ok bool) {
	for i := range l.parts {
		p := &l.parts[i]
		if p.token == tokenLiteral {
			if len(b) < len(p.lit) || string(b[:len(p.lit)]) != p.lit {
				return m, false
			}
			b = b[len(p.lit):]
			continue
		}
		if b, ok = m.read(p.token, b); !ok {
			return m, false
		}
	}
	return m, len(b) == 0 && m.settle()
}

// settle turns a 12-hour clock and checks the ranges.
func (m *moment) settle() bool {
	if m.am || m.pm {
		if m.hour < 1 || m.hour > 12 {
			return false
		}
		m.hour %= 12
		if m.pm {
			m.hour += 12
		}
	}
	return isDay(m.year, m.month, m.day) && m.hour < 24 && m.minute < 60 && m.sec < 60
}

func (m *moment) read(t token, b []byte) (rest []byte, ok bool) {
	switch t {
	case tokenYear:
		return number(&m.year, b, 4, 4)
	case tokenShortYear:
		rest, ok = number(&m.year, b, 2, 2)
		m.year += 2000
	case tokenMonthName:
		return readMonth(&m.month, b)
	case tokenLongMonth:
		return number(&m.month, b, 2, 2)
	case tokenMonth:
		return number(&m.month, b, 1, 2)
	case tokenLongDay:
		return number(&m.day, b, 2, 2)
	case tokenDay:
		return number(&m.day, b, 1, 2)
	case tokenLongHour:
		return number(&m.hour, b, 2, 2)
	case tokenHour:
		return number(&m.hour, b, 1, 2)
	case tokenMinute:
		return number(&m.minute, b, 2, 2)
	case tokenSecond:
		if rest, ok = number(&m.sec, b, 2, 2); ok {
			rest, ok = fraction(rest)
		}
	case tokenHalfDay:
		if len(b) < 2 || b[1]|0x20 != 'm' || (b[0]|0x20 != 'a' && b[0]|0x20 != 'p') {
			return b, false
		}
		m.am, m.pm = b[0]|0x20 == 'a', b[0]|0x20 == 'p'
		return b[2:], true
	case tokenOffset:
		return m.zone(b)
	}
	return rest, ok
}

func number(into *int, b []byte, least, most int) (rest []byte, ok bool) {
	n, v := 0, 0
	for n < len(b) && n < most && b[n]-'0' <= 9 {
		v = v*10 + int(b[n]-'0')
		n++
	}
	if n < least {
		return b, false
	}
	*into = v
	return b[n:], true
}

// fraction drops .123 or ,123.
func fraction(b []byte) (rest []byte, ok bool) {
	if len(b) == 0 || b[0] != '.' && b[0] != ',' {
		return b, true
	}
	n := 1
	for n < len(b) && b[n]-'0' <= 9 {
		n++
	}
	if n == 1 {
		return b, true // the mark is a literal of the layout
	}
	return b[n:], true
}

const monthNames = "janfebmaraprmayjunjulaugsepoctnovdec"

func readMonth(into *int, b []byte) (rest []byte, ok bool) {
	if len(b) < 3 {
		return b, false
	}
	i := strings.Index(monthNames, strings.ToLower(string(b[:3])))
	if i < 0 || i%3 != 0 {
		return b, false
	}
	*into = i/3 + 1
	return b[3:], true
}

// zone reads Z, +01:00, +0100, +01, +1, or UTC or GMT before any of these or alone.
func (m *moment) zone(b []byte) (rest []byte, ok bool) {
	m.zoned = true
	if len(b) > 0 && b[0] == 'Z' {
		return b[1:], true
	}
	named := len(b) >= 3 && (string(b[:3]) == "UTC" || string(b[:3]) == "GMT")
	if named {
		b = b[3:]
	}
	if len(b) == 0 || b[0] != '+' && b[0] != '-' {
		return b, named
	}
	west := b[0] == '-'
	var hours, minutes int
	if b, ok = number(&hours, b[1:], 1, 2); !ok {
		return b, false
	}
	if len(b) > 2 && b[0] == ':' {
		if b, ok = number(&minutes, b[1:], 2, 2); !ok {
			return b, false
		}
	} else if len(b) > 1 && b[0]-'0' <= 9 {
		if b, ok = number(&minutes, b, 2, 2); !ok {
			return b, false
		}
	}
	m.offset = hours*3600 + minutes*60
	if west {
		m.offset = -m.offset
	}
	return b, hours <= 18 && minutes < 60
}
