package jobs

import (
	"context"
	"fmt"
	"path"
	"sort"
	"strings"

	"carrot/config"
	"carrot/jobs/archive"
	"carrot/reports"
	"carrot/transform"
	"carrot/transform/comp"
)

// The names under which a run keeps and its request lists what it read.
const (
	configPrefix     = "config/"      // every config file, by its name beside the main one
	waiversName      = "waivers"      // the file that waivers: names
	adjustmentsName  = "adjustments"  // the file that adjustments: names
	zonesName        = "zones"        // the embedded time-zone bytes
	fontsName        = "fonts"        // the embedded fonts
	outputsName      = "outputs"      // what is rendered: the version says tables or statements
	mainVersion      = "main"         // version of the config file that was named on the command line
	tablesOnly       = "tables"       // audit tables and payroll files
	statementsAsWell = "statements"   // also workbooks and PDFs
	measurePrefix    = "measure/"     // definitions, for people to see
	planPrefix       = "plan/"        // definitions, for people to see
	pullsPrefix      = "pulls/"       // pull manifests go by their keys
	calculation      = "calculation " // what Request.Calculation starts with
)

// Options say what to run.
type Options struct {
	Kind       comp.RunKind
	Period     comp.Period // the pay period
	Business   comp.Date   // business date: waivers are in force or not by it
	KnownAt    comp.Date   // drops up to this day enter
	Statements bool        // render workbooks and PDF statements, not only tables and payroll files
	Publish    bool        // write the published files
	Again      bool        // compute even where the run is archived already
}

// knowledge is everything that a run may know, as the archive holds it.
type knowledge struct {
	config      *config.Config
	main        string
	files       []archive.Object // config files, waivers, adjustments: what the manifest's Config section lists
	pulls       []archive.Pull   // sorted by table, known day and number
	waivers     []comp.Waiver
	adjustments []comp.Adjustment
	findings    []comp.Finding // of waivers and adjustments
}

// request names everything that the run depends on.
func (k *knowledge) request(o Options, previous string) comp.Request {
	r := comp.Request{Kind: o.Kind, Period: o.Period, Business: o.Business, KnownAt: o.KnownAt,
		Calculation: strings.TrimSpace(calculation + transform.Version), Previous: previous}
	for _, f := range k.files {
		d := comp.NamedDigest{Name: f.Name, Digest: f.Digest}
		if f.Name == configPrefix+k.main {
			d.Version = mainVersion
		}
		r.Inputs = append(r.Inputs, d)
	}
	for _, p := range k.pulls {
		r.Inputs = append(r.Inputs, comp.NamedDigest{Name: p.Key(), Digest: p.Digest})
	}
	rendered := tablesOnly
	if o.Statements {
		rendered = statementsAsWell
	}
	r.Inputs = append(r.Inputs, comp.NamedDigest{Name: zonesName, Digest: comp.ZoneDigest()}, comp.NamedDigest{Name: fontsName, Digest: reports.FontDigest()},
		comp.NamedDigest{Name: outputsName, Version: rendered, Digest: digestOf([]byte(rendered))})
	for _, d := range append(measureDigests(k.config), planDigests(k.config)...) {
		r.Inputs = append(r.Inputs, comp.NamedDigest{Name: d.Name, Version: oneWord(d.Version), Digest: d.Digest})
	}
	sort.SliceStable(r.Inputs, func(i, j int) bool {
		a, b := r.Inputs[i], r.Inputs[j]
		return a.Name < b.Name || (a.Name == b.Name && a.Version < b.Version)
	})
	return r
}

func measureDigests(c *config.Config) (out []comp.NamedDigest) {
	for _, m := range c.Measures {
		out = append(out, comp.NamedDigest{Name: measurePrefix + m.ID, Version: m.Version, Digest: m.Digest})
	}
	return out
}

func planDigests(c *config.Config) (out []comp.NamedDigest) {
	for _, p := range c.Plans {
		out = append(out, comp.NamedDigest{Name: planPrefix + p.ID, Version: p.Version, Digest: p.Digest})
	}
	return out
}

// oneWord makes a version fit the request's lines, whose fields are parted by blanks.
func oneWord(s string) string { return strings.Join(strings.Fields(s), "_") }

