package comp

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	_ "embed" // the time-zone bytes
	"encoding/hex"
	"fmt"
	"io"
	"sync"
	"time"
)

// zoneBytes is the IANA database that every run uses, whatever the machine has: time.LoadLocation would read the
// machine's first, and two machines would then put one instant on two days.
//
//go:embed zoneinfo.zip
var zoneBytes []byte

// ZoneDigest is the sha256, in hex, of the embedded time-zone bytes; the manifest of a run names it.
var ZoneDigest = sync.OnceValue(func() string {
	sum := sha256.Sum256(zoneBytes)
	return hex.EncodeToString(sum[:])
})

var zoneFiles = sync.OnceValues(func() (map[string]*zip.File, error) {
	r, err := zip.NewReader(bytes.NewReader(zoneBytes), int64(len(zoneBytes)))
	if err != nil {
		return nil, err
	}
	files := make(map[string]*zip.File, len(r.File))
	for _, f := range r.File {
		files[f.Name] = f
	}
	return files, nil
})

// Zone is the location of an IANA name such as Europe/Berlin, from the embedded bytes only. UTC is always known.
func Zone(name string) (*time.Location, error) {
	if name == "UTC" || name == "" {
		return time.UTC, nil
	}
	files, err := zoneFiles()
	if err != nil {
		return nil, err
	}
	f, ok := files[name]
	if !ok {
		return nil, fmt.Errorf("unknown time zone %q: use an IANA name such as Europe/Berlin", name)
	}
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	return time.LoadLocationFromTZData(name, data)
}

// DateIn is the calendar day of an instant, in Unix seconds, in the zone.
func DateIn(unix int64, zone *time.Location) Date {
	_, offset := time.Unix(unix, 0).In(zone).Zone()
	s := unix + int64(offset)
	d := s / 86400
	if s%86400 < 0 {
		d--
	}
	return Date(d)
}
