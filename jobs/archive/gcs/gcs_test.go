package gcs

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fsouza/fake-gcs-server/fakestorage"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/api/option"

	"carrot/jobs/archive"
	"carrot/jobs/archive/storetest"
)

// wire is the way to the fake service. Its fault may answer in place of the service.
type wire struct {
	service http.RoundTripper
	fault   func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error)
	mu      sync.Mutex
	uploads int
	asked   int // requests other than uploads
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	send := func() (*http.Response, error) {
		if res := strict(r); res != nil {
			return res, nil
		}
		return w.service.RoundTrip(r)
	}
	w.mu.Lock()
	if isUpload(r) {
		w.uploads++
	} else {
		w.asked++
	}
	w.mu.Unlock()
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	if w.fault == nil {
		return send()
	}
	return w.fault(r, send)
}

// strict does for uploads what the real service does and the fake one does not: it compares the bytes with the CRC32C
// that came with them, and answers 400. It also insists on what our store promises: one request, for a new name only.
func strict(r *http.Request) *http.Response {
	if !isUpload(r) {
		return nil
	}
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	q := r.URL.Query()
	_, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || q.Get("uploadType") != "multipart" || q.Get("ifGenerationMatch") != "0" {
		return answer(r, 501)
	}
	parts := multipart.NewReader(bytes.NewReader(body), params["boundary"])
	var meta struct{ Crc32c string }
	head, err := parts.NextPart()
	if err != nil || json.NewDecoder(head).Decode(&meta) != nil {
		return answer(r, 400)
	}
	data, err := parts.NextPart()
	if err != nil {
		return answer(r, 400)
	}
	b, err := io.ReadAll(data)
	sum := crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli))
	if err != nil || meta.Crc32c != base64.StdEncoding.EncodeToString(binary.BigEndian.AppendUint32(nil, sum)) {
		return answer(r, 400)
	}
	return nil
}

func isUpload(r *http.Request) bool { return r.Method == http.MethodPost }

