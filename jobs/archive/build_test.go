package archive_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"carrot/jobs/archive"
	"carrot/jobs/archive/storetest"
	"carrot/transform/comp"
)

// long packs well.
var long = strings.Repeat("id,amount,currency\n006A,118250.00,EUR\n", 120)

// noon is the time of everything that has one.
var noon = time.Date(2026, 3, 3, 12, 0, 0, 0, time.UTC)

// step keeps the first error of many calls.
type step struct {
	ctx context.Context
	s   archive.Store
	err error
}

func (b *step) put(name string, class comp.Class, text string) archive.Object {
	if b.err != nil {
		return archive.Object{}
	}
	o, err := archive.Put(b.ctx, b.s, name, "text/csv", class, []byte(text))
	b.err = err
	return o
}

func (b *step) pull(table string, seq int, mode comp.Mode, o archive.Object) archive.Pull {
	if b.err != nil {
		return archive.Pull{}
	}
	source, name, _ := strings.Cut(table, ".")
	p := archive.Pull{PullManifest: comp.PullManifest{Source: source, Table: name, Seq: seq, Mode: mode, Known: comp.Day(2026, 2, 3), Status: "complete",
		Keys: []string{"id"}, CursorAfter: "2026-02-03T00:00:00Z"}, Objects: []archive.Object{o}}
	if mode == comp.Window {
		p.Covers = comp.Month(comp.Day(2026, 1, 1))
	}
	p, b.err = archive.WritePull(b.ctx, b.s, p)
	return p
}

func (b *step) run(kind comp.RunKind, period string, previous string, pulls ...archive.Pull) archive.RunRef {
	month, err := comp.ParseMonth(period)
	b.err = errors.Join(b.err, err)
	req := comp.Request{Kind: kind, Period: month, Business: comp.Day(2026, 3, 3), KnownAt: comp.Day(2026, 3, 2), Calculation: "1", Previous: previous}
	m := archive.Manifest{Run: req.RunID(), Kind: kind, Period: period, Program: archive.Program{Version: "carrot v0.1.0", Go: "go1.26.8 linux/amd64",
		Modules: []archive.Module{{Path: "github.com/apache/arrow/go/v15", Version: "v15.0.2", Sum: "h1:abc="}}}}
	for _, p := range pulls {
		m.Pulls = append(m.Pulls, p.Ref())
		req.Inputs = append(req.Inputs, comp.NamedDigest{Name: p.Key(), Digest: p.Digest})
	}
	m.Run = req.RunID()
	m.Request = b.put("request", comp.Open, req.Text())
	m.Config = []archive.Object{b.put("plans/sales.yaml", comp.Open, "plan: sales\n"), b.put("carrot.yaml", comp.Open, "carrot: 1\n")}
	m.Inputs = []archive.Object{b.put("waivers.csv", comp.Open, "finding,reason,by,until\n")}
	m.Outputs = []archive.Object{b.put("payroll/DE01.csv", comp.Personal, "run_id,amount\n"+period+",100.00\n"), b.put("audit/run.txt", comp.Open, period)}
	m.Sidecars = []archive.Object{b.put("lineage", comp.Sealed, "lineage of "+period)}
	m.Findings = []archive.Count{{Name: "unknown_owner", N: 1}, {Name: "all", N: 1}}
	m.Totals = []archive.Total{{Table: "salesforce.deals", Part: "paid", Rows: 1, Sums: []string{"118250 EUR", "1 CHF"}}, {Table: "salesforce.deals", Part: "in", Rows: 2}}
	if b.err != nil {
		return archive.RunRef{}
	}
	ref, err := archive.WriteRun(b.ctx, b.s, m)
	b.err = err
	return ref
}

func (b *step) post(period string, ref archive.RunRef, previous string) archive.Posting {
	ledger := b.put("ledger", comp.Personal, "payee,amount\nE001,"+period+"\n")
	if b.err != nil {
		return archive.Posting{}
	}
	p, err := archive.Post(b.ctx, b.s, archive.Posting{Period: period, Run: ref, Previous: previous, Ledger: ledger})
	b.err = err
	return p
}

func (b *step) receipt(ref archive.RunRef, p archive.Posting, want int) {
	if b.err != nil {
		return
	}
	have, err := archive.Receipts(b.ctx, b.s, ref.Run)
	if b.err = err; err != nil || len(have) >= want {
		return
	}
	_, b.err = archive.WriteReceipt(b.ctx, b.s, archive.Receipt{Run: ref, Event: "posted", Who: "Anna Müller", When: noon, Where: "payroll-1 /srv/archive",
		Posting: p.Period, PostedAs: p.Digest, Note: "50 % of\nall"})
}

func (b *step) lease(slot string, want int) {
	if b.err != nil {
		return
	}
	last, err := archive.LastLease(b.ctx, b.s, slot)
	if b.err = err; err != nil || last.N >= want {
		return
	}
	_, b.err = archive.TakeLease(b.ctx, b.s, archive.Lease{Slot: slot, Who: "runner", Where: "payroll-1", When: noon, Until: noon.Add(time.Hour)})
}

// build writes a small archive with every kind of file. It may be called again to complete what was begun.
func build(ctx context.Context, s archive.Store) error {
	b := &step{ctx: ctx, s: s}
	b.lease("close", 1)
	b.lease("close", 2)
	d1 := b.pull("salesforce.deals", 1, comp.Snapshot, b.put("2026-02-03/Deals closed.csv", comp.Personal, long))
	d2 := b.pull("salesforce.deals", 2, comp.Window, b.put("2026-03-03/Deals – März.csv", comp.Personal, "id,amount\n006B,5\n"))
	hr := b.pull("bamboohr.job", 1, comp.Delta, b.put("job.csv", comp.Sealed, "employee,job\nE001,Agent\n"))
	jan := b.run(comp.Close, "2026-01", "", d1, hr)
	p1 := b.post("2026-01", jan, "")
	b.receipt(jan, p1, 1)
	b.receipt(jan, archive.Posting{}, 2)
	feb := b.run(comp.Close, "2026-02", p1.Digest, d2, hr, d1)
	p2 := b.post("2026-02", feb, p1.Digest)
	b.receipt(feb, p2, 1)
	mar := b.run(comp.Preview, "2026-03", p2.Digest, d2)
	b.receipt(mar, archive.Posting{}, 1)
	if b.err != nil {
		return b.err
	}
	gone := archive.Object{Digest: strings.Repeat("ab", 32), Key: "objects/" + strings.Repeat("ab", 32), Media: "text/csv", Class: comp.Personal, Name: "old.csv"}
	t, err := archive.WriteTombstone(ctx, s, archive.Tombstone{Object: gone, Rule: "6 years", Who: "Anna", When: noon})
	if err != nil {
		return err
	}
	signature := "-----BEGIN SSH SIGNATURE-----\n"
	sum := fmt.Sprintf("%x", sha(signature))
	err = s.Create(ctx, "signatures/"+t.Digest+"-"+sum, strings.NewReader(signature))
	return ignoreExist(err)
}

// built is the small archive in memory.
func built(t testing.TB) *storetest.Memory {
	t.Helper()
	m := storetest.NewMemory()
	if err := build(context.Background(), m); err != nil {
		t.Fatal(err)
	}
	return m
}

// copyOf is a store with the same files.
func copyOf(m *storetest.Memory) *storetest.Memory {
	out := storetest.NewMemory()
	for k, b := range m.Files {
		out.Files[k] = b
	}
	return out
}
