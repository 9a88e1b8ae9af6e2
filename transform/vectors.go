package transform

import (
	"math"
	"math/bits"
	"strings"

	"carrot/transform/comp"
)

// several is &&, || and in, over any number of arguments.
func (x *node) several(c *columns) (*vec, bool) {
	x.out.kind, x.out.tri = comp.KindBool, grow(x.out.tri, c.n)
	out := x.out.tri
	if x.op == comp.In {
		return x.member(c)
	}
	stop := no
	if x.op == comp.Or {
		stop = yes
	}
	fillWith(out, 1-stop)
	for _, a := range x.args {
		v, ok := a.eval(c)
		if !ok {
			return nil, false
		}
		for i, t := range v.tri[:c.n] {
			if t != 1-stop && out[i] != stop {
				out[i] = t
			}
		}
	}
	return &x.out, true
}

// member is in: equality with one after the other, which never gives null.
func (x *node) member(c *columns) (*vec, bool) {
	out := x.out.tri
	fillWith(out, no)
	first, ok := x.args[0].eval(c)
	if !ok {
		return nil, false
	}
	one := node{op: comp.Eq, left: x.left, right: x.right}
	for _, a := range x.args[1:] {
		v, ok := a.eval(c)
		if !ok {
			return nil, false
		}
		eq, ok := one.compare(first, v, c.n)
		if !ok {
			return nil, false
		}
		for i, t := range eq.tri {
			out[i] |= t
		}
	}
	x.left, x.right = one.left, one.right
	return &x.out, true
}

// compare is ==, !=, <, <=, > and >=. The first two compare with null, the others give null for it.
func (x *node) compare(a, b *vec, n int) (*vec, bool) {
	x.out.kind, x.out.tri = comp.KindBool, grow(x.out.tri, n)
	out := x.out.tri
	equality := x.op == comp.Eq || x.op == comp.Ne
	if equality && (a.kind == comp.Null || b.kind == comp.Null) {
		x.nulls(a, b)
		return &x.out, true
	}
	switch a.kind {
	case comp.KindBool:
		for i := range out {
			out[i] = truth((a.tri[i] == b.tri[i]) == (x.op == comp.Eq))
		}
		return &x.out, true
	case comp.KindText:
		x.compareTexts(a, b, out)
	default:
		p, q, ok := x.aligned(a, b, n)
		if !ok {
			return nil, false
		}
		compareInts(x.op, p, q, out)
	}
	if a.null == nil && b.null == nil {
		return &x.out, true
	}
	for i := range out {
		an, bn := a.isNull(i), b.isNull(i)
		switch {
		case !an && !bn:
		case equality:
			out[i] = truth((an == bn) == (x.op == comp.Eq))
		default:
			out[i] = unknown
		}
	}
	return &x.out, true
}

func truth(b bool) uint8 {
	if b {
		return yes
	}
	return no
}

// nulls is == or != with the literal null on one side.
func (x *node) nulls(a, b *vec) {
	if a.kind == comp.Null {
		a, b = b, a
	}
	for i := range x.out.tri {
		null := a.kind == comp.Null || (a.kind == comp.KindBool && a.tri[i] == unknown) || (a.kind != comp.KindBool && a.isNull(i))
		x.out.tri[i] = truth(null == (x.op == comp.Eq))
	}
}

func (x *node) compareTexts(a, b *vec, out []uint8) {
	if x.op == comp.Eq && a.arr != nil && b.isLit {
		for i := range out {
			out[i] = truth(a.arr.Value(i) == b.lit)
		}
		return
	}
	for i := range out {
		if a.isNull(i) || b.isNull(i) {
			continue
		}
		out[i] = ordered(x.op, strings.Compare(a.textAt(i), b.textAt(i)))
	}
}

func ordered(op comp.Op, c int) uint8 {
	switch op {
	case comp.Eq:
		return truth(c == 0)
	case comp.Ne:
		return truth(c != 0)
	case comp.Lt:
		return truth(c < 0)
	case comp.Le:
		return truth(c <= 0)
	case comp.Gt:
		return truth(c > 0)
	}
	return truth(c >= 0)
}

func compareInts(op comp.Op, p, q []int64, out []uint8) {
	q = q[:len(p)]
	out = out[:len(p)]
	switch op {
	case comp.Eq:
		for i, v := range p {
			out[i] = truth(v == q[i])
		}
	case comp.Ne:
		for i, v := range p {
			out[i] = truth(v != q[i])
		}
	case comp.Lt:
		for i, v := range p {
			out[i] = truth(v < q[i])
		}
	case comp.Le:
		for i, v := range p {
			out[i] = truth(v <= q[i])
		}
	case comp.Gt:
		for i, v := range p {
			out[i] = truth(v > q[i])
		}
	case comp.Ge:
		for i, v := range p {
			out[i] = truth(v >= q[i])
		}
	}
}

