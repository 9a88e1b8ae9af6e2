package example

// chance is a stream of numbers that depends on the seed and on what it is for, and on nothing else (splitmix64).
type chance uint64

// about starts the stream of one thing: a kind of row and its number.
func (g *generator) about(kind byte, number int) *chance {
	c := chance(g.size.Seed*0x9e3779b97f4a7c15 + uint64(kind)<<56 + uint64(number))
	c.next()
	return &c
}

func (c *chance) next() uint64 {
	*c += 0x9e3779b97f4a7c15
	z := uint64(*c)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// below is a number from 0 to n-1.
func (c *chance) below(n int) int { return int((c.next() >> 32) * uint64(n) >> 32) }

// perMille is true n times in a thousand.
func (c *chance) perMille(n int) bool { return c.below(1000) < n }

const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// code is n letters and digits.
func (c *chance) code(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = base62[c.below(62)]
	}
	return string(b)
}

// counter is a number in base 62 with n digits, as vendors number their records: ids differ in case only now and then.
func counter(number, n int) string {
	b := make([]byte, n)
	for i := n - 1; i >= 0; i-- {
		b[i] = base62[number%62]
		number /= 62
	}
	return string(b)
}
