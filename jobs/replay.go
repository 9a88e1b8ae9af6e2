package jobs

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"slices"
	"sort"
	"strings"

	"carrot/jobs/archive"
	"carrot/transform/comp"
)

// Replayed says what a replay found.
type Replayed struct {
	Run         string       `json:"run"`
	Kind        string       `json:"kind"`
	Period      string       `json:"period"`
	Outputs     int          `json:"outputs"`           // files compared, sidecars included
	Differences []Difference `json:"differences"`       // empty: identical
	Program     string       `json:"program,omitempty"` // that made the run, where it is another than this one
}

// Difference is one thing that the replay gave otherwise.
type Difference struct {
	Output    string `json:"output"` // path of the output, name of the sidecar, or "request"
	Statement string `json:"statement,omitempty"`
	Line      string `json:"line,omitempty"`
	Old       string `json:"old,omitempty"`
	New       string `json:"new,omitempty"`
}

// String is the difference in one line.
func (d Difference) String() string {
	at := d.Output
	if d.Statement != "" {
		at += fmt.Sprintf(": statement %s line %s", d.Statement, d.Line)
	}
	return fmt.Sprintf("%s: archived %s, replayed %s", at, orAbsent(d.Old), orAbsent(d.New))
}

func orAbsent(s string) string {
	if s == "" {
		return "nothing"
	}
	return s
}

// replayHouse stands for a program that has no config of its own: everything comes from the archive.
func replayHouse(store archive.Store, temp string, tell func(Step)) *House {
	return &House{Archive: store, Temp: temp, Progress: tell}
}

// Replay derives a run again from the archive alone and compares every output and sidecar with what the run kept, but
// for the program's own section. What it reads is proved by its digests first; damage is an *archive.Problem. The house
// needs an archive, its program and connectors; its config and folders are not looked at.
func (h *House) Replay(ctx context.Context, ref archive.RunRef) (Replayed, error) {
	store := h.Archive
	m, err := archive.ReadRun(ctx, store, ref)
	if err != nil {
		return Replayed{}, err
	}
	out := Replayed{Run: m.Run, Kind: string(m.Kind), Period: m.Period}
	if m.Program.Version != h.Program.Version || m.Program.Go != h.Program.Go {
		out.Program = m.Program.Version + " " + m.Program.Go
	}
	h.tell("replaying", m.Run, 0, 0)
	k, archived, err := recall(ctx, store, m)
	if err != nil {
		return out, err
	}
	o := Options{Kind: archived.Kind, Period: archived.Period, Business: archived.Business, KnownAt: archived.KnownAt, Statements: renders(archived)}
	again := k.request(o, archived.Previous)
	out.Differences = compareRequests(archived, again)
	chain, err := before(ctx, store, archived)
	if err != nil {
		return out, err
	}
	// The archived request, not the rebuilt one, is the run that is replayed: its id stands on every page.
	w, err := h.compute(ctx, k, archived, chain, m.Program.Version)
	if err != nil {
		return out, err
	}
	defer w.Close()
	c := comparison{ctx: ctx, store: store, out: &out, left: map[string]archive.Object{}}
	for _, x := range m.Outputs {
		c.left[string(output)+x.Name] = x
	}
	for _, x := range m.Sidecars {
		c.left[string(sidecar)+x.Name] = x
	}
	if err := w.files(o, k, c.compare); err != nil {
		return out, err
	}
	for _, x := range c.left { // in any order: sorted below
		out.Differences = append(out.Differences, Difference{Output: x.Name, Old: "a file of " + fmt.Sprint(x.Size) + " bytes"})
	}
	sort.SliceStable(out.Differences, func(i, j int) bool { return out.Differences[i].rank() < out.Differences[j].rank() })
	return out, nil
}

// rank puts the differences of lines first: they name a person and a sum.
func (d Difference) rank() string {
	if d.Statement != "" {
		return "0" + d.Output
	}
	return "1" + d.Output
}

// renders says whether a run rendered statements, as its request tells.
func renders(r comp.Request) bool {
	for _, d := range r.Inputs {
		if d.Name == outputsName {
			return d.Version == statementsAsWell
		}
	}
	return false
}

