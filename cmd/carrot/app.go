package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/user"
	"path"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"

	"carrot/config"
	"carrot/jobs"
	"carrot/jobs/archive"
	"carrot/jobs/archive/gcs"
	"carrot/transform/comp"
)

// program is what computes, as manifests keep it.
func program() archive.Program {
	p := archive.Program{Version: "carrot " + version, Go: runtime.Version() + " " + runtime.GOOS + "/" + runtime.GOARCH}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range info.Deps {
			if m.Replace != nil {
				m = m.Replace
			}
			p.Modules = append(p.Modules, archive.Module{Path: m.Path, Version: m.Version, Sum: m.Sum})
		}
	}
	return p
}

// tune is nil but in tests, which change how a house works: put a fault into the calculation, cut files elsewhere, die at
// a write.
var tune func(h *jobs.House)

// openCloud opens gs://bucket/prefix; tests put an in-process server behind it.
var openCloud = func(ctx context.Context, url string) (archive.Store, error) { return gcs.New(ctx, url) }

// openStore opens a folder, relative to base, or gs://bucket/prefix.
func openStore(ctx context.Context, base, location string) (archive.Store, error) {
	if strings.HasPrefix(location, "gs://") {
		return openCloud(ctx, location)
	}
	return archive.NewDir(within(base, location))
}

// within is a path that is relative to base unless it is absolute.
func within(base, name string) string {
	name = filepath.FromSlash(name)
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(base, name)
}

// beside is the place called name in the folder that holds location.
func beside(location, name string) string {
	rest, cloud := strings.CutPrefix(location, "gs://")
	if !cloud {
		return path.Join(path.Dir(path.Clean(filepath.ToSlash(location))), name)
	}
	rest = strings.TrimSuffix(rest, "/")
	if parent := path.Dir(rest); parent != "." {
		return "gs://" + parent + "/" + name
	}
	return "gs://" + rest + "/" + name
}

// load reads the config. Mistakes are printed, all of them, and end the command.
func (a *app) load() (*config.Config, string, error) {
	dir, main := filepath.Split(a.config)
	if dir == "" {
		dir = "."
	}
	if _, err := os.Stat(a.config); errors.Is(err, fs.ErrNotExist) {
		return nil, dir, usage("%s does not exist, expected the company's config; name it with --config, or try carrot demo", a.config)
	}
	c, mistakes := config.Load(os.DirFS(dir), main, a.getenv)
	if len(mistakes) == 0 {
		return c, dir, nil
	}
	if a.json {
		type mistake struct {
			config.Mistake
			Text string
		}
		var out []mistake
		for _, m := range mistakes {
			out = append(out, mistake{m, m.String()})
		}
		if err := a.printJSON(map[string]any{"mistakes": out}); err != nil {
			return nil, dir, err
		}
	} else {
		for _, m := range mistakes {
			fmt.Fprintln(a.errOut, m)
		}
	}
	return nil, dir, usage("%s; nothing ran", plural(len(mistakes), "mistake", "mistakes")+" in the config")
}

// house opens the company: config, archive, published files.
func (a *app) house(ctx context.Context) (*jobs.House, error) {
	c, dir, err := a.load()
	if err != nil {
		return nil, err
	}
	return a.houseOf(ctx, c, dir)
}

func (a *app) houseOf(ctx context.Context, c *config.Config, dir string) (*jobs.House, error) {
	store, err := openStore(ctx, dir, c.Archive)
	if err != nil {
		return nil, fmt.Errorf("archive %s: %w", c.Archive, err)
	}
	h := &jobs.House{Config: c, Main: filepath.Base(a.config), Files: os.DirFS(dir), Sources: sources, Archive: store, Program: program(),
		Who: who(), Where: where(c.Archive, dir), Now: a.now}
	h.Folder = func(name string) (fs.FS, error) { return os.DirFS(within(dir, name)), nil }
	h.Published = func(preview bool) (archive.Store, error) {
		location := c.Published
		if preview {
			location = beside(location, "previews")
		}
		return openStore(ctx, dir, location)
	}
	if tune != nil {
		tune(h)
	}
	return h, nil
}

// archiveOf opens the archive to be looked at: --archive, or the config's.
func (a *app) archiveOf(ctx context.Context, location string) (archive.Store, error) {
	dir := "."
	if location == "" {
		c, d, err := a.load()
		if err != nil {
			return nil, err
		}
		location, dir = c.Archive, d
	}
	if strings.HasPrefix(location, "gs://") {
		return openCloud(ctx, location)
	}
	s, err := archive.OpenDir(within(dir, location))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, usage("the archive %s does not exist; name one with --archive, or make one with carrot run", within(dir, location))
	}
	return s, err
}

func who() string {
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return "unknown"
}

func where(location, dir string) string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	if strings.HasPrefix(location, "gs://") {
		return host + " " + location
	}
	if full, err := filepath.Abs(within(dir, location)); err == nil {
		location = full
	}
	return host + ":" + location
}

// today is the calendar day in the business zone.
func (a *app) today(zone string) (comp.Date, error) {
	z, err := comp.Zone(zone)
	if err != nil {
		return 0, err
	}
	return comp.DateIn(a.now().Unix(), z), nil
}

// print writes v as JSON where that was asked for, else what text writes.
func (a *app) print(v any, text func(w io.Writer)) error {
	if a.json {
		return a.printJSON(v)
	}
	text(a.out)
	return nil
}

func (a *app) printJSON(v any) error {
	e := json.NewEncoder(a.out)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%s %s", thousands(int64(n)), many)
}

// thousands writes a whole number with commas.
func thousands(n int64) string {
	s := fmt.Sprint(n)
	sign := ""
	if n < 0 {
		sign, s = "-", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + s
}
