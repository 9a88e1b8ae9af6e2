package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"carrot/jobs"
)

// progress shows how far the work is, on the error output: a moving line on a terminal, a plain line every few seconds
// and at every new stage elsewhere.
type progress struct {
	out  io.Writer
	mute bool

	mu     sync.Mutex
	bars   *mpb.Progress
	bar    *mpb.Bar
	prefix string // such as the month at hand
	step   jobs.Step
	last   time.Time
}

// plainEvery is the least time between two plain lines of one stage.
const plainEvery = 2 * time.Second

func (a *app) progress() *progress {
	p := &progress{out: a.errOut, mute: a.quiet || a.json}
	if f, ok := a.errOut.(*os.File); ok && !p.mute {
		if info, err := f.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 && os.Getenv("TERM") != "dumb" {
			p.bars = mpb.New(mpb.WithOutput(f), mpb.WithWidth(40), mpb.WithRefreshRate(120*time.Millisecond))
			p.bar = p.bars.AddBar(0, mpb.BarRemoveOnComplete(), mpb.AppendDecorators(decor.Any(func(decor.Statistics) string { return p.text() })))
		}
	}
	return p
}

// about names what the next steps belong to.
func (p *progress) about(prefix string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.prefix, p.step = prefix, jobs.Step{}
}

// show takes one step.
func (p *progress) show(s jobs.Step) {
	if p.mute {
		return
	}
	text := p.take(s)
	if p.bar != nil { // outside of the lock: the bar's goroutine asks for the text
		p.bar.SetTotal(max(1, s.Total), false)
		p.bar.SetCurrent(min(s.Done, max(0, s.Total-1)))
	} else if text != "" {
		fmt.Fprintln(p.out, text)
	}
}

// take remembers a step and gives the plain line that it is worth, or "".
func (p *progress) take(s jobs.Step) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	fresh := s.Stage != p.step.Stage
	p.step = s
	if !fresh && time.Since(p.last) < plainEvery {
		return ""
	}
	p.last = time.Now()
	return line(p.prefix, s)
}

func (p *progress) text() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return line(p.prefix, p.step)
}

func line(prefix string, s jobs.Step) string {
	text := s.Stage
	if s.Total > 0 {
		text += fmt.Sprintf(" %d/%d", s.Done, s.Total)
	} else if s.Done > 0 {
		text += fmt.Sprintf(" %d", s.Done)
	}
	if s.What != "" {
		text += " " + s.What
	}
	if prefix != "" {
		text = prefix + ": " + text
	}
	return text
}

// close takes the moving line away.
func (p *progress) close() {
	if p.bar != nil {
		p.bar.Abort(true)
		p.bars.Wait()
		p.bar = nil
	}
}
