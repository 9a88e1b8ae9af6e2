package config

import (
	"fmt"
	"slices"
	"sort"
	"strings"
)

// Mistake is something in the config that a person must correct before anything runs.
type Mistake struct {
	File      string // within the file system given to Load
	Line, Col int    // 1-based; Col counts characters; 0 where the mistake is the whole file's
	Found     string // what stands there
	Want      string // what was expected
	Next      string // what to type next
}

// String is "file:line:column: what stands there, expected what; what to type next". Parts that are not known are left out.
func (m Mistake) String() string {
	var b strings.Builder
	b.WriteString(m.File)
	if m.Line > 0 {
		fmt.Fprintf(&b, ":%d", m.Line)
		if m.Col > 0 {
			fmt.Fprintf(&b, ":%d", m.Col)
		}
	}
	b.WriteString(": " + m.Found)
	if m.Want != "" {
		b.WriteString(", expected " + m.Want)
	}
	if m.Next != "" {
		b.WriteString("; " + m.Next)
	}
	return b.String()
}

// sortMistakes orders by file, line and column, then by text, and drops repeats.
func sortMistakes(ms []Mistake) []Mistake {
	sort.SliceStable(ms, func(i, j int) bool {
		a, b := ms[i], ms[j]
		switch {
		case a.File != b.File:
			return a.File < b.File
		case a.Line != b.Line:
			return a.Line < b.Line
		case a.Col != b.Col:
			return a.Col < b.Col
		}
		return a.String() < b.String()
	})
	return slices.Compact(ms)
}

// distance is how many insertions, deletions, replacements and swaps of neighbours lead from a to b.
func distance(a, b string) int {
	x, y := []rune(strings.ToLower(a)), []rune(strings.ToLower(b))
	before, last, now := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(x); i++ {
		now[0] = i
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			now[j] = min(last[j]+1, now[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				now[j] = min(now[j], before[j-2]+1)
			}
		}
		before, last, now = last, now, before
	}
	return last[len(y)]
}

// nearest is the valid name of which a slip of the hand would make name: it is its first word, at most a third of its letters
// differ, or it is the only one that holds name whole. "" where none is near.
func nearest(name string, valid []string) string {
	size := len([]rune(name))
	if size > 100 {
		return ""
	}
	best, at := "", min(max(1, size/3)+1, size)
	for _, v := range valid {
		if first, _, more := strings.Cut(v, " "); more && first == name {
			return v
		}
		if d := distance(name, v); d < at || (d == at && best != "" && v < best) {
			best, at = v, d
		}
	}
	if best != "" || size < 3 {
		return best
	}
	for _, v := range valid {
		if !strings.Contains(strings.ToLower(v), strings.ToLower(name)) {
			continue
		}
		if best != "" {
			return ""
		}
		best = v
	}
	return best
}

// maxListed is how many valid names a message lists.
const maxListed = 12

// list writes names as "a, b or c", the first dozen of them.
func list(names []string) string {
	switch {
	case len(names) == 0:
		return "nothing"
	case len(names) == 1:
		return names[0]
	case len(names) > maxListed:
		return strings.Join(names[:maxListed], ", ") + fmt.Sprintf(" (and %d more)", len(names)-maxListed)
	}
	return strings.Join(names[:len(names)-1], ", ") + " or " + names[len(names)-1]
}

// suggest is the next thing to type where name is not one of valid.
func suggest(name string, valid []string) string {
	if len(valid) == 0 {
		return "declare it, or remove this"
	}
	return suggestOr(name, valid, "write "+list(valid))
}

// suggestOr is suggest with something else to type where no name is near.
func suggestOr(name string, valid []string, otherwise string) string {
	if n := nearest(name, valid); n != "" {
		return "write " + n
	}
	return otherwise
}

// Suggest is the next thing to type where name is not one of valid: the nearest of them, or all.
func Suggest(name string, valid []string) string { return suggest(name, valid) }
