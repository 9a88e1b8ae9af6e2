package jobs

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"sort"
	"strings"

	"carrot/connectors"
	"carrot/jobs/archive"
	"carrot/transform"
	"carrot/transform/comp"
)

// Explained is a statement with the source rows behind its lines.
type Explained struct {
	Run       string          `json:"run"`
	Kind      string          `json:"kind"`
	Statement Statement       `json:"statement"`
	Lines     []ExplainedLine `json:"lines"`
	Words     []string        `json:"words"` // the answer as one would write it to whom it concerns
}

// ExplainedLine is a line with what stands behind it.
type ExplainedLine struct {
	Line
	Rows    []SourceRow `json:"rows"`
	Sealed  int         `json:"sealed_rows"`                     // rows of sealed tables: counted, never shown
	Told    bool        `json:"answers_in_confidence,omitempty"` // such answers stand behind it, of which lineage names none
	Credits []Credit    `json:"credits,omitempty"`               // what the rows are worth to the payee
	Sums    []string    `json:"sums,omitempty"`                  // of the credits, by measure and currency
}

// SourceRow is one row of an export.
type SourceRow struct {
	Measure string `json:"measure,omitempty"` // that the row enters, of a line
	Table   string `json:"table"`
	File    string `json:"file"`
	Line    int    `json:"line"`
	Text    string `json:"text"`
}

// RunOf is the run to explain: the close that posted the period, or else the one preview of it; several previews need
// their run to be named. run may be "".
func RunOf(ctx context.Context, store archive.Store, period, run string) (archive.RunRef, archive.Manifest, error) {
	if run == "" {
		p, err := archive.ReadPosting(ctx, store, period)
		if err == nil {
			m, err := archive.ReadRun(ctx, store, p.Run)
			return p.Run, m, err
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return archive.RunRef{}, archive.Manifest{}, err
		}
	}
	refs, err := archive.Runs(ctx, store, run)
	if err != nil {
		return archive.RunRef{}, archive.Manifest{}, err
	}
	var found []archive.RunRef
	var last archive.Manifest
	for _, ref := range refs {
		m, err := archive.ReadRun(ctx, store, ref)
		if err != nil {
			return ref, m, err
		}
		if run != "" || m.Period == period {
			found, last = append(found, ref), m
		}
	}
	switch {
	case len(found) == 1, run != "" && len(found) > 0:
		return found[len(found)-1], last, nil
	case len(found) == 0 && run != "":
		return archive.RunRef{}, last, refuse("the archive holds no run %s; see carrot runs", run)
	case len(found) == 0:
		return archive.RunRef{}, last, refuse("the archive holds no run of %s; see carrot runs", period)
	}
	return archive.RunRef{}, last, refuse("%s is not posted and has %d runs; name one: --run %s", period, len(found), found[0].Run)
}

// Explain leads from a payee's lines (line 0: all of them) to the rows of the exports behind them. Somebody on the roster
// who has no statement gets words alone: why there is none.
func Explain(ctx context.Context, store archive.Store, ref archive.RunRef, m archive.Manifest, payee string, line int, temp string) (Explained, error) {
	out := Explained{Run: m.Run, Kind: string(m.Kind)}
	e, err := newExplainer(ctx, store, m, temp)
	if err != nil {
		return out, err
	}
	defer e.vault.Close()
	var others []string
	err = sidecarLines(ctx, store, m, temp, statementsFile, func(s Statement) error {
		if s.Payee == payee {
			out.Statement = s
		}
		others = append(others, s.Payee)
		return nil
	})
	if err != nil {
		return out, err
	}
	if out.Statement.ID == "" {
		if out.Words, err = e.nothing(payee); err != nil || out.Words != nil {
			return out, err
		}
		return out, refuse("%s has no statement in %s; statements are there for %s", payee, m.Period, firstFew(others))
	}
	if line < 0 || line > len(out.Statement.Lines) {
		return out, refuse("statement %s has %d lines; line %d is none of them", out.Statement.ID, len(out.Statement.Lines), line)
	}
	if err := e.loadCredits(payee); err != nil {
		return out, err
	}
	for _, l := range out.Statement.Lines {
		if line != 0 && l.Number != line {
			continue
		}
		x, err := e.line(l)
		if err != nil {
			return out, err
		}
		out.Lines = append(out.Lines, x)
	}
	out.Words, err = e.words(&out, line)
	return out, err
}

func firstFew(names []string) string {
	if len(names) > 5 {
		return strings.Join(names[:5], ", ") + fmt.Sprintf(" and %d others", len(names)-5)
	}
	return strings.Join(names, ", ")
}

// explainer reads a run's sidecars and raw files.
type explainer struct {
	ctx     context.Context
	store   archive.Store
	m       archive.Manifest
	k       *knowledge
	vault   *vault
	lineage *transform.Lineage
	objects map[string]archive.Object // by raw digest
	reader  readers
	credits []Credit
	request comp.Request
	company *comp.Company           // see people
	values  []map[string]comp.Value // the versions of the record that is explained
}

