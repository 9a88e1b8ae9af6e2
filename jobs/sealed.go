package jobs

import (
	"context"
	"errors"
	"io"
	"slices"

	"carrot/config"
	"carrot/jobs/archive"
	"carrot/transform"
	"carrot/transform/comp"
)

// sealer archives exports, those of class sealed encrypted where the config says to whom. Encrypted bytes are others each
// time, so what the archive holds of the same raw bytes is used again: a file that several tables read is kept once.
type sealer struct {
	h     *House
	known map[string]archive.Object // encrypted ones that a pull names, by raw digest
}

// sealer looks up what earlier pulls encrypted.
func (h *House) sealer(ctx context.Context) (*sealer, error) {
	s := &sealer{h, map[string]archive.Object{}}
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
					s.known[o.Digest] = o
				}
			}
		}
	}
	return s, nil
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
	if o, ok := s.known[digest]; ok {
		o.Name, o.Media = name, mediaOf(name)
		return o, nil
	}
	o, err := archive.PutSealed(ctx, s.h.Archive, name, mediaOf(name), raw, s.h.Temp, s.h.Config.SealedTo)
	if err == nil {
		s.known[o.Digest] = o
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

// Readable are the tables of class sealed whose exports are kept readable by whoever may read the archive; sorted.
func Readable(c *config.Config) []string {
	var out []string
	for i := range c.Contracts {
		if c.Contracts[i].Class == comp.Sealed && len(c.SealedTo) == 0 {
			out = append(out, c.Contracts[i].Name())
		}
	}
	slices.Sort(out)
	return out
}

// told is the lineage as it is kept. Where exports are encrypted it names no row of theirs: which answers entered a measure
// tells what they are, and how far apart they lie tells how long each is.
func (w *work) told() (*transform.Lineage, error) {
	if !w.encrypts {
		return w.lineage, nil
	}
	return w.lineage.Without(func(f comp.File) bool { return w.bench.object[f.Digest].Class == comp.Sealed })
}

// encrypted says whether a table of class sealed is among these, and its exports are encrypted.
func (e *explainer) encrypted(tables []string) bool {
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
