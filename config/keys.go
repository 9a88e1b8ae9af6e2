package config

import (
	_ "embed"
	"strings"
)

//go:embed keys.txt
var keysText string

// Key is one key that a config file may have.
type Key struct {
	File  string // the file or pattern of files, such as plans/*.yaml
	Path  string // from the document's top: [] stands for a list's entry, <name> for a name of your own
	Must  bool   // it must be there wherever the part that holds it is
	Means string // one line
}

// Keys are all keys of all files, in the order in which people write them.
func Keys() (out []Key) {
	file := ""
	for _, line := range strings.Split(keysText, "\n") {
		if title, ok := strings.CutPrefix(line, "# "); ok {
			file, _, _ = strings.Cut(title, ":")
		} else if path, means, ok := strings.Cut(line, " "); ok {
			k := Key{File: file, Means: strings.TrimSpace(means)}
			k.Path, k.Must = strings.CutSuffix(path, "!")
			out = append(out, k)
		}
	}
	return out
}

// KeysText is Keys as text, one key a line, those that must be there marked with !; lines that start with # name the files.
func KeysText() string { return keysText }
