package archive

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"sort"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Dir keeps files in a folder of a file system that knows hard links (nearly all do; FAT does not). Files have mode
// 0600, folders 0700. Links that lead out of the folder are not followed.
type Dir struct {
	root  *os.Root
	name  string
	sweep sync.Once

	mu      sync.Mutex
	durable map[string]bool // folders whose own entry is known to be on the medium
}

// tempFolder holds files under construction. Keys cannot start with a point, so no key meets it.
const tempFolder = ".tmp"

// strayAge is how old a file under construction must be for Create to take it for what a killed process left behind.
const strayAge = 24 * time.Hour

// linkPoint is called between the steps of Create. Tests kill the process there.
var linkPoint = func() {}

// NewDir opens the folder and makes it where it is absent.
func NewDir(folder string) (*Dir, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	if err := syncFolder(path.Dir(path.Clean(folder))); err != nil {
		return nil, err
	}
	return OpenDir(folder)
}

// OpenDir opens a folder that must be there. It writes nothing until the first Create.
func OpenDir(folder string) (*Dir, error) {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, err
	}
	return &Dir{root: root, name: folder, durable: map[string]bool{".": true}}, nil
}

func syncFolder(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// String is the folder.
func (d *Dir) String() string { return d.name }

// Close lets go of the folder.
func (d *Dir) Close() error { return d.root.Close() }

// Create writes a temporary file, syncs it, links it to its key, which fails where the key exists, removes the temporary
// name and syncs the folder. So the key is absent or complete after a crash at any moment, and kept once Create is back.
func (d *Dir) Create(ctx context.Context, key string, r io.ReadSeeker) error {
	if err := CheckKey(key); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	d.sweep.Do(func() { _ = d.Sweep(time.Now().Add(-strayAge)) }) // best effort: what stays is found next time
	if _, err := d.root.Lstat(key); err == nil {
		return d.exists(ctx, key, r)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := d.makeFolder(path.Dir(key)); err != nil {
		return err
	}
	if err := d.makeFolder(tempFolder); err != nil {
		return err
	}
	for range 3 { // somebody with a wrong clock may sweep the temporary file away
		err := d.place(ctx, key, r)
		if errors.Is(err, fs.ErrExist) {
			return d.exists(ctx, key, r)
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return fmt.Errorf("%s: the temporary file was removed three times; who sweeps %s/%s?", key, d.name, tempFolder)
}

// place writes the file and gives it its name.
func (d *Dir) place(ctx context.Context, key string, r io.ReadSeeker) error {
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return err
	}
	temp := tempFolder + "/" + rand.Text()
	f, err := d.root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	linkPoint()
	defer func() { _ = d.root.Remove(temp) }() // a name that stays is swept later and never listed
	err = copyAll(f, &ctxReader{ctx, r})
	linkPoint()
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("%s: not kept: %w", key, err)
	}
	linkPoint()
	if err := d.root.Link(temp, key); err != nil {
		return err
	}
	linkPoint()
	return d.sync(path.Dir(key))
}

// exists tells the same bytes from others, and makes the entry durable, since whoever made it may have died before that.
func (d *Dir) exists(ctx context.Context, key string, r io.ReadSeeker) error {
	if err := d.makeFolder(path.Dir(key)); err != nil {
		return err
	}
	if err := d.sync(path.Dir(key)); err != nil {
		return err
	}
	ours, size, err := digestReader(ctx, r)
	if err != nil {
		return fmt.Errorf("%s: %w", key, err)
	}
	f, err := d.Open(ctx, key)
	if err != nil {
		return fmt.Errorf("%s: %w, but it cannot be read: %v", key, fs.ErrExist, err)
	}
	defer f.Close()
	theirs := newMeter()
	if err := copyAll(theirs, &ctxReader{ctx, f}); err != nil {
		return fmt.Errorf("%s: %w, but it cannot be read: %v", key, fs.ErrExist, err)
	}
	if theirs.digest() != ours {
		return &Conflict{Key: key, Ours: fmt.Sprintf("sha256 %s, %d bytes", ours, size),
			Theirs: fmt.Sprintf("sha256 %s, %d bytes", theirs.digest(), theirs.n)}
	}
	return fmt.Errorf("%s: %w with the same bytes", key, fs.ErrExist)
}

// makeFolder makes a folder and those above it, and makes their entries durable, even where another process made them a
// moment ago.
func (d *Dir) makeFolder(name string) error {
	if d.known(name) {
		return nil
	}
	if err := d.makeFolder(path.Dir(name)); err != nil {
		return err
	}
	if err := d.root.Mkdir(name, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	linkPoint()
	if err := d.sync(path.Dir(name)); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.durable[name] = true
	return nil
}

func (d *Dir) known(name string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.durable[name]
}

func (d *Dir) sync(folder string) error {
	f, err := d.root.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// Open opens a key. What is no plain file (a link, a pipe) is refused.
func (d *Dir) Open(ctx context.Context, key string) (io.ReadCloser, error) {
	if err := CheckKey(key); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	info, err := d.root.Lstat(key)
	if errors.Is(err, syscall.ENOTDIR) {
		return nil, fmt.Errorf("%s: %w: a part of it is a file", key, fs.ErrNotExist)
	}
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return nil, fmt.Errorf("%s: %w: it is a folder", key, fs.ErrNotExist)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: found a %s, expected a plain file", key, info.Mode().Type())
	}
	return d.root.Open(key)
}

// List walks the folder. Names that are no keys are listed too, so that Verify can name them.
func (d *Dir) List(ctx context.Context, prefix string, fn func(key string, size int64) error) error {
	if err := CheckPrefix(prefix); err != nil {
		return err
	}
	return d.walk(ctx, ".", prefix, fn)
}

// walk lists a folder: names in the order of whole keys, in which "a-b" comes before "a/b".
func (d *Dir) walk(ctx context.Context, folder, prefix string, fn func(string, int64) error) error {
	entries, err := d.entries(folder)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := ctx.Err(); err != nil {
			return err
		}
		key := path.Join(folder, e.Name())
		switch {
		case key == tempFolder:
		case e.IsDir():
			if strings.HasPrefix(key+"/", prefix) || strings.HasPrefix(prefix, key+"/") {
				if err := d.walk(ctx, key, prefix, fn); err != nil {
					return err
				}
			}
		case strings.HasPrefix(key, prefix):
			info, err := e.Info()
			if err != nil {
				return err
			}
			if err := fn(key, info.Size()); err != nil {
				return err
			}
		}
	}
	return nil
}

func (d *Dir) entries(folder string) ([]fs.DirEntry, error) {
	f, err := d.root.Open(folder)
	if err != nil {
		return nil, err
	}
	entries, err := f.ReadDir(-1)
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, err
	}
	sortName := func(e fs.DirEntry) string {
		if e.IsDir() {
			return e.Name() + "/"
		}
		return e.Name()
	}
	sort.Slice(entries, func(i, j int) bool { return sortName(entries[i]) < sortName(entries[j]) })
	return entries, nil
}

// Sweep removes files under construction that were last written before a moment: what killed processes left behind. The
// first Create of a Dir sweeps those of a day and older by itself.
func (d *Dir) Sweep(before time.Time) error {
	entries, err := d.entries(tempFolder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, e := range entries {
		info, ierr := e.Info()
		if ierr != nil || !info.ModTime().Before(before) {
			continue
		}
		if rm := d.root.Remove(tempFolder + "/" + e.Name()); rm != nil && !errors.Is(rm, fs.ErrNotExist) {
			err = errors.Join(err, rm)
		}
	}
	return err
}
