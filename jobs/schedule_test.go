package jobs

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jonboulle/clockwork"

	"carrot/config"
	"carrot/jobs/archive"
	"carrot/jobs/archive/storetest"
	"carrot/transform/comp"
)

// post makes a close of the slot's month as small as the archive takes it.
func post(ctx context.Context, store archive.Store, slot Slot) error {
	request := comp.Request{Kind: slot.Kind, Period: slot.Period, Business: slot.Date}
	text, err := archive.Put(ctx, store, "request", "text/plain", comp.Open, []byte(request.Text()))
	if err != nil {
		return err
	}
	run, err := archive.WriteRun(ctx, store, archive.Manifest{Run: request.RunID(), Kind: slot.Kind, Period: slot.Period.Name(), Request: text})
	if err != nil {
		return err
	}
	ledger, err := archive.Put(ctx, store, "ledger", "text/csv", comp.Personal, []byte("nothing\n"))
	if err != nil {
		return err
	}
	before := ""
	if p, err := archive.ReadPosting(ctx, store, comp.Month(slot.Period.Start-1).Name()); err == nil {
		before = p.Digest
	}
	_, err = archive.Post(ctx, store, archive.Posting{Period: slot.Period.Name(), Run: run, Previous: before, Ledger: ledger})
	return err
}

// recorder is a job that writes down what it was asked to do and when.
type recorder struct {
	clock clockwork.Clock
	store archive.Store
	mu    sync.Mutex
	runs  map[string][]time.Time // by slot id
	order []string
}

func (r *recorder) do(ctx context.Context, slot Slot) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.runs[slot.ID()] = append(r.runs[slot.ID()], r.clock.Now())
	r.order = append(r.order, slot.ID())
	if slot.Kind == comp.Close {
		return post(ctx, r.store, slot)
	}
	return nil
}

func newRecorder(start time.Time) (*recorder, *clockwork.FakeClock, *storetest.Memory) {
	clock := clockwork.NewFakeClockAt(start)
	store := storetest.NewMemory()
	return &recorder{clock: clock, store: store, runs: map[string][]time.Time{}}, clock, store
}

const days = 400

var start = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

// places are the zones and nights that matter: 02:30 is skipped in spring in both, repeated in autumn in Berlin; 01:30 is
// repeated in autumn in New York. Each pause is three days long, the first one over a close as well.
var places = []struct {
	zone    string
	nightly config.Clock
	pause   time.Time
	odd     map[string]string // nights whose instant is not the usual one, in UTC
}{
	{"America/New_York", config.Clock{Hour: 2, Minute: 30}, time.Date(2026, 10, 31, 18, 0, 0, 0, time.UTC), map[string]string{
		"preview-2026-03-08": "2026-03-08T07:00:00Z", "preview-2026-11-01": "late", "preview-2026-11-02": "late", "preview-2026-11-03": "late", "close-2026-10": "late"}},
	{"America/New_York", config.Clock{Hour: 1, Minute: 30}, time.Date(2026, 3, 6, 18, 0, 0, 0, time.UTC), map[string]string{
		"preview-2026-11-01": "2026-11-01T05:30:00Z", "preview-2026-03-07": "late", "preview-2026-03-08": "late", "preview-2026-03-09": "late"}},
	{"Europe/Berlin", config.Clock{Hour: 2, Minute: 30}, time.Date(2026, 6, 1, 18, 0, 0, 0, time.UTC), map[string]string{
		"preview-2026-03-29": "2026-03-29T01:00:00Z", "preview-2026-10-25": "2026-10-25T00:30:00Z",
		"preview-2026-06-02": "late", "preview-2026-06-03": "late", "preview-2026-06-04": "late", "close-2026-05": "late"}},
}

// expected are the slots of the 400 days, by plain counting of days and months.
func expected() (out []string) {
	for d := 0; d <= days; d++ {
		out = append(out, "preview-"+start.AddDate(0, 0, d).Format("2006-01-02"))
	}
	for m := range 13 {
		out = append(out, "close-"+time.Date(2026, time.Month(1+m), 1, 0, 0, 0, 0, time.UTC).Format("2006-01"))
	}
	slices.Sort(out)
	return out
}

func (r *recorder) onceEach(t *testing.T) {
	t.Helper()
	if d := cmp.Diff(expected(), slices.Sorted(maps.Keys(r.runs))); d != "" {
		t.Errorf("slots (-expected +done):\n%s", d)
	}
	for id, at := range r.runs {
		if len(at) != 1 {
			t.Errorf("%s was done %d times: %v", id, len(at), at)
		}
	}
	var closes []string
	for _, id := range r.order {
		if strings.HasPrefix(id, "close") {
			closes = append(closes, id)
		}
	}
	if !slices.IsSorted(closes) {
		t.Errorf("closes out of order: %v", closes)
	}
}

