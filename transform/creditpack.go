package transform

import (
	"bytes"
	"encoding/binary"
	"math/big"

	"carrot/transform/comp"
)

// A packed credit is two lengths, its place in the order as bytes that compare as comp.CompareCredits does, and the rest.
//
//	length of all that follows, length of the order       4 bytes each
//	subject by name, measuring period, measure, table     4 bytes each, the highest first; days with their sign turned
//	key, day, label                                       texts end with 0 1, a 0 in them is 0 255
//	file, position, version, term, entry                  so that no two credits are equal
//	split and row, hit, currency, value, share; of deals: instant, deal, control column with its currency, for whom the row counts
const creditHead = 8

// creditAt is the packed credit at the beginning of b.
func creditAt(b []byte) []byte { return b[:4+binary.BigEndian.Uint32(b)] }

// creditOrder is what the packed credit at the beginning of b is ordered by.
func creditOrder(b []byte) []byte { return b[creditHead : creditHead+binary.BigEndian.Uint32(b[4:])] }

func putDay(b []byte, d comp.Date) []byte {
	return binary.BigEndian.AppendUint32(b, uint32(d)^1<<31)
}

func putText(b, text []byte) []byte {
	for _, c := range text {
		if b = append(b, c); c == 0 {
			b = append(b, 255)
		}
	}
	return append(b, 0, 1)
}

// pack appends a credit to b.
func (k *creditBook) pack(b []byte, c *creditRow) []byte {
	start := len(b)
	b = append(b, make([]byte, creditHead)...)
	p := k.measured(c.term.measure, c.day)
	b = binary.BigEndian.AppendUint32(b, k.rank[c.subject])
	b = putDay(putDay(b, p.Start), p.End)
	b = binary.BigEndian.AppendUint32(b, uint32(c.term.measure))
	b = binary.BigEndian.AppendUint32(b, k.tableNo[k.s.splits[c.place.split].table.number])
	b = putText(b, c.key)
	b = putDay(b, c.day)
	b = putText(b, c.label)
	from := k.s.pieceOf(c.place.split)
	b = binary.BigEndian.AppendUint32(b, k.s.fileRank[from.File])
	b = binary.BigEndian.AppendUint64(b, uint64(c.pos))
	b = binary.BigEndian.AppendUint32(b, uint32(from.rank))
	b = binary.BigEndian.AppendUint32(b, uint32(c.term.index))
	b = binary.BigEndian.AppendUint32(b, uint32(c.entry))
	binary.BigEndian.PutUint32(b[start+4:], uint32(len(b)-start-creditHead))
	b = binary.BigEndian.AppendUint32(b, c.place.split)
	b = binary.BigEndian.AppendUint32(b, c.place.row)
	hit := byte(0)
	if c.hit {
		hit = 1
	}
	b = append(b, hit, byte(len(c.currency)))
	b = append(b, c.currency...)
	b = putNumber(putNumber(b, c.value), c.share)
	if k.deals {
		b = putText(binary.BigEndian.AppendUint64(b, uint64(c.at)), c.deal)
		b = append(putNumber(b, c.control.Number), byte(len(c.control.Currency)))
		b = append(b, c.control.Currency...)
		b = binary.BigEndian.AppendUint32(b, uint32(c.first))
	}
	binary.BigEndian.PutUint32(b[start:], uint32(len(b)-start-4))
	return b
}

// rational marks a number that is kept as numerator and denominator; others are digits with their scale before them.
const rational = 255

func putNumber(b []byte, n comp.Number) []byte {
	if coef, scale, small := n.Small(); small {
		return binary.AppendVarint(append(b, byte(scale)), coef)
	}
	return appendText(append(b, rational), n.Rat().String())
}

// unpacker reads what is packed from its beginning to its end. What is packed is read by who wrote it: nothing is checked.
type unpacker []byte

func (u *unpacker) u32() uint32 {
	v := binary.BigEndian.Uint32(*u)
	*u = (*u)[4:]
	return v
}

