package connectors

import (
	"bytes"
	"math/big"
	"strings"

	"github.com/apache/arrow/go/v15/arrow/decimal128"
)

var tens = func() (p [19]int64) {
	p[0] = 1
	for i := 1; i < len(p); i++ {
		p[i] = p[i-1] * 10
	}
	return p
}()

// parseDecimal reads plain digits with an optional leading minus and one point as value times 10^scale. It refuses what
// is written otherwise, has more decimals than scale or may not fit; longDecimal tells these apart.
func parseDecimal(b []byte, point byte, scale int) (int64, bool) {
	i, n := 0, len(b)
	if n > 0 && b[0] == '-' {
		i = 1
	}
	var v int64
	first := i
	for ; i < n; i++ {
		c := b[i] - '0'
		if c > 9 {
			break
		}
		v = v*10 + int64(c)
	}
	digits, frac := i-first, 0
	if digits == 0 {
		return 0, false
	}
	if i < n {
		if b[i] != point {
			return 0, false
		}
		frac = n - i - 1
		for i++; i < n; i++ {
			c := b[i] - '0'
			if c > 9 {
				return 0, false
			}
			v = v*10 + int64(c)
		}
		if frac == 0 {
			return 0, false
		}
	}
	if frac > scale || digits+scale > 18 {
		return 0, false
	}
	v *= tens[scale-frac]
	if first == 1 {
		v = -v
	}
	return v, true
}

// parseInteger reads plain digits with an optional leading minus, up to 18 of them.
func parseInteger(b []byte) (int64, bool) { return parseDecimal(b, '.', 0) }

// plainNumber is a number in the dialect's marks as plain digits with a point; false where it is written otherwise. A
// thousands mark must stand before every group of three digits or nowhere.
func (m *marks) plainNumber(b []byte) (string, bool) {
	plain, ok := m.ungrouped(b, nil)
	if !ok {
		return "", false
	}
	text := string(plain)
	neg := strings.HasPrefix(text, "-")
	whole, frac, point := strings.Cut(strings.TrimPrefix(text, "-"), string(m.point))
	if whole == "" || (point && frac == "") || strings.Trim(whole+frac, "0123456789") != "" {
		return "", false
	}
	if neg {
		whole = "-" + whole
	}
	if point {
		whole += "." + frac
	}
	return whole, true
}

// ungrouped is a number without its thousands marks, behind what into holds; false where they stand elsewhere.
// Whether the rest are digits is not asked.
func (m *marks) ungrouped(b, into []byte) ([]byte, bool) {
	whole, frac := b, []byte(nil)
	if i := bytes.IndexByte(b, m.point); i >= 0 {
		whole, frac = b[:i], b[i:]
	}
	if len(m.thousands) == 0 || !bytes.Contains(whole, m.thousands) {
		return append(into, b...), true
	}
	group, rest, more := bytes.Cut(whole, m.thousands)
	if n := len(bytes.TrimPrefix(group, minus)); n == 0 || n > 3 {
		return nil, false
	}
	into = append(into, group...)
	for more {
		if group, rest, more = bytes.Cut(rest, m.thousands); len(group) != 3 {
			return nil, false
		}
		into = append(into, group...)
	}
	return append(into, frac...), true
}

var minus = []byte("-")

func (c *column) longInteger(b []byte) (int64, bool) {
	text, ok := c.plainNumber(b)
	if !ok || strings.Contains(text, ".") || len(text) > 40 {
		return 0, false
	}
	v, ok := new(big.Int).SetString(text, 10)
	if !ok || !v.IsInt64() {
		return 0, false
	}
	return v.Int64(), true
}

var decimalMost = new(big.Int).Exp(big.NewInt(10), big.NewInt(38), nil)

// longDecimal reads what parseDecimal refuses: thousands marks, and more digits than an int64 has.
func (c *column) longDecimal(b []byte) (decimal128.Num, bool) {
	plain, ok := c.ungrouped(b, c.plain[:0])
	if !ok {
		return decimal128.Num{}, false
	}
	c.plain = plain // its memory serves the next one
	if v, ok := parseDecimal(plain, c.point, c.Scale); ok {
		return decimal128.FromI64(v), true
	}
	text, ok := c.plainNumber(b)
	if !ok || len(text) > 80 {
		return decimal128.Num{}, false
	}
	whole, frac, _ := strings.Cut(text, ".")
	if len(frac) > c.Scale {
		return decimal128.Num{}, false
	}
	v, ok := new(big.Int).SetString(whole+frac+strings.Repeat("0", c.Scale-len(frac)), 10)
	if !ok || v.CmpAbs(decimalMost) >= 0 {
		return decimal128.Num{}, false
	}
	return decimal128.FromBigInt(v), true
}

