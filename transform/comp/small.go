package comp

import "strconv"

// roundSmall is n * 10^digits as a whole number, by machine words alone; false where it does not fit them. It equals roundRat,
// which every other number takes.
func (n Number) roundSmall(digits int, mode Rounding) (int64, bool) {
	const most = 1<<63 - 1
	if n.rat != nil {
		num, den, ok := n.ratio()
		if !ok {
			return 0, false
		}
		return roundRatio(num, den, digits, mode)
	}
	if n.coef == -most-1 || digits < 0 {
		return 0, false
	}
	abs := max(n.coef, -n.coef)
	if more := digits - int(n.scale); more >= 0 {
		if more > maxScale || abs > most/pow10[more] {
			return 0, false
		}
		return n.coef * pow10[more], true
	}
	unit := pow10[int(n.scale)-digits]
	q, rem := abs/unit, abs%unit
	if up(uint64(q), uint64(rem), uint64(unit), mode) {
		q++
	}
	if n.coef < 0 {
		q = -q
	}
	return q, true
}

// smallText is coef/10^scale with exactly scale decimals.
func smallText(coef int64, scale int) string {
	abs := uint64(coef)
	if coef < 0 {
		abs = -abs
	}
	var buf [64]byte
	var digits [20]byte
	text := strconv.AppendUint(digits[:0], abs, 10)
	b := buf[:0]
	if coef < 0 {
		b = append(b, '-')
	}
	whole := len(text) - scale
	if whole <= 0 {
		b = append(b, '0')
	} else {
		b = append(b, text[:whole]...)
	}
	if scale > 0 {
		b = append(b, '.')
		for ; whole < 0; whole++ {
			b = append(b, '0')
		}
		b = append(b, text[whole:]...)
	}
	return string(b)
}
