package connectors

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"carrot/transform/comp"
)

// slug is a label as a name: lower case, words joined by underscores, at most 40 characters. Letters with accents become
// those of the English alphabet; letters of other alphabets and all else separate words.
func slug(label string) string {
	var b strings.Builder
	gap := false
	var last rune // of the label
	for _, r := range norm.NFC.String(label) {
		text := latin(r)
		if text == "" {
			gap = b.Len() > 0
			last = r
			continue
		}
		if gap || unicode.IsUpper(r) && unicode.IsLower(last) {
			b.WriteByte('_')
		}
		gap, last = false, r
		if b.Len()+len(text) > 40 {
			break
		}
		b.WriteString(text)
	}
	return strings.Trim(b.String(), "_")
}

// written are letters that are more than one with an accent, and how people write them without.
var written = map[rune]string{'ä': "ae", 'ö': "oe", 'ü': "ue", 'ß': "ss", 'æ': "ae", 'œ': "oe", 'ø': "oe", 'å': "aa", 'đ': "d", 'ð': "d", 'ł': "l",
	'þ': "th", 'ı': "i", 'ħ': "h"}

// latin is a letter or digit in lower case in the English alphabet; "" where it has no such form.
func latin(r rune) string {
	r = unicode.ToLower(r)
	if text, ok := written[r]; ok {
		return text
	}
	if r >= utf8.RuneSelf {
		for i, part := range norm.NFD.String(string(r)) {
			if i > 0 && !unicode.Is(unicode.Mn, part) {
				return "" // no letter with accents
			}
			if i == 0 {
				r = part
			}
		}
	}
	if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
		return string(r)
	}
	return ""
}

func freeName(name string, used map[string]bool) string {
	if name == "" || name[0] >= '0' && name[0] <= '9' {
		name = strings.TrimRight("column_"+name, "_")
	}
	free := name
	for n := 2; used[free]; n++ {
		free = fmt.Sprint(name, "_", n)
	}
	used[free] = true
	return free
}

// yaml is the proposal as a table of a source's config.
func (p *proposer) yaml() string {
	var b strings.Builder
	line := func(indent int, format string, args ...any) {
		b.WriteString(strings.Repeat("  ", indent) + fmt.Sprintf(format, args...) + "\n")
	}
	base := p.in.Name[strings.LastIndex(p.in.Name, "/")+1:]
	stem, _, _ := strings.Cut(base, ".")
	f, d := p.in.Format, p.in.Format.Dialect
	line(1, "%s:", freeName(slug(stem), map[string]bool{}))
	line(2, "files: %s", strconv.Quote("{drop}/"+base))
	line(2, "mode: snapshot  # or delta (rows added and changed), or window (whole for the days it covers)")
	line(2, "keys: [%s]", strings.Join(p.in.Contract.Keys, ", "))
	line(2, "class: open")
	line(2, "format: %s", f.Kind)
	if f.Pack != "" && f.Pack != "none" {
		line(2, "pack: %s", f.Pack)
	}
	if f.Sheet != "" {
		line(2, "sheet: %s", strconv.Quote(f.Sheet))
	}
	if lines := d.yamlLines(); len(lines) > 0 {
		line(2, "dialect:")
		for _, l := range lines {
			line(3, "%s", l)
		}
	}
	line(2, "columns:")
	for _, c := range p.in.Contract.Columns {
		line(3, "%s: {from: %s, type: %s%s}", c.Name, strconv.Quote(c.From), c.Type, columnExtras(c))
	}
	return b.String()
}

// yamlLines are the parts of a dialect that differ from what holds where nothing is declared.
func (d Dialect) yamlLines() (lines []string) {
	def := DefaultDialect()
	line := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	text := func(key, have, normal string) {
		if have != normal {
			line("%s: %s", key, strconv.Quote(have))
		}
	}
	text("encoding", d.Encoding, def.Encoding)
	text("delimiter", d.Delimiter, def.Delimiter)
	text("record_end", d.RecordEnd, def.RecordEnd)
	text("quote", d.Quote, def.Quote)
	if d.SkipRows != 0 {
		line("skip_rows: %d", d.SkipRows)
	}
	if d.HeaderRows != def.HeaderRows {
		line("header_rows: %d", d.HeaderRows)
	}
	if len(d.Footer) > 0 {
		line("footer: [%s]", quotedTexts(d.Footer))
	}
	if d.OpenEnd {
		line("open_end: true")
	}
	if len(d.Nulls) != len(def.Nulls) {
		line("nulls: [%s]", quotedTexts(d.Nulls))
	}
	text("decimal", d.Decimal, def.Decimal)
	text("thousands", d.Thousands, def.Thousands)
	if len(d.True) != len(def.True) {
		line("booleans: {true: [%s], false: [%s]}", quotedTexts(d.True), quotedTexts(d.False))
	}
	return lines
}

func columnExtras(c comp.Column) (extra string) {
	if c.Type == comp.Decimal {
		extra += fmt.Sprintf(", scale: %d", c.Scale)
	}
	if c.Layout != "" {
		extra += ", layout: " + strconv.Quote(c.Layout)
	}
	if c.Zone != "" {
		extra += ", zone: " + c.Zone
	}
	return extra
}

func quotedTexts(list []string) string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = strconv.Quote(s)
	}
	return strings.Join(out, ", ")
}
