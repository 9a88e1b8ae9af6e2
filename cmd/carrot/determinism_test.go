package main

import (
	"archive/zip"
	"bytes"
	be "encoding/binary"
	"encoding/csv"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"carrot/config/example"
)

// sayTime makes a child print what time it thinks it is somewhere, and nothing else: it proves that a setting reaches it.
const sayTime = "CARROT_TEST_SAY_TIME"

func sayTimes() {
	at := time.Date(2025, 7, 1, 12, 0, 0, 0, time.UTC)
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("here %s, in Berlin %s\n", at.Local().Format("15:04"), at.In(berlin).Format("15:04"))
}

// machine is a machine that the demo may run on.
type machine struct {
	name string
	env  []string
}

// machines differ in what must not matter: processors, time zone, locale, the machine's own time-zone data, whose home it
// is, where temporary files lie, and where files are cut for several processors.
func machines(t *testing.T) []machine {
	lying := t.TempDir()
	return []machine{
		{"one processor, UTC, C", []string{"GOMAXPROCS=1", "TZ=UTC", "LANG=C", "LC_ALL=C"}},
		{"two processors, New York", []string{"GOMAXPROCS=2", "TZ=America/New_York", "LANG=en_US.UTF-8", "LC_ALL=en_US.UTF-8"}},
		{"one processor, Kathmandu", []string{"GOMAXPROCS=1", "TZ=Asia/Kathmandu", "LANG=de_DE.ISO-8859-1", "LC_ALL=de_DE.ISO-8859-1"}},
		{"two processors, Apia, Turkish", []string{"GOMAXPROCS=2", "TZ=Pacific/Apia", "LANG=tr_TR.UTF-8", "LC_ALL=tr_TR.UTF-8"}},
		{"two processors, Sao Paulo, Japanese", []string{"GOMAXPROCS=2", "TZ=America/Sao_Paulo", "LANG=ja_JP.eucJP", "LC_ALL=ja_JP.eucJP"}},
		{"a lying folder of zones", []string{"TZ=Europe/Berlin", "ZONEINFO=" + lyingFolder(t, lying)}},
		{"a lying zip of zones", []string{"TZ=America/New_York", "ZONEINFO=" + lyingZip(t, lying)}},
		{"somebody else's home", []string{"HOME=" + t.TempDir(), "USER=somebody", "TMPDIR=" + t.TempDir(), "GOGC=20"}},
		{"cut every 1,000 bytes", []string{"GOMAXPROCS=2", cutAt + "=1000"}},
		{"cut at every record", []string{"GOMAXPROCS=2", cutAt + "=1"}},
	}
}

// TestSameBytesOnEveryMachine makes the demo on each machine, in processes of their own, and compares the sha256 of every
// object, pull manifest, run manifest, posting and published file.
func TestSameBytesOnEveryMachine(t *testing.T) {
	t.Parallel()
	size := small
	if long() {
		size = example.Default()
	}
	want := digests(t, filepath.Join(demoOn(t, size, nil), "company"))
	told := map[string][]string{}
	work := make(chan machine)
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for m := range work {
				dir := demoOn(t, size, m.env)
				if dir == "" {
					continue
				}
				same(t, m.name, want, digests(t, filepath.Join(dir, "company")))
				said, err := child(nil, append(m.env, sayTime+"=1")...).Output()
				if err != nil {
					t.Errorf("%s: %v", m.name, err)
				}
				mu.Lock()
				told[string(said)] = append(told[string(said)], m.name)
				mu.Unlock()
				os.RemoveAll(dir)
			}
		})
	}
	for _, m := range machines(t) {
		work <- m
	}
	close(work)
	wg.Wait()
	// That the machines differ is read from what their own clocks say: noon in UTC on a day of summer.
	for _, line := range []string{"here 12:00, in Berlin 14:00\n", "here 08:00, in Berlin 14:00\n", "here 17:45, in Berlin 14:00\n", "here 01:00, in Berlin 14:00\n",
		"here 09:00, in Berlin 14:00\n", "here 14:00, in Berlin 05:00\n", "here 08:00, in Berlin 05:00\n"} {
		if len(told[line]) == 0 {
			t.Errorf("no machine says %q: the settings did not reach it; they say %v", line, told)
		}
	}
}

