package config

import (
	"fmt"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"carrot/transform/comp"
)

// node is a YAML value with the file that it stands in.
type node struct {
	l    *loader
	src  *text
	y    *yaml.Node
	path string // where it stands in a plan, "sales/2026.1/commission/curve.bands[1].pays"; "" outside plans
}

// child is a value below n.
func (n node) child(y *yaml.Node, step string) node {
	c := node{l: n.l, src: n.src, y: y}
	if n.path != "" {
		c.path = n.path + step
		if strings.HasSuffix(n.path, "/") {
			c.path = n.path + strings.TrimPrefix(step, ".")
		}
	}
	return c
}

// ok says whether there is a value at all.
func (n node) ok() bool { return n.y != nil }

// mark records where a number, a day or a length of a plan stands.
func (n node) mark() {
	if n.path == "" {
		return
	}
	if n.l.config.Places == nil {
		n.l.config.Places = map[string]comp.Place{}
	}
	n.l.config.Places[n.path] = n.place()
}

// place is where the value begins.
func (n node) place() comp.Place {
	if !n.ok() {
		return comp.Place{}
	}
	line, col := n.src.inside(n.y.Line, n.y.Column)
	return comp.Place{File: n.src.name, Line: line, Col: col}
}

// wrong records a mistake at the value.
func (n node) wrong(found, want, next string) {
	p := n.place()
	n.l.wrongAt(p, found, want, next)
}

func (l *loader) wrongAt(p comp.Place, found, want, next string) {
	l.add(Mistake{File: p.File, Line: p.Line, Col: p.Col, Found: found, Want: want, Next: next})
}

// plain refuses anchors, aliases, tags and merge keys anywhere below: an auditor reads a file as it stands.
func (n node) plain() bool {
	ok := true
	switch {
	case n.y.Kind == yaml.AliasNode:
		n.wrong("the alias *"+n.y.Value, "a value that is written out", "write the value itself")
		return false
	case n.y.Anchor != "":
		n.wrong("the anchor &"+n.y.Anchor, "a value without an anchor", "remove &"+n.y.Anchor)
		ok = false
	case n.y.Style&yaml.TaggedStyle != 0:
		n.wrong("the tag "+n.y.Tag, "a value without a tag", "remove the tag")
		ok = false
	case n.y.Tag == "!!merge":
		n.wrong("the merge key <<", "keys that are written out", "write the keys themselves")
		ok = false
	}
	for _, c := range n.y.Content {
		if !n.child(c, "").plain() {
			ok = false
		}
	}
	return ok
}

// says names what stands there.
func (n node) says() string {
	switch n.y.Kind {
	case yaml.MappingNode:
		return "keys and values"
	case yaml.SequenceNode:
		return "a list"
	}
	switch n.y.Tag {
	case "!!null":
		return "nothing"
	case "!!int", "!!float":
		return "the number " + short(n.y.Value)
	case "!!bool":
		return "the boolean " + n.y.Value
	case "!!timestamp":
		return "the date " + short(n.y.Value)
	}
	return strconv.Quote(short(n.y.Value))
}

// short is a text that fits a message.
func short(s string) string {
	if r := []rune(s); len(r) > 80 {
		return string(r[:77]) + "..."
	}
	return s
}

// scalar says whether the value is one value and not nothing; it records a mistake where not.
func (n node) scalar(want string) bool {
	if n.y.Kind != yaml.ScalarNode || n.y.Tag == "!!null" {
		n.wrong(n.says(), want, "write "+want)
		return false
	}
	return true
}

// text is a text; numbers, booleans and dates must be put in quotes to be one.
func (n node) text(empty bool) (string, bool) {
	switch {
	case !n.ok():
		return "", false
	case n.y.Kind != yaml.ScalarNode || n.y.Tag == "!!null":
		n.wrong(n.says(), "a text", "write one")
		return "", false
	case n.y.Tag != "!!str":
		n.wrong(n.says(), "a text", "put it in quotes: "+strconv.Quote(n.y.Value))
		return "", false
	case n.y.Value == "" && !empty:
		n.wrong("an empty text", "a text", "write one or remove the key")
		return "", false
	case strings.TrimSpace(n.y.Value) != n.y.Value && !empty:
		n.wrong(n.says()+" with blanks around it", "a text without", "write "+strconv.Quote(strings.TrimSpace(n.y.Value)))
		return "", false
	}
	return n.y.Value, true
}

// choice is one of the words.
func (n node) choice(words []string) (string, bool) {
	if !n.ok() || !n.scalar(list(words)) {
		return "", false
	}
	for _, w := range words {
		if n.y.Value == w {
			return w, true
		}
	}
	n.wrong(n.says(), list(words), suggestOr(n.y.Value, words, "write one of them"))
	return "", false
}

