package archive

import (
	"bytes"
	"context"
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"sort"
	"strings"

	"carrot/transform/comp"
)

// Manifest says what a run read and what it made. It holds no clock and no machine, so equal runs of one program have
// equal manifests. Its digest is the sha256 of its text.
type Manifest struct {
	Run      string       // 26 characters, from the request's digest
	Kind     comp.RunKind // preview or close
	Period   string       // pay period, YYYY-MM
	Request  Object       // canonical text of comp.Request; Request.Digest is the request's digest
	Program  Program
	Pulls    []PullRef // every pull manifest that entered
	Config   []Object  // config files, plans, measures, mappings, waivers, adjustments, zones, fonts
	Inputs   []Object  // further inputs that no pull manifest names; the raw exports stand in the pull manifests
	Outputs  []Object  // published files: Name is the path below published/<period>/
	Sidecars []Object  // lineage, ledger and what else explain and the next run need
	Findings []Count   // how many findings, by code and reach or as the run counts them; zero is stated as zero
	Totals   []Total   // control totals
}

// Program is what computed: replay copies this section and compares everything else.
type Program struct {
	Version string   // such as carrot v1.2.0
	Go      string   // toolchain and architecture, such as go1.26.8 linux/amd64
	Modules []Module // what was linked in
}

// Module is one linked module.
type Module struct{ Path, Version, Sum string }

// PullRef names a pull manifest and its digest.
type PullRef struct{ Key, Digest string }

// Count is a named count.
type Count struct {
	Name string
	N    int64
}

// Total is one part of one table's control totals. Sums are exact texts with currency, such as "118250.005 EUR".
type Total struct {
	Table, Part string
	Rows        int64
	Sums        []string
}

// Totals are the control totals of an outcome as a manifest keeps them.
func Totals(controls []comp.Control) []Total {
	var out []Total
	for _, c := range controls {
		for _, p := range c.Parts {
			t := Total{Table: c.Table, Part: p.Name, Rows: p.Rows}
			for _, s := range p.Sums {
				t.Sums = append(t.Sums, s.String())
			}
			out = append(out, t)
		}
	}
	return out
}

// RunID is the name of the run of a request: the first 26 characters of base32 of the request's digest, as comp.Request
// gives it; "" where the digest is none.
func RunID(requestDigest string) string {
	b, err := hex.DecodeString(requestDigest)
	if err != nil || !isDigest(requestDigest) {
		return ""
	}
	return base32.StdEncoding.EncodeToString(b)[:26]
}

// Encode is the canonical text. Lists are sorted; two entries of one name in a list are refused.
func (m Manifest) Encode() ([]byte, error) {
	if err := m.check(); err != nil {
		return nil, fmt.Errorf("manifest of run %s: %w", m.Run, err)
	}
	var w writer
	w.line("carrot", "run", "1")
	w.line("run", m.Run)
	w.line("kind", string(m.Kind))
	w.line("period", m.Period)
	w.object("request", m.Request)
	w.line("program", m.Program.Version, m.Program.Go)
	for _, x := range sorted(m.Program.Modules, func(x Module) string { return x.Path }) {
		w.line("module", x.Path, x.Version, x.Sum)
	}
	for _, x := range sorted(m.Pulls, func(x PullRef) string { return x.Key }) {
		w.line("pull", x.Key, x.Digest)
	}
	for _, s := range m.sections() {
		for _, o := range sorted(*s.objects, objectName) {
			w.object(s.word, o)
		}
	}
	for _, c := range sorted(m.Findings, func(c Count) string { return c.Name }) {
		w.line("findings", c.Name, itoa(c.N))
	}
	for _, t := range sorted(m.Totals, totalName) {
		w.line("total", append([]string{t.Table, t.Part, itoa(t.Rows)}, sorted(t.Sums, itself)...)...)
	}
	w.line("end")
	return w.Bytes(), nil
}

type section struct {
	word    string
	objects *[]Object
}

func (m *Manifest) sections() []section {
	return []section{{"config", &m.Config}, {"input", &m.Inputs}, {"output", &m.Outputs}, {"sidecar", &m.Sidecars}}
}

func objectName(o Object) string { return o.Name }
func totalName(t Total) string   { return t.Table + "\x00" + t.Part }
func itself(s string) string     { return s }

// DecodeManifest reads Encode's text and refuses every other byte.
func DecodeManifest(b []byte) (Manifest, error) {
	r, m := newReader(b), Manifest{}
	r.version("run")
	m.Run, m.Kind, m.Period = r.text("run"), comp.RunKind(r.text("kind")), r.text("period")
	m.Request = r.object("request")
	p := r.take("program", 2)
	m.Program.Version, m.Program.Go = p[0], p[1]
	for r.is("module") {
		f := r.take("module", 3)
		m.Program.Modules = append(m.Program.Modules, Module{f[0], f[1], f[2]})
	}
	for r.is("pull") {
		f := r.take("pull", 2)
		m.Pulls = append(m.Pulls, PullRef{f[0], f[1]})
	}
	for _, s := range m.sections() {
		*s.objects = r.objects(s.word)
	}
	for r.is("findings") {
		f := r.take("findings", 2)
		m.Findings = append(m.Findings, Count{f[0], r.int(f[1])})
	}
	for r.is("total") {
		f := r.take("total", atLeast(3))
		t := Total{Table: f[0], Part: f[1], Rows: r.int(f[2])}
		if len(f) > 3 {
			t.Sums = f[3:]
		}
		m.Totals = append(m.Totals, t)
	}
	r.take("end", 0)
	return m, r.done(b, m.Encode)
}

