package transform

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"sort"
	"strings"

	"carrot/transform/comp"
)

// Lineage leads from a series (measure, subject, days) to the rows behind it. It is kept as it is stored: per measure,
// subject and atom the files, and in each the differences of the rows' positions, one or two bytes a row.
type Lineage struct {
	files    []comp.File // the run's, sorted by name and digest
	measures []string
	subjects []string
	series   []seriesAt // sorted by measure, subject, first day
	data     []byte
	spill    Spill // instead of data: where the rows are kept while a run lasts …
	file     string
}

// bytes are those of [from, to) of the rows of all series; where these left memory they are read anew each time.
func (l *Lineage) bytes(from, to int) ([]byte, error) {
	if l.spill == nil {
		return l.data[from:to], nil
	}
	f, err := l.spill.Open(l.file)
	if err != nil {
		return nil, err
	}
	b := make([]byte, to-from)
	_, err = io.ReadFull(io.NewSectionReader(f, int64(from), int64(to-from)), b)
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("reading %s: %w", l.file, err)
	}
	return b, nil
}

// size is how many bytes the rows of all series take.
func (l *Lineage) size() int {
	if len(l.series) == 0 {
		return 0
	}
	return l.series[len(l.series)-1].to
}

// seriesAt is one atom's rows: from and to are places in the bytes of all rows.
type seriesAt struct {
	measure, subject int32
	period           comp.Period
	from, to         int
}

// Rows are the origins of the rows behind a series "measure|subject|first day|last day" (both days inclusive, ISO), or
// behind several of them joined by ";", over all atoms that lie within these days, sorted by file and position, each once.
// An unknown series gives none. Of a run that goes on the rows may have left memory, and reading them may err.
func (l *Lineage) Rows(series string) ([]comp.Origin, error) {
	var rows []rowAt
	var err error
	for _, one := range strings.Split(series, ";") {
		if rows, err = l.find(rows, one); err != nil {
			return nil, err
		}
	}
	rows = sortRows(rows)
	out := make([]comp.Origin, len(rows))
	for i, r := range rows {
		f := l.files[r.file]
		out[i] = comp.Origin{File: f.Digest, Name: f.Name, Pos: r.pos}
	}
	return out, nil
}

// find adds the rows of one series.
func (l *Lineage) find(rows []rowAt, series string) ([]rowAt, error) {
	measure, rest, ok := strings.Cut(series, "|")
	parts := strings.Split(rest, "|")
	if !ok || len(parts) < 3 {
		return rows, nil
	}
	k := len(parts) - 2
	first, err1 := comp.ParseDate(parts[k])
	last, err2 := comp.ParseDate(parts[k+1])
	m, s := indexOf(l.measures, measure), indexOf(l.subjects, strings.Join(parts[:k], "|"))
	if err1 != nil || err2 != nil || m < 0 || s < 0 {
		return rows, nil
	}
	at := sort.Search(len(l.series), func(i int) bool {
		x := &l.series[i]
		return x.measure > m || (x.measure == m && x.subject >= s)
	})
	for ; at < len(l.series) && l.series[at].measure == m && l.series[at].subject == s; at++ {
		if x := l.series[at]; first <= x.period.Start && x.period.End-1 <= last {
			b, err := l.bytes(x.from, x.to)
			if err == nil {
				rows, err = decodeRows(rows, b, len(l.files))
			}
			if err != nil {
				return nil, err
			}
		}
	}
	return rows, nil
}

func indexOf(names []string, name string) int32 {
	for i, n := range names {
		if n == name {
			return int32(i)
		}
	}
	return -1
}

// rowAt is a row's file, by its number in the order of names, and position.
type rowAt struct {
	file uint32
	pos  int64
}

// sortRows sorts by file and position and leaves each row once.
func sortRows(rows []rowAt) []rowAt {
	less := func(a, b rowAt) bool { return a.file < b.file || (a.file == b.file && a.pos < b.pos) }
	for i := 1; i < len(rows); i++ {
		if less(rows[i], rows[i-1]) {
			sort.Slice(rows, func(i, j int) bool { return less(rows[i], rows[j]) })
			break
		}
	}
	out := rows[:0]
	for i, r := range rows {
		if i == 0 || r != out[len(out)-1] {
			out = append(out, r)
		}
	}
	return out
}

// encodeRun writes the rows of one file, each once: file, count, first position, differences.
func encodeRun(b []byte, file uint32, pos []int64) []byte {
	distinct := len(pos)
	for i := 1; i < len(pos); i++ {
		if pos[i] < pos[i-1] {
			slices.Sort(pos)
			return encodeRun(b, file, pos)
		}
		if pos[i] == pos[i-1] {
			distinct--
		}
	}
	b = binary.AppendUvarint(b, uint64(file))
	b = binary.AppendUvarint(b, uint64(distinct))
	last := int64(0)
	for i, p := range pos {
		if i > 0 && p == last {
			continue
		}
		if d := uint64(p - last); d < 0x80 {
			b = append(b, byte(d))
		} else {
			b = binary.AppendUvarint(b, d)
		}
		last = p
	}
	return b
}

