package connectors

import (
	"bytes"
	"io"
	"sort"
)

// LinesOf are the lines of many positions of one file, in the order of pos, as LineOf gives each, from one pass over the
// text. Where the file ends or turns out damaged before a position, its line is 0 and the error says why.
func LinesOf(in Input, pos []int64) ([]int, error) {
	lines := make([]int, len(pos))
	switch in.Format.Kind {
	case XLSX:
		for i, p := range pos {
			lines[i] = int(p)
		}
		return lines, nil
	case Parquet:
		return lines, nil
	}
	newline := []byte{'\n'}
	if in.Format.Kind == CSV {
		s, err := in.Format.Dialect.compile()
		if err != nil {
			return lines, err
		}
		newline[0] = s.newline()
	}
	r, err := in.text(0)
	if err != nil {
		return lines, err
	}
	order := make([]int, len(pos))
	for i := range order {
		order[i] = i
	}
	sort.Slice(order, func(i, j int) bool { return pos[order[i]] < pos[order[j]] })
	buf, at, line := make([]byte, chunkSize), int64(0), 1
	for len(order) > 0 {
		n, err := r.Read(buf)
		from := int64(0)
		for len(order) > 0 && pos[order[0]] <= at+int64(n) {
			to := pos[order[0]] - at
			line += bytes.Count(buf[from:to], newline)
			lines[order[0]], from, order = line, to, order[1:]
		}
		line += bytes.Count(buf[from:n], newline)
		at += int64(n)
		if err == io.EOF {
			if len(order) > 0 {
				err = io.ErrUnexpectedEOF
				return lines, err
			}
			break
		}
		if err != nil {
			return lines, err
		}
	}
	return lines, nil
}
