package jobs

import (
	"context"
	"io"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"filippo.io/age"

	"carrot/config"
	"carrot/connectors"
	"carrot/jobs/archive"
	"carrot/jobs/archive/storetest"
	"carrot/transform/comp"
)

// given is a connector that gives files, by table and name.
type given struct {
	connectors.Source
	files [][2]string
}

func (g given) Pull(_ context.Context, _ connectors.State, put func(string, io.Reader) error) (connectors.State, error) {
	for _, f := range g.files {
		if err := put(f[0], strings.NewReader(f[1])); err != nil {
			return "", err
		}
	}
	return "all", nil
}

// TestSealedExportsAreEncrypted pulls exports of sealed and open tables, from a folder and from a connector: the sealed ones are
// encrypted, once whichever table reads them and however often they come back, and anew where they come under another name.
func TestSealedExportsAreEncrypted(t *testing.T) {
	ctx := t.Context()
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	table := func(source, name, files string, class comp.Class) config.Table {
		return config.Table{Contract: comp.Contract{Source: source, Table: name, Mode: comp.Delta, Keys: []string{"id"}, Class: class}, Files: files}
	}
	pulse, again, open := table("hr", "pulse", "pulse*.csv", comp.Sealed), table("hr", "pulse_again", "pulse*.csv", comp.Sealed), table("hr", "staff", "staff.csv", comp.Personal)
	live := table("forms", "live", "", comp.Sealed)
	folder := fstest.MapFS{"pulse.csv": {Data: []byte("id,score\n1,4\n")}, "staff.csv": {Data: []byte("id\n1\n")}}
	c := &config.Config{SealedTo: []string{id.Recipient().String()}, Contracts: []comp.Contract{live.Contract, pulse.Contract, again.Contract, open.Contract},
		Sources: []config.Source{{Name: "forms", Kind: "forms", Tables: []config.Table{live}}, {Name: "hr", Kind: "files", Folder: "x", Tables: []config.Table{pulse, again, open}}}}
	m := storetest.NewMemory()
	source := &given{files: [][2]string{{"live/a.csv", "id,score\n1,4\n"}}}
	h := &House{Config: c, Archive: m, Temp: t.TempDir(), Folder: func(string) (fs.FS, error) { return folder, nil }, Sources: map[string]connectors.Source{"forms": source}}
	pull := func(what string, objects int) {
		t.Helper()
		if _, err := h.Pull(ctx, comp.Day(2026, 2, 3)); err != nil {
			t.Fatal(err)
		}
		n := 0
		for key, b := range m.Files {
			if strings.HasPrefix(key, "objects/") {
				if n++; strings.HasPrefix(string(b), "age-encryption.org/v1\n") == strings.Contains(string(b), "id\n1") {
					t.Errorf("%s: %s is stored as %q", what, key, b)
				}
			}
		}
		if n != objects {
			t.Errorf("%s: %d objects, expected %d", what, n, objects)
		}
	}
	pull("first", 2) // the answers, which three tables read, and the staff
	folder["pulse2.csv"] = folder["pulse.csv"]
	pull("under another name", 3)
	folder["pulse.csv"] = &fstest.MapFile{Data: []byte("id,score\n1,5\n")}
	pull("changed", 4)
	folder["pulse.csv"] = folder["pulse2.csv"]
	pull("changed back", 4)
	source.files = [][2]string{{"live/b.csv", "id,score\n1,5\n"}, {"live/c.csv", "id,score\n2,5\n"}}
	pull("from the connector", 6)
	var read []string
	pulls, err := archive.Pulls(ctx, m, "hr.pulse")
	if err != nil {
		t.Fatal(err)
	}
	held := archive.WithIdentity(ctx, func(string) (string, bool) { return id.String(), true })
	for _, p := range pulls {
		for _, o := range p.Objects {
			b, err := archive.Get(held, m, o)
			read = append(read, o.Name+" "+string(b[len(b)-2]))
			if err != nil || o.Class != comp.Sealed || o.Media != "text/csv" {
				t.Errorf("%+v: %v", o, err)
			}
		}
	}
	if got := strings.Join(read, ", "); got != "pulse.csv 4, pulse2.csv 4, pulse.csv 5, pulse.csv 4" {
		t.Errorf("pulled %s", got)
	}
	if done, err := archive.Verify(held, m, func(p archive.Problem) { t.Error(p.Error()) }); err != nil || done.Locked != 0 {
		t.Errorf("%+v %v", done, err)
	}
	for key := range m.Files {
		if strings.HasPrefix(key, "objects/") {
			delete(m.Files, key)
		}
	}
	pull("what the connector gives again, after all objects were lost", 2)
}

// TestMixedFilesAreRefused: a file that a sealed and a personal table read would lie readable for the second.
func TestMixedFilesAreRefused(t *testing.T) {
	table := func(name string, class comp.Class) config.Table {
		return config.Table{Contract: comp.Contract{Source: "hr", Table: name, Mode: comp.Delta, Keys: []string{"id"}, Class: class}, Files: "pulse*.csv"}
	}
	pulse, asked := table("pulse", comp.Sealed), table("asked", comp.Personal)
	c := &config.Config{SealedTo: []string{"age1"}, Contracts: []comp.Contract{pulse.Contract, asked.Contract},
		Sources: []config.Source{{Name: "hr", Kind: "files", Folder: "x", Tables: []config.Table{pulse, asked}}}}
	m := storetest.NewMemory()
	folder := fstest.MapFS{"pulse.csv": {Data: []byte("id,score\n1,4\n")}}
	h := &House{Config: c, Archive: m, Temp: t.TempDir(), Folder: func(string) (fs.FS, error) { return folder, nil }}
	_, err := h.Pull(t.Context(), comp.Day(2026, 2, 3))
	want := "hr.asked and hr.pulse both read pulse.csv, and one of them alone is of class sealed, while sealed_to encrypts whole files; write class: sealed at both, or give each a file of its own"
	if err == nil || err.Error() != want || len(m.Files) > 0 {
		t.Errorf("%v, expected %s; %d files are kept", err, want, len(m.Files))
	}
	c.SealedTo = nil
	if _, err := h.Pull(t.Context(), comp.Day(2026, 2, 3)); err != nil {
		t.Error(err)
	}
}
