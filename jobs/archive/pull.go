package archive

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"carrot/transform/comp"
)

// Pull is a pull manifest with the objects that hold its files.
type Pull struct {
	comp.PullManifest
	Objects []Object // one for each of Files: same name, digest and size; Encode fills Files where it is empty
	Digest  string   // sha256, in hex, of the text up to its last line, which holds it; set by reading and writing
}

// Key is where the pull manifest lies. The number is the fence: of two that pull the same table at once, one gets it.
func (p Pull) Key() string { return pullKey(p.Name(), p.Seq) }

// Ref is what a run manifest keeps of it.
func (p Pull) Ref() PullRef { return PullRef{p.Key(), p.Digest} }

func pullKey(table string, seq int) string { return fmt.Sprintf("pulls/%s/%08d", table, seq) }

// Encode is the canonical text with its digest in the last line. Files are sorted by name.
func (p Pull) Encode() ([]byte, error) {
	text, _, err := p.encode()
	return text, err
}

func (p Pull) encode() ([]byte, string, error) {
	if err := p.check(); err != nil {
		return nil, "", fmt.Errorf("pull %d of %s: %w", p.Seq, p.Name(), err)
	}
	var w writer
	w.line("carrot", "pull", "1")
	w.line("source", p.Source)
	w.line("table", p.Table)
	w.line("seq", itoa(int64(p.Seq)))
	w.line("mode", string(p.Mode))
	w.line("known", p.Known.String())
	if p.Mode == comp.Window {
		w.line("covers", p.Covers.Start.String(), p.Covers.End.String())
	}
	w.line("keys", p.Keys...)
	w.line("status", p.Status)
	w.line("cursor", p.CursorBefore, p.CursorAfter)
	for _, o := range sorted(p.Objects, objectName) {
		w.object("file", o)
	}
	text, digest := w.seal()
	return text, digest, nil
}

// DecodePull reads Encode's text and refuses every other byte.
func DecodePull(b []byte) (Pull, error) {
	r, p := newReader(b), Pull{}
	r.version("pull")
	p.Source, p.Table = r.text("source"), r.text("table")
	p.Seq, p.Mode = int(r.number("seq")), comp.Mode(r.text("mode"))
	p.Known = r.date(r.text("known"))
	if r.is("covers") {
		f := r.take("covers", 2)
		p.Covers = comp.Period{Start: r.date(f[0]), End: r.date(f[1])}
	}
	if keys := r.take("keys", anyFields); len(keys) > 0 {
		p.Keys = keys
	}
	p.Status = r.text("status")
	c := r.take("cursor", 2)
	p.CursorBefore, p.CursorAfter = c[0], c[1]
	p.Objects = r.objects("file")
	p.Digest = r.seal()
	err := r.done(b, p.Encode)
	p.Files = filesOf(p.Objects)
	return p, err
}

func (r *reader) date(s string) comp.Date {
	d, err := comp.ParseDate(s)
	if err != nil {
		r.fail("%v", err)
	}
	return d
}

func filesOf(objects []Object) []comp.PulledFile {
	var out []comp.PulledFile
	for _, o := range objects {
		out = append(out, comp.PulledFile{Name: o.Name, Digest: o.Digest, Size: o.Size})
	}
	return out
}

func (p Pull) check() error {
	if err := checkTable(p.Source, p.Table); err != nil {
		return err
	}
	if p.Seq < 1 || p.Seq > 99999999 {
		return fmt.Errorf("the number %d is not within 1 and 99999999", p.Seq)
	}
	if p.Mode != comp.Snapshot && p.Mode != comp.Delta && p.Mode != comp.Window {
		return fmt.Errorf("mode %q is not snapshot, delta or window", p.Mode)
	}
	if p.Known == comp.NoDate {
		return errors.New("the day from which it is known is absent")
	}
	if (p.Mode == comp.Window) != (p.Covers.Days() > 0) || (p.Mode != comp.Window && p.Covers != comp.Period{}) {
		return fmt.Errorf("mode %s with days %s..%s: a window, and nothing else, covers days", p.Mode, p.Covers.Start, p.Covers.End)
	}
	if p.Status != "complete" && p.Status != "incomplete" {
		return fmt.Errorf("status %q is not complete or incomplete", p.Status)
	}
	if err := unique("file", p.Objects, objectName); err != nil {
		return err
	}
	return p.checkFiles()
}

