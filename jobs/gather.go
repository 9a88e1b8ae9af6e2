package jobs

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"sort"
	"strings"

	"carrot/config"
	"carrot/jobs/archive"
	"carrot/transform/comp"
)

// gather archives what the run reads besides the exports, and lists the pull manifests that it may know.
func (h *House) gather(ctx context.Context, knownAt comp.Date) (*knowledge, error) {
	k := &knowledge{config: h.Config, main: h.Main}
	k.files = make([]archive.Object, len(h.Config.Files))
	err := together(len(k.files), func(i int) (err error) {
		f := h.Config.Files[i]
		k.files[i], err = archive.Put(ctx, h.Archive, configPrefix+f.Name, mediaOf(f.Name), comp.Open, f.Bytes)
		return err
	}, func(int) {})
	if err != nil {
		return nil, err
	}
	for role, name := range map[string]string{waiversName: h.Config.Waivers, adjustmentsName: h.Config.Adjustments} { // in any order: sorted below
		if name == "" {
			continue
		}
		b, err := fs.ReadFile(h.Files, name)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, refuse("%s: %s: %s does not exist, expected a file beside it; create it with the header %s", h.Main, role, name, headers[role])
		}
		if err != nil {
			return nil, err
		}
		o, err := archive.Put(ctx, h.Archive, role+"/"+name, mediaOf(name), comp.Personal, b)
		if err != nil {
			return nil, err
		}
		k.files = append(k.files, o)
		k.decide(role, name, b)
	}
	sort.Slice(k.files, func(i, j int) bool { return k.files[i].Name < k.files[j].Name })
	return k, h.know(ctx, k, knownAt, func(string) bool { return true })
}

// know lists the pull manifests of some tables, as known on a day.
func (h *House) know(ctx context.Context, k *knowledge, knownAt comp.Date, of func(table string) bool) error {
	for _, c := range h.Config.Contracts {
		if !of(c.Name()) {
			continue
		}
		pulls, err := archive.Pulls(ctx, h.Archive, c.Name())
		if err != nil {
			return err
		}
		for _, p := range pulls {
			if p.Known <= knownAt {
				k.pulls = append(k.pulls, p)
			}
		}
	}
	k.sortPulls()
	return nil
}

var headers = map[string]string{waiversName: "finding,reason,by,until", adjustmentsName: "id,employee_id,period,amount,currency,reason,evidence,by"}

// decide reads waivers or adjustments.
func (k *knowledge) decide(role, name string, b []byte) {
	var found []comp.Finding
	if role == waiversName {
		k.waivers, found = config.ParseWaivers(name, b)
	} else {
		k.adjustments, found = config.ParseAdjustments(name, b)
	}
	k.findings = append(k.findings, found...)
	comp.SortFindings(k.findings)
}

// sortPulls orders by table, then by the day from which each is known, then by number: a late copy of an old drop does
// not replace what a newer drop says.
func (k *knowledge) sortPulls() {
	sort.SliceStable(k.pulls, func(i, j int) bool {
		a, b := k.pulls[i], k.pulls[j]
		switch {
		case a.Name() != b.Name():
			return a.Name() < b.Name()
		case a.Known != b.Known:
			return a.Known < b.Known
		}
		return a.Seq < b.Seq
	})
}

// recall rebuilds the knowledge of an archived run from the archive alone. Every digest is proved on the way.
func recall(ctx context.Context, s archive.Store, m archive.Manifest) (*knowledge, comp.Request, error) {
	return recallWith(ctx, s, m, func(files []config.File) []config.File { return files })
}

// recallWith is recall with some files of the config replaced.
func recallWith(ctx context.Context, s archive.Store, m archive.Manifest, replace func([]config.File) []config.File) (*knowledge, comp.Request, error) {
	text, err := archive.Get(ctx, s, m.Request)
	if err != nil {
		return nil, comp.Request{}, err
	}
	req, err := parseRequest(string(text))
	if err != nil {
		return nil, req, fmt.Errorf("run %s: %w", m.Run, err)
	}
	k := &knowledge{files: m.Config}
	for _, d := range req.Inputs {
		if d.Version == mainVersion {
			k.main = strings.TrimPrefix(d.Name, configPrefix)
		}
	}
	var files []config.File
	for _, o := range m.Config {
		b, err := archive.Get(ctx, s, o)
		if err != nil {
			return nil, req, err
		}
		if name, ok := strings.CutPrefix(o.Name, configPrefix); ok {
			files = append(files, config.File{Name: name, Bytes: b})
			continue
		}
		role, name, _ := strings.Cut(o.Name, "/")
		k.decide(role, name, b)
	}
	folder, err := folderOf(replace(files))
	if err != nil {
		return nil, req, err
	}
	var mistakes []config.Mistake
	k.config, mistakes = config.Load(folder, k.main, anyName)
	if len(mistakes) > 0 {
		return nil, req, &refusedConfig{run: m.Run, program: m.Program.Version, mistakes: mistakes}
	}
	for _, ref := range m.Pulls {
		p, err := archive.ReadPull(ctx, s, ref)
		if err != nil {
			return nil, req, err
		}
		k.pulls = append(k.pulls, p)
	}
	k.sortPulls()
	return k, req, nil
}

// refusedConfig is an archived config that this version refuses.
type refusedConfig struct {
	run, program string
	mistakes     []config.Mistake
}

func (r *refusedConfig) Error() string {
	return fmt.Sprintf("run %s: the archived config is refused: %s (%d mistakes); use the version of carrot that made the run: %s", r.run, r.mistakes[0], len(r.mistakes), r.program)
}

// folderOf is a folder in memory: config.Load reads the files as from a disk.
func folderOf(files []config.File) (fs.FS, error) {
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for _, f := range files {
		w, err := z.CreateHeader(&zip.FileHeader{Name: f.Name, Method: zip.Store})
		if err != nil {
			return nil, err
		}
		if _, err := w.Write(f.Bytes); err != nil {
			return nil, err
		}
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return zip.NewReader(bytes.NewReader(buf.Bytes()), int64(buf.Len()))
}

// anyName stands for the environment in a replay: where archive, published files and folders of exports lay does not
// matter any more.
func anyName(string) (string, bool) { return "replayed", true }
