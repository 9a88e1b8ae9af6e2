package config

import (
	"strconv"
	"strings"

	"carrot/transform/comp"
)

// layoutTokens are the tokens of date layouts with the part that each gives, longer ones first. T alone stands for itself.
var layoutTokens = []struct{ token, part string }{
	{"YYYY", "year"}, {"YY", "year"}, {"MM", "month"}, {"M", "month"}, {"DD", "day"}, {"D", "day"},
	{"hh", "hour"}, {"h", "hour"}, {"mm", "minute"}, {"ss", "second"}, {"AM", "half of the day"}, {"Z", "offset"},
}

const layoutWanted = "a layout of YYYY YY MM M DD D hh h mm ss AM Z"

// layout is a layout of dates or instants: every part at most once, and those that the type needs.
func (f fields) layout(key string, typ comp.Type) string {
	n := f.at(key)
	s, ok := n.text(false)
	if !ok {
		return ""
	}
	parts, bad := layoutParts(s)
	if bad != "" {
		n.wrong("the layout "+strconv.Quote(short(s))+" with "+strconv.Quote(short(bad)), layoutWanted, "write it with these, such as DD.MM.YYYY")
		return ""
	}
	need := []string{"year", "month", "day"}
	if typ == comp.Instant {
		need = append(need, "hour", "minute")
	}
	for _, p := range need {
		if parts[p] == 0 {
			n.wrong("the layout "+strconv.Quote(short(s))+" without the "+p, layoutWanted, "add the "+p)
			return ""
		}
	}
	for _, t := range layoutTokens {
		if parts[t.part] > 1 {
			n.wrong("the layout "+strconv.Quote(short(s))+" with the "+t.part+" twice", layoutWanted, "keep one (MM is the month, mm the minute)")
			return ""
		}
	}
	return s
}

// layoutParts counts the parts of a layout; bad is the first run of letters that is no token.
func layoutParts(s string) (parts map[string]int, bad string) {
	parts = map[string]int{}
next:
	for s != "" {
		for _, t := range layoutTokens {
			if strings.HasPrefix(s, t.token) {
				parts[t.part]++
				s = s[len(t.token):]
				continue next
			}
		}
		if r := rune(s[0]); letter(r) && (r != 'T' || strings.HasPrefix(s, "TT")) || digit(r) {
			end := strings.IndexFunc(s, func(r rune) bool { return !letter(r) && !digit(r) })
			if end < 0 {
				end = len(s)
			}
			return parts, s[:end]
		}
		s = s[1:]
	}
	return parts, ""
}
