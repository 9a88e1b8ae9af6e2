package jobs

import (
	"cmp"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/metrics"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"carrot/config"
	"carrot/config/example"
	"carrot/config/example/truth"
	"carrot/jobs/archive"
	"carrot/transform"
	"carrot/transform/comp"
)

// volumeSize is the company of the benchmark: a million facts, each of which several drops may tell again.
func volumeSize() example.Size {
	return example.Size{People: 2000, Months: 15, Tickets: 500_000, Deals: 200_000, Responses: 300_000, Seed: 1, Known: true}
}

// volume is a generated company in a folder whose drops lie in an archive folder beside it.
type volume struct {
	dir   string
	world *truth.World
	house *House
}

// newVolume generates a company and pulls it once. To the example's measures come those that bring an entity's rows together:
// the last rating of a customer's subject, whether it was settled at the first contact, and how often tickets came back. CARROT_VOLUME names a folder that keeps it from one call to the next.
func newVolume(tb testing.TB, size example.Size) *volume {
	tb.Helper()
	dir := tb.TempDir()
	if keep := os.Getenv("CARROT_VOLUME"); keep != "" {
		dir = filepath.Join(keep, fmt.Sprintf("folds-%d-%d-%d-%d-%d", size.People, size.Months, size.Tickets, size.Deals, size.Responses))
	}
	v := &volume{dir: dir}
	_, err := os.Stat(filepath.Join(dir, "pulled"))
	fresh := errors.Is(err, fs.ErrNotExist)
	if fresh {
		v.world, err = example.Generate(size, func(name string, write func(io.Writer) error) error {
			return writeFile(filepath.Join(dir, "company", filepath.FromSlash(name)), write)
		})
		for _, name := range []string{"measures/folds.yaml", "plans/folds.yaml"} {
			text, read := os.ReadFile(filepath.Join("testdata", "volume", filepath.FromSlash(name)))
			err = errors.Join(err, read, writeFile(filepath.Join(dir, "company", filepath.FromSlash(name)), func(w io.Writer) error {
				_, err := w.Write(text)
				return err
			}))
		}
	} else {
		v.world, err = example.World(size)
	}
	if err != nil {
		tb.Fatal(err)
	}
	v.world = &truth.World{First: v.world.First, Months: v.world.Months} // its facts would only be walked by the garbage collector
	v.house = volumeHouse(tb, dir)
	if fresh {
		_, known := v.close(size.Months - 1)
		if _, err := v.house.Pull(context.Background(), known); err != nil {
			tb.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "pulled"), nil, 0o600); err != nil {
			tb.Fatal(err)
		}
	}
	return v
}

func writeFile(name string, write func(io.Writer) error) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	return errors.Join(write(f), f.Close())
}

// volumeHouse opens what newVolume made.
func volumeHouse(tb testing.TB, dir string) *House {
	tb.Helper()
	company := filepath.Join(dir, "company")
	store, err := archive.NewDir(filepath.Join(dir, "archive"))
	if err != nil {
		tb.Fatal(err)
	}
	h := &House{Main: "carrot.yaml", Files: os.DirFS(company), Archive: store, Program: archive.Program{Version: "test"}, Who: "test", Where: "test",
		Folder: func(name string) (fs.FS, error) { return os.DirFS(filepath.Join(company, name)), nil },
		Now:    func() time.Time { return time.Unix(0, 0) }, Temp: tb.TempDir()}
	cfg, wrong := config.Load(h.Files, h.Main, func(string) (string, bool) { return "", false })
	for _, m := range wrong {
		tb.Error(m)
	}
	if len(wrong) > 0 {
		tb.FailNow()
	}
	h.Config = cfg
	return h
}

func (v *volume) close(month int) (business, known comp.Date) {
	return v.world.CloseDates(v.world.Month(month))
}

// options are those of a month's close. Statements stay away: their cost is per payee.
func (v *volume) options(tb testing.TB, month int) Options {
	period, err := comp.ParseMonth(v.world.Month(month))
	if err != nil {
		tb.Fatal(err)
	}
	business, known := v.close(month)
	return Options{Kind: comp.Close, Period: period, Business: business, KnownAt: known}
}

// inputs lays a month out on a bench, as a run does.
func (v *volume) inputs(tb testing.TB, b *bench, month int, ledger []comp.LedgerEntry) transform.Inputs {
	o := v.options(tb, month)
	k, err := v.house.gather(context.Background(), o.KnownAt)
	if err != nil {
		tb.Fatal(err)
	}
	in, found, err := b.inputs(k, k.facts(k.request(o, ""), "test"), ledger)
	if err != nil {
		tb.Fatal(err)
	}
	if transform.Stops(found) {
		tb.Fatal(found)
	}
	in.Found = found
	return in
}