func (u *unpacker) u64() uint64 {
	v := binary.BigEndian.Uint64(*u)
	*u = (*u)[8:]
	return v
}

func (u *unpacker) day() comp.Date { return comp.Date(int32(u.u32() ^ 1<<31)) }

func (u *unpacker) varint() int64 {
	v, n := binary.Varint(*u)
	*u = (*u)[n:]
	return v
}

func (u *unpacker) uvarint() uint64 {
	v, n := binary.Uvarint(*u)
	*u = (*u)[n:]
	return v
}

// counted is a text behind its length.
func (u *unpacker) counted() []byte {
	n := u.uvarint()
	text := (*u)[:n]
	*u = (*u)[n:]
	return text
}

func (u *unpacker) text() string {
	b := *u
	i := bytes.IndexByte(b, 0)
	if b[i+1] == 1 {
		*u = b[i+2:]
		return string(b[:i])
	}
	out := bytes.Clone(b[:i])
	for ; b[i] != 0 || b[i+1] != 1; i++ {
		if out = append(out, b[i]); b[i] == 0 {
			i++
		}
	}
	*u = b[i+2:]
	return string(out)
}

func (u *unpacker) number() comp.Number {
	scale := (*u)[0]
	*u = (*u)[1:]
	if scale != rational {
		return comp.Scaled(u.varint(), int(scale))
	}
	r, _ := new(big.Rat).SetString(string(u.counted()))
	return comp.FromRat(r)
}

// currency reads a length and a code. Each code is kept once.
func (u *unpacker) currency(known map[string]comp.Currency) comp.Currency {
	code := (*u)[1 : 1+(*u)[0]]
	*u = (*u)[1+len(code):]
	if _, ok := known[string(code)]; !ok {
		known[string(code)] = comp.Currency(code)
	}
	return known[string(code)]
}

// unpacked is a credit as reports show it, with what they do not show.
type unpacked struct {
	comp.Credit
	measure int
	place   place
	control comp.Amount
	first   int32 // as of a creditRow
}

// unpack reads a packed credit. A sealed row shows nothing of itself.
func (k *creditBook) unpack(b []byte, currencies map[string]comp.Currency) (c unpacked) {
	u := unpacker(b[creditHead:])
	c.Payee = k.names[u.u32()]
	c.Period.Start = u.day()
	c.Period.End = u.day()
	c.measure = int(u.u32())
	c.Measure = k.s.in.Measures[c.measure].ID
	c.Table = k.tables[u.u32()]
	c.Key, c.Date, c.Label = u.text(), u.day(), u.text()
	file, pos := u.u32(), int64(u.u64())
	u.u32() // version
	c.Term = int(u.u32())
	u.u32() // entry
	c.place = place{u.u32(), u.u32()}
	c.Hit = u[0] == 1
	u = u[1:]
	c.Value.Currency = u.currency(currencies)
	c.Value.Number = u.number()
	c.Share = u.number()
	c.Credited = c.Value.Times(c.Share)
	if k.deals {
		c.At, c.Deal = int64(u.u64()), u.text()
		c.control.Number = u.number()
		c.control.Currency = u.currency(currencies)
		c.first = k.s.firstOf(c.place, int32(u.u32()))
	}
	if c.Sealed = k.s.splits[c.place.split].table.contract.Class == comp.Sealed; !c.Sealed {
		f := k.s.files[file]
		c.Origin = comp.Origin{File: f.Digest, Name: f.Name, Pos: pos}
	}
	return c
}

// creditPlace is where a subject's and a row's numbers stand in a packed credit.
func creditPlace(b []byte) (subject uint32, at place) {
	rest := b[creditHead+binary.BigEndian.Uint32(b[4:]):]
	return binary.BigEndian.Uint32(b[creditHead:]), place{binary.BigEndian.Uint32(rest), binary.BigEndian.Uint32(rest[4:])}
}