// nodePath reads SQL Server's hierarchyid, in hex with or without 0x, and gives its path; the empty value is the root.
// The encoding is published in MS-SSCLRT, section 2.1: per level a prefix that tells the range, the offset in it with
// fixed bits between, and a last bit: 1 ends the level, 0 goes on after a dot with one more than the label.
func nodePath(b []byte) ([]byte, bool) {
	b = bytes.TrimPrefix(bytes.TrimPrefix(b, []byte("0x")), []byte("0X"))
	if len(b)%2 != 0 || len(b) > 2*892 {
		return nil, false
	}
	path := []byte{'/'}
	r := bitReader{hex: b}
	for i := range b {
		if !isHex(b[i]) {
			return nil, false
		}
	}
	level := true // the last label ended its level
	for !r.padding() {
		v, ends, ok := r.label()
		if !ok {
			return nil, false
		}
		path = new(big.Int).SetInt64(v).Append(path, 10)
		level = ends
		if ends {
			path = append(path, '/')
		} else {
			path = append(path, '.')
		}
	}
	return path, level
}

func isHex(c byte) bool { return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F' }

// nodeRanges are the published label ranges: the least label and the bits, x for those of the offset, T for the last.
var nodeRanges = []struct {
	least int64
	bits  string
}{
	{0, "01xxT"},
	{4, "100xxT"},
	{8, "101xxxT"},
	{16, "110xx0x1xxxT"},
	{80, "1110xxx0xxx0x1xxxT"},
	{1104, "11110xxxxx0xxx0x1xxxT"},
	{5200, "111110xxxxxxxxxxxxxxxxxxx0xxxxxx0xxx0x1xxxT"},
	{4294972496, "111111xxxxxxxxxxxxxx0xxxxxxxxxxxxxxxxxxxxx0xxxxxx0xxx0x1xxxT"},
	{-8, "00111xxxT"},
	{-72, "0010xx0x1xxxT"},
	{-4168, "000110xxxxx0xxx0x1xxxT"},
	{-4294971464, "000101xxxxxxxxxxxxxxxxxxx0xxxxxx0xxx0x1xxxT"},
	{-281479271682120, "000100xxxxxxxxxxxxxx0xxxxxxxxxxxxxxxxxxxxx0xxxxxx0xxx0x1xxxT"},
}

type bitReader struct {
	hex []byte
	at  int // in bits
}

func (r *bitReader) bit(i int) byte {
	c := r.hex[i>>2]
	switch {
	case c >= 'a':
		c -= 'a' - 10
	case c >= 'A':
		c -= 'A' - 10
	default:
		c -= '0'
	}
	return c >> (3 - i&3) & 1
}

// padding says that only zeros are left, fewer than fill a byte.
func (r *bitReader) padding() bool {
	left := 4*len(r.hex) - r.at
	if left >= 8 {
		return false
	}
	for i := r.at; i < 4*len(r.hex); i++ {
		if r.bit(i) != 0 {
			return false
		}
	}
	return true
}

// label reads the next one.
func (r *bitReader) label() (v int64, ends, ok bool) {
	for _, n := range nodeRanges {
		if v, ends, ok = r.match(n.bits); ok {
			r.at += len(n.bits)
			if v += n.least; !ends {
				v--
			}
			return v, ends, true
		}
	}
	return 0, false, false
}

func (r *bitReader) match(bits string) (v int64, ends, ok bool) {
	if r.at+len(bits) > 4*len(r.hex) {
		return 0, false, false
	}
	for i := range len(bits) {
		b := r.bit(r.at + i)
		switch bits[i] {
		case 'x':
			v = v<<1 | int64(b)
		case 'T':
			ends = b == 1
		default:
			if b != bits[i]-'0' {
				return 0, false, false
			}
		}
	}
	return v, ends, true
}