// facts identify the run on every page.
func (k *knowledge) facts(r comp.Request, program string) comp.RunFacts {
	month := comp.Month(r.Period.End)
	f := comp.RunFacts{ID: r.RunID(), Kind: r.Kind, Period: r.Period, Business: r.Business, KnownAt: r.KnownAt, Program: program,
		PayDate: min(month.Start+comp.Date(k.config.Settings.PayDay-1), month.End-1), Request: r.Text(), RequestDigest: r.Digest()}
	for _, d := range measureDigests(k.config) {
		f.Measures = append(f.Measures, comp.NamedDigest{Name: strings.TrimPrefix(d.Name, measurePrefix), Version: d.Version, Digest: d.Digest})
	}
	for _, d := range planDigests(k.config) {
		f.Plans = append(f.Plans, comp.NamedDigest{Name: strings.TrimPrefix(d.Name, planPrefix), Version: d.Version, Digest: d.Digest})
	}
	for _, d := range r.Inputs {
		if !strings.HasPrefix(d.Name, measurePrefix) && !strings.HasPrefix(d.Name, planPrefix) && !strings.HasPrefix(d.Name, pullsPrefix) {
			f.Inputs = append(f.Inputs, d)
		}
	}
	f.Inputs = append(f.Inputs, pullDigests(r)...)
	return f
}

// pullDigests are one line a table: how many pull manifests entered, and the sha256 of their digests, one a line. The
// request, whose digest stands on every page, names each.
func pullDigests(r comp.Request) []comp.NamedDigest {
	var out []comp.NamedDigest
	var digests strings.Builder
	n := 0
	for i, d := range r.Inputs {
		folder := path.Dir(d.Name)
		if !strings.HasPrefix(folder, pullsPrefix) {
			continue
		}
		n++
		digests.WriteString(d.Digest + "\n")
		if i+1 == len(r.Inputs) || path.Dir(r.Inputs[i+1].Name) != folder {
			out = append(out, comp.NamedDigest{Name: folder, Version: fmt.Sprint(n), Digest: digestOf([]byte(digests.String()))})
			digests.Reset()
			n = 0
		}
	}
	return out
}

// parseRequest reads what comp.Request.Text writes.
func parseRequest(text string) (comp.Request, error) {
	var r comp.Request
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if lines[0] != "carrot request 1" {
		return r, fmt.Errorf("the request starts with %q, expected %q", lines[0], "carrot request 1")
	}
	var err error
	for _, line := range lines[1:] {
		word, rest, _ := strings.Cut(line, " ")
		switch word {
		case "kind":
			r.Kind = comp.RunKind(rest)
		case "period":
			r.Period, err = comp.ParseMonth(rest)
		case "business":
			r.Business, err = comp.ParseDate(rest)
		case "known":
			r.KnownAt, err = comp.ParseDate(rest)
		case "calculation":
			r.Calculation = rest
		case "previous":
			r.Previous = noDash(rest)
		case "input":
			f := strings.SplitN(rest, " ", 3)
			if len(f) != 3 {
				return r, fmt.Errorf("the request holds %q, expected a digest, a version and a name", line)
			}
			r.Inputs = append(r.Inputs, comp.NamedDigest{Digest: f[0], Version: noDash(f[1]), Name: f[2]})
		default:
			return r, fmt.Errorf("the request holds %q, which this version does not know", line)
		}
		if err != nil {
			return r, fmt.Errorf("the request holds %q: %w", line, err)
		}
	}
	if r.Text() != text {
		return r, fmt.Errorf("the request is not written in its one way")
	}
	return r, nil
}

func noDash(s string) string {
	if s == "-" {
		return ""
	}
	return s
}

// previous is the posting before a period. It refuses periods that are not in order, and gives the posting of the period
// itself where there is one.
func (h *House) previous(ctx context.Context, period comp.Period) (before, posted *archive.Posting, chain []archive.Posting, err error) {
	chain, err = h.Postings(ctx)
	if err != nil {
		return nil, nil, nil, err
	}
	open, err := openAfter(h.Config.Settings.First, chain)
	if err != nil {
		return nil, nil, nil, err
	}
	for i := range chain {
		if chain[i].Period == period.Name() {
			if i > 0 {
				before = &chain[i-1]
			}
			return before, &chain[i], chain[:i], nil
		}
	}
	if first := comp.Month(h.Config.Settings.First); period.Start < first.Start {
		return nil, nil, nil, refuse("%s is before the first pay period %s (pay: first: in %s)", period.Name(), first.Name(), h.Main)
	}
	if period != open {
		return nil, nil, nil, refuse("%s cannot be computed: %s is not posted; close it first: carrot run --close --period %s", period.Name(), comp.Month(period.Start-1).Name(), open.Name())
	}
	if len(chain) > 0 {
		before = &chain[len(chain)-1]
	}
	return before, nil, chain, nil
}
