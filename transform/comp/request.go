package comp

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"sort"
	"strings"
)

// Request is everything a run depends on. Equal requests give equal outcomes, byte for byte.
type Request struct {
	Kind        RunKind
	Period      Period // the pay period
	Business    Date
	KnownAt     Date
	Calculation string        // version of the calculation
	Previous    string        // digest of the posting before, "" for the first
	Inputs      []NamedDigest // config files, plans, measures, pull manifests, waivers, adjustments, zones, fonts
}

// Text is the canonical text: one "key value" a line, inputs sorted by name and version.
func (r Request) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "carrot request 1\nkind %s\nperiod %s\nbusiness %s\nknown %s\ncalculation %s\nprevious %s\n",
		r.Kind, r.Period.Name(), r.Business, r.KnownAt, r.Calculation, orNone(r.Previous))
	in := append([]NamedDigest(nil), r.Inputs...)
	sort.Slice(in, func(i, j int) bool {
		if in[i].Name != in[j].Name {
			return in[i].Name < in[j].Name
		}
		return in[i].Version < in[j].Version
	})
	for _, d := range in {
		fmt.Fprintf(&b, "input %s %s %s\n", d.Digest, orNone(d.Version), d.Name)
	}
	return b.String()
}

func orNone(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// Digest is the sha256, in hex, of Text.
func (r Request) Digest() string {
	sum := sha256.Sum256([]byte(r.Text()))
	return hex.EncodeToString(sum[:])
}

// RunID is the first 26 characters of the base32 of the digest: known before anything is computed.
func (r Request) RunID() string {
	sum := sha256.Sum256([]byte(r.Text()))
	return base32.StdEncoding.EncodeToString(sum[:])[:26]
}