// before is the chain of postings up to the one that the request names.
func before(ctx context.Context, store archive.Store, r comp.Request) ([]archive.Posting, error) {
	chain, err := archive.PostingChain(ctx, store)
	if err != nil {
		return nil, err
	}
	if r.Previous == "" {
		return nil, nil
	}
	for i, p := range chain {
		if p.Digest == r.Previous {
			return chain[:i+1], nil
		}
	}
	return nil, fmt.Errorf("the run follows the posting %s, which the archive does not hold; run `carrot verify`", r.Previous)
}

// compareRequests names the inputs that are not what the request says.
func compareRequests(archived, again comp.Request) []Difference {
	old, now := strings.Split(archived.Text(), "\n"), strings.Split(again.Text(), "\n")
	var out []Difference
	for _, line := range old {
		if !slices.Contains(now, line) {
			out = append(out, Difference{Output: "request", Old: line, New: sameKey(line, now)})
		}
	}
	for _, line := range now {
		if !slices.Contains(old, line) && sameKey(line, old) == "" {
			out = append(out, Difference{Output: "request", New: line})
		}
	}
	return out
}

// sameKey is the line that names the same thing.
func sameKey(line string, among []string) string {
	key := func(s string) string {
		f := strings.SplitN(s, " ", 4)
		if f[0] == "input" && len(f) == 4 {
			return "input " + f[2] + " " + f[3]
		}
		return f[0]
	}
	for _, l := range among {
		if key(l) == key(line) {
			return l
		}
	}
	return ""
}

// comparison holds each file that a replay makes against what the run kept.
type comparison struct {
	ctx   context.Context
	store archive.Store
	out   *Replayed
	left  map[string]archive.Object // what the run kept and the replay has not made yet
}

func (c *comparison) compare(f file) error {
	c.out.Outputs++
	key := string(f.section) + f.name
	o, ok := c.left[key]
	delete(c.left, key)
	digest, size, err := f.digest(c.ctx)
	switch {
	case err != nil:
		return err
	case !ok:
		c.add(Difference{Output: f.name, New: fmt.Sprintf("a file of %d bytes", size)})
		return nil
	case o.Digest == digest:
		return c.ctx.Err()
	}
	if strings.HasSuffix(f.name, "tables/lines.csv") {
		kept, err := archive.Get(c.ctx, c.store, o)
		if err != nil {
			return err
		}
		if rows := differingLines(f.name, kept, f.bytes); len(rows) > 0 {
			c.add(rows...)
			return nil
		}
	}
	c.add(Difference{Output: f.name, Old: "sha256 " + o.Digest, New: "sha256 " + digest})
	return nil
}

func (c *comparison) add(d ...Difference) { c.out.Differences = append(c.out.Differences, d...) }

// differingLines compares two versions of tables/lines by statement and line.
func differingLines(name string, old, now []byte) []Difference {
	was, is := lineRows(old), lineRows(now)
	var keys [][2]string
	for k := range was { // in any order: sorted below
		keys = append(keys, k)
	}
	for k := range is {
		if _, ok := was[k]; !ok {
			keys = append(keys, k)
		}
	}
	sort.Slice(keys, func(i, j int) bool { return slices.Compare(keys[i][:], keys[j][:]) < 0 })
	var out []Difference
	for _, k := range keys {
		if was[k] != is[k] {
			out = append(out, Difference{Output: name, Statement: k[0], Line: k[1], Old: was[k], New: is[k]})
		}
	}
	return out
}

// lineRows are the rows of tables/lines by statement and line number.
func lineRows(b []byte) map[[2]string]string {
	rows, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
	if err != nil || len(rows) == 0 {
		return nil
	}
	s, l := slices.Index(rows[0], "statement"), slices.Index(rows[0], "line")
	if s < 0 || l < 0 {
		return nil
	}
	out := map[[2]string]string{}
	for _, r := range rows[1:] {
		out[[2]string{r[s], r[l]}] = strings.Join(r, ",")
	}
	return out
}