func TestEachNightAndMonthOnce(t *testing.T) {
	for _, p := range places {
		t.Run(fmt.Sprintf("%s %02d%02d", strings.ReplaceAll(p.zone, "/", "-"), p.nightly.Hour, p.nightly.Minute), func(t *testing.T) {
			r, clock, store := newRecorder(start)
			schedule := config.Schedule{Nightly: &p.nightly, CloseDay: 3, CloseAt: config.Clock{Hour: 4}, Zone: p.zone}
			fresh := func() *Scheduler {
				return &Scheduler{Schedule: schedule, First: comp.Day(2026, 1, 1), Store: store, Clock: clock, Do: r.do, Who: "carrot", Where: "here"}
			}
			s := fresh()
			step := long(10*time.Minute, 30*time.Minute)
			for tick := 0; clock.Since(start) < days*24*time.Hour; tick++ {
				if tick%1500 == 1499 {
					s = fresh() // a restart now and then: whatever was remembered is gone
				}
				s.tick(t.Context())
				if clock.Now().Equal(p.pause) {
					clock.Advance(72 * time.Hour)
				}
				clock.Advance(step)
			}
			s.tick(t.Context())
			r.onceEach(t)
			r.onTime(t, p.zone, p.nightly, p.odd, p.pause.Add(72*time.Hour+step))
		})
	}
}

// onTime holds every run to the wall clock of its zone as the machine's own time zone data have it, which are not ours.
func (r *recorder) onTime(t *testing.T, zone string, nightly config.Clock, odd map[string]string, awake time.Time) {
	t.Helper()
	loc, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	for id, at := range r.runs {
		if len(at) == 0 || id == "preview-2026-01-01" { // due before the start
			continue
		}
		got := at[0].UTC().Format(time.RFC3339)
		want, isOdd := odd[id]
		switch {
		case want == "late":
			want = awake.UTC().Format(time.RFC3339)
		case isOdd:
		case strings.HasPrefix(id, "close"):
			got, want = at[0].In(loc).Format("02 15:04"), "03 04:00"
		default:
			got, want = at[0].In(loc).Format("2006-01-02 15:04"), fmt.Sprintf("%s %02d:%02d", strings.TrimPrefix(id, "preview-"), nightly.Hour, nightly.Minute)
		}
		if got != want {
			t.Errorf("%s was done at %s, want %s", id, got, want)
		}
	}
}

// long is the finer step where CARROT_LONG asks for long tests.
func long(fine, coarse time.Duration) time.Duration {
	if os.Getenv("CARROT_LONG") != "" {
		return fine
	}
	return coarse
}

// The same days through gocron's timer on the fake clock.
func TestTimerOverFourHundredDays(t *testing.T) {
	for _, p := range places {
		t.Run(fmt.Sprintf("%s %02d%02d", strings.ReplaceAll(p.zone, "/", "-"), p.nightly.Hour, p.nightly.Minute), func(t *testing.T) {
			r, clock, store := newRecorder(start)
			step := long(time.Hour, 3*time.Hour)
			ticked := make(chan struct{}, 1)
			s := &Scheduler{First: comp.Day(2026, 1, 1), Store: store, Clock: clock, Do: r.do, Who: "carrot", Where: "here",
				Schedule: config.Schedule{Nightly: &p.nightly, CloseDay: 3, CloseAt: config.Clock{Hour: 4}, Zone: p.zone},
				ticked: func() {
					select {
					case ticked <- struct{}{}:
					default:
					}
				}}
			ctx, stop := context.WithCancel(t.Context())
			ended := make(chan error, 1)
			go func() { ended <- s.run(ctx, step) }()
			wait := func() {
				select {
				case <-ticked:
				case <-time.After(50 * time.Millisecond): // gocron had the tick before still at work: the next one serves
				}
				if err := clock.BlockUntilContext(ctx, 1); err != nil {
					t.Error(err)
				}
			}
			wait()
			// Six hours more hold no slot; they let a tick serve that came while the one before was still at work.
			for clock.Since(start) < days*24*time.Hour+6*time.Hour {
				if clock.Now().Equal(p.pause) {
					clock.Advance(72*time.Hour - step)
				}
				clock.Advance(step)
				wait()
			}
			stop()
			if err := <-ended; err != nil {
				t.Error(err)
			}
			r.onceEach(t)
		})
	}
}

// Two machines with one archive: every slot is done once among them, whoever comes first.
func TestTwoSchedulers(t *testing.T) {
	r, clock, store := newRecorder(start)
	var both []*Scheduler
	for _, where := range []string{"one", "two"} {
		both = append(both, &Scheduler{First: comp.Day(2026, 1, 1), Store: store, Clock: clock, Do: r.do, Who: "carrot", Where: where,
			Schedule: config.Schedule{Nightly: clockAt(2, 30), CloseDay: 3, CloseAt: config.Clock{Hour: 4}, Zone: "Europe/Berlin"}})
	}
	for clock.Since(start) < days*24*time.Hour {
		var wg sync.WaitGroup
		for _, s := range both {
			wg.Go(func() { s.tick(t.Context()) })
		}
		wg.Wait()
		clock.Advance(time.Hour)
	}
	both[0].tick(t.Context())
	both[1].tick(t.Context())
	// A lease read before its slot was recorded may let a second machine in; that costs work and changes nothing. Here
	// leases live for an hour and runs take no time, so it must not happen.
	r.onceEach(t)
}

