// Package reports renders a finished outcome: the payroll workbook and file per legal entity, one PDF statement per
// payee, the audit certificate and the audit tables. It computes no pay: every number that it prints stands in the
// comp.Result. The same Result and Options give the same bytes, whatever the order in which they were built.
package reports

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"carrot/transform/comp"
)

// File is one finished file. Path has forward slashes and lies below published/<period>/ (or previews/<period>/).
// Class says who may see it, as in the manifest. A long table has a Body instead of Bytes, which lasts until Render ends.
type File struct {
	Path, Media string
	Class       comp.Class
	Bytes       []byte
	Body        io.ReadSeeker
	digest      string // of a Body
}

// Scratch is a private temporary file.
type Scratch interface {
	io.ReadWriteSeeker
	io.Closer
}

// Options say what is rendered and how people's folders are called.
type Options struct {
	Statements bool                      // false: audit/ and the payroll CSV only, no workbook and no PDF
	Person     func(payee string) string // the name of a payee's folder under people/; nil uses the employee id
	Scratch    func() (Scratch, error)   // where long tables are written to; nil: into memory
}

// The media types of the files.
const (
	mediaCSV     = "text/csv; charset=utf-8"
	mediaText    = "text/plain; charset=utf-8"
	mediaPDF     = "application/pdf"
	mediaSheet   = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	mediaParquet = "application/vnd.apache.parquet"
)

// Render hands every file of the outcome to put, one by one, in the order of their paths. The first error, of put or of
// rendering, ends it. r is not changed. An outcome that a finding stopped has a certificate and its findings, no more.
//
// What is small (audit/ and payroll/) is rendered first, because the certificate names the digests of these files;
// statements are rendered and handed over one at a time, so that memory does not grow with the number of payees.
func Render(r *comp.Result, o Options, put func(File) error) (err error) {
	var scratch []Scratch
	defer func() {
		for _, s := range scratch {
			err = errors.Join(err, s.Close())
		}
	}()
	if o.Scratch != nil {
		create := o.Scratch
		o.Scratch = func() (Scratch, error) {
			s, err := create()
			if err == nil {
				scratch = append(scratch, s)
			}
			return s, err
		}
	}
	made, err := renderTables(r, o)
	if err != nil {
		return err
	}
	if !stopped(r) {
		payroll, err := renderPayroll(r, o)
		if err != nil {
			return err
		}
		if o.Statements {
			management, err := renderManagement(r)
			if err != nil {
				return err
			}
			made = append(made, management...)
		}
		made = append(append(made, payroll...), renderReview(r)...)
	}
	for _, f := range append([]File{certificate(r, made)}, made...) {
		if err := put(f); err != nil {
			return err
		}
	}
	if !o.Statements || stopped(r) {
		return nil
	}
	return renderStatements(r, o, put)
}

// stopped says whether a source or a total is unfit, so that nobody is paid by this outcome.
func stopped(r *comp.Result) bool {
	return slices.ContainsFunc(r.Findings, func(f comp.Finding) bool { return f.Holds() && f.Reach >= comp.ReachSource })
}

// folder checks a name that becomes one step of a path: an id with a slash or a leading dot would leave its folder.
func folder(role, name string) (string, error) {
	if name == "" || strings.HasPrefix(name, ".") || strings.ContainsAny(name, "/\\:\x00\n\r\t") {
		return "", fmt.Errorf("%s %q cannot name a folder: use letters, digits, - and _ without / \\ : or a leading point (people_folders: hmac gives such names)", role, name)
	}
	return name, nil
}
