package jobs

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"sort"
	"strings"

	"carrot/transform/comp"
)

// DropMark stands in a declared file name for the day from which the file is known.
const DropMark = "{drop}"

// dropDay is what DropMark matches.
const dropDay = `[0-9]{4}-[0-9]{2}-[0-9]{2}`

// Found is a file below a source's folder that a table's declared name matches.
type Found struct {
	Name  string    // relative to the source's folder, with forward slashes
	Known comp.Date // the day in {drop}; comp.NoDate without one: always known
	Size  int64     // bytes
}

// compileMatch turns a declared name such as "{drop}/Deals*.csv" into an expression over slash-separated names. As in a
// shell, * and ? stay within one folder and [a-z] is a set.
func compileMatch(pattern string) (*regexp.Regexp, error) {
	if _, err := path.Match(strings.ReplaceAll(pattern, DropMark, "x"), ""); err != nil {
		return nil, fmt.Errorf("%q is no file name with * and {drop}: %v", pattern, err)
	}
	var b strings.Builder
	b.WriteString("^")
	drops := 0
	for i := 0; i < len(pattern); {
		rest := pattern[i:]
		switch {
		case strings.HasPrefix(rest, DropMark):
			if drops++; drops == 1 {
				b.WriteString("(" + dropDay + ")")
			} else {
				b.WriteString(dropDay)
			}
			i += len(DropMark)
			continue
		case rest[0] == '*':
			b.WriteString("[^/]*")
		case rest[0] == '?':
			b.WriteString("[^/]")
		case rest[0] == '[':
			end := strings.IndexByte(rest, ']')
			b.WriteString(rest[:end+1])
			i += end + 1
			continue
		default:
			b.WriteString(regexp.QuoteMeta(rest[:1]))
		}
		i++
	}
	return regexp.Compile(b.String() + "$")
}

// listFiles are the names and sizes of all files below root, sorted; hidden ones (a name that starts with a point) and
// the lock files of office programs (~$) are no exports and left out.
func listFiles(root fs.FS) ([]Found, error) {
	var all []Found
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		base := path.Base(name)
		if name != "." && (strings.HasPrefix(base, ".") || strings.HasPrefix(base, "~$")) {
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if d.IsDir() {
			return nil
		}
		info, err := fs.Stat(root, name)
		if err != nil {
			return err
		}
		if info.IsDir() {
			return nil
		}
		all = append(all, Found{Name: name, Known: comp.NoDate, Size: info.Size()})
		return nil
	})
	sort.Slice(all, func(i, j int) bool { return all[i].Name < all[j].Name })
	return all, err
}

// matchFiles are those of the listed files that the declared name matches, with the day from which each is known,
// sorted by that day, then name. A {drop} that is no calendar day is an error.
func matchFiles(files []Found, pattern string) ([]Found, error) {
	re, err := compileMatch(pattern)
	if err != nil {
		return nil, err
	}
	var out []Found
	for _, f := range files {
		m := re.FindStringSubmatch(f.Name)
		if m == nil {
			continue
		}
		if len(m) > 1 {
			if f.Known, err = comp.ParseDate(m[1]); err != nil {
				return nil, fmt.Errorf("%s: %w", f.Name, err)
			}
		}
		out = append(out, f)
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Known < out[j].Known })
	return out, nil
}
