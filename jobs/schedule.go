package jobs

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	"github.com/go-co-op/gocron/v2"
	"github.com/jonboulle/clockwork"

	"carrot/config"
	"carrot/jobs/archive"
	"carrot/transform/comp"
)

// Scheduler does what the planner says is due, each slot once. It remembers nothing that matters: what is due comes from
// the archive, so that a process that was killed, one that slept and a second one beside it all go on where the records
// end. Leases only save the work of doing something twice; that a month is posted once is the posting's own fence.
type Scheduler struct {
	Schedule config.Schedule
	First    comp.Date // a day of the first pay period
	Store    archive.Store
	Clock    clockwork.Clock
	Who      string // written into leases: the service or person
	Where    string // written into leases: the machine

	// Do runs one slot. It returns nil as soon as the run is archived, whatever findings it has; a close has happened
	// when it is posted, whatever Do returns.
	Do func(ctx context.Context, s Slot) error

	// Tell is called with everything that happens, from one goroutine at a time; nil tells nobody.
	Tell func(Event)

	done    Done
	retries map[string]retry
	ticked  func() // for tests: a tick has ended
}

// Event is something that happened to a slot.
type Event struct {
	Slot Slot
	What Happening
	Err  error // why it failed or waits
}

// Happening is what happened to a slot.
type Happening string

// The happenings.
const (
	Began   Happening = "began"
	Ended   Happening = "done"
	Failed  Happening = "failed"  // it stays due and is tried again
	Waiting Happening = "waiting" // somebody else works on it, or the month before it must be posted first
)

// retry is when a failed slot is tried again. The wait doubles, so that a broken export does not make a run a minute.
type retry struct {
	at   time.Time
	wait time.Duration
}

const (
	tickEvery  = time.Minute
	leaseFor   = time.Hour // a crashed machine keeps a slot from the others for so long; the same machine takes its own back
	retryFirst = 15 * time.Minute
	retryMost  = 6 * time.Hour
	stopWithin = time.Minute
)

// recordPrefix marks the lease that records a preview as made. Nobody takes it again. Were it lost, the preview would be
// made once more with the same bytes; a close has its posting instead.
const recordPrefix = "done-"

// Recorded reads from the archive what has happened: the days of the previews that schedulers made and the last posting.
func Recorded(ctx context.Context, store archive.Store) (Done, error) {
	var d Done
	prefix := "leases/" + recordPrefix + string(comp.Preview) + "-"
	err := store.List(ctx, prefix, func(key string, _ int64) error {
		day, _, _ := strings.Cut(strings.TrimPrefix(key, prefix), "/")
		night, err := comp.ParseDate(day)
		if err != nil {
			return fmt.Errorf("archive: %s: %w; carrot verify tells more", key, err)
		}
		d.Nights = append(d.Nights, night)
		return nil
	})
	if err != nil {
		return Done{}, err
	}
	last := ""
	err = store.List(ctx, "postings/", func(key string, _ int64) error {
		last = strings.TrimPrefix(key, "postings/")
		return nil
	})
	if err != nil || last == "" {
		return d, err
	}
	p, err := archive.ReadPosting(ctx, store, last)
	if err != nil {
		return Done{}, err
	}
	d.Posted, err = comp.ParseMonth(p.Period)
	return d, err
}

// Once does everything that is due now, oldest first, and returns: what cron and Kubernetes call. One slot's failure does
// not keep the others from being done, but for closes, which need the posting before them. The error joins all failures.
func (s *Scheduler) Once(ctx context.Context) error {
	s.retries = nil
	return s.pass(ctx)
}

// Run does what is due until the context ends, then lets the slot at work come to its end within a minute. It errs only
// where the schedule itself cannot be kept; what a slot fails with goes to Tell.
func (s *Scheduler) Run(ctx context.Context) error { return s.run(ctx, tickEvery) }

// run is Run with another interval. gocron is a timer here and nothing else: it keeps no state across restarts, and its
// own daily jobs skip or move nights where the clocks change.
func (s *Scheduler) run(ctx context.Context, every time.Duration) error {
	if _, err := Due(s.Schedule, s.First, Done{}, s.Clock.Now()); err != nil {
		return err
	}
	timer, err := gocron.NewScheduler(gocron.WithClock(s.Clock), gocron.WithLocation(time.UTC), gocron.WithStopTimeout(stopWithin))
	if err != nil {
		return err
	}
	_, err = timer.NewJob(gocron.DurationJob(every),
		gocron.NewTask(func() { s.tick(ctx) }),
		gocron.WithSingletonMode(gocron.LimitModeReschedule),
		gocron.WithStartAt(gocron.WithStartImmediately()))
	if err != nil {
		return errors.Join(err, timer.Shutdown())
	}
	timer.Start()
	<-ctx.Done()
	return timer.Shutdown()
}

