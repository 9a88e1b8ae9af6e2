package jobs

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"slices"

	"carrot/config"
	"carrot/jobs/archive"
	"carrot/transform"
	"carrot/transform/comp"
)

// sealer archives exports, those of class sealed encrypted where the config says to whom. Encrypted bytes are others each
// time, so what is there of the same raw bytes is used again: within one pull that of any file, since several tables may read
// one, and of earlier pulls that of the same name. Under another name bytes are encrypted anew: it may be for others.
type sealer struct {
	h      *House
	kept   map[string]archive.Object    // encrypted ones of this pull, by raw digest
	before map[[2]string]archive.Object // of earlier pulls, by name and raw digest
}

// sealer refuses what cannot be encrypted: a file that another table reads whose rows are shown.
func (h *House) sealer(ctx context.Context, tables []SurveyedTable) (*sealer, error) {
	s := &sealer{h, map[string]archive.Object{}, map[[2]string]archive.Object{}}
	if len(h.Config.SealedTo) == 0 {
		return s, nil
	}
	for _, c := range h.Config.Contracts {
		if c.Class != comp.Sealed {
			continue
		}
		if err := archive.Held(ctx); err != nil && c.Mode == comp.Window {
			return nil, refuse("%s: a pull reads which days its files cover (mode: window), and %v", c.Name(), err)
		}
		pulls, err := archive.Pulls(ctx, h.Archive, c.Name())
		if err != nil {
			return nil, err
		}
		for _, p := range pulls {
			for _, o := range p.Objects {
				if o.Encrypted() {
					s.before[[2]string{o.Name, o.Digest}] = o
				}
			}
		}
	}
	return s, h.unmixed(tables)
}

// unmixed refuses a file that is read by a table of class sealed and by one of another class.
func (h *House) unmixed(tables []SurveyedTable) error {
	read := map[[2]string]*comp.Contract{} // by folder and file; read by key only
	for i := range tables {
		t := &tables[i]
		c := &t.Table.Contract
		for _, f := range t.Files {
			at := [2]string{t.Source.Folder, f.Name}
			other := read[at]
			if other == nil {
				read[at] = c
			} else if (other.Class == comp.Sealed) != (c.Class == comp.Sealed) {
				return refuse("%s and %s both read %s, and one of them alone is of class sealed, while sealed_to encrypts whole files; write class: sealed at both, or give each a file of its own",
					other.Name(), c.Name(), f.Name)
			}
		}
	}
	return nil
}

// keep archives an export of a table.
func (s *sealer) keep(ctx context.Context, c *comp.Contract, name string, raw io.ReadSeeker) (archive.Object, error) {
	if c.Class != comp.Sealed || len(s.h.Config.SealedTo) == 0 {
		return archive.PutFrom(ctx, s.h.Archive, name, mediaOf(name), c.Class, raw, s.h.Temp)
	}
	digest, err := digestFrom(ctx, raw)
	if err != nil {
		return archive.Object{}, err
	}
	if o, ok := s.kept[digest]; ok {
		o.Name, o.Media = name, mediaOf(name)
		return o, nil
	}
	if o, ok := s.before[[2]string{name, digest}]; ok {
		stored, err := s.h.Archive.Open(ctx, o.Key)
		if err == nil {
			return o, stored.Close()
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return o, err
		}
	}
	o, err := archive.PutSealed(ctx, s.h.Archive, name, mediaOf(name), raw, s.h.Temp, s.h.Config.SealedTo)
	if err == nil {
		s.kept[o.Digest] = o
	}
	return o, err
}

// unlock opens the encrypted files that count before anything else is read, so that who lacks the identity learns it at once.
func (b *bench) unlock(k *knowledge, defs map[string]tableDef, counts func(pull int, o archive.Object) bool) error {
	for i, p := range k.pulls {
		def, ok := defs[p.Name()]
		for _, o := range p.Objects {
			if ok && o.Encrypted() && counts(i, o) {
				if _, err := b.vault.input(o, def, 0); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// locked makes of an object that cannot be opened what to tell: of which table it is, which variable is meant, what to type.
func locked(table string, err error) error {
	var l *archive.Locked
	if errors.As(err, &l) {
		return refuse("%s: %s", table, l.Error())
	}
	return err
}

// Readable are the tables of class sealed whose exports are kept readable by whoever may read the archive, sorted: all where
// nobody is named to whom they are encrypted, else those of which the archive holds exports from before.
func Readable(ctx context.Context, c *config.Config, s archive.Store) ([]string, error) {
	var out []string
	for i := range c.Contracts {
		if c.Contracts[i].Class != comp.Sealed {
			continue
		}
		readable := len(c.SealedTo) == 0
		if !readable && s != nil {
			pulls, err := archive.Pulls(ctx, s, c.Contracts[i].Name())
			if err != nil {
				return nil, err
			}
			for _, p := range pulls {
				readable = readable || slices.ContainsFunc(p.Objects, func(o archive.Object) bool { return !o.Encrypted() })
			}
		}
		if readable {
			out = append(out, c.Contracts[i].Name())
		}
	}
	slices.Sort(out)
	return out, nil
}

// told is the lineage as it is kept. Where exports are encrypted it names no row of a file that a sealed table is read from,
// whatever its class was when it was pulled: which answers entered a measure tells what they are, and how far apart they lie
// tells how long each is.
func (w *work) told() (*transform.Lineage, error) {
	if !w.encrypts {
		return w.lineage, nil
	}
	return w.lineage.Without(func(f comp.File) bool {
		return w.bench.object[f.Digest].Class == comp.Sealed ||
			slices.ContainsFunc(w.bench.reader[f.Digest], func(d tableDef) bool { return d.contract.Class == comp.Sealed })
	})
}

// unnamed says whether a table of class sealed is among these, of which lineage names no row.
func (e *explainer) unnamed(tables []string) bool {
	return len(e.k.config.SealedTo) > 0 && slices.ContainsFunc(e.k.config.Contracts, func(c comp.Contract) bool {
		return c.Class == comp.Sealed && slices.Contains(tables, c.Name())
	})
}

// about is the knowledge without the pulls of encrypted tables, unless they are among these: who is asked about people alone
// needs no identity.
func (k *knowledge) about(tables []string) *knowledge {
	if len(k.config.SealedTo) == 0 {
		return k
	}
	defs, out := tableDefs(k), *k
	out.pulls = slices.DeleteFunc(slices.Clone(k.pulls), func(p archive.Pull) bool {
		return defs[p.Name()].contract.Class == comp.Sealed && !slices.Contains(tables, p.Name())
	})
	return &out
}