// integer is a whole number from lo to hi, in plain digits.
func (n node) integer(lo, hi int) (int, bool) {
	want := fmt.Sprintf("a whole number from %d to %d", lo, hi)
	if !n.ok() || !n.scalar(want) {
		return 0, false
	}
	v, err := strconv.Atoi(n.y.Value)
	switch {
	case err != nil || strconv.Itoa(v) != n.y.Value:
		n.wrong(n.says(), want, "write it in plain digits")
		return 0, false
	case v < lo || v > hi:
		n.wrong(n.says(), want, fmt.Sprintf("write %d or more, up to %d", lo, hi))
		return 0, false
	}
	n.mark()
	return v, true
}

// boolean is true or false, without quotes.
func (n node) boolean() bool {
	if !n.ok() || !n.scalar("true or false") {
		return false
	}
	if n.y.Tag != "!!bool" || (n.y.Value != "true" && n.y.Value != "false") {
		n.wrong(n.says(), "true or false", "write true or false without quotes")
		return false
	}
	return n.y.Value == "true"
}

// number is an exact number in plain digits with at most one point; quotes may stand around it.
func (n node) number() (comp.Number, bool) {
	const want = "a number in plain digits such as 1250.50"
	if !n.ok() || !n.scalar(want) {
		return comp.Number{}, false
	}
	v, err := comp.ParseNumber(n.y.Value, maxDigits)
	if err != nil || n.leadingZero() {
		n.wrong(n.says(), want, numberHint(n.y.Value))
		return comp.Number{}, false
	}
	n.mark()
	return v, true
}

// maxDigits is how many digits after the point a number in a config may have.
const maxDigits = 18

// leadingZero says whether a bare number has a zero in front, which some YAML readers take for octal.
func (n node) leadingZero() bool {
	s := strings.TrimPrefix(n.y.Value, "-")
	return n.y.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) == 0 && len(s) > 1 && s[0] == '0' && s[1] != '.'
}

// numberHint is what to type for a number that was written in a way with two readings.
func numberHint(s string) string {
	switch {
	case strings.ContainsAny(s, "eE") && strings.Trim(s, "0123456789.eE+-") == "":
		return "write all digits, without an exponent"
	case strings.Contains(s, "%"):
		return "write a number without %"
	case strings.Contains(s, ","):
		return "write it without thousands marks and with a point before decimals"
	}
	return "write plain digits"
}

// ratio is an exact number, or a percentage such as 4% or 0.5%.
func (n node) ratio() (comp.Number, bool) {
	const want = `a percentage such as "4%" or a number such as "0.04"`
	if !n.ok() || !n.scalar(want) {
		return comp.Number{}, false
	}
	n.mark()
	s, percent := strings.CutSuffix(n.y.Value, "%")
	v, err := comp.ParseNumber(s, maxDigits)
	switch {
	case err == nil && !n.leadingZero() && percent:
		return v.Mul(comp.Scaled(1, 2)), true
	case err == nil && !n.leadingZero():
		return v, true
	case strings.TrimSpace(s) != s:
		n.wrong(n.says(), want, "write "+strconv.Quote(strings.ReplaceAll(n.y.Value, " ", ""))+" without a blank")
	case percent:
		n.wrong(n.says(), want, "write plain digits before %")
	default:
		n.wrong(n.says(), want, numberHint(n.y.Value))
	}
	return comp.Number{}, false
}

// date is a day written YYYY-MM-DD.
func (n node) date() (comp.Date, bool) {
	const want = "a day such as 2025-01-31"
	if !n.ok() || !n.scalar(want) {
		return 0, false
	}
	d, err := comp.ParseDate(n.y.Value)
	if err != nil {
		n.wrong(n.says(), want, "write it as YYYY-MM-DD")
		return 0, false
	}
	n.mark()
	return d, true
}

// month is a pay period written YYYY-MM.
func (n node) month() (comp.Period, bool) {
	const want = "a month such as 2025-01"
	if !n.ok() || !n.scalar(want) {
		return comp.Period{}, false
	}
	p, err := comp.ParseMonth(n.y.Value)
	if err != nil {
		n.wrong(n.says(), want, "write it as YYYY-MM")
		return comp.Period{}, false
	}
	return p, true
}

// items are the entries of a list.
func (n node) items(want string) []node {
	if !n.ok() {
		return nil
	}
	if n.y.Kind != yaml.SequenceNode {
		n.wrong(n.says(), "a list of "+want, "write [ ] around it, or - before each entry")
		return nil
	}
	out := make([]node, len(n.y.Content))
	for i, c := range n.y.Content {
		out[i] = n.child(c, "["+strconv.Itoa(i)+"]")
	}
	return out
}

// isMap and isList tell the forms of a value apart where several are allowed.
func (n node) isMap() bool { return n.ok() && n.y.Kind == yaml.MappingNode }

func (n node) isList() bool { return n.ok() && n.y.Kind == yaml.SequenceNode }