var errLineage = errors.New("lineage is damaged")

func decodeRows(rows []rowAt, b []byte, files int) ([]rowAt, error) {
	r := reader{b: b}
	for len(r.b) > 0 && r.err == nil {
		file, n := r.uint(), r.uint()
		if file >= uint64(files) || n > uint64(len(r.b)) {
			return rows, errLineage
		}
		pos := int64(0)
		for range n {
			pos += int64(r.uint())
			rows = append(rows, rowAt{uint32(file), pos})
		}
	}
	return rows, r.err
}

// lineageMagic is the first line of the stored form.
const lineageMagic = "carrot lineage 1\n"

// Encode is the canonical form: equal lineage gives equal bytes. After the first line come files (name, digest), measures
// and subjects as counted texts, then each series as measure, subject, first day, days, length, and then all rows; every
// number is a base-128 varint, differences where they are small.
func (l *Lineage) Encode() ([]byte, error) {
	data, err := l.bytes(0, l.size())
	if err != nil {
		return nil, err
	}
	b := append(make([]byte, 0, len(data)+12*len(l.series)+1024), lineageMagic...)
	texts := func(all ...string) {
		for _, t := range all {
			b = append(binary.AppendUvarint(b, uint64(len(t))), t...)
		}
	}
	b = binary.AppendUvarint(b, uint64(len(l.files)))
	for _, f := range l.files {
		texts(f.Name, f.Digest)
	}
	b = binary.AppendUvarint(b, uint64(len(l.measures)))
	texts(l.measures...)
	b = binary.AppendUvarint(b, uint64(len(l.subjects)))
	texts(l.subjects...)
	b = binary.AppendUvarint(b, uint64(len(l.series)))
	for _, s := range l.series {
		b = binary.AppendUvarint(b, uint64(s.measure))
		b = binary.AppendUvarint(b, uint64(s.subject))
		b = binary.AppendVarint(b, int64(s.period.Start))
		b = binary.AppendUvarint(b, uint64(s.period.Days()))
		b = binary.AppendUvarint(b, uint64(s.to-s.from))
	}
	return append(b, data...), nil
}

// DecodeLineage reads what Encode writes. It errs on anything else, and never trusts a length.
func DecodeLineage(b []byte) (*Lineage, error) {
	if !strings.HasPrefix(string(b[:min(len(b), len(lineageMagic))]), lineageMagic) {
		return nil, fmt.Errorf("%w: it does not begin with %q", errLineage, lineageMagic)
	}
	r := reader{b: b[len(lineageMagic):]}
	l := &Lineage{}
	for range r.count() {
		name := r.text()
		l.files = append(l.files, comp.File{Name: name, Digest: r.text()})
	}
	for range r.count() {
		l.measures = append(l.measures, r.text())
	}
	for range r.count() {
		l.subjects = append(l.subjects, r.text())
	}
	at := 0
	for range r.count() {
		s := seriesAt{measure: int32(r.uint()), subject: int32(r.uint())}
		s.period.Start = comp.Date(r.int())
		s.period.End = s.period.Start + comp.Date(r.uint())
		s.from, s.to = at, at+r.count()
		at = s.to
		l.series = append(l.series, s)
	}
	if r.err != nil || at != len(r.b) {
		return nil, fmt.Errorf("%w: its parts do not fill its length", errLineage)
	}
	l.data = r.b
	for _, s := range l.series {
		if _, err := decodeRows(nil, l.data[s.from:s.to], len(l.files)); err != nil {
			return nil, err
		}
	}
	return l, nil
}

// reader takes numbers and texts off the front of bytes; after an error it gives zeros.
type reader struct {
	b   []byte
	err error
}

func (r *reader) uint() uint64 {
	x, n := binary.Uvarint(r.b)
	if n <= 0 {
		r.b, r.err = nil, errLineage
		return 0
	}
	r.b = r.b[n:]
	return x
}

func (r *reader) int() int64 {
	x, n := binary.Varint(r.b)
	if n <= 0 {
		r.b, r.err = nil, errLineage
		return 0
	}
	r.b = r.b[n:]
	return x
}

// count is a number of things of at least a byte each, so never more than bytes are left.
func (r *reader) count() int {
	n := r.uint()
	if n > uint64(len(r.b)) {
		r.b, r.err = nil, errLineage
		return 0
	}
	return int(n)
}

func (r *reader) text() string {
	n := r.count()
	t := string(r.b[:n])
	r.b = r.b[n:]
	return t
}