// tick asks the planner with what is remembered, which costs nothing, and reads the archive only when something is due.
func (s *Scheduler) tick(ctx context.Context) {
	defer func() {
		if p := recover(); p != nil {
			s.tell(Event{What: Failed, Err: fault(p)})
		}
		if s.ticked != nil {
			s.ticked()
		}
	}()
	slots, err := Due(s.Schedule, s.First, s.done, s.Clock.Now())
	if err != nil || ctx.Err() != nil || !s.anyReady(slots) {
		return
	}
	// Failures of slots are told one by one; what is left is the archive that cannot be read.
	if err := s.pass(ctx); err != nil && ctx.Err() == nil {
		var told slotError
		if !errors.As(err, &told) {
			s.tell(Event{What: Failed, Err: err})
		}
	}
}

// slotError is a failure that was told already.
type slotError struct{ error }

// Unwrap gives the failure itself.
func (e slotError) Unwrap() error { return e.error }

func (s *Scheduler) anyReady(slots []Slot) bool {
	for _, slot := range slots {
		if s.ready(slot) {
			return true
		}
	}
	return false
}

func (s *Scheduler) ready(slot Slot) bool {
	r, failed := s.retries[slot.ID()]
	return !failed || !s.Clock.Now().Before(r.at)
}

// pass does everything that is due and ready once.
func (s *Scheduler) pass(ctx context.Context) error {
	var err error
	if s.done, err = Recorded(ctx, s.Store); err != nil {
		return err
	}
	slots, err := Due(s.Schedule, s.First, s.done, s.Clock.Now())
	if err != nil {
		return err
	}
	var failures []error
	closes := true
	for _, slot := range slots {
		if ctx.Err() != nil {
			return errors.Join(append(failures, ctx.Err())...)
		}
		if !s.ready(slot) || (slot.Kind == comp.Close && !closes) {
			closes = closes && slot.Kind != comp.Close
			continue
		}
		if slot.Kind == comp.Preview { // closes of this pass may have moved it on
			slot.Period = openPeriod(s.First, s.done)
		}
		err := s.slot(ctx, slot)
		if err == nil {
			delete(s.retries, slot.ID())
			continue
		}
		closes = closes && slot.Kind != comp.Close
		if !errors.Is(err, archive.ErrHeld) {
			s.postpone(slot)
			failures = append(failures, slotError{fmt.Errorf("%s: %w", slot.ID(), err)})
		}
	}
	return errors.Join(failures...)
}

func (s *Scheduler) postpone(slot Slot) {
	if s.retries == nil {
		s.retries = map[string]retry{}
	}
	wait := min(max(2*s.retries[slot.ID()].wait, retryFirst), retryMost)
	s.retries[slot.ID()] = retry{s.Clock.Now().Add(wait), wait}
}

// slot does one slot under its lease and makes sure that it is recorded.
func (s *Scheduler) slot(ctx context.Context, slot Slot) error {
	if _, err := s.lease(ctx, slot.ID(), leaseFor); err != nil {
		what := Failed
		if errors.Is(err, archive.ErrHeld) {
			what = Waiting
		}
		s.tell(Event{slot, what, err})
		return err
	}
	s.tell(Event{Slot: slot, What: Began})
	err := s.record(ctx, slot, s.safely(ctx, slot))
	if err != nil {
		// Given back, so that another machine may try at once. The failure is what counts, not that this failed too.
		_, _ = s.lease(context.WithoutCancel(ctx), slot.ID(), 0)
		s.tell(Event{slot, Failed, err})
		return err
	}
	s.tell(Event{Slot: slot, What: Ended})
	return nil
}

// record writes down that a preview was made, and looks for a close's posting.
func (s *Scheduler) record(ctx context.Context, slot Slot, err error) error {
	if slot.Kind == comp.Preview {
		if err != nil {
			return err
		}
		if _, err = s.lease(ctx, recordPrefix+slot.ID(), 0); err == nil || errors.Is(err, archive.ErrHeld) {
			s.done.Nights = append(s.done.Nights, slot.Date)
			return nil
		}
		return err
	}
	if _, missing := archive.ReadPosting(ctx, s.Store, slot.Period.Name()); missing != nil {
		if err == nil {
			err = fmt.Errorf("the close of %s was computed but is not posted; see carrot show", slot.Period.Name())
		}
		return err
	}
	s.done.Posted = slot.Period
	return nil
}

func (s *Scheduler) lease(ctx context.Context, slot string, hold time.Duration) (archive.Lease, error) {
	now := s.Clock.Now()
	return archive.TakeLease(ctx, s.Store, archive.Lease{Slot: slot, Who: s.Who, Where: s.Where, When: now, Until: now.Add(hold)})
}

// safely runs the job; a panic in it becomes its error, because one bad night must not end the service.
func (s *Scheduler) safely(ctx context.Context, slot Slot) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fault(p)
		}
	}()
	return s.Do(ctx, slot)
}

// tell survives a listener that panics.
func (s *Scheduler) tell(e Event) {
	if s.Tell == nil {
		return
	}
	defer func() { _ = recover() }()
	s.Tell(e)
}

func fault(p any) error {
	return fmt.Errorf("this is a fault of carrot itself: %v\n%s", p, debug.Stack())
}
