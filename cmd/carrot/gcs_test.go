package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fsouza/fake-gcs-server/fakestorage"
	"google.golang.org/api/option"

	"carrot/jobs/archive"
	"carrot/jobs/archive/gcs"
)

// TestCloudGivesTheSameBytes closes the example company with its archive and its published files in a folder, and in a
// bucket of an in-process Cloud Storage. The config's bytes are the same: they name both places by variables. So every
// object, pull manifest, run manifest, posting and published file must be the same, byte for byte, and the archive in the
// bucket must verify, replay and explain as the one in the folder does.
func TestCloudGivesTheSameBytes(t *testing.T) {
	server, err := fakestorage.NewServerWithOptions(fakestorage.Options{NoListener: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Stop)
	server.CreateBucketWithOpts(fakestorage.CreateBucketOpts{Name: "payroll"})
	usual := openCloud
	openCloud = func(ctx context.Context, url string) (archive.Store, error) {
		return gcs.New(ctx, url, gcs.ClientOptions(option.WithHTTPClient(&http.Client{Transport: server.HTTPClient().Transport})), gcs.Patience(2, time.Millisecond, time.Minute))
	}
	t.Cleanup(func() { openCloud = usual })

	dir := t.TempDir()
	size, through := small, "2025-02"
	if long() {
		through = "2025-04"
	}
	writeExample(t, size, dir)
	main := filepath.Join(dir, "carrot.yaml")
	edit(t, main, "\narchive: archive\npublished: published\n", "\narchive: ${TEST_PLACE}/archive\npublished: ${TEST_PLACE}/published\n")

	t.Setenv("TEST_PLACE", ".")
	want := closeThrough(t, dir, through)

	t.Setenv("TEST_PLACE", "gs://payroll/nordlicht")
	must(t, []string{"run", "--quiet", "--through", through, "--config", main}, exitDone, exitHeld)
	got := bucketDigests(t, "gs://payroll/nordlicht")
	same(t, "in the bucket", want, got)

	known := ""
	for name := range want {
		if rest, ok := strings.CutPrefix(name, "archive/runs/"); ok {
			known, _, _ = strings.Cut(rest, "/")
		}
	}
	for _, args := range [][]string{
		{"verify", "--config", main},
		{"replay", "--quiet", "--all", "--archive", "gs://payroll/nordlicht/archive"},
		{"explain", "--config", main, "--period", "2025-01", "--payee", "0002"},
		{"runs", "--config", main},
	} {
		must(t, args, exitDone)
	}
	if out := must(t, []string{"runs", "--config", main}, exitDone); known == "" || !strings.Contains(out, known) {
		t.Errorf("carrot runs does not list %s:\n%s", known, out)
	}
	// The folder was left alone by all that.
	t.Setenv("TEST_PLACE", ".")
	same(t, "the folder afterwards", want, digests(t, dir))
}

// bucketDigests is digests for a bucket.
func bucketDigests(t *testing.T, url string) map[string]string {
	t.Helper()
	s, err := openCloud(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	err = s.List(t.Context(), "", func(key string, _ int64) error {
		if strings.HasPrefix(key, "archive/receipts/") || strings.HasPrefix(key, "archive/leases/") {
			return nil
		}
		r, err := s.Open(t.Context(), key)
		if err != nil {
			return err
		}
		defer r.Close()
		b, err := io.ReadAll(r)
		out[key] = fmt.Sprintf("%x", sha256.Sum256(b))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	enough(t, out)
	return out
}
