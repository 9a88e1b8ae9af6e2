package config

import (
	"strings"

	"go.yaml.in/yaml/v4"

	"carrot/transform/comp"
)

// cursor walks the characters of a file; a line end reads as '\n'.
type cursor struct {
	lines     [][]rune
	line, col int // 0-based
}

func (c *cursor) end() bool { return c.line >= len(c.lines) }

func (c *cursor) rune() rune {
	if c.end() {
		return 0
	}
	if c.col >= len(c.lines[c.line]) {
		return '\n'
	}
	return c.lines[c.line][c.col]
}

func (c *cursor) next() {
	if c.end() {
		return
	}
	c.col++
	if c.col > len(c.lines[c.line]) {
		c.line, c.col = c.line+1, 0
	}
}

// escapedEnd says whether a backslash and a line end stand here: in double quotes they stand for nothing.
func (c *cursor) escapedEnd() bool {
	return c.rune() == '\\' && c.col+1 == len(c.lines[c.line])
}

func blank(r rune) bool { return r == ' ' || r == '\t' || r == '\n' || r == '\r' }

// within is the place in the file of the character at offset (in characters) of a scalar's value. It walks the source and
// the value together, so that quotes, escapes, folded lines and block indentation are all accounted for.
func (n node) within(offset int) comp.Place {
	c := &cursor{lines: n.src.lines, line: n.y.Line - 1, col: n.y.Column - 1}
	switch {
	case n.y.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		for !c.end() && c.rune() != '\n' { // the indicator's line
			c.next()
		}
		c.next()
	case n.y.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0:
		c.next()
	}
	value := []rune(n.y.Value)
	for i := 0; i < len(value) && !c.end(); i++ {
		if !blank(value[i]) {
			for !c.end() && blank(c.rune()) {
				c.next()
			}
		}
		for n.y.Style&yaml.DoubleQuotedStyle != 0 && c.escapedEnd() {
			c.next()
			for !c.end() && blank(c.rune()) {
				c.next()
			}
		}
		if i == offset {
			break
		}
		if blank(value[i]) && !blank(c.rune()) && c.rune() != '\\' {
			continue
		}
		n.step(c)
	}
	return comp.Place{File: n.src.name, Line: min(c.line, len(c.lines)-1) + 1, Col: c.col + 1}
}

// step passes the source of one character of the value.
func (n node) step(c *cursor) {
	switch {
	case n.y.Style&yaml.SingleQuotedStyle != 0 && c.rune() == '\'':
		c.next() // a doubled quote
	case n.y.Style&yaml.DoubleQuotedStyle != 0 && c.rune() == '\\':
		c.next()
		if k := strings.IndexRune("xuU", c.rune()); k >= 0 {
			for range []int{2, 4, 8}[k] {
				c.next()
			}
		}
	}
	c.next()
}