// demoOn makes a demo in a child process with an environment and gives its folder; "" where it failed.
func demoOn(t *testing.T, size example.Size, env []string) string {
	t.Helper()
	dir := t.TempDir()
	if out, err := child(append([]string{"demo", "--quiet", "--out", dir}, sizeArgs(size)...), env...).CombinedOutput(); err != nil {
		t.Errorf("carrot demo with %v: %v\n%s", env, err, out)
		return ""
	}
	return dir
}

// lie is a time zone file that is seven hours off UTC all year, in the format of RFC 8536.
func lie() []byte {
	b := append([]byte("TZif"), make([]byte, 16)...)
	for _, n := range []uint32{0, 0, 0, 0, 1, 4} {
		b = be.BigEndian.AppendUint32(b, n)
	}
	west := int32(-7 * 3600)
	b = be.BigEndian.AppendUint32(b, uint32(west))
	return append(b, 0, 0, 'L', 'I', 'E', 0)
}

var liedAbout = []string{"Europe/Berlin", "America/New_York", "UTC", "Europe/London"}

func lyingFolder(t *testing.T, dir string) string {
	for _, name := range liedAbout {
		writeTo(t, filepath.Join(dir, "zones", name), lie())
	}
	return filepath.Join(dir, "zones")
}

func lyingZip(t *testing.T, dir string) string {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range liedAbout {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(lie()); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	writeTo(t, filepath.Join(dir, "zones.zip"), b.Bytes())
	return filepath.Join(dir, "zones.zip")
}

// TestShuffledExports closes a company twice: as it is, and with the rows of every export in another order, every export
// of a drop cut into two files, and the files made in another order. Pay, scorecards, credits and findings are the same;
// only where a row stands is not.
func TestShuffledExports(t *testing.T) {
	t.Parallel()
	seeds := 1
	if long() {
		seeds = 10
	}
	plain := t.TempDir()
	writeExample(t, small, plain)
	// Something to hold: an owner whom nobody knows, and an amount that is none.
	us := filepath.Join(plain, "exports", "2025-03-03", "Opportunities US.csv")
	spoil(t, us, 1, "Opportunity Owner: Username", "nobody@nordlicht.example")
	spoil(t, us, 2, "Amount", "12,34.5")
	month := "2025-04"
	shuffledDirs := make([]string, seeds)
	for i := range shuffledDirs {
		shuffledDirs[i] = t.TempDir()
		shuffle(t, plain, shuffledDirs[i], rand.New(rand.NewSource(int64(i+1))))
	}
	closeThrough(t, plain, month)
	for i, dir := range shuffledDirs {
		closeThrough(t, dir, month)
		compared, findings := 0, 0
		for _, m := range []string{"2025-01", "2025-02", "2025-03", month} {
			for _, name := range []string{"audit/tables/scorecards.csv", "audit/tables/lines.csv", "audit/tables/credits.csv", "audit/tables/findings.csv",
				"payroll/DE01/pay-" + m + ".csv", "payroll/US01/pay-" + m + ".csv"} {
				want, got := placeless(t, filepath.Join(plain, "published", m, name)), placeless(t, filepath.Join(dir, "published", m, name))
				if d := cmp.Diff(want, got); d != "" {
					t.Errorf("seed %d, %s %s (-plain +shuffled):\n%s", i+1, m, name, d)
				}
				compared += len(want)
				if strings.HasSuffix(name, "findings.csv") {
					findings += len(want) - 1
				}
			}
		}
		if compared < 300 || findings < 2 {
			t.Errorf("%d rows and %d findings compared: too few to prove anything", compared, findings)
		}
	}
}

// placeless reads a CSV file without the columns that say which run it is and where a row stood, and sorts it.
func placeless(t *testing.T, name string) []string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for i, r := range rows {
		var kept []string
		for j, head := range rows[0] {
			// A finding without a key is named by where it stands.
			if !slices.Contains([]string{"run_id", "file", "line", "id", "position"}, head) {
				kept = append(kept, r[j])
			}
		}
		if i > 0 {
			out = append(out, strings.Join(kept, "|"))
		}
	}
	sort.Strings(out)
	return append([]string{strings.Join(rows[0], "|")}, out...)
}

