package connectors

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"

	"carrot/transform"
	"carrot/transform/comp"
)

// parquetMost is the largest Parquet file that is read.
const parquetMost = 1 << 30

// childPatience is how long a child may write nothing before it is ended.
const childPatience = 2 * time.Minute

// childColumn is a column as the child names it.
type childColumn struct {
	kind byte
	name string
}

// child is a running decoder of one file.
type child struct {
	cmd    *exec.Cmd
	frames frameReader
	watch  *time.Timer
	cols   []childColumn
	stderr bytes.Buffer
}

func parquetFault(message string) *fault {
	return &fault{"damaged_parquet", "the Parquet file cannot be read: " + message, "pull the file again, or export it as csv"}
}

// startChild starts a process of this program on the file and reads its header. wanted are indexes into the file's
// columns; with none the child checks the header and counts rows only.
func startChild(in Input, wanted []int) (*child, error) {
	if os.Getenv(childEnv) != "" {
		return nil, &fault{"unreadable_file", "a decoding child may not start another", "call connectors.ChildMain first in main"}
	}
	raw, size, err := in.whole()
	if err != nil {
		return nil, err
	}
	if size > parquetMost {
		return nil, &fault{"too_large", fmt.Sprintf("the Parquet file is larger than %d bytes", parquetMost), "export it in parts"}
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	ask := binary.AppendUvarint(nil, uint64(len(wanted)))
	for _, w := range wanted {
		ask = binary.AppendUvarint(ask, uint64(w))
	}
	c := newFrames(nil)
	c.cmd = exec.Command(self)
	c.cmd.Env = []string{childEnv + "=" + Parquet, "GOTRACEBACK=none"}
	c.cmd.Stdin = io.MultiReader(bytes.NewReader(ask), io.NewSectionReader(raw, 0, size))
	c.cmd.Stderr = &boundedWriter{&c.stderr, 4 << 10}
	c.cmd.WaitDelay = time.Second
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := c.cmd.Start(); err != nil {
		return nil, &fault{"unreadable_file", "no child could be started to read the Parquet file: " + err.Error(), "check that the program may start itself"}
	}
	c.watch = time.AfterFunc(childPatience, func() { _ = c.cmd.Process.Kill() })
	c.frames.r.Reset(out)
	if err := c.header(); err != nil {
		return nil, c.end(err)
	}
	return c, nil
}

// newFrames reads what a child writes to r.
func newFrames(r io.Reader) *child {
	return &child{frames: frameReader{r: bufio.NewReaderSize(r, 256<<10)}, watch: time.NewTimer(childPatience)}
}

// boundedWriter keeps the first bytes and drops the rest.
type boundedWriter struct {
	b    *bytes.Buffer
	most int
}

// Write never fails.
func (w *boundedWriter) Write(p []byte) (int, error) {
	w.b.Write(p[:min(len(p), max(0, w.most-w.b.Len()))])
	return len(p), nil
}

func (c *child) header() error {
	magic, err := c.frames.bytes(len(frameMagic))
	if err != nil {
		return err
	}
	if string(magic) != frameMagic {
		return &fault{"unreadable_file", "the child that reads Parquet did not answer", "call connectors.ChildMain first in main"}
	}
	first, err := c.frames.number(frameHeader)
	if err == nil && first == frameError {
		return c.said()
	}
	if err == nil && first != frameHeader {
		return errors.New("an unknown frame")
	}
	if err != nil {
		return err
	}
	n, err := c.frames.number(frameCols)
	if err != nil {
		return err
	}
	for range n {
		kind, err := c.frames.r.ReadByte()
		if err != nil {
			return err
		}
		name, err := c.frames.text()
		if err != nil {
			return err
		}
		c.cols = append(c.cols, childColumn{kind, string(name)})
	}
	return nil
}

// said is the error that the child found itself.
func (c *child) said() error {
	message, err := c.frames.text()
	if err != nil {
		return err
	}
	return parquetFault(oneLine(string(message)))
}

func oneLine(s string) string {
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "\uFFFD")), " ")
	if len(s) > 200 {
		s = strings.ToValidUTF8(s[:200], "") + "…"
	}
	return s
}

// row is the next row's cells, given one by one to visit; false with no error at the proper end.
func (c *child) row(columns int, visit func(i int, text []byte, null bool)) (bool, error) {
	c.watch.Reset(childPatience)
	kind, err := c.frames.number(frameError)
	if err != nil {
		return false, err
	}
	switch kind {
	case frameEnd:
		_, err := c.frames.number(1 << 62)
		return false, err
	case frameError:
		return false, c.said()
	case frameRow:
		for i := range columns {
			n, err := c.frames.number(frameText + 1)
			if err != nil {
				return false, err
			}
			var text []byte
			if n > 0 {
				if text, err = c.frames.bytes(n - 1); err != nil {
					return false, err
				}
			}
			visit(i, text, n == 0)
		}
		return true, nil
	}
	return false, errors.New("an unknown frame")
}

