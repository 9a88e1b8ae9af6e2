package connectors

import (
	"strings"
	"unicode"
)

// unique says that every row of the sample has a value and no two have the same.
func (v values) unique() bool {
	return v.rows > 0 && len(v.texts) == v.rows && len(v.distinct) == v.rows
}

// isIDName says that a label names an identifier.
func isIDName(label string) bool {
	words := strings.Split(slug(label), "_")
	switch last := words[len(words)-1]; {
	case last == "":
		return strings.TrimSpace(label) == "#"
	case last == "id", last == "key", last == "nr", last == "guid", last == "uuid", last == "rowguid":
		return true
	case strings.HasSuffix(last, "number"), strings.HasSuffix(last, "nummer"), strings.HasSuffix(last, "numero"),
		strings.HasSuffix(last, "kennung"), strings.HasSuffix(last, "schluessel"):
		return true
	}
	return strings.HasSuffix(label, "#") || strings.HasSuffix(label, "Id") || strings.HasSuffix(label, "ID") || strings.HasSuffix(label, "No.")
}

// Up to fewRows rows, values that differ tell little: they must be built alike as well. Below leastRows that tells little too.
const leastRows, fewRows = 3, 10

// coded says that texts look like codes: short, with digits, without blanks; few ones also built alike, as V-001 and V-002
// are.
func coded(v values) bool {
	if v.rows < leastRows {
		return false
	}
	for _, t := range v.texts[:min(len(v.texts), 50)] {
		if len(t) > 40 || !strings.ContainsAny(t, "0123456789") || strings.ContainsAny(t, " \n") {
			return false
		}
		if v.rows <= fewRows && !alike(v.texts[0], t) {
			return false
		}
	}
	return true
}

// alike says that two texts are codes of one making: letters, then digits and marks in the same order, such as INV2024-7
// and INV2024-12; or keys of a database, long and with the same marks in the same places, such as UUIDs.
func alike(a, b string) bool {
	x, y := letters(a), letters(b)
	if strings.HasPrefix(x, "a") && squeezed(x) == squeezed(y) {
		return true
	}
	return len(x) == len(y) && len(x) >= 15 && strings.Contains(x, "a") && strings.Contains(y, "a") &&
		strings.ReplaceAll(x, "0", "a") == strings.ReplaceAll(y, "0", "a")
}

// letters writes a for every letter and 0 for every digit.
func letters(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9':
			return '0'
		case unicode.IsLetter(r):
			return 'a'
		}
		return r
	}, text)
}

// squeezed has one a for a run of letters and one 0 for a run of digits.
func squeezed(text string) string {
	var b strings.Builder
	last := ' '
	for _, r := range text {
		if r != last || r != 'a' && r != '0' {
			b.WriteRune(r)
		}
		last = r
	}
	return b.String()
}