// export is a CSV file taken apart at the ends of its records. Quotes are doubled in all of them, so an odd number of
// quotes so far means that a line feed belongs to a cell.
type export struct{ head, rows, foot [][]byte }

func readExport(t testing.TB, name string) export {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var all [][]byte
	start, quoted := 0, false
	for i, c := range b {
		switch {
		case c == '"':
			quoted = !quoted
		case c == '\n' && !quoted:
			all, start = append(all, b[start:i+1]), i+1
		}
	}
	if start < len(b) {
		all = append(all, b[start:])
	}
	headers := 1
	if base := filepath.Base(name); strings.HasPrefix(base, "Product Experience") || strings.HasPrefix(base, "Employee Pulse") || strings.HasPrefix(base, "Relationship Survey") {
		headers = 3
	}
	end := len(all)
	for i, r := range all[headers:] {
		if s := string(bytes.TrimSpace(r)); s == "" || strings.HasPrefix(s, `"Grand Totals`) || strings.HasPrefix(s, `"Gesamtsummen`) {
			end = headers + i
			break
		}
	}
	return export{all[:headers], all[headers:end], all[end:]}
}

func (e export) bytes(rows [][]byte) []byte {
	return bytes.Join(slices.Concat(e.head, rows, e.foot), nil)
}

// spoil changes a cell of a row, counted from 1, of an export with commas.
func spoil(t testing.TB, name string, row int, column, text string) {
	t.Helper()
	e := readExport(t, name)
	head, err := csv.NewReader(bytes.NewReader(e.head[0])).Read()
	if err != nil {
		t.Fatal(err)
	}
	cells, err := csv.NewReader(bytes.NewReader(e.rows[row])).Read()
	if err != nil {
		t.Fatal(err)
	}
	at := slices.Index(head, column)
	cells[at] = text
	e.rows[row] = []byte(`"` + strings.Join(cells, `","`) + "\"\n")
	writeTo(t, name, e.bytes(e.rows))
}

// shuffle copies a company with its exports in another order.
func shuffle(t *testing.T, from, to string, r *rand.Rand) {
	t.Helper()
	var files []string
	err := filepath.WalkDir(from, func(name string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files = append(files, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	r.Shuffle(len(files), func(i, j int) { files[i], files[j] = files[j], files[i] })
	moved := 0
	for _, name := range files {
		rel, err := filepath.Rel(from, name)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(name, ".csv") || (!strings.HasPrefix(rel, "exports") && !strings.HasPrefix(rel, "reference")) {
			b, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			writeTo(t, filepath.Join(to, rel), b)
			continue
		}
		e := readExport(t, name)
		r.Shuffle(len(e.rows), func(i, j int) { e.rows[i], e.rows[j] = e.rows[j], e.rows[i]; moved++ })
		if strings.HasPrefix(rel, "reference") || len(e.rows) < 2 {
			writeTo(t, filepath.Join(to, rel), e.bytes(e.rows))
			continue
		}
		k := 1 + r.Intn(len(e.rows)-1) // a file without rows is a finding
		writeTo(t, filepath.Join(to, rel), e.bytes(e.rows[:k]))
		writeTo(t, filepath.Join(to, strings.TrimSuffix(rel, ".csv")+" (1).csv"), e.bytes(e.rows[k:]))
	}
	if moved < 100 {
		t.Errorf("%d rows moved only", moved)
	}
}