func (m Manifest) check() error {
	if err := m.Request.check(); err != nil {
		return err
	}
	if m.Run == "" || m.Run != RunID(m.Request.Digest) {
		return fmt.Errorf("the run id of request %s is %s", m.Request.Digest, RunID(m.Request.Digest))
	}
	if m.Kind != comp.Preview && m.Kind != comp.Close {
		return fmt.Errorf("kind %q is not preview or close", m.Kind)
	}
	if _, err := comp.ParseMonth(m.Period); err != nil {
		return err
	}
	for _, p := range m.Pulls {
		if !strings.HasPrefix(p.Key, "pulls/") || CheckKey(p.Key) != nil || !isDigest(p.Digest) {
			return fmt.Errorf("pull %q: not the key of a pull manifest and its digest", p.Key)
		}
	}
	for _, s := range m.sections() {
		for _, o := range *s.objects {
			if err := o.check(); err != nil {
				return err
			}
		}
		if err := unique(s.word, *s.objects, objectName); err != nil {
			return err
		}
	}
	return firstError(unique("module", m.Program.Modules, func(x Module) string { return x.Path }),
		unique("pull", m.Pulls, func(x PullRef) string { return x.Key }),
		unique("findings", m.Findings, func(c Count) string { return c.Name }),
		unique("total", m.Totals, totalName))
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// sorted is a copy in ascending order of bytes of the name.
func sorted[T any](list []T, name func(T) string) []T {
	out := append([]T(nil), list...)
	sort.SliceStable(out, func(i, j int) bool { return name(out[i]) < name(out[j]) })
	return out
}

func unique[T any](word string, list []T, name func(T) string) error {
	s := sorted(list, name)
	for i := 1; i < len(s); i++ {
		if name(s[i]) == name(s[i-1]) {
			return fmt.Errorf("%s %q is named twice", word, strings.ReplaceAll(name(s[i]), "\x00", " "))
		}
	}
	return nil
}

func class(s string) comp.Class { return comp.Class(s) }

// RunRef names one run manifest.
type RunRef struct{ Run, Digest string }

// Key is where the manifest lies.
func (r RunRef) Key() string { return "runs/" + r.Run + "/manifest-" + r.Digest }

// WriteRun keeps a run's manifest, last of everything that the run writes. The same manifest again is success. Another
// program version may give the same run another manifest; both are then kept.
func WriteRun(ctx context.Context, s Store, m Manifest) (RunRef, error) {
	text, err := m.Encode()
	if err != nil {
		return RunRef{}, err
	}
	ref := RunRef{m.Run, digestOf(text)}
	return ref, keep(ctx, s, ref.Key(), bytes.NewReader(text))
}

// ReadRun reads and proves a run manifest. A damaged one is a *Problem, an absent one fs.ErrNotExist.
func ReadRun(ctx context.Context, s Store, ref RunRef) (Manifest, error) {
	b, err := readText(ctx, s, ref.Key())
	if err != nil {
		return Manifest{}, err
	}
	if found := digestOf(b); found != ref.Digest {
		return Manifest{}, &Problem{Kind: Damaged, Key: ref.Key(), Expected: ref.Digest, Found: found}
	}
	m, err := DecodeManifest(b)
	if err == nil && m.Run != ref.Run {
		err = fmt.Errorf("found run %s, expected %s", m.Run, ref.Run)
	}
	if err != nil {
		return Manifest{}, &Problem{Kind: Damaged, Key: ref.Key(), Expected: "a run manifest", Found: err.Error(), err: err}
	}
	return m, nil
}

// Runs lists the run manifests of the archive, sorted by run and digest; those of one run where run is not "".
func Runs(ctx context.Context, s Store, run string) ([]RunRef, error) {
	var out []RunRef
	prefix := "runs/"
	if run != "" {
		prefix += run + "/"
	}
	err := s.List(ctx, prefix, func(key string, _ int64) error {
		ref, ok := parseRunKey(key)
		if !ok {
			return strayKey(key, "runs/<run>/manifest-<sha256>")
		}
		out = append(out, ref)
		return nil
	})
	return out, err
}

func parseRunKey(key string) (RunRef, bool) {
	parts := strings.Split(key, "/")
	if len(parts) != 3 || parts[0] != "runs" || len(parts[1]) != 26 {
		return RunRef{}, false
	}
	digest, ok := strings.CutPrefix(parts[2], "manifest-")
	return RunRef{parts[1], digest}, ok && isDigest(digest)
}

// strayKey refuses a name that nobody of us wrote; it is better to stop than to pay from what looks like an archive.
func strayKey(key, want string) error {
	return fmt.Errorf("%s: found a file that does not belong here, expected names of the form %s; run `carrot verify`, then move the file away", key, want)
}