func newFake(t testing.TB) *wire {
	t.Helper()
	server, err := fakestorage.NewServerWithOptions(fakestorage.Options{NoListener: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Stop)
	server.CreateBucketWithOpts(fakestorage.CreateBucketOpts{Name: "bucket"})
	return &wire{service: server.HTTPClient().Transport}
}

func open(t testing.TB, w http.RoundTripper, url string) *Store {
	t.Helper()
	s, err := New(t.Context(), url, ClientOptions(option.WithHTTPClient(&http.Client{Transport: w})), Patience(3, time.Millisecond, 5*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func TestContract(t *testing.T) {
	for _, url := range []string{"gs://bucket", "gs://bucket/some/prefix"} {
		storetest.Run(t, func() (archive.Store, archive.Store, error) {
			w := newFake(t)
			return open(t, w, url), open(t, w, url), nil
		})
	}
}

func TestPrefixesApart(t *testing.T) {
	ctx, w := t.Context(), newFake(t)
	a, ab := open(t, w, "gs://bucket/a/"), open(t, w, "gs://bucket/ab")
	for _, s := range []*Store{a, ab} {
		if err := s.Create(ctx, "key", strings.NewReader(s.String())); err != nil {
			t.Fatal(err)
		}
	}
	for _, s := range []*Store{a, ab} {
		var keys []string
		err := s.List(ctx, "", func(key string, _ int64) error { keys = append(keys, key); return nil })
		if diff := cmp.Diff([]string{"key"}, keys); err != nil || diff != "" {
			t.Errorf("%s: %v %s", s, err, diff)
		}
		if got := read(t, s, "key"); got != s.String() {
			t.Errorf("%s holds %q", s, got)
		}
	}
}

func read(t *testing.T, s *Store, key string) string {
	t.Helper()
	r, err := s.Open(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestEmulatorIsRefused(t *testing.T) {
	t.Setenv(emulatorVariable, "localhost:1234")
	_, err := New(t.Context(), "gs://bucket")
	if err == nil || !strings.Contains(err.Error(), "type `unset STORAGE_EMULATOR_HOST`") {
		t.Errorf("New with %s = %v", emulatorVariable, err)
	}
	s, err := New(t.Context(), "gs://bucket", AllowEmulator())
	if err != nil {
		t.Fatalf("New that allows an emulator = %v", err)
	}
	_ = s.Close()
}

func TestURLs(t *testing.T) {
	for _, url := range []string{"", "bucket", "s3://bucket", "gs://", "gs:///a", "gs://bucket/../a", "gs://bucket//a", `gs://bucket/a\b`} {
		if _, err := New(t.Context(), url); err == nil || !strings.Contains(err.Error(), "expected gs://bucket") {
			t.Errorf("New(%q) = %v", url, err)
		}
	}
}

// answer is an answer of the service with a status.
func answer(r *http.Request, status int) *http.Response {
	return &http.Response{StatusCode: status, Status: http.StatusText(status), Header: http.Header{"Content-Type": {"application/json"}}, Request: r,
		Body: io.NopCloser(strings.NewReader(fmt.Sprintf(`{"error":{"code":%d,"message":"made up"}}`, status)))}
}

// drain reads what the client sends, as a service does before it answers.
func drain(r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) }

type fault = func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error)

// lost does the work and loses the answer, the first n times.
func lost(n int) fault {
	return func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
		res, err := send()
		if n--; isUpload(r) && n >= 0 && err == nil {
			_ = res.Body.Close()
			return nil, io.ErrUnexpectedEOF
		}
		return res, err
	}
}

// refuse answers uploads with a status in place of the work, the first n times.
func refuse(status, n int) fault {
	return func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
		if !isUpload(r) {
			return send()
		}
		if n--; n < 0 {
			return send()
		}
		drain(r)
		if status == 0 {
			return nil, errors.New("connection reset by peer")
		}
		return answer(r, status), nil
	}
}

// TestFaults goes through what may happen to an upload: what Create says, what the bucket then holds, and how many
// uploads it took. "before" is what somebody else kept there.
func TestFaults(t *testing.T) {
	const ours = "our bytes"
	for name, c := range map[string]struct {
		before  string
		fault   fault
		want    string // "", exist, conflict, or a part of the message
		uploads int
		holds   string
	}{
		"nothing happens":                 {"", nil, "", 1, ours},
		"same bytes before us":            {ours, nil, "exist", 1, ours},
		"other bytes before us":           {"their bytes", nil, "conflict", 1, "their bytes"},
		"longer bytes before us":          {ours + ours, nil, "conflict", 1, ours + ours},
		"our answer lost":                 {"", lost(1), "", 1, ours},
		"answer lost, same before us":     {ours, lost(1), "exist", 1, ours},
		"answer lost, other before us":    {"their bytes", lost(1), "conflict", 1, "their bytes"},
		"503 once":                        {"", refuse(503, 1), "", 2, ours},
		"429 twice":                       {"", refuse(429, 2), "", 3, ours},
		"408 once":                        {"", refuse(408, 1), "", 2, ours},
		"400 once, a byte lost its way":   {"", refuse(400, 1), "", 2, ours},
		"connection reset once":           {"", refuse(0, 1), "", 2, ours},
		"503 for ever":                    {"", refuse(503, 1000), "not kept, after 3 tries", 3, ""},
		"connection reset for ever":       {"", refuse(0, 1000), "not kept, after 3 tries", 3, ""},
		"403, nothing there":              {"", refuse(403, 1000), "not kept, after 1 tries", 1, ""},
		"403, the same there":             {ours, refuse(403, 1000), "exist", 1, ours},
		"403, other bytes there":          {"their bytes", refuse(403, 1000), "conflict", 1, "their bytes"},
		"401":                             {"", refuse(401, 1000), "not kept, after 1 tries", 1, ""},
		"503 for ever, other bytes there": {"their bytes", refuse(503, 1000), "conflict", 1, "their bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newFake(t)
			if c.before != "" {
				if err := open(t, w, "gs://bucket/p").Create(t.Context(), "key", strings.NewReader(c.before)); err != nil {
					t.Fatal(err)
				}
			}
			w.fault, w.uploads = c.fault, 0
			s := open(t, w, "gs://bucket/p")
			err := s.Create(t.Context(), "key", strings.NewReader(ours))
			checkError(t, err, c.want)
			if w.uploads != c.uploads {
				t.Errorf("%d uploads, expected %d", w.uploads, c.uploads)
			}
			w.fault = nil
			if c.holds == "" {
				if _, err := s.Open(t.Context(), "key"); !errors.Is(err, fs.ErrNotExist) {
					t.Errorf("Open = %v, expected nothing", err)
				}
			} else if got := read(t, s, "key"); got != c.holds {
				t.Errorf("the bucket holds %q, expected %q", got, c.holds)
			}
		})
	}
}

func checkError(t *testing.T, err error, want string) {
	t.Helper()
	var other *archive.Conflict
	isConflict := errors.As(err, &other)
	switch {
	case want == "" && err != nil, want == "exist" && (!errors.Is(err, fs.ErrExist) || isConflict), want == "conflict" && !isConflict,
		want != "" && want != "exist" && want != "conflict" && (err == nil || errors.Is(err, fs.ErrExist) || !strings.Contains(err.Error(), want)):
		t.Errorf("Create = %v, expected %q", err, want)
	}
}

func TestNobodyAnswers(t *testing.T) {
	w := newFake(t)
	w.fault = func(r *http.Request, _ func() (*http.Response, error)) (*http.Response, error) {
		if isUpload(r) {
			drain(r)
		}
		return nil, io.ErrUnexpectedEOF
	}
	s := open(t, w, "gs://bucket")
	checkError(t, s.Create(t.Context(), "key", strings.NewReader("x")), "not known whether it is kept")
	if w.uploads+w.asked > 10 {
		t.Errorf("%d uploads and %d questions: not bounded", w.uploads, w.asked)
	}
}

// TestHanging shows that a service which never answers does not hold us longer than the attempt allows.
func TestHanging(t *testing.T) {
	w := newFake(t)
	w.fault = func(r *http.Request, _ func() (*http.Response, error)) (*http.Response, error) {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	s := open(t, w, "gs://bucket")
	s.attempt = 20 * time.Millisecond
	start := time.Now()
	if err := s.Create(t.Context(), "key", strings.NewReader("x")); err == nil {
		t.Error("Create = nil")
	}
	if d := time.Since(start); d > 5*time.Second {
		t.Errorf("it took %s", d)
	}
}

// TestChecksumOnTheWay turns a bit of the upload on its way: the service refuses it, and the next try is right.
func TestChecksumOnTheWay(t *testing.T) {
	w := newFake(t)
	n := 1
	w.fault = func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
		if isUpload(r) && n > 0 {
			n--
			b, _ := io.ReadAll(r.Body)
			r.Body = io.NopCloser(bytes.NewReader(bytes.Replace(b, []byte("our bytes"), []byte("our bytds"), 1)))
		}
		return send()
	}
	s := open(t, w, "gs://bucket")
	if err := s.Create(t.Context(), "key", strings.NewReader("our bytes")); err != nil {
		t.Error(err)
	}
	if got := read(t, s, "key"); got != "our bytes" || w.uploads != 2 {
		t.Errorf("the bucket holds %q after %d uploads", got, w.uploads)
	}
}

// TestReadsAreVerified turns a bit of the download on its way, or cuts it short.
func TestReadsAreVerified(t *testing.T) {
	w := newFake(t)
	s := open(t, w, "gs://bucket")
	if err := s.Create(t.Context(), "key", strings.NewReader("our bytes")); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(io.ReadCloser) io.ReadCloser{"flip": storetest.Flip(3), "short": storetest.Short(5)} {
		w.fault = func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
			res, err := send()
			if err == nil && r.URL.Query().Get("alt") == "media" {
				res.Body = spoil(res.Body)
			}
			return res, err
		}
		r, err := s.Open(t.Context(), "key")
		if err != nil {
			t.Fatal(err)
		}
		if b, err := io.ReadAll(r); err == nil {
			t.Errorf("%s: read %q without an error", name, b)
		}
		_ = r.Close()
	}
}

