package connectors

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/klauspost/compress/gzip"
)

// Limits on what a packed file may expand to. They are checked while reading, whatever the file says about itself.
const (
	unpackRatio = 200      // times the packed size …
	unpackFloor = 16 << 20 // … but this many bytes are always allowed
	unpackMost  = 64 << 30 // and never more than this
)

// inMemoryMost is what a workbook, one JSON document or a packed Parquet file may expand to, in bytes. Tests lower it.
var inMemoryMost int64 = 256 << 20

// plain says that a decoded position is an offset in the raw file, so that reading can start anywhere.
func (in Input) plain() bool {
	return (in.Format.Pack == "" || in.Format.Pack == "none") && or(in.Format.Dialect.Encoding, "utf-8") == "utf-8"
}

// unpacked is the file's bytes out of gzip or zip, from the beginning. Reading to the end checks the checksums.
func (in Input) unpacked() (io.Reader, error) {
	raw := io.NewSectionReader(in.ReaderAt, 0, in.Size)
	limit := min(max(unpackFloor, unpackRatio*in.Size), unpackMost)
	switch in.Format.Pack {
	case "", "none":
		return raw, nil
	case "gzip":
		z, err := gzip.NewReader(raw)
		if err != nil {
			return nil, packFault("gzip", err)
		}
		return &limited{r: z, left: limit, limit: limit, pack: "gzip"}, nil
	case "zip":
		f, err := in.member()
		if err != nil {
			return nil, err
		}
		z, err := f.Open()
		if err != nil {
			return nil, packFault("zip", err)
		}
		return &limited{r: z, left: limit, limit: limit, pack: "zip"}, nil
	}
	return nil, &fault{"bad_dialect", "pack is " + shown(in.Format.Pack) + ", expected none, gzip or zip", "correct `pack:` of the table"}
}

// member is the one member of a zip that the format names.
func (in Input) member() (*zip.File, error) {
	z, err := zip.NewReader(in.ReaderAt, in.Size)
	if err != nil {
		return nil, packFault("zip", err)
	}
	var found []*zip.File
	var names []string
	for _, f := range z.File {
		if strings.HasSuffix(f.Name, "/") || strings.HasPrefix(f.Name, "__MACOSX/") {
			continue
		}
		names = append(names, f.Name)
		whole, err1 := path.Match(in.Format.Member, f.Name)
		base, err2 := path.Match(in.Format.Member, path.Base(f.Name))
		if err1 != nil || err2 != nil {
			return nil, &fault{"bad_dialect", "member is " + shown(in.Format.Member) + ", expected a glob such as *.csv", "correct `member:` of the table"}
		}
		if in.Format.Member == "" || whole || base {
			found = append(found, f)
		}
	}
	if len(found) == 1 {
		return found[0], nil
	}
	wanted := "a single member"
	if in.Format.Member != "" {
		wanted = "one member that matches " + shown(in.Format.Member)
	}
	return nil, &fault{"zip_members", fmt.Sprintf("the zip holds %s, expected %s", listed(names), wanted), "name the one to read with `member:`"}
}

// listed is up to 12 names in quotes, or "nothing".
func listed(names []string) string {
	if len(names) == 0 {
		return "nothing"
	}
	more := ""
	if len(names) > 12 {
		more, names = fmt.Sprintf(" and %d more", len(names)-12), names[:12]
	}
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = shown(n)
	}
	return strings.Join(quoted, ", ") + more
}

func packFault(pack string, err error) error {
	var f *fault
	switch {
	case errors.As(err, &f):
		return f
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF), errors.Is(err, zip.ErrFormat):
		return &fault{"cut_file", "the " + pack + " file ends before its end mark: it was cut, or is no " + pack, "pull the file again, or correct `pack:`"}
	}
	return &fault{"damaged_pack", "the " + pack + " file is damaged: " + err.Error(), "pull the file again, or correct `pack:`"}
}

// limited stops an expansion that goes too far, and names the damage.
type limited struct {
	r           io.Reader
	left, limit int64
	pack        string
}

// Read reads on until the limit.
func (l *limited) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	if l.left -= int64(n); l.left < 0 {
		return 0, &fault{"too_large", fmt.Sprintf("the %s file expands to more than %d bytes, over %d times its own size", l.pack, l.limit, unpackRatio),
			"check where it comes from; if it is right, unpack it and set `pack: none`"}
	}
	if err != nil && err != io.EOF {
		err = packFault(l.pack, err)
	}
	return n, err
}

// text is the decoded stream from a position on: unpacked, in UTF-8, with its byte order mark.
func (in Input) text(from int64) (io.Reader, error) {
	if in.plain() {
		return io.NewSectionReader(in.ReaderAt, from, max(0, in.Size-from)), nil
	}
	r, err := in.unpacked()
	if err != nil {
		return nil, err
	}
	r = newTranscoder(r, in.Format.Dialect.Encoding)
	if from > 0 {
		if _, err := io.CopyN(io.Discard, r, from); err != nil && err != io.EOF {
			return nil, err
		}
	}
	return r, nil
}

// whole is the unpacked file in memory, for formats that cannot be read as a stream.
func (in Input) whole() (io.ReaderAt, int64, error) {
	if in.Format.Pack == "" || in.Format.Pack == "none" {
		return in.ReaderAt, in.Size, nil
	}
	r, err := in.unpacked()
	if err != nil {
		return nil, 0, err
	}
	b, err := io.ReadAll(io.LimitReader(r, inMemoryMost+1))
	if err != nil {
		return nil, 0, err
	}
	if int64(len(b)) > inMemoryMost {
		return nil, 0, &fault{"too_large", fmt.Sprintf("the packed file expands to more than %d bytes", inMemoryMost), "unpack it and set `pack: none`"}
	}
	return bytes.NewReader(b), int64(len(b)), nil
}

// byteOrder checks the first bytes of the raw text against the declared encoding and gives the length that the mark has
// in the decoded stream: 0 or 3.
func (in Input) byteOrder() (int64, error) {
	r, err := in.unpacked()
	if err != nil {
		return 0, err
	}
	head := make([]byte, 4)
	n, err := io.ReadFull(r, head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return 0, err
	}
	declared := or(in.Format.Dialect.Encoding, "utf-8")
	mark := markOf(head[:n])
	switch {
	case mark == "":
		return 0, nil
	case mark == declared:
		return 3, nil
	}
	return 0, &fault{"wrong_encoding", "the file begins with the byte order mark of " + mark + ", but " + declared + " is declared", "write `encoding: " + mark + "` in the dialect"}
}

// markOf is the encoding that a byte order mark stands for; "" where there is none.
func markOf(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte{0xEF, 0xBB, 0xBF}):
		return "utf-8"
	case bytes.HasPrefix(head, []byte{0xFF, 0xFE}):
		return "utf-16le"
	case bytes.HasPrefix(head, []byte{0xFE, 0xFF}):
		return "utf-16be"
	}
	return ""
}
