package example

import (
	"bytes"
	"embed"
	"fmt"
	"io"
	"io/fs"

	"carrot/config/measures"
)

// folder is the company's hand-written part. carrot.yaml in it fits Default.
//
//go:embed company
var folder embed.FS

// Measures are the definitions of the company's own measures, beside those that are shipped.
func Measures() fs.FS {
	sub, err := fs.Sub(folder, "company/measures")
	if err != nil {
		panic(err) // the name is a constant
	}
	return sub
}

// company writes config, sources, plans, lists and measures: the company's own and the ones that are shipped.
func (g *generator) company(put func(string, func(io.Writer) error) error) error {
	own, err := fs.Sub(folder, "company")
	if err != nil {
		return err
	}
	for _, part := range []struct {
		files  fs.FS
		glob   []string
		prefix string
	}{{own, []string{"*.*", "sources/*", "measures/*", "plans/*", "lists/*", "detectors/*"}, ""}, {measures.Files, []string{"*.yaml"}, "measures/"}} {
		for _, glob := range part.glob {
			names, err := fs.Glob(part.files, glob)
			if err != nil {
				return err
			}
			for _, name := range names {
				text, err := fs.ReadFile(part.files, name)
				if err != nil {
					return err
				}
				if err := put(part.prefix+name, g.fit(name, text)); err != nil {
					return fmt.Errorf("%s%s: %w", part.prefix, name, err)
				}
			}
		}
	}
	return nil
}

// fit makes a hand-written file fit the size: the head count of the last month, and adjustments of people who exist.
func (g *generator) fit(name string, text []byte) func(io.Writer) error {
	switch name {
	case "carrot.yaml":
		text = bytes.Replace(text, []byte("people: 60, period: 2026-03"),
			fmt.Appendf(nil, "people: %d, period: %s", g.employed(g.size.Months-1), g.world.Month(g.size.Months-1)), 1)
	case "adjustments.csv":
		if len(g.world.Adjustments) == 0 {
			text, _, _ = bytes.Cut(text, []byte("\n"))
			text = append(bytes.Clone(text), '\n')
		}
	}
	return func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	}
}

// employed is how many people work here on some day of a month.
func (g *generator) employed(month int) int {
	count := 0
	for i := range g.where {
		for d := g.starts[month]; d < g.starts[month+1]; d++ {
			if g.where[i][d-first] != 0 {
				count++
				break
			}
		}
	}
	return count
}
