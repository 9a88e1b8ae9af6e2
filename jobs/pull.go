package jobs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"sort"
	"strings"

	"carrot/config"
	"carrot/jobs/archive"
	"carrot/transform/comp"
)

// Always is the known day of files whose declared name has no {drop}: every run may know them.
var Always = comp.Day(1, 1, 1)

// PullReport says what one pull brought in.
type PullReport struct {
	Tables []PulledTable // sorted by name
	Unread []UnreadFile  // files in the sources' folders that no table declares, sorted by folder and name
}

// PulledTable is one table's part of a pull.
type PulledTable struct {
	Table string // source.table
	Found int    // files that may be known on the day asked for
	New   int    // of these, files whose bytes were not pulled before
	Bytes int64  // of the new files
}

// New is the number of files that came in.
func (r PullReport) New() int {
	n := 0
	for _, t := range r.Tables {
		n += t.New
	}
	return n
}

// Pull brings in what the sources have that is known on asOf and was not brought in before. The bytes of every file are
// archived before anything parses them; then one pull manifest per table and drop says what arrived. A file that was
// pulled before is passed by; one whose bytes changed under the same name is pulled again under a higher number.
func (h *House) Pull(ctx context.Context, asOf comp.Date) (PullReport, error) {
	survey, err := h.Survey()
	if err != nil {
		return PullReport{}, err
	}
	seal, err := h.sealer(ctx, survey.Tables)
	if err != nil {
		return PullReport{}, err
	}
	report := PullReport{Unread: survey.Unread}
	for i, t := range survey.Tables {
		h.tell("pulling", t.Table.Contract.Name(), i, len(survey.Tables))
		p := puller{h: h, seal: seal, folder: t.Folder, table: t.Table, out: PulledTable{Table: t.Table.Contract.Name()}}
		if err := p.pull(ctx, t.Files, asOf); err != nil {
			return report, err
		}
		report.Tables = append(report.Tables, p.out)
	}
	h.tell("pulling", "", len(survey.Tables), len(survey.Tables))
	for _, src := range h.Config.Sources {
		if src.Kind == "files" {
			continue
		}
		tables, err := h.pullSource(ctx, seal, src, asOf)
		if err != nil {
			return report, fmt.Errorf("source %s: %w", src.Name, err)
		}
		report.Tables = append(report.Tables, tables...)
	}
	sort.Slice(report.Tables, func(i, j int) bool { return report.Tables[i].Table < report.Tables[j].Table })
	return report, nil
}

// puller pulls one table.
type puller struct {
	h      *House
	seal   *sealer
	folder fs.FS
	table  config.Table
	out    PulledTable
	seq    int
	last   map[string]archive.Object // the newest version of each file, by name
}

func (p *puller) pull(ctx context.Context, files []Found, asOf comp.Date) error {
	earlier, err := archive.Pulls(ctx, p.h.Archive, p.table.Contract.Name())
	if err != nil {
		return err
	}
	p.last = map[string]archive.Object{}
	for _, e := range earlier {
		for _, o := range e.Objects {
			p.last[o.Name] = o
		}
		p.seq = e.Seq
	}
	for start := 0; start < len(files); {
		end := start
		for end < len(files) && files[end].Known == files[start].Known {
			end++
		}
		if known := files[start].Known; known == comp.NoDate || known <= asOf {
			if err := p.drop(ctx, files[start:end]); err != nil {
				return err
			}
		}
		start = end
	}
	return nil
}

// drop pulls the files of one table that became known on one day. Of a delta only new bytes make a manifest; a snapshot
// or window that changed is listed whole, since its manifest must stand for all of it.
func (p *puller) drop(ctx context.Context, files []Found) error {
	var objects, fresh []archive.Object
	for _, f := range files {
		o, isNew, err := p.keep(ctx, f)
		if err != nil {
			return fmt.Errorf("%s: %s: %w", p.out.Table, f.Name, err)
		}
		objects = append(objects, o)
		if isNew {
			fresh = append(fresh, o)
			p.out.New++
			p.out.Bytes += o.Size
		}
		p.out.Found++
	}
	if len(fresh) == 0 {
		return nil
	}
	c := p.table.Contract
	if c.Mode == comp.Delta {
		objects = fresh
	}
	known := files[0].Known
	if known == comp.NoDate {
		known = Always
	}
	m := archive.Pull{PullManifest: comp.PullManifest{Source: c.Source, Table: c.Table, Seq: p.seq + 1, Mode: c.Mode, Known: known,
		Keys: c.Keys, Status: "complete"}, Objects: objects}
	if c.Mode == comp.Window {
		covers, err := p.h.coveredDays(ctx, objects, tableDef{c, p.table.Format, "files"}, known)
		if err != nil {
			return err
		}
		m.Covers = covers
	}
	_, err := archive.WritePull(ctx, p.h.Archive, m)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s: somebody else pulls this table at this moment: %w; run it again", p.out.Table, err)
	}
	if err != nil {
		return err
	}
	p.seq++
	for _, o := range objects {
		p.last[o.Name] = o
	}
	return nil
}

// keep archives a file unless its bytes are those of its newest version.
func (p *puller) keep(ctx context.Context, f Found) (o archive.Object, isNew bool, err error) {
	file, err := p.folder.Open(f.Name)
	if err != nil {
		return o, false, err
	}
	defer file.Close()
	raw, ok := file.(io.ReadSeeker)
	if !ok {
		return o, false, errors.New("cannot be read twice; copy it to a folder first")
	}
	if last, ok := p.last[f.Name]; ok && last.Size == f.Size {
		digest, err := digestFrom(ctx, raw)
		if err != nil {
			return o, false, err
		}
		if digest == last.Digest {
			return last, false, nil
		}
	}
	o, err = p.seal.keep(ctx, &p.table.Contract, f.Name, raw)
	return o, err == nil && o.Digest != p.last[f.Name].Digest, err
}

// mediaOf is the media type by a file name's ending, from a list of ours: the machine's would differ.
func mediaOf(name string) string {
	known := map[string]string{".csv": "text/csv", ".tsv": "text/tab-separated-values", ".txt": "text/plain", ".json": "application/json",
		".jsonl": "application/jsonl", ".gz": "application/gzip", ".zip": "application/zip", ".parquet": "application/vnd.apache.parquet",
		".yaml": "application/yaml", ".yml": "application/yaml", ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
	if m, ok := known[strings.ToLower(path.Ext(name))]; ok {
		return m
	}
	return "application/octet-stream"
}