// unpack opens every archived file that a month's close reads: each is proved by its digests and unpacked.
func (v *volume) unpack(tb testing.TB, b *bench, month int) {
	k, err := v.house.gather(context.Background(), v.options(tb, month).KnownAt)
	if err != nil {
		tb.Fatal(err)
	}
	for _, p := range k.pulls {
		for _, o := range p.Objects {
			if _, err := b.vault.at(o); err != nil {
				tb.Fatal(err)
			}
		}
	}
}

// bare reads the raw exports with encoding/csv and does nothing with them. It gives their records and bytes.
func (v *volume) bare(tb testing.TB) (records, size int64) {
	survey, err := v.house.Survey()
	if err != nil {
		tb.Fatal(err)
	}
	for _, t := range survey.Tables {
		for _, f := range t.Files {
			file, err := t.Folder.Open(f.Name)
			if err != nil {
				tb.Fatal(err)
			}
			r := csv.NewReader(file) // Windows-1252 needs no decoding to be cut at semicolons
			r.ReuseRecord, r.FieldsPerRecord = true, -1
			if d := t.Table.Format.Dialect.Delimiter; d != "" {
				r.Comma = rune(d[0])
			}
			for {
				if _, err := r.Read(); err == io.EOF {
					break
				} else if err != nil {
					tb.Fatal(f.Name, err)
				}
				records++
			}
			size += f.Size
			file.Close()
		}
	}
	return records, size
}

// cost is what a step took.
type cost struct {
	cpu           time.Duration // user and system, of every goroutine and of the garbage collector
	allocs, bytes uint64
}

func (c cost) minus(d cost) cost { return cost{c.cpu - d.cpu, c.allocs - d.allocs, c.bytes - d.bytes} }
func (c cost) plus(d cost) cost  { return cost{c.cpu + d.cpu, c.allocs + d.allocs, c.bytes + d.bytes} }

// spent is what the process has used so far; unlike the clock it does not count what others use.
func spent(tb testing.TB) cost {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		tb.Fatal(err)
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return cost{time.Duration(u.Utime.Nano() + u.Stime.Nano()), m.Mallocs, m.TotalAlloc}
}

// timed is the cost of a step that starts with a clean heap.
func timed(tb testing.TB, step func()) cost {
	runtime.GC()
	before := spent(tb)
	step()
	return spent(tb).minus(before)
}

// scanned is the cost of a calculation up to the first payee's settlement, and of the rest.
func scanned(tb testing.TB, in transform.Inputs) (scan, rest cost) {
	var at cost
	var once sync.Once
	d := transform.DefaultVerbs()
	verbs := d
	verbs.Participated = func(spans []comp.Period, p comp.Period) int { // nothing asks for it before the rows are added up
		once.Do(func() { at = spent(tb) })
		return d.Participated(spans, p)
	}
	runtime.GC()
	before := spent(tb)
	r, _, err := transform.ComputeWith(verbs, in, nil)
	after := spent(tb)
	if err != nil || transform.Stops(r.Findings) || len(r.Statements) == 0 {
		tb.Fatal(err, len(r.Statements), r.Findings)
	}
	return at.minus(before), after.minus(at)
}

// decodeAll decodes every split of every table, and gives the number of rows.
func decodeAll(tb testing.TB, in transform.Inputs) (rows int64) {
	for _, parts := range in.Tables { // in any order: only counted
		for _, p := range parts {
			for _, split := range p.Splits {
				found := split(func(b transform.Batch) error { rows += b.Rec.NumRows(); return nil })
				if transform.Stops(found) {
					tb.Fatal(found)
				}
			}
		}
	}
	return rows
}

// rounds are a benchmark's steps, each as often as the benchmark repeats it.
type rounds map[string][]cost

func (r rounds) add(step string, c cost) { r[step] = append(r[step], c) }

// median is that of the CPU; the allocations are those of the same round.
func (r rounds) median(step string) cost {
	all := slices.Clone(r[step])
	slices.SortFunc(all, func(a, b cost) int { return int(a.cpu - b.cpu) })
	return all[len(all)/2]
}

// ledger is what the close of a month posts where no month before it was posted.
func (v *volume) ledger(tb testing.TB, month int) []comp.LedgerEntry {
	tb.Helper()
	bench := newBench(context.Background(), v.house)
	in := v.inputs(tb, bench, month, nil)
	in.Files = bench.files
	r, _, err := transform.Compute(in, nil)
	if err := errors.Join(err, bench.vault.Close()); err != nil {
		tb.Fatal(err)
	}
	return r.Ledger
}