// checkFiles holds Files against Objects.
func (p Pull) checkFiles() error {
	byName := sorted(p.Files, func(f comp.PulledFile) string { return f.Name })
	if len(byName) > 0 && len(byName) != len(p.Objects) {
		return fmt.Errorf("%d files and %d objects", len(byName), len(p.Objects))
	}
	for i, o := range sorted(p.Objects, objectName) {
		if err := o.check(); err != nil {
			return err
		}
		if len(byName) > 0 && byName[i] != (comp.PulledFile{Name: o.Name, Digest: o.Digest, Size: o.Size}) {
			return fmt.Errorf("file %q differs from object %q", byName[i].Name, o.Name)
		}
	}
	return nil
}

func checkTable(source, table string) error {
	name := source + "." + table
	if source == "" || table == "" || strings.ContainsAny(name, "/ ") || CheckKey("pulls/"+name) != nil {
		return fmt.Errorf("source %q and table %q do not make a folder's name", source, table)
	}
	return nil
}

// WritePull keeps a pull manifest after its objects and gives it back with its digest. The same manifest again is
// success. Where the number is taken by another pull the error is a *Conflict (fs.ErrExist).
func WritePull(ctx context.Context, s Store, p Pull) (Pull, error) {
	text, digest, err := p.encode()
	if err != nil {
		return Pull{}, err
	}
	if err := keep(ctx, s, p.Key(), bytes.NewReader(text)); err != nil {
		return Pull{}, err
	}
	p.Objects, p.Digest = sorted(p.Objects, objectName), digest
	p.Files = filesOf(p.Objects)
	return p, nil
}

// ReadPull reads and proves one pull manifest. A damaged one, or another than the reference's digest (where that is not
// ""), is a *Problem.
func ReadPull(ctx context.Context, s Store, ref PullRef) (Pull, error) {
	b, err := readText(ctx, s, ref.Key)
	if err != nil {
		return Pull{}, err
	}
	p, err := DecodePull(b)
	if err == nil && p.Key() != ref.Key {
		err = fmt.Errorf("found pull %d of %s", p.Seq, p.Name())
	}
	if err != nil {
		return Pull{}, &Problem{Kind: Damaged, Key: ref.Key, Expected: "a pull manifest", Found: err.Error(), err: err}
	}
	if ref.Digest != "" && ref.Digest != p.Digest {
		return Pull{}, &Problem{Kind: Damaged, Key: ref.Key, Expected: ref.Digest, Found: p.Digest}
	}
	return p, nil
}

// Pulls reads and proves every pull manifest of a table (source.table), sorted by number. The next number is one more
// than the last one's. A gap in the numbers is a *Problem.
func Pulls(ctx context.Context, s Store, table string) ([]Pull, error) {
	var refs []PullRef
	err := s.List(ctx, "pulls/"+table+"/", func(key string, _ int64) error {
		if _, seq, ok := parsePullKey(key); !ok {
			return strayKey(key, "pulls/<source>.<table>/<8 digits>")
		} else if seq != len(refs)+1 {
			return &Problem{Kind: Missing, Key: pullKey(table, len(refs)+1), Expected: "the pull before " + key, Found: "nothing", err: fs.ErrNotExist}
		}
		refs = append(refs, PullRef{Key: key})
		return nil
	})
	if err != nil {
		return nil, err
	}
	out := make([]Pull, 0, len(refs))
	for _, ref := range refs {
		p, err := ReadPull(ctx, s, ref)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

func parsePullKey(key string) (table string, seq int, ok bool) {
	parts := strings.Split(key, "/")
	if len(parts) != 3 || parts[0] != "pulls" {
		return "", 0, false
	}
	seq, ok = parseSeq(parts[2])
	return parts[1], seq, ok
}

// parseSeq reads exactly 8 digits, at least 1.
func parseSeq(s string) (int, bool) {
	n, err := strconv.ParseUint(s, 10, 32)
	return int(n), err == nil && len(s) == 8 && n > 0 && s[0] != '+'
}