func TestFailuresStayDue(t *testing.T) {
	r, clock, store := newRecorder(start)
	var events []string
	s := &Scheduler{First: comp.Day(2026, 1, 1), Store: store, Clock: clock, Who: "carrot", Where: "here",
		Schedule: config.Schedule{Nightly: clockAt(2, 0), CloseDay: 1, CloseAt: config.Clock{Hour: 4}, Zone: "UTC"}}
	s.Tell = func(e Event) {
		events = append(events, fmt.Sprintf("%s %s %s", clock.Now().Format("01-02T15:04"), e.Slot.ID(), e.What))
		panic("a listener of the worst kind")
	}
	broken := map[string]int{"preview-2026-01-03": 2, "close-2026-01": 1, "preview-2026-01-05": 1}
	s.Do = func(ctx context.Context, slot Slot) error {
		if broken[slot.ID()]--; broken[slot.ID()] >= 0 {
			if slot.Date == comp.Day(2026, 1, 5) {
				panic("a bug")
			}
			if slot.Kind == comp.Close {
				return nil // computed, not posted
			}
			return errors.New("the disk is full")
		}
		return r.do(ctx, slot)
	}
	for clock.Since(start) < 32*24*time.Hour {
		s.tick(t.Context())
		clock.Advance(5 * time.Minute)
	}
	for _, want := range []string{"01-03T02:00 preview-2026-01-03 failed", "01-03T02:15 preview-2026-01-03 failed", "01-03T02:45 preview-2026-01-03 done",
		"01-04T02:00 preview-2026-01-04 done", "01-05T02:00 preview-2026-01-05 failed", "01-05T02:15 preview-2026-01-05 done",
		"02-01T04:00 close-2026-01 failed", "02-01T04:15 close-2026-01 done"} {
		if !slices.Contains(events, want) {
			t.Errorf("no event %q in\n%s", want, strings.Join(events, "\n"))
		}
	}
	for d := range 32 {
		if id := "preview-" + start.AddDate(0, 0, d).Format("2006-01-02"); len(r.runs[id]) != 1 {
			t.Errorf("%s was done %d times", id, len(r.runs[id]))
		}
	}
}

// Once is what cron calls: it does what is due, goes on after a failure, and says what failed.
func TestOnce(t *testing.T) {
	r, clock, store := newRecorder(time.Date(2026, 4, 10, 12, 0, 0, 0, time.UTC))
	s := &Scheduler{First: comp.Day(2026, 1, 1), Store: store, Clock: clock, Who: "carrot", Where: "here",
		Schedule: config.Schedule{Nightly: clockAt(2, 0), CloseDay: 3, CloseAt: config.Clock{Hour: 4}, Zone: "UTC"}}
	fail := true
	s.Do = func(ctx context.Context, slot Slot) error {
		if slot.ID() == "close-2026-02" && fail {
			return errors.New("no export of February")
		}
		return r.do(ctx, slot)
	}
	err := s.Once(t.Context())
	if err == nil || err.Error() != "close-2026-02: no export of February" {
		t.Errorf("error %v", err)
	}
	if d := cmp.Diff([]string{"close-2026-01", "preview-2026-04-10"}, r.order); d != "" {
		t.Errorf("March may not be closed before February, the preview is none of their business:\n%s", d)
	}
	fail = false
	for range 2 {
		if err := s.Once(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if d := cmp.Diff([]string{"close-2026-01", "preview-2026-04-10", "close-2026-02", "close-2026-03"}, r.order); d != "" {
		t.Error(d)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	clock.Advance(48 * time.Hour)
	if err := s.Once(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("after the context ended: %v", err)
	}
	if len(r.order) != 4 {
		t.Errorf("done after the context ended: %v", r.order[4:])
	}
}

// Another machine's lease that has not run out is waited for; one that has is taken over.
func TestLeaseOfAnother(t *testing.T) {
	r, clock, store := newRecorder(start)
	var told []Happening
	s := &Scheduler{First: comp.Day(2026, 1, 1), Store: store, Clock: clock, Do: r.do, Who: "carrot", Where: "here",
		Schedule: config.Schedule{Nightly: clockAt(2, 0), Zone: "UTC"}, Tell: func(e Event) { told = append(told, e.What) }}
	_, err := archive.TakeLease(t.Context(), store, archive.Lease{Slot: "preview-2026-01-01", Who: "carrot", Where: "there", When: start, Until: start.Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		s.tick(t.Context())
		if len(r.order) != 0 {
			t.Fatalf("done at %s under another's lease", clock.Now())
		}
		clock.Advance(20 * time.Minute)
	}
	s.tick(t.Context())
	if len(r.order) != 1 {
		t.Error("the lease ran out, but the slot was not taken over")
	}
	if d := cmp.Diff([]Happening{Waiting, Waiting, Waiting, Began, Ended}, told); d != "" {
		t.Error(d)
	}
}