// BenchmarkVolume closes the last month of a company with a million facts, by what `carrot run` calls, beside a bare
// encoding/csv read of the same files: medians of five rounds in one process. Decode is Splits and Decode; measure is all
// that a calculation does before it settles the first payee. Unpacking the archive, settling and true-ups are shown beside.
func BenchmarkVolume(b *testing.B) {
	const repeat = 5
	v := newVolume(b, volumeSize())
	last := v.world.Months - 1
	ledger := v.ledger(b, last-1)
	r := rounds{}
	var rows, records, size int64
	for b.Loop() {
		for range repeat {
			r.add("csv", timed(b, func() { records, size = v.bare(b) }))
			end := Frugal() // as the program is; encoding/csv is read as any Go program does
			bench := newBench(context.Background(), v.house)
			r.add("unpack", timed(b, func() { v.unpack(b, bench, last) }))
			var in transform.Inputs
			split := timed(b, func() { in = v.inputs(b, bench, last, ledger) })
			in.Files = bench.files
			decode := timed(b, func() { rows = decodeAll(b, in) })
			scan, rest := scanned(b, in)
			r.add("decode", split.plus(decode))
			r.add("measure", scan.minus(decode))
			r.add("decode+measure", split.plus(scan))
			r.add("settle", rest)
			if err := bench.vault.Close(); err != nil {
				b.Fatal(err)
			}
			end()
		}
	}
	b.Logf("%d rows, %d records of %d bytes each as encoding/csv reads them, GOMAXPROCS %d", rows, records, size/records, runtime.GOMAXPROCS(0))
	bare := r.median("csv").cpu
	for _, step := range []string{"csv", "decode", "measure", "decode+measure", "unpack", "settle"} {
		c, n := r.median(step), float64(rows)
		ratio := float64(c.cpu) / float64(bare)
		b.Logf("%-15s %8.0f ns/row  %7.2f allocs/row  %7.0f B/row  %5.2f times encoding/csv", step, float64(c.cpu)/n, float64(c.allocs)/n, float64(c.bytes)/n, ratio)
		if step != "csv" {
			b.ReportMetric(ratio, step+"/csv")
		}
	}
	if ratio := float64(r.median("decode+measure").cpu) / float64(bare); ratio > 3 {
		b.Errorf("decode and measure cost %.2f times a bare encoding/csv read, expected at most 3", ratio)
	}
}

// peak is what the memory test's child tells about one close.
type peak struct {
	Resident int64 // bytes: the most that the process held …
	Computed int64 // … and until everything was computed and nothing was rendered
	Live     int64 // bytes: the most that the heap held after a collection
	Kept     int64 // bytes: the result and the lineage, which are per payee
	Rows     int64
	Credits  int
}

// What a child of the memory test closes, and how.
const (
	childFolder = "CARROT_TEST_MEMORY_FOLDER"
	childMonths = "CARROT_TEST_MEMORY_MONTHS"
	childAgain  = "CARROT_TEST_MEMORY_AGAIN" // close what is closed once more …
	childKept   = "CARROT_TEST_MEMORY_KEPT"  // … up to the result, and weigh what is kept
)

// TestMemoryStays closes a month in a child process at one and at two times the rows, as `carrot run --close` does, with
// the close before it posted. The second one's peak, beyond what is kept per payee, may exceed the first one's by
// under a tenth at full size. A peak depends on when garbage is collected: it is the median of three closes.
func TestMemoryStays(t *testing.T) {
	if dir := os.Getenv(childFolder); dir != "" {
		memoryChild(t, dir)
		return
	}
	if os.Getenv("CARROT_LONG") == "" {
		t.Skip("TestMemoryStays is NOT RUN: it needs a million facts, since a small company's memory is mostly program text and fonts; CARROT_LONG=1 runs it")
	}
	size := volumeSize()
	var peaks []peak
	for range 2 {
		v := newVolume(t, size)
		v.postTheMonthBefore(t)
		env := []string{childFolder + "=" + v.dir, childMonths + "=" + strconv.Itoa(size.Months)}
		closes := []peak{tellPeak(t, env)}
		for range 2 {
			closes = append(closes, tellPeak(t, append(env, childAgain+"=1")))
		}
		slices.SortFunc(closes, func(a, b peak) int { return cmp.Compare(a.Resident, b.Resident) })
		p := closes[1]
		p.Kept = tellPeak(t, append(env, childAgain+"=1", childKept+"=1")).Kept // apart, since weighing collects garbage
		t.Logf("%d facts, %d rows, %d credits: peak %.1f MiB (%.1f before rendering), held at most %.1f MiB, of which result and lineage %.1f MiB",
			size.Tickets+size.Deals+size.Responses, p.Rows, p.Credits, mib(p.Resident), mib(p.Computed), mib(p.Live), mib(p.Kept))
		peaks = append(peaks, p)
		size.Tickets, size.Deals, size.Responses = 2*size.Tickets, 2*size.Deals, 2*size.Responses
	}
	if one, two := peaks[0], peaks[1]; two.Rows < 19*one.Rows/10 || one.Credits == 0 {
		t.Errorf("%d rows and then %d: the second close must read twice the rows", one.Rows, two.Rows)
	} else if more := two.Resident - one.Resident - (two.Kept - one.Kept); more*10 >= one.Resident {
		t.Errorf("twice the rows take %.1f MiB more beyond what is kept per payee, expected under a tenth of %.1f MiB", mib(more), mib(one.Resident))
	}
}