func newExplainer(ctx context.Context, store archive.Store, m archive.Manifest, temp string) (*explainer, error) {
	k, req, err := recall(ctx, store, m)
	if err != nil {
		return nil, err
	}
	o, ok := objectNamed(m.Sidecars, lineageFile)
	if !ok {
		return nil, refuse("run %s was stopped by findings and paid nobody; see carrot show %s", m.Run, m.Run)
	}
	b, err := archive.Get(ctx, store, o)
	if err != nil {
		return nil, err
	}
	e := &explainer{ctx: ctx, store: store, m: m, k: k, vault: newVault(ctx, store, temp), objects: map[string]archive.Object{},
		reader: readers{}, request: req}
	if e.lineage, err = transform.DecodeLineage(b); err != nil {
		return nil, fmt.Errorf("run %s: %w", m.Run, err)
	}
	defs := tableDefs(k)
	for _, p := range k.pulls {
		for _, o := range p.Objects {
			e.objects[o.Digest] = o
			e.reader.add(o.Digest, defs[p.Name()])
		}
	}
	return e, nil
}

// loadCredits keeps the credits of a payee (of everybody where payee is "").
func (e *explainer) loadCredits(payee string) error {
	return sidecarLines(e.ctx, e.store, e.m, e.vault.temp, creditsFile, func(c Credit) error {
		if payee == "" || c.Payee == payee {
			e.credits = append(e.credits, c)
		}
		return nil
	})
}

// line finds the rows behind one line.
func (e *explainer) line(l Line) (ExplainedLine, error) {
	out := ExplainedLine{Line: l}
	if l.Series == "" {
		return out, nil
	}
	for _, series := range byMeasure(l.Series) {
		measure, _, _ := strings.Cut(series, "|")
		tables := e.tablesOf(measure)
		out.Told = out.Told || e.unnamed(tables)
		rows, err := e.lineage.Rows(series)
		if err != nil {
			return out, err
		}
		for _, origin := range rows {
			row, sealed, err := e.row(origin, tables)
			if err != nil {
				return out, err
			}
			if sealed {
				out.Sealed++
				continue
			}
			row.Measure = measure
			out.Rows = append(out.Rows, row)
		}
	}
	sums := map[string]comp.Amount{}
	for _, c := range e.credits {
		if !slices.Contains(c.Lines, l.Number) {
			continue
		}
		out.Credits = append(out.Credits, c)
		amount, currency, _ := strings.Cut(c.Credited, " ")
		n, err := comp.ParseExact(amount)
		if err != nil {
			return out, fmt.Errorf("run %s: credits: %w", e.m.Run, err)
		}
		key := c.Measure + " " + currency
		sums[key] = comp.Amount{Number: sums[key].Number.Add(n), Currency: comp.Currency(currency)}
	}
	for key, a := range sums { // in any order: sorted below
		measure, _, _ := strings.Cut(key, " ")
		out.Sums = append(out.Sums, measure+" "+a.String())
	}
	sort.Strings(out.Sums)
	return out, nil
}

// byMeasure groups a line's series, which ";" joins, by measure: the component's own first, then those of its gates.
func byMeasure(series string) []string {
	var out []string
	for _, one := range strings.Split(series, ";") {
		measure, _, _ := strings.Cut(one, "|")
		i := slices.IndexFunc(out, func(s string) bool { return strings.HasPrefix(s, measure+"|") })
		if i < 0 {
			out = append(out, one)
			continue
		}
		out[i] += ";" + one
	}
	return out
}

// tablesOf are the tables that a measure reads.
func (e *explainer) tablesOf(measure string) []string {
	var out []string
	for _, m := range e.k.config.Measures {
		if m.ID != measure {
			continue
		}
		for _, t := range m.Terms {
			out = append(out, t.Table)
		}
	}
	return out
}

// row reads one source row, unless its table is sealed.
func (e *explainer) row(at comp.Origin, tables []string) (row SourceRow, sealed bool, err error) {
	o, ok := e.objects[at.File]
	if !ok {
		return row, false, fmt.Errorf("run %s: the lineage names the file %s, which no pull of the run holds; run `carrot verify`", e.m.Run, at.File)
	}
	def := e.reader.of(at.File, tables...)
	if def.contract.Class == comp.Sealed || o.Class == comp.Sealed {
		return row, true, nil
	}
	in, err := e.vault.input(o, def, 0)
	if err != nil {
		return row, false, err
	}
	rec, err := connectors.RecordAt(in, at.Pos)
	if err != nil {
		return row, false, fmt.Errorf("%s: the row at %d: %w", o.Name, at.Pos, err)
	}
	return SourceRow{Table: def.contract.Name(), File: o.Name, Line: rec.Line, Text: strings.TrimRight(string(rec.Raw), "\r\n")}, false, nil
}

// sidecarLines reads a run's sidecar of JSON lines, which may be long: it is unpacked into the folder temp.
func sidecarLines[T any](ctx context.Context, store archive.Store, m archive.Manifest, temp, name string, fn func(T) error) (err error) {
	o, ok := objectNamed(m.Sidecars, name)
	if !ok {
		return refuse("run %s was stopped by findings and paid nobody; see carrot show %s", m.Run, m.Run)
	}
	f, err := archive.Open(ctx, store, o, temp)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return eachLine(name, bufio.NewReader(f), fn)
}
