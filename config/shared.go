package config

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"sort"
)

// sharedComponent is a component that several plans use.
type sharedComponent struct {
	f      fields
	digest string // sha256, in hex, of its file's bytes
	used   bool
}

// sharedDoc reads one shared document.
func (l *loader) sharedDoc(n node, file []byte) {
	f, ok := n.keyed("shared")
	if !ok {
		return
	}
	f.keys["id"], f.vals["id"] = f.keyNode("component"), f.at("component")
	name := f.name("component")
	if name == "" {
		return
	}
	if first, twice := l.shared[name]; twice {
		f.at("component").wrong("the shared component "+name+" a second time", "each once", "rename it; the first is "+first.f.at("component").where())
		return
	}
	sum := sha256.Sum256(file)
	l.shared[name] = &sharedComponent{f: f, digest: hex.EncodeToString(sum[:])}
}

// use is the shared component that a plan's entry names, with the plan's own target where it has one; false after a mistake.
func (l *loader) use(n node) (f fields, digest string, ok bool) {
	u, ok := n.keyed("use")
	if !ok {
		return f, "", false
	}
	name := u.name("use")
	x := l.shared[name]
	if x == nil {
		if !l.broken["shared"] && name != "" {
			u.at("use").wrong("the shared component "+name, "one of those under shared", suggest(name, l.sharedNames()))
		}
		return f, "", false
	}
	f, x.used = x.f, true
	f.keys, f.vals = maps.Clone(f.keys), maps.Clone(f.vals)
	if u.has("target") {
		if f.has("target") {
			u.keyNode("target").wrong("a target of "+name+", which has one", "it in one place", "remove it here, or in "+f.at("target").where())
		}
		f.keys["target"], f.vals["target"] = u.keyNode("target"), u.at("target")
	}
	return f, x.digest, true
}

func (l *loader) sharedNames() (names []string) {
	for name := range l.shared {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// endShared refuses what no plan uses: nothing of it was held against anything.
func (l *loader) endShared() {
	for _, name := range l.sharedNames() {
		if x := l.shared[name]; !x.used && !l.broken["plans"] {
			x.f.at("component").wrong("the shared component "+name+" that no plan uses", "- use: "+name+" under components of a plan", "write it, or remove the file")
		}
	}
}