// aligned brings two numbers to one scale; false where that leaves 64 bits.
func (x *node) aligned(a, b *vec, n int) (p, q []int64, ok bool) {
	p, q = a.ints[:n], b.ints[:n]
	scale := max(a.scale, b.scale)
	if a.scale < scale {
		x.left = grow(x.left, n)
		if !rescale(x.left, p, scale-a.scale) {
			return nil, nil, false
		}
		p = x.left
	}
	if b.scale < scale {
		x.right = grow(x.right, n)
		if !rescale(x.right, q, scale-b.scale) {
			return nil, nil, false
		}
		q = x.right
	}
	return p, q, true
}

// tens are the powers of ten that fit 64 bits.
var tens = func() (p [19]int64) {
	p[0] = 1
	for i := 1; i < len(p); i++ {
		p[i] = p[i-1] * 10
	}
	return p
}()

func rescale(dst, src []int64, by int) bool {
	if by >= len(tens) {
		return false
	}
	f := tens[by]
	limit := math.MaxInt64 / f
	for i, v := range src {
		if v > limit || v < -limit {
			return false
		}
		dst[i] = v * f
	}
	return true
}

func times(a, b int64) (int64, bool) {
	hi, lo := mul128(a, b)
	return int64(lo), hi == int64(lo)>>63
}

// mul128 is the signed 128-bit product.
func mul128(a, b int64) (hi int64, lo uint64) {
	h, l := bits.Mul64(uint64(a), uint64(b))
	return int64(h) - (a>>63)&b - (b>>63)&a, l
}

// arithmetic is +, -, * and the sign, checked; false where a result leaves 64 bits.
func (x *node) arithmetic(a, b *vec, n int) (*vec, bool) {
	v := &x.out
	v.intBuf = grow(v.intBuf, n)
	out := v.intBuf
	v.ints, v.null = out, a.null
	if x.op == comp.NegOp {
		for i, p := range a.ints[:n] {
			if p == math.MinInt64 {
				return nil, false
			}
			out[i] = -p
		}
		return v, true
	}
	v.joinNulls(a, b, n)
	if x.op == comp.MulOp {
		for i, p := range a.ints[:n] {
			r, ok := times(p, b.ints[i])
			if !ok {
				return nil, false
			}
			out[i] = r
		}
		return v, true
	}
	p, q, ok := x.aligned(a, b, n)
	if !ok {
		return nil, false
	}
	for i, l := range p {
		r := q[i]
		if x.op == comp.SubOp {
			s := l - r
			if (l >= 0) != (r >= 0) && (s >= 0) != (l >= 0) {
				return nil, false
			}
			out[i] = s
			continue
		}
		s := l + r
		if (l >= 0) == (r >= 0) && (s >= 0) != (l >= 0) {
			return nil, false
		}
		out[i] = s
	}
	return v, true
}

func (v *vec) joinNulls(a, b *vec, n int) {
	v.null = nil
	if a.null == nil && b.null == nil {
		return
	}
	v.nullBuf = grow(v.nullBuf, n)
	for i := range v.nullBuf {
		v.nullBuf[i] = a.isNull(i) || b.isNull(i)
	}
	v.null = v.nullBuf
}

// parts is startsWith, endsWith and contains.
func (x *node) parts(a, b *vec, n int) *vec {
	x.out.kind, x.out.tri = comp.KindBool, grow(x.out.tri, n)
	f := strings.HasPrefix
	switch x.op {
	case comp.EndsWith:
		f = strings.HasSuffix
	case comp.Contains:
		f = strings.Contains
	}
	for i := range x.out.tri {
		if a.isNull(i) || b.isNull(i) {
			x.out.tri[i] = unknown
			continue
		}
		x.out.tri[i] = truth(f(a.textAt(i), b.textAt(i)))
	}
	return &x.out
}

// choose is ?: over booleans, numbers and dates; a null condition gives null.
func (x *node) choose(c, a, b *vec, n int) (*vec, bool) {
	v := &x.out
	if x.kind == comp.KindBool {
		v.tri = grow(v.tri, n)
		for i, t := range c.tri[:n] {
			v.tri[i] = [3]uint8{b.tri[i], a.tri[i], unknown}[t]
		}
		return v, true
	}
	p, q, ok := x.aligned(a, b, n)
	if !ok {
		return nil, false
	}
	v.intBuf, v.nullBuf = grow(v.intBuf, n), grow(v.nullBuf, n)
	v.ints, v.null = v.intBuf, v.nullBuf
	for i, t := range c.tri[:n] {
		v.ints[i], v.null[i] = p[i], a.isNull(i)
		if t == no {
			v.ints[i], v.null[i] = q[i], b.isNull(i)
		}
		if t == unknown || v.null[i] {
			v.ints[i], v.null[i] = 0, true
		}
	}
	return v, true
}
