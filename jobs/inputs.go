package jobs

import (
	"context"
	"fmt"
	"slices"

	"carrot/jobs/archive"
	"carrot/transform"
	"carrot/transform/comp"
)

// bench is where the inputs of a run are laid out: the files of the run and of the posted close before it, each opened
// and cut once. Both share one list of files, since true-ups mix their tables.
type bench struct {
	h      *House
	vault  *vault
	files  []comp.File
	index  map[comp.File]uint32
	object map[string]archive.Object // by raw digest
	reader readers                   // how the run itself reads each file
	cut    map[string]*cutFile
	total  int
	done   int
}

// readers are the tables that are read from each raw file, by digest: a workbook may hold several.
type readers map[string][]tableDef

// add notes that a table is read from a file; of two definitions of one table the first stands.
func (r readers) add(digest string, def tableDef) {
	for _, d := range r[digest] {
		if d.contract.Name() == def.contract.Name() {
			return
		}
	}
	r[digest] = append(r[digest], def)
}

// of is how a file is read as one of the named tables; as any table where none of them is read from it.
func (r readers) of(digest string, tables ...string) tableDef {
	for _, d := range r[digest] {
		if slices.Contains(tables, d.contract.Name()) {
			return d
		}
	}
	if len(r[digest]) == 0 {
		return tableDef{}
	}
	return r[digest][0]
}

// cutFile is a file's splits for one contract.
type cutFile struct {
	splits   []scanSplit
	findings []comp.Finding
}

func newBench(ctx context.Context, h *House) *bench {
	sweepTemp(h.Temp)
	return &bench{h: h, vault: newVault(ctx, h.Archive, h.Temp), index: map[comp.File]uint32{}, object: map[string]archive.Object{},
		reader: readers{}, cut: map[string]*cutFile{}}
}

// tableDefs are the tables of a config by name.
func tableDefs(k *knowledge) map[string]tableDef {
	out := map[string]tableDef{}
	for _, s := range k.config.Sources {
		for _, t := range s.Tables {
			out[t.Contract.Name()] = tableDef{t.Contract, t.Format, s.Kind}
		}
	}
	return out
}

// tables lays out the parts of every table. Of a file that was pulled several times under one name the newest version
// counts alone. What is wrong with a file as a whole comes back as findings.
func (b *bench) tables(k *knowledge) (map[string][]transform.Part, []comp.Finding, error) {
	defs := tableDefs(k)
	out := map[string][]transform.Part{}
	var findings []comp.Finding
	newest := map[string]int{}
	for i, p := range k.pulls {
		for _, o := range p.Objects {
			newest[p.Name()+"\x00"+o.Name] = i
			b.total++
		}
	}
	counts := func(pull int, o archive.Object) bool { return newest[k.pulls[pull].Name()+"\x00"+o.Name] == pull }
	if err := b.unlock(k, defs, counts); err != nil {
		return nil, nil, err
	}
	seq := 0
	for i, p := range k.pulls {
		def, ok := defs[p.Name()]
		if !ok {
			continue
		}
		if seq++; i == 0 || k.pulls[i-1].Name() != p.Name() {
			seq = 1
		}
		twin := map[string]string{}
		for _, o := range p.Objects { // sorted by name
			b.done++
			if first, ok := twin[o.Digest]; ok {
				findings = append(findings, comp.Finding{Code: "same_file_twice", Table: p.Name(), Key: o.Name, Text: first,
					Message: fmt.Sprintf("%s holds the same bytes as %s of the same drop and counts once", o.Name, first),
					Hint:    "remove one of the two, or narrow files: in the source's file", Origin: comp.Origin{File: o.Digest, Name: o.Name}})
				continue
			}
			twin[o.Digest] = o.Name
			if !counts(i, o) {
				continue
			}
			b.h.tell("reading", o.Name, b.done, b.total)
			cut, file, err := b.cutFile(o, def)
			if err != nil {
				return nil, nil, err
			}
			findings = append(findings, cut.findings...)
			out[p.Name()] = append(out[p.Name()], transform.Part{Seq: seq, Mode: p.Mode, Covers: p.Covers, File: file, Splits: cut.splits})
		}
	}
	return out, findings, nil
}

// cutFile opens a file and cuts it into splits.
func (b *bench) cutFile(o archive.Object, def tableDef) (*cutFile, uint32, error) {
	f := comp.File{Digest: o.Digest, Name: o.Name}
	i, ok := b.index[f]
	if !ok {
		i = uint32(len(b.files))
		b.files, b.index[f] = append(b.files, f), i
		b.object[o.Digest] = o
	}
	b.reader.add(o.Digest, def)
	key := fmt.Sprintf("%d %+v", i, def)
	if c, ok := b.cut[key]; ok {
		return c, i, nil
	}
	in, err := b.vault.input(o, def, i)
	if err != nil {
		return nil, 0, err
	}
	splits, findings := b.h.splits(def.kind, in)
	c := &cutFile{splits, findings}
	b.cut[key] = c
	return c, i, nil
}

// inputs are everything that the calculation reads. Files is filled in by the caller, once every table is laid out.
func (b *bench) inputs(k *knowledge, facts comp.RunFacts, ledger []comp.LedgerEntry) (transform.Inputs, []comp.Finding, error) {
	tables, findings, err := b.tables(k)
	in := transform.Inputs{Run: facts, Settings: k.config.Settings, Mapping: k.config.Mapping, Contracts: k.config.Contracts, Tables: tables,
		Measures: k.config.Measures, Plans: k.config.Plans, Detectors: k.config.Detectors, Waivers: k.waivers, Adjustments: k.adjustments, Ledger: ledger,
		Workers: workers(), Spill: b.vault}
	return in, append(findings, absent(k)...), err
}

// history is the ledger and the knowledge of the close before.
type history struct {
	ledger   []comp.LedgerEntry
	confided []comp.Confided // what closes made known of anonymous answers
	prev     *knowledge
	facts    comp.RunFacts
}

// past reads every posting up to the one before the run and, for the causes of true-ups, what the last close knew.
func past(ctx context.Context, s archive.Store, chain []archive.Posting) (history, error) {
	var out history
	for _, p := range chain {
		b, err := archive.Get(ctx, s, p.Ledger)
		if err != nil {
			return out, err
		}
		entries, err := decodeLedger(p.Ledger.Name+" of "+p.Period, b)
		if err != nil {
			return out, err
		}
		out.ledger = append(out.ledger, entries...)
	}
	if len(chain) == 0 || chain[len(chain)-1].Run == (archive.RunRef{}) {
		return out, nil
	}
	last := chain[len(chain)-1]
	m, err := archive.ReadRun(ctx, s, last.Run)
	if err != nil {
		return out, err
	}
	if out.confided, err = confided(ctx, s, m); err != nil {
		return out, err
	}
	k, req, err := recall(ctx, s, m)
	if err != nil {
		return out, err
	}
	out.prev, out.facts = k, k.facts(req, m.Program.Version)
	return out, nil
}