// tellPeak runs a child.
func tellPeak(t *testing.T, env []string) (p peak) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestMemoryStays$", "-test.v", "-test.timeout=30m")
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	_, text, told := strings.Cut(string(out), "peak: ")
	if err != nil || !told || json.NewDecoder(strings.NewReader(text)).Decode(&p) != nil {
		t.Fatalf("the child: %v\n%s", err, out)
	}
	return p
}

func mib(bytes int64) float64 { return float64(bytes) / (1 << 20) }

// postTheMonthBefore opens the books two months before the last one and closes the month between, so that the last close
// has a posted one before it.
func (v *volume) postTheMonthBefore(t *testing.T) {
	t.Helper()
	ctx := context.Background()
	ledger, err := encodeLedger(nil)
	if err != nil {
		t.Fatal(err)
	}
	o, err := archive.Put(ctx, v.house.Archive, ledgerFile, "text/csv", comp.Personal, ledger)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := archive.Post(ctx, v.house.Archive, archive.Posting{Period: v.world.Month(v.world.Months - 3), Ledger: o}); err != nil {
		t.Fatal(err)
	}
	out, err := v.house.Run(ctx, v.options(t, v.world.Months-2))
	if err != nil || out.Posting == nil {
		t.Fatal(err, out.Summary)
	}
}

// errWeighed ends a run whose result was weighed and dropped.
var errWeighed = errors.New("weighed")

// memoryChild closes the last month and tells what that took.
func memoryChild(t *testing.T, dir string) {
	months, err := strconv.Atoi(os.Getenv(childMonths))
	if err != nil {
		t.Fatal(err)
	}
	Frugal() // as the program is
	v := &volume{dir: dir, world: &truth.World{First: comp.Day(2025, 1, 1), Months: months}, house: volumeHouse(t, dir)}
	var p peak
	o := v.options(t, months-1)
	o.Again = os.Getenv(childAgain) != ""
	weigh := os.Getenv(childKept) != ""
	v.house.Compute = func(now transform.Inputs, prev *transform.Inputs) (*comp.Result, *transform.Lineage, error) {
		r, l, err := transform.Compute(now, prev)
		if err != nil {
			return nil, nil, err
		}
		p.Computed, p.Credits = resident(t), r.Credits.Len()
		for _, c := range r.Controls {
			p.Rows += c.Parts[0].Rows
		}
		if weigh {
			with := live()
			runtime.KeepAlive(r)
			runtime.KeepAlive(l)
			r, l = nil, nil
			p.Kept = with - live()
			return nil, nil, errWeighed
		}
		return r, l, nil
	}
	held := mostLive()
	out, err := v.house.Run(context.Background(), o)
	p.Live = held()
	if weigh && !errors.Is(err, errWeighed) || !weigh && (err != nil || out.Posting == nil) {
		t.Fatal(err, out.Summary)
	}
	p.Resident = resident(t)
	text, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("peak: %s\n", text)
}

// resident is the most memory that the process held so far, in bytes. Linux tells it of the program itself in
// /proc/self/status; getrusage counts what the parent held at the fork as well, and the parent has generated a company.
func resident(tb testing.TB) int64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		tb.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(status), "VmHWM:")
	var kib int64
	if n, _ := fmt.Sscan(rest, &kib); !ok || n != 1 {
		tb.Fatalf("/proc/self/status has no VmHWM:\n%s", status)
	}
	return kib << 10
}

// mostLive watches the heap until its answer is called: the most that any collection left.
func mostLive() func() int64 {
	stop, most := make(chan struct{}), make(chan int64)
	go func() {
		sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
		tick := time.NewTicker(2 * time.Millisecond)
		defer tick.Stop()
		var top int64
		for {
			select {
			case <-stop:
				most <- top
				return
			case <-tick.C:
				metrics.Read(sample)
				top = max(top, int64(sample[0].Value.Uint64()))
			}
		}
	}()
	return func() int64 { close(stop); return <-most }
}

// live is how many bytes of the heap are still in use.
func live() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
