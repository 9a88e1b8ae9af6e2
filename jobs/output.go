package jobs

import (
	"bufio"
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"

	"carrot/connectors"
	"carrot/jobs/archive"
	"carrot/reports"
	"carrot/transform/comp"
)

// The sidecars of a run: what explain and the next run need and nobody publishes.
const (
	ledgerFile     = "ledger.csv"       // what a close posts
	lineageFile    = "lineage"          // the rows behind every series
	quarantineFile = "quarantine.jsonl" // the original bytes of rows that are held
	statementsFile = "statements.jsonl" // every line with its lineage key
	creditsFile    = "credits.jsonl"    // where each record went
	findingsFile   = "findings.jsonl"   // every finding with what it reaches
	balancesFile   = "balances.jsonl"   // every account, of payees without a statement too; none where nobody has any
	confidenceFile = "confidence.jsonl" // what was made known of anonymous answers; none where there are none
	summaryFile    = "summary.json"     // what `carrot show` prints
)

// section says which list of the manifest a file belongs to.
type section string

const (
	output  section = "output"
	sidecar section = "sidecar"
)

// file is one finished file of a run.
type file struct {
	section section
	name    string
	media   string
	class   comp.Class
	bytes   []byte
	body    io.ReadSeeker // instead of bytes where the file is long; it lasts until put returns
}

// digest is the sha256 of a file's bytes, in hex, and how many they are.
func (f *file) digest(ctx context.Context) (string, int64, error) {
	if f.body == nil {
		return digestOf(f.bytes), int64(len(f.bytes)), nil
	}
	if _, err := f.body.Seek(0, io.SeekStart); err != nil {
		return "", 0, err
	}
	h := sha256.New()
	n, err := io.Copy(h, f.body)
	return hex.EncodeToString(h.Sum(nil)), n, errors.Join(err, ctx.Err())
}

// files hands every file of the run to put, in a fixed order. Memory holds one at a time.
func (w *work) files(o Options, k *knowledge, put func(file) error) error {
	err := reports.Render(w.result, reports.Options{Statements: o.Statements && !w.stopped, Person: person(k), Scratch: w.scratch}, func(f reports.File) error {
		if w.stopped && !strings.HasPrefix(f.Path, "audit/run") && !strings.Contains(f.Path, "/findings.") {
			return nil
		}
		return put(file{output, f.Path, f.Media, f.Class, f.Bytes, f.Body})
	})
	if err != nil {
		return fmt.Errorf("rendering: %w", err)
	}
	quarantine, err := w.quarantine()
	if err != nil {
		return err
	}
	if err := put(file{sidecar, quarantineFile, "application/jsonl", comp.Personal, quarantine, nil}); err != nil {
		return err
	}
	found, err := w.findings()
	if err != nil {
		return err
	}
	if err := put(file{sidecar, findingsFile, "application/jsonl", comp.Personal, found, nil}); err != nil {
		return err
	}
	if w.stopped {
		return w.lastFiles(put)
	}
	if w.facts.Kind == comp.Close {
		ledger, err := encodeLedger(w.result.Ledger)
		if err != nil {
			return err
		}
		if err := put(file{sidecar, ledgerFile, "text/csv", comp.Personal, ledger, nil}); err != nil {
			return err
		}
	}
	lines, err := encodeStatements(w.result)
	if err != nil {
		return err
	}
	if err := put(file{sidecar, statementsFile, "application/jsonl", comp.Personal, lines, nil}); err != nil {
		return err
	}
	if err := w.balances(put); err != nil {
		return err
	}
	if err := w.confidence(put); err != nil {
		return err
	}
	if err := w.credits(put); err != nil {
		return err
	}
	if err := w.rows(put); err != nil {
		return err
	}
	return w.lastFiles(put)
}

// scratch is a private file for what is long.
func (w *work) scratch() (reports.Scratch, error) { return archive.NewScratch(w.bench.vault.temp) }

// balances writes every account.
func (w *work) balances(put func(file) error) error {
	all := w.result.Balances
	if len(all) == 0 {
		return nil
	}
	b, err := encodeLines(len(all), func(i int) any { return PayeeBalance{Payee: all[i].Payee, Balance: balanceOf(all[i].Balance)} })
	if err != nil {
		return err
	}
	return put(file{sidecar, balancesFile, "application/jsonl", comp.Personal, b, nil})
}

// credits writes where each record went.
func (w *work) credits(put func(file) error) (err error) {
	f, err := w.scratch()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	out := bufio.NewWriterSize(f, 1<<16)
	if err := errors.Join(encodeCredits(out, w.result), out.Flush()); err != nil {
		return err
	}
	return put(file{sidecar, creditsFile, "application/jsonl", comp.Personal, nil, f})
}

// rows writes the lineage. That of a sealed table tells which answers stand behind whose measure.
func (w *work) rows(put func(file) error) error {
	l, err := w.told()
	if err != nil {
		return err
	}
	b, err := l.Encode()
	if err != nil {
		return err
	}
	return put(file{sidecar, lineageFile, "application/octet-stream", comp.Sealed, b, nil})
}

