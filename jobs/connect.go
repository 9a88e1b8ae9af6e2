package jobs

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"sort"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"carrot/config"
	"carrot/connectors"
	"carrot/jobs/archive"
	"carrot/transform"
	"carrot/transform/comp"
)

// pullSource pulls a source that its connector reaches. The connector names each file <table>/<file>; a table's files of
// one pull are one manifest, which also keeps where the connector goes on next time.
func (h *House) pullSource(ctx context.Context, seal *sealer, src config.Source, asOf comp.Date) ([]PulledTable, error) {
	c, ok := h.Sources[src.Kind]
	if !ok {
		return nil, refuse("source %s: kind %q is no connector of this program; write kind: files", src.Name, src.Kind)
	}
	last := map[string]archive.Pull{}
	var since connectors.State
	for _, t := range src.Tables {
		earlier, err := archive.Pulls(ctx, h.Archive, t.Contract.Name())
		if err != nil {
			return nil, err
		}
		if len(earlier) > 0 {
			last[t.Contract.Table] = earlier[len(earlier)-1]
			since = connectors.State(earlier[len(earlier)-1].CursorAfter)
		}
	}
	objects := map[string][]archive.Object{}
	next, err := c.Pull(ctx, since, func(name string, raw io.Reader) error {
		table, file, _ := strings.Cut(name, "/")
		t, ok := tableOf(src, table)
		if !ok {
			return fmt.Errorf("%s: the source gives a table %q that the config does not declare", name, table)
		}
		h.tell("pulling", src.Name+"."+table, len(objects[table]), 0)
		b, err := io.ReadAll(raw)
		if err != nil {
			return err
		}
		o, err := seal.keep(ctx, &t.Contract, file, bytes.NewReader(b))
		objects[table] = append(objects[table], o)
		return err
	})
	if err != nil {
		return nil, err
	}
	var out []PulledTable
	for _, t := range src.Tables {
		got := objects[t.Contract.Table]
		out = append(out, PulledTable{Table: t.Contract.Name(), Found: len(got), New: len(got)})
		if len(got) == 0 {
			continue
		}
		before := last[t.Contract.Table]
		m := archive.Pull{PullManifest: comp.PullManifest{Source: src.Name, Table: t.Contract.Table, Seq: before.Seq + 1, Mode: t.Contract.Mode,
			Known: asOf, Keys: t.Contract.Keys, Status: "complete", CursorBefore: string(since), CursorAfter: string(next)}, Objects: got}
		if t.Contract.Mode == comp.Window {
			if m.Covers, err = h.coveredDays(ctx, got, tableDef{t.Contract, t.Format, src.Kind}, asOf); err != nil {
				return nil, err
			}
		}
		if _, err := archive.WritePull(ctx, h.Archive, m); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func tableOf(src config.Source, table string) (config.Table, bool) {
	i := sort.Search(len(src.Tables), func(i int) bool { return src.Tables[i].Contract.Table >= table })
	if i < len(src.Tables) && src.Tables[i].Contract.Table == table {
		return src.Tables[i], true
	}
	return config.Table{}, false
}

// coveredDays is the span from the first to the last day of the contract's covers column, read from the archived bytes.
// Files without one readable day cover the day on which they became known, which holds no row of theirs.
func (h *House) coveredDays(ctx context.Context, objects []archive.Object, t tableDef, known comp.Date) (comp.Period, error) {
	v := newVault(ctx, h.Archive, h.Temp)
	defer v.Close()
	col := t.contract.Index(t.contract.Covers)
	if col < 0 {
		return comp.Period{}, refuse("table %s: covers: %q is no column of it; name the date column whose days a file covers", t.contract.Name(), t.contract.Covers)
	}
	span := comp.Period{Start: comp.Forever, End: comp.NoDate}
	zone, err := comp.Zone(t.contract.Columns[col].Zone)
	if err != nil {
		return comp.Period{}, err
	}
	see := func(d comp.Date) { span.Start, span.End = min(span.Start, d), max(span.End, d+1) }
	for _, o := range objects {
		in, err := v.input(o, t, 0)
		if err != nil {
			return comp.Period{}, err
		}
		splits, _ := h.splits(t.kind, in)
		for _, decode := range splits {
			decode(func(b transform.Batch) error {
				switch a := b.Rec.Column(col).(type) {
				case *array.Date32:
					for i := range a.Len() {
						if a.IsValid(i) {
							see(comp.Date(a.Value(i)))
						}
					}
				case *array.Timestamp:
					for i := range a.Len() {
						if a.IsValid(i) {
							see(comp.DateIn(a.Value(i).ToTime(arrow.Second).Unix(), zone))
						}
					}
				}
				return nil
			})
		}
	}
	if span.Days() == 0 {
		return comp.Period{Start: known, End: known + 1}, nil
	}
	return span, nil
}

// splitSize is how many bytes one goroutine decodes at a time where the house does not say.
const splitSize = 4 << 20

// scanSplit is one split as the calculation scans it.
type scanSplit = func(out func(transform.Batch) error) []comp.Finding

// splits cuts a file into parts that can be decoded on their own, by the connector of its source.
func (h *House) splits(kind string, in connectors.Input) ([]scanSplit, []comp.Finding) {
	cut, decode := connectors.Splits, connectors.Decode
	if c, ok := h.Sources[kind]; ok && kind != "files" {
		cut, decode = c.Splits, c.Decode
	}
	size := int64(splitSize)
	if h.SplitSize > 0 {
		size = h.SplitSize
	}
	parts, findings := cut(in, size)
	out := make([]scanSplit, len(parts))
	for i, s := range parts {
		out[i] = func(to func(transform.Batch) error) []comp.Finding { return decode(s, to) }
	}
	return out, findings
}

// digestFrom is the sha256, in hex, of everything that r gives from its first byte.
func digestFrom(ctx context.Context, r io.ReadSeeker) (string, error) {
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return "", err
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, r); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), ctx.Err()
}

func digestOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
