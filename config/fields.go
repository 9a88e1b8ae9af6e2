package config

import (
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"carrot/transform/comp"
)

// fields are the keys of a YAML mapping, checked against those that it may have.
type fields struct {
	node
	what  string // "a plan": for messages
	keys  map[string]node
	vals  map[string]node
	typos map[string]bool // valid keys of which an unknown one is a slip: they are not called missing as well
}

// fields reads a mapping whose keys the spec lists, separated by blanks; those marked with ! must be there, and what follows
// a colon is for the schema. ok is false where the value is no mapping; then a mistake is recorded.
func (n node) fields(what, spec string) (fields, bool) {
	var valid, needed []string
	for _, k := range strings.Fields(spec) {
		k, _, _ = strings.Cut(k, ":")
		name, must := strings.CutSuffix(k, "!")
		if valid = append(valid, name); must {
			needed = append(needed, name)
		}
	}
	if n.ok() && !n.isMap() && len(needed) > 0 && len(needed) < 4 {
		n.wrong(n.says(), what+": keys and values", "write {"+strings.Join(needed, ": …, ")+": …}")
		return fields{}, false
	}
	f, ok := n.entries(what)
	if !ok {
		return f, false
	}
	for _, k := range f.order() {
		if !slices.Contains(valid, k) {
			f.keys[k].wrong("unknown key "+strconv.Quote(short(k)), "a key of "+what, suggest(k, valid))
			f.typos[nearest(k, valid)] = true
		}
	}
	for _, name := range needed {
		if !f.has(name) && !f.typos[name] {
			f.wrong(what+" without the key "+name, "", "add "+name+":")
		}
	}
	return f, true
}

// entries reads a mapping with any keys. Keys that are no texts and keys written twice are mistakes.
func (n node) entries(what string) (fields, bool) {
	f := fields{node: n, what: what, keys: map[string]node{}, vals: map[string]node{}, typos: map[string]bool{}}
	if !n.ok() {
		return f, false
	}
	if n.y.Kind != yaml.MappingNode {
		n.wrong(n.says(), what+": keys and values", "write key: value")
		return f, false
	}
	for i := 0; i+1 < len(n.y.Content); i += 2 {
		k, v := n.child(n.y.Content[i], "."), n.child(n.y.Content[i+1], "."+n.y.Content[i].Value)
		if k.y.Kind != yaml.ScalarNode || k.y.Tag == "!!null" {
			k.wrong(k.says()+" as a key", "a name", "write one")
			continue
		}
		if first, twice := f.keys[k.y.Value]; twice {
			k.wrong("the key "+strconv.Quote(short(k.y.Value))+" a second time", "it once",
				"remove it here or in line "+strconv.Itoa(first.y.Line))
			continue
		}
		f.keys[k.y.Value], f.vals[k.y.Value] = k, v
	}
	return f, true
}

// order is the keys in the order of the file.
func (f fields) order() (names []string) {
	for i := 0; i+1 < len(f.y.Content); i += 2 {
		k := f.y.Content[i]
		if first, ok := f.keys[k.Value]; ok && first.y == k {
			names = append(names, k.Value)
		}
	}
	return names
}

// has says whether the key is there.
func (f fields) has(key string) bool { return f.vals[key].ok() }

// at is the key's value; not ok() where it is absent.
func (f fields) at(key string) node { return f.vals[key] }

// keyNode is the key itself, for mistakes about its presence.
func (f fields) keyNode(key string) node { return f.keys[key] }

// text is a text that is not empty; "" where absent or wrong.
func (f fields) text(key string) string {
	s, _ := f.at(key).text(false)
	return s
}

// raw is a text as it stands, which may be empty or blank; otherwise the fallback.
func (f fields) raw(key, fallback string) string {
	if !f.has(key) {
		return fallback
	}
	s, _ := f.at(key).text(true)
	return s
}

// name is an identifier: a letter or digit, then letters, digits, _ and -; after a mistake, the name that was suggested.
func (f fields) name(key string) string {
	s, ok := f.at(key).text(false)
	if ok && !isName(s) {
		f.at(key).wrong(strconv.Quote(short(s)), "a name of letters, digits, _ and - that starts with a letter or digit", "write "+strconv.Quote(short(nameFrom(s))))
		return nameFrom(s)
	}
	return s
}

// choice is one of the words; otherwise the fallback.
func (f fields) choice(key, fallback string, words ...string) string {
	if s, ok := f.at(key).choice(words); ok {
		return s
	}
	return fallback
}