// TestLargeInOneRequest uploads more than the client's own pieces: strict insists that it is one request, which needs no
// repetition that we do not see.
func TestLargeInOneRequest(t *testing.T) {
	w := newFake(t)
	s, text := open(t, w, "gs://bucket"), strings.Repeat("large ", 3<<20)
	if err := s.Create(t.Context(), "key", strings.NewReader(text)); err != nil || w.uploads != 1 {
		t.Errorf("%v, %d uploads", err, w.uploads)
	}
	if got := read(t, s, "key"); got != text {
		t.Errorf("the bucket holds %d bytes", len(got))
	}
}

// TestRaceWithFaults lets 32 writers of different bytes at one key while every third answer is lost: one is told that it
// won, and the bucket holds its bytes.
func TestRaceWithFaults(t *testing.T) {
	w := newFake(t)
	var mu sync.Mutex
	n := 0
	w.fault = func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
		mu.Lock()
		n++
		lose := n%3 == 0
		mu.Unlock()
		res, err := send()
		if isUpload(r) && lose && err == nil {
			_ = res.Body.Close()
			return nil, io.EOF
		}
		return res, err
	}
	s := open(t, w, "gs://bucket")
	errs := make([]error, 32)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() { errs[i] = s.Create(context.Background(), "key", strings.NewReader(fmt.Sprint("writer ", i))) })
	}
	wg.Wait()
	won := -1
	for i, err := range errs {
		if err == nil && won >= 0 {
			t.Errorf("writers %d and %d were told that they won", won, i)
		}
		if err == nil {
			won = i
		} else if !errors.Is(err, fs.ErrExist) {
			t.Errorf("writer %d: %v", i, err)
		}
	}
	w.fault = nil
	if got := read(t, s, "key"); got != fmt.Sprint("writer ", won) {
		t.Errorf("writer %d was told that it won, the bucket holds %q", won, got)
	}
}
