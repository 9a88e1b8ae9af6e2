package connectors

import (
	"sync"
	"time"

	"carrot/transform/comp"
)

// zone turns local times into instants. It remembers two spans of local times that share an offset, such as summer and
// winter, so that most rows need not ask the zone's table.
type zone struct {
	loc         *time.Location
	now, before span
}

// span are the local seconds [from, to) for which an offset, in seconds east of UTC, is certain.
type span struct{ from, to, offset int64 }

var zones sync.Map // name to *time.Location; parsing a zone's bytes takes longer than a small file

func newZone(name string) (*zone, error) {
	if z, ok := zones.Load(name); ok {
		return &zone{loc: z.(*time.Location)}, nil
	}
	loc, err := comp.Zone(name)
	if err != nil {
		return nil, err
	}
	zones.Store(name, loc)
	return &zone{loc: loc}, nil
}

func (z *zone) offsetAt(unix int64) int64 {
	_, offset := time.Unix(unix, 0).In(z.loc).Zone()
	return int64(offset)
}

// unix is the instant of a local time, in Unix seconds. Of a local time that occurs twice, when clocks go back, it is the
// first; one that clocks skip is moved forward by the gap.
func (z *zone) unix(local int64) int64 {
	if local >= z.now.from && local < z.now.to {
		return local - z.now.offset
	}
	if local >= z.before.from && local < z.before.to {
		z.now, z.before = z.before, z.now
		return local - z.now.offset
	}
	const day = 86400
	before, after := z.offsetAt(local-day), z.offsetAt(local+day)
	if before == after {
		z.remember(local, before)
		return local - before
	}
	for _, offset := range [2]int64{max(before, after), min(before, after)} {
		if z.offsetAt(local-offset) == offset {
			return local - offset
		}
	}
	return local - before
}

// remember keeps the span around local in which offset holds, less a day at both ends, where two readings are possible.
func (z *zone) remember(local, offset int64) {
	const day, century = 86400, 100 * 366 * 86400
	start, end := time.Unix(local-offset, 0).In(z.loc).ZoneBounds()
	s := span{local - century, local + century, offset}
	if !start.IsZero() {
		s.from = max(s.from, start.Unix()+offset+day)
	}
	if !end.IsZero() {
		s.to = min(s.to, end.Unix()+offset-day)
	}
	if s.from <= local && local < s.to { // else a second change lies within a day
		z.now, z.before = s, z.now
	}
}

// instant reads a cell as Unix seconds; fractions are dropped.
func (c *column) instant(b []byte) (int64, bool) {
	switch {
	case c.layout == nil && len(b) == 19:
		if local, ok := isoSeconds(b); ok {
			return c.zone.unix(local), true
		}
	case c.layout == nil && len(b) == 20 && b[19] == 'Z':
		if unix, ok := isoSeconds(b); ok {
			return unix, true
		}
	case c.layout != nil && c.layout.clock && len(b) == 16 && b[10] == ' ':
		if local, ok := isoMinutes(b); ok {
			return c.zone.unix(local), true
		}
	}
	var m moment
	var ok bool
	if c.layout == nil {
		m, ok = isoInstant(b)
	} else {
		m, ok = c.layout.parse(b)
	}
	if !ok {
		return 0, false
	}
	local := int64(days(m.year, m.month, m.day))*86400 + int64(m.hour)*3600 + int64(m.minute)*60 + int64(m.sec)
	if m.zoned {
		return local - int64(m.offset), true
	}
	return c.zone.unix(local), true
}

// isoSeconds reads YYYY-MM-DD hh:mm:ss, with a blank or T, as seconds from 1970: the common case of isoInstant.
func isoSeconds(b []byte) (int64, bool) {
	minutes, ok := isoMinutes(b)
	s1, s2 := b[17]-'0', b[18]-'0'
	return minutes + int64(s1)*10 + int64(s2), ok && b[16] == ':' && s1 <= 5 && s2 <= 9
}

// isoMinutes reads the part of it before the seconds.
func isoMinutes(b []byte) (int64, bool) {
	d, ok := isoDate(b[:10])
	if !ok || (b[10] != ' ' && b[10] != 'T') || b[13] != ':' {
		return 0, false
	}
	h1, h2, m1, m2 := b[11]-'0', b[12]-'0', b[14]-'0', b[15]-'0'
	if h1 > 2 || h2 > 9 || h1 == 2 && h2 > 3 || m1 > 5 || m2 > 9 {
		return 0, false
	}
	return int64(d)*86400 + (int64(h1)*10+int64(h2))*3600 + (int64(m1)*10+int64(m2))*60, true
}

// isoInstant reads YYYY-MM-DD, T or a blank, hh:mm, and if wanted :ss, a fraction, and Z or an offset.
func isoInstant(b []byte) (m moment, ok bool) {
	if len(b) < 16 || b[4] != '-' || b[7] != '-' || (b[10] != 'T' && b[10] != ' ') || b[13] != ':' {
		return m, false
	}
	var oks [5]bool
	m.year, oks[0] = digits(b[0:4])
	m.month, oks[1] = digits(b[5:7])
	m.day, oks[2] = digits(b[8:10])
	m.hour, oks[3] = digits(b[11:13])
	m.minute, oks[4] = digits(b[14:16])
	for _, ok := range oks {
		if !ok {
			return m, false
		}
	}
	b = b[16:]
	if len(b) >= 3 && b[0] == ':' {
		if m.sec, ok = digits(b[1:3]); !ok {
			return m, false
		}
		if b = b[3:]; len(b) > 1 && (b[0] == '.' || b[0] == ',') {
			b, _ = fraction(b)
		}
	}
	if len(b) > 0 {
		if b, ok = m.zone(b); !ok || len(b) > 0 {
			return m, false
		}
	}
	return m, m.settle()
}