// end waits for the child, killing it where it still writes, and turns what went wrong into a fault.
func (c *child) end(err error) error {
	c.watch.Stop()
	if err != nil {
		_ = c.cmd.Process.Kill()
	}
	died := c.cmd.Wait()
	var f *fault
	switch {
	case errors.As(err, &f):
		return f
	case err != nil:
		reason, _, _ := strings.Cut(strings.TrimSpace(c.stderr.String()), "\n")
		return parquetFault("the process that read it died" + strings.TrimSuffix(": "+oneLine(reason), ": "))
	case died != nil:
		return parquetFault("the process that read it ended with " + died.Error())
	}
	return nil
}

// parquetSplits checks the footer and finds the columns: one split.
func parquetSplits(in Input) ([]Split, []comp.Finding) {
	c, err := startChild(in, nil)
	if err != nil {
		return nil, in.stops(err)
	}
	kind, err := c.frames.number(frameError)
	rows := 0
	switch {
	case err != nil:
	case kind == frameError:
		err = c.said()
	default:
		rows, err = c.frames.number(1 << 62)
	}
	if err = c.end(err); err != nil {
		return nil, in.stops(err)
	}
	labels := make([]label, len(c.cols))
	for i, col := range c.cols {
		labels[i] = label{text: trimLabel([]byte(col.name)), line: 1, col: i + 1}
	}
	cols, findings := matchColumns(in, labels, 0)
	if len(findings) > 0 {
		return nil, findings
	}
	if rows == 0 {
		return nil, []comp.Finding{headerOnly(in, 1)}
	}
	return []Split{{in: in, end: int64(rows), cols: cols}}, nil
}

// decodeParquet turns the file into batches, reading it through a child.
func decodeParquet(s Split, out func(transform.Batch) error) []comp.Finding {
	w, err := newRows(s.in, s.end, out)
	if err != nil {
		return s.in.stops(err)
	}
	c, err := startChild(s.in, s.cols)
	if err != nil {
		return s.in.stops(err)
	}
	pos := int64(0)
	for more := true; more && err == nil && !w.stopped; {
		more, err = c.row(len(s.cols), func(i int, text []byte, null bool) {
			col, kind := w.cols[i], byte(childText)
			if s.cols[i] < len(c.cols) {
				kind = c.cols[s.cols[i]].kind
			}
			if p := w.fromChild(col, kind, text, null); p != fine {
				col.clear(w.n)
				w.wrongCell(p, col, text, comp.Finding{Origin: s.in.origin(pos), Col: s.cols[i] + 1})
			}
		})
		if more && err == nil {
			w.keep(pos)
			pos++
		}
	}
	if err == nil && w.stopped {
		_ = c.end(errEnough)
		return w.findings
	}
	if err == nil && pos != s.end {
		err = parquetFault(fmt.Sprintf("%d rows came, %d were counted", pos, s.end))
	}
	if err = c.end(err); err != nil {
		w.flush()
		w.stop(asFault(err), pos, 0)
	}
	return w.finish()
}

// fromChild writes one cell by the kind that its column has in the file.
func (w *rows) fromChild(c *column, kind byte, text []byte, null bool) problem {
	if null {
		return c.null(w.n)
	}
	if !cleanText(text, true) {
		return badNative
	}
	switch kind {
	case childNumber:
		return c.number(w.n, trimFraction(c, text))
	case childBool:
		return c.boolean(w.n, string(text) == "true")
	case childDate:
		if c.kind == kDate {
			d, ok := isoDate(text)
			c.i32[w.n] = d
			return failed(ok, badDate)
		}
	case childInstant:
		if c.kind == kDate {
			if len(text) != 19 {
				return badDate
			}
			d, ok := isoDate(text[:10])
			c.i32[w.n] = d
			return failed(ok, badDate)
		}
		if c.kind == kInstant {
			declared := c.layout
			c.layout = nil
			t, ok := c.instant(text)
			c.layout = declared
			c.i64[w.n] = t
			return failed(ok, badInstant)
		}
	}
	return c.put(w.n, text)
}

func failed(ok bool, p problem) problem {
	if ok {
		return fine
	}
	return p
}

// trimFraction drops zeros that a Parquet decimal of a larger scale has beyond the column's: they are part of its type,
// not digits that somebody wrote.
func trimFraction(c *column, text []byte) []byte {
	i := bytes.IndexByte(text, '.')
	if i < 0 || (c.kind != kDecimal && c.kind != kInteger) {
		return text
	}
	for len(text) > i+1+c.Scale && text[len(text)-1] == '0' {
		text = text[:len(text)-1]
	}
	return bytes.TrimSuffix(text, []byte("."))
}
