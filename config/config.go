// Package config turns a company folder's strict YAML into validated values: settings, sources, measures and plans.
//
// Nothing is guessed. An unknown key, a key written twice, a value of another kind, a name that nothing declares: each is
// a Mistake with file, line and column, and all mistakes of all files are given at once.
package config

import (
	"io/fs"

	"carrot/connectors"
	"carrot/transform/comp"
)

// Config is everything that a company folder declares, checked.
type Config struct {
	Settings    comp.Settings
	Mapping     comp.Mapping
	Sources     []Source        // sorted by name
	Contracts   []comp.Contract // of every table of every source, sorted by name
	Measures    []comp.Measure  // sorted by ID
	Plans       []comp.Plan     // sorted by ID, then effective date
	Detectors   []comp.Detector // sorted by ID
	Schedule    Schedule
	Fairness    *Fairness // nil: nothing is compared
	Archive     string    // folder relative to the config file, or gs://bucket/prefix; environment variables are expanded
	Published   string    // as Archive
	SealedTo    []string  // age recipients for whom exports of class sealed are encrypted; none: they are stored readable
	Waivers     string    // file relative to the config file; "" none
	Adjustments string    // as Waivers
	Files       []File    // every file read, sorted by name: what a run archives

	// Places are where the numbers, days and lengths of plans stand, by plan, version and the path of keys:
	// "sales/2026.1/draw.periods", "sales/2026.1/commission/curve.bands[1].pays". Read by key only.
	Places map[string]comp.Place
}

// File is a file that Load read, byte for byte.
type File struct {
	Name  string // within the file system given to Load, with forward slashes
	Bytes []byte
}

// Source is a system whose exports are read.
type Source struct {
	Name   string
	Kind   string  // the connector; "files" today
	Folder string  // relative to the config file; environment variables are expanded
	Tables []Table // sorted by name
}

// Table is one table of a source and where its files lie.
type Table struct {
	Contract comp.Contract
	Files    string // a glob within the source's folder; {drop} stands for a folder or part of a name YYYY-MM-DD
	Format   connectors.Format
}

// Schedule says when runs are due, by the clock of Zone. The zero value schedules nothing.
type Schedule struct {
	Nightly  *Clock // every night's preview; nil none
	CloseDay int    // day of the month on which the month before is closed; 0 none; the last day where the month is shorter
	CloseAt  Clock
	Zone     string // IANA name; the business zone unless told
}

// Clock is a time of day.
type Clock struct{ Hour, Minute int }

// Load reads the config file name and every file that it names within fsys. getenv gives environment variables, which
// expand in archive, published and a source's folder only; a replay passes one that knows every name.
//
// With mistakes the config is incomplete and must not be run. Mistakes are sorted by file, line and column.
func Load(fsys fs.FS, name string, getenv func(string) (string, bool)) (*Config, []Mistake) {
	l := &loader{fsys: fsys, getenv: getenv, config: &Config{}, pending: pending}
	l.load(name)
	return l.config, l.sorted()
}