func (w *work) lastFiles(put func(file) error) error {
	b, err := json.MarshalIndent(w.summary(), "", "  ")
	if err != nil {
		return err
	}
	return put(file{sidecar, summaryFile, "application/json", comp.Personal, append(b, '\n'), nil})
}

// plainName is an id that names a folder on any system.
var plainName = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.@-]{0,63}$`)

// person names folders below people/: the employee id, or a name that nobody guesses who does not know the config.
func person(k *knowledge) func(string) string {
	if k.config.Settings.PeopleBy != "hmac" {
		return func(payee string) string {
			if plainName.MatchString(payee) {
				return payee
			}
			return "id-" + digestOf([]byte(payee))[:16] // an id that cannot name a folder is no reason to pay nobody
		}
	}
	var key string
	for _, f := range k.files {
		if f.Name == configPrefix+k.main {
			key = f.Digest
		}
	}
	return func(payee string) string {
		mac := hmac.New(sha256.New, []byte("carrot people folders "+key))
		mac.Write([]byte(payee))
		return base32.StdEncoding.EncodeToString(mac.Sum(nil))[:32]
	}
}

// quarantined is a held row with its original bytes.
type quarantined struct {
	Finding string `json:"finding"`
	Code    string `json:"code"`
	Table   string `json:"table"`
	File    string `json:"file"`
	Digest  string `json:"sha256"`
	Pos     int64  `json:"position"`
	Line    int    `json:"line,omitempty"`
	Raw     string `json:"raw,omitempty"`
	Base64  string `json:"raw_base64,omitempty"` // the original bytes where the file is not in UTF-8
}

// quarantine is one JSON object a line for each held row, up to the number that is shown of a kind. Rows of sealed tables
// never leave the raw file.
func (w *work) quarantine() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	seen := map[[2]string]int{}
	for _, f := range w.result.Findings {
		kind := [2]string{f.Code, f.Column}
		if seen[kind]++; f.Reach != comp.ReachRow || seen[kind] > maxShown || w.classes[f.Table] == comp.Sealed {
			continue
		}
		obj, ok := w.bench.object[f.Origin.File]
		if !ok {
			continue
		}
		in, err := w.bench.vault.input(obj, w.bench.reader.of(f.Origin.File, f.Table), 0)
		if err != nil {
			return nil, err
		}
		rec, err := connectors.RecordAt(in, f.Origin.Pos)
		if err != nil {
			continue // the whole file is unfit: a finding of its own says so
		}
		q := quarantined{Finding: f.ID(), Code: f.Code, Table: f.Table, File: f.Origin.Name, Digest: f.Origin.File, Pos: f.Origin.Pos, Line: f.Line}
		if utf8.Valid(rec.Raw) {
			q.Raw = string(rec.Raw)
		}
		if original, ok := in.Original(rec.Raw); ok && string(original) != q.Raw {
			q.Base64 = base64.StdEncoding.EncodeToString(original)
		}
		if err := e.Encode(q); err != nil {
			return nil, err
		}
	}
	return b.Bytes(), nil
}

// counts are what the manifest says about findings: how many of each code and reach, and how many still hold.
func (w *work) counts() []archive.Count {
	n := map[string]int64{"all": 0, "held payees": 0, "held rows": 0, "stopped": 0, "waived": 0}
	if w.stopped {
		n["stopped"] = 1
	}
	for _, f := range w.result.Findings {
		c := int64(max(1, f.Count))
		n["all"] += c
		n["code "+f.Code] += c
		n["reach "+f.Reach.String()] += c
		if f.Waived != "" {
			n["waived"] += c
		}
	}
	for _, x := range w.result.Held {
		n["held "+x.Kind+"s"]++
	}
	var out []archive.Count
	for name, c := range n { // in any order: the manifest sorts them
		out = append(out, archive.Count{Name: name, N: c})
	}
	return out
}

// findings is one JSON object a line for each finding. Of a sealed table only the code and the column are told.
func (w *work) findings() ([]byte, error) {
	return encodeLines(len(w.result.Findings), func(i int) any {
		f := w.result.Findings[i]
		out := Finding{ID: f.ID(), Code: f.Code, Reach: f.Reach.String(), Table: f.Table, Key: f.Key, Payee: f.Payee, Text: w.text(f), Waived: f.Waived}
		if w.classes[f.Table] == comp.Sealed {
			out.Key, out.Payee = "", ""
		}
		return out
	})
}

// text is a finding as one line; of a sealed table's row only the code and the column.
func (w *work) text(f comp.Finding) string {
	if w.classes[f.Table] == comp.Sealed && f.Reach <= comp.ReachRow {
		return fmt.Sprintf("%s: a row of this sealed table is wrong, not shown [%s]", strings.TrimSuffix(f.Table+": "+f.Column, ": "), f.Code)
	}
	return f.String()
}