// unless is one of the words, of which the usual one and an absent key give "".
func (f fields) unless(key, usual string, others ...string) string {
	s := f.choice(key, "", append([]string{usual}, others...)...)
	if s == usual {
		return ""
	}
	return s
}

// below is f with its values at a path of their own.
func (f fields) below(path string) fields {
	f.path = path
	vals := make(map[string]node, len(f.vals))
	for k, v := range f.vals {
		v.path = path + k
		vals[k] = v
	}
	f.vals = vals
	return f
}

// integer is a whole number from lo to hi; otherwise the fallback.
func (f fields) integer(key string, fallback, lo, hi int) int {
	if v, ok := f.at(key).integer(lo, hi); ok {
		return v
	}
	return fallback
}

func (f fields) boolean(key string) bool { return f.at(key).boolean() }

// texts is a list of texts, or one text alone.
func (f fields) texts(key string) (out []string, nodes []node) {
	n := f.at(key)
	if !n.ok() {
		return nil, nil
	}
	if n.isList() {
		nodes = n.items("texts")
	} else {
		nodes = []node{n}
	}
	kept := nodes[:0:0]
	for _, c := range nodes {
		if s, ok := c.text(false); ok {
			out, kept = append(out, s), append(kept, c)
		}
	}
	return out, kept
}

// rawTexts is a list of texts that may be empty.
func (f fields) rawTexts(key string, fallback []string) []string {
	if !f.has(key) {
		return fallback
	}
	out := []string{}
	for _, c := range f.at(key).items("texts") {
		if s, ok := c.text(true); ok {
			out = append(out, s)
		}
	}
	return out
}

// currency is a known ISO 4217 code; "" where absent or wrong.
func (f fields) currency(key string) comp.Currency {
	c, _ := f.at(key).currency()
	return c
}

func (n node) currency() (comp.Currency, bool) {
	s, ok := n.text(false)
	if !ok || !n.knownCurrency(s) {
		return "", false
	}
	return comp.Currency(s), true
}

// knownCurrency records a mistake where code is none of ISO 4217's.
func (n node) knownCurrency(code string) bool {
	if _, ok := comp.Currency(code).Digits(); ok {
		return true
	}
	next := "write a code such as EUR"
	if _, ok := comp.Currency(strings.ToUpper(code)).Digits(); ok {
		next = "write " + strings.ToUpper(code)
	}
	if strings.Trim(code, "0123456789") == "" {
		n.wrong(short(code)+" where a currency stands", "amounts without a mark between thousands", `write EUR: "360000", not 360,000`)
		return false
	}
	n.wrong("the currency "+strconv.Quote(short(code)), "a currency of ISO 4217", next)
	return false
}

// onlyOne records a mistake where both keys are there, and where none is and one must be.
func (f fields) onlyOne(must bool, keys ...string) string {
	var there []string
	for _, k := range f.order() {
		if slices.Contains(keys, k) {
			there = append(there, k)
		}
	}
	slip := slices.ContainsFunc(keys, func(k string) bool { return f.typos[k] })
	switch {
	case len(there) == 1:
		return there[0]
	case len(there) > 1:
		f.keyNode(there[1]).wrong("both "+there[0]+" and "+there[1], "one of "+list(keys), "remove one")
		return there[0]
	case must && !slip:
		f.wrong(f.what+" without "+list(keys), "", "add "+keys[0]+":")
	}
	return ""
}

// never records a mistake for each of the keys that is there: "it" at the beginning of want stands for the key.
func (f fields) never(want, next string, keys ...string) {
	for _, k := range keys {
		if rest, it := strings.CutPrefix(want, "it "); f.has(k) && it {
			f.keyNode(k).wrong("the key "+k, k+" "+rest, next)
		} else if f.has(k) {
			f.keyNode(k).wrong("the key "+k, want, next)
		}
	}
}

// neverSaid records a mistake in these words where the key is there.
func (f fields) neverSaid(found, want, next, key string) {
	if f.has(key) {
		f.keyNode(key).wrong(found, want, next)
	}
}

func letter(r rune) bool { return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' }

func digit(r rune) bool { return '0' <= r && r <= '9' }

func isName(s string) bool {
	for i, r := range s {
		if !letter(r) && !digit(r) && (i == 0 || r != '_' && r != '-') {
			return false
		}
	}
	return s != ""
}

// nameFrom is a valid name near s.
func nameFrom(s string) string {
	out := strings.Map(func(r rune) rune {
		if letter(r) || digit(r) || r == '_' || r == '-' {
			return r
		}
		return '_'
	}, s)
	if out = strings.TrimLeft(out, "_-"); out == "" {
		out = "x"
	}
	return out
}
