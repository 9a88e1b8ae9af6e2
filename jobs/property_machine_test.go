package jobs

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"math/rand"
	"os"
	"os/exec"
	"strings"
	"testing"

	"carrot/reports"
	"carrot/transform"
	"carrot/transform/comp"
)

// machines are two that have nothing in common but the program.
var machines = [][]string{
	{"TZ=UTC", "LANG=C", "LC_ALL=C", "GOMAXPROCS=1", "HOME=/"},
	{"TZ=Asia/Kathmandu", "LANG=tr_TR.UTF-8", "LC_ALL=tr_TR.UTF-8", "LC_NUMERIC=de_DE.UTF-8", "GOMAXPROCS=3", "HOME=/nonexistent", "TMPDIR=/tmp", "ZONEINFO=/nonexistent"},
}

// theSameAnywhere: processes in other environments and folders compute and render the same bytes.
func theSameAnywhere(p *trial) {
	seed, first := p.d(1<<30), ""
	for i, env := range machines {
		cmd := exec.CommandContext(context.Background(), os.Args[0], "-test.run=^TestOnAnotherMachine$", "-test.v")
		cmd.Env = append(env, fmt.Sprintf("CARROT_SEED=%d", seed), "CARROT_FAULT="+p.fault.others)
		cmd.Dir = []string{os.TempDir(), string(os.PathSeparator)}[i]
		b, err := cmd.CombinedOutput()
		_, digest, ok := strings.Cut(string(b), "digest: ")
		if digest, _, _ = strings.Cut(digest, "\n"); err != nil || !ok {
			p.Fatalf("%v: %v: %s", env, err, b)
		}
		if p.seen++; i > 0 && digest != first {
			p.Errorf("%v gives %s, %v gives %s", env, digest, machines[0], first)
		}
		first = digest
	}
}

// TestOnAnotherMachine is a process of theSameAnywhere where CARROT_SEED says so; it prints the digest of everything that
// the closes of generated worlds give.
func TestOnAnotherMachine(t *testing.T) {
	seed, h := int64(1), sha256.New()
	other := os.Getenv("CARROT_SEED") != ""
	if other {
		if _, err := fmt.Sscan(os.Getenv("CARROT_SEED"), &seed); err != nil {
			t.Fatal(err)
		}
	}
	d, closes := dice(rand.New(rand.NewSource(seed)).Intn), 0
	for range 3 {
		texts := d.batch(dice.planOfDeals)
		p := &trial{teller: t, c: plangenBatch(t, texts), d: d, e: d.world(plansABatch), fault: planted(os.Getenv("CARROT_FAULT"))}
		p.fault.before = func(in *transform.Inputs) { in.Workers = workers() }
		p.close(p.e, func(_ transform.Inputs, r *comp.Result) bool {
			closes++
			hashed(t, h, r)
			return true
		})
	}
	if closes < 9 {
		t.Errorf("%d closes: too few to tell anything", closes)
	}
	if other {
		fmt.Printf("digest: %x\n", h.Sum(nil))
	}
}

// hashed takes in a result and what payroll reads of it.
func hashed(t *testing.T, h io.Writer, r *comp.Result) {
	if err := reports.Render(r, reports.Options{}, func(f reports.File) error {
		_, err := fmt.Fprintf(h, "%s %x\n", f.Path, sha256.Sum256(f.Bytes))
		return err
	}); err != nil {
		t.Fatal(err)
	}
	r.Credits = nil // it holds the function that reads them
	fmt.Fprintln(h, asJSON(r))
}
