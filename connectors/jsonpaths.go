package connectors

import (
	"bufio"
	"bytes"
	"io"
	"strings"

	"carrot/transform/comp"
)

// paths finds the columns of a contract in an object: by a key, or by keys joined with points for objects in objects.
type paths struct {
	from  []string
	index map[string][]int // read by key only
	met   []bool
	path  []byte
}

func newPaths(c comp.Contract) *paths {
	p := &paths{index: map[string][]int{}, met: make([]bool, len(c.Columns)), from: make([]string, len(c.Columns))}
	for i, col := range c.Columns {
		p.from[i] = strings.TrimSpace(or(col.From, col.Name))
		p.index[p.from[i]] = append(p.index[p.from[i]], i)
	}
	return p
}

// walk gives every member of the object at start to visit, those of inner objects too: its path, the column that it
// belongs to or -1, and where the value is.
func (p *paths) walk(t jsonText, start int, visit func(path []byte, col, value, end int) error) (int, error) {
	base := len(p.path)
	defer func() { p.path = p.path[:base] }()
	return t.object(start, 0, func(key, keyEnd, value, end int) error {
		p.path = p.path[:base]
		if base > 0 {
			p.path = append(p.path, '.')
		}
		p.path = unquote(p.path, t.b[key:keyEnd])
		cols := p.index[string(p.path)]
		for _, c := range cols {
			p.met[c] = true
			if err := visit(p.path, c, value, end); err != nil {
				return err
			}
		}
		if t.b[value] == '{' {
			_, err := p.walk(t, value, visit)
			return err
		}
		if len(cols) == 0 {
			return visit(p.path, -1, value, end)
		}
		return nil
	})
}

// lineReader gives physical lines with their positions.
type lineReader struct {
	r     *bufio.Reader
	text  []byte // without its line feed; good until the next call
	at    cut
	after cut
	ended bool // a line feed stood after it
	err   error
}

func newLines(r io.Reader, at cut) *lineReader {
	return &lineReader{r: bufio.NewReaderSize(r, chunkSize), after: at}
}

func (l *lineReader) next() bool {
	l.at, l.text = l.after, l.text[:0]
	for {
		part, err := l.r.ReadSlice('\n')
		l.text = append(l.text, part...)
		switch {
		case err == bufio.ErrBufferFull && len(l.text) < maxRecord:
			continue
		case err == bufio.ErrBufferFull:
			err = &fault{"too_large", "a line is longer than 64 MiB", "correct `format:` of the table"}
		}
		if err != nil && err != io.EOF {
			l.err = err
			return false
		}
		l.ended = err == nil
		l.after = cut{l.at.pos + int64(len(l.text)), l.at.line + 1}
		if len(l.text) == 0 {
			return false
		}
		l.text = bytes.TrimSuffix(l.text, []byte("\n"))
		return true
	}
}
