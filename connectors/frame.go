package connectors

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
)

// What a decoding child writes: frameMagic; frameHeader, the number of columns, and of each its kind and name; then per row frameRow and for each wanted
// column its text's length plus one, or 0 for null, and the text; at last frameEnd with the number of rows, or frameError
// with a message. All numbers are unsigned varints. The parent trusts none of it.
const (
	frameMagic = "carrot rows 1\n"

	frameRow    = 1
	frameEnd    = 2
	frameError  = 3
	frameHeader = 4

	frameText = 64 << 20 // the longest text
	frameCols = 1 << 16
)

// Kinds of a child's columns.
const (
	childText    = 't'
	childNumber  = 'n' // plain digits, with a point
	childBool    = 'b' // true, false
	childDate    = 'd' // YYYY-MM-DD
	childInstant = 'i' // YYYY-MM-DD hh:mm:ss, with Z where it is UTC
)

// frameWriter writes frames; errors stick.
type frameWriter struct {
	w   *bufio.Writer
	tmp []byte
}

func (f *frameWriter) number(n uint64) {
	f.tmp = binary.AppendUvarint(f.tmp[:0], n)
	f.w.Write(f.tmp)
}

func (f *frameWriter) text(s string) {
	f.number(uint64(len(s)))
	f.w.WriteString(s)
}

func (f *frameWriter) cell(b []byte, null bool) {
	if null {
		f.number(0)
		return
	}
	f.number(uint64(len(b)) + 1)
	f.w.Write(b)
}

// frameReader reads what a child wrote, with limits.
type frameReader struct {
	r   *bufio.Reader
	buf []byte
}

func (f *frameReader) number(most uint64) (int, error) {
	n, err := binary.ReadUvarint(f.r)
	if err == nil && n > most {
		err = fmt.Errorf("a number of %d, at most %d may be", n, most)
	}
	return int(n), err
}

// bytes are good until the next call.
func (f *frameReader) bytes(n int) ([]byte, error) {
	if n > cap(f.buf) {
		f.buf = make([]byte, n+n/2)
	}
	f.buf = f.buf[:n]
	_, err := io.ReadFull(f.r, f.buf)
	return f.buf, err
}

func (f *frameReader) text() ([]byte, error) {
	n, err := f.number(frameText)
	if err != nil {
		return nil, err
	}
	return f.bytes(n)
}
