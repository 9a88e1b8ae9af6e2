package config

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"sort"

	"carrot/transform/comp"
)

// sharedComponent is a component that several plans use, or a part that several scorecards use.
type sharedComponent struct {
	f      fields
	digest string // sha256, in hex, of its file's bytes
	used   bool
}

// sharedDoc reads one shared document: a component, or a part of a scorecard.
func (l *loader) sharedDoc(n node, file []byte) {
	what, key, of := "the shared component ", "component", l.shared
	var f fields
	var ok bool
	if n.hasKey("part") {
		what, key, of = "the shared part ", "part", l.sharedParts
		f, ok = n.keyed("shared_part")
	} else {
		f, ok = n.keyed("shared")
	}
	if !ok {
		return
	}
	f.keys["id"], f.vals["id"] = f.keyNode(key), f.at(key)
	name := f.name(key)
	if name == "" {
		return
	}
	if first, twice := of[name]; twice {
		f.at(key).wrong(what+name+" a second time", "each once", "rename it; the first is "+first.f.at(key).where())
		return
	}
	sum := sha256.Sum256(file)
	of[name] = &sharedComponent{f: f, digest: hex.EncodeToString(sum[:])}
}

// use is the shared component that a plan's entry names, with the plan's own target where it has one; false after a mistake.
func (l *loader) use(n node) (f fields, digest string, ok bool) {
	u, ok := n.keyed("use")
	if !ok {
		return f, "", false
	}
	f, digest, ok = l.used(u, "component", l.shared)
	if ok && u.has("target") {
		if f.has("target") {
			u.keyNode("target").wrong("a target of "+u.name("use")+", which has one", "it in one place", "remove it here, or in "+f.at("target").where())
		}
		f.keys["target"], f.vals["target"] = u.keyNode("target"), u.at("target")
	}
	return f, digest, ok
}

// usePart is the shared part that a scorecard's entry names, with its weight there.
func (l *loader) usePart(n node) (f fields, digest string, ok bool) {
	u, ok := n.keyed("use_part")
	if !ok {
		return f, "", false
	}
	if f, digest, ok = l.used(u, "part", l.sharedParts); !ok {
		return f, "", false
	}
	f.keys["weight"], f.vals["weight"] = u.keyNode("weight"), u.at("weight")
	return f.below(n.path + "."), digest, true
}

// used is the shared thing of a kind that an entry names, its keys to be added to.
func (l *loader) used(u fields, kind string, of map[string]*sharedComponent) (f fields, digest string, ok bool) {
	name := u.name("use")
	x := of[name]
	if x == nil {
		if !l.broken["shared"] && name != "" {
			u.at("use").wrong("the shared "+kind+" "+name, "one of those under shared", suggest(name, namesOf(of)))
		}
		return f, "", false
	}
	f, x.used = x.f, true
	f.keys, f.vals = maps.Clone(f.keys), maps.Clone(f.vals)
	return f, x.digest, true
}

func namesOf(of map[string]*sharedComponent) (names []string) {
	for name := range of {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// hasKey says whether a mapping has a key.
func (n node) hasKey(key string) bool {
	for i := 0; n.isMap() && i+1 < len(n.y.Content); i += 2 {
		if n.y.Content[i].Value == key {
			return true
		}
	}
	return false
}

// combined is a digest with those of the shared parts of a component's scorecard; as it is where there are none.
func combined(digest string, parts []comp.Part) string {
	for i := range parts {
		if parts[i].Shared != "" {
			sum := sha256.Sum256([]byte(digest + parts[i].Shared))
			digest = hex.EncodeToString(sum[:])
		}
	}
	return digest
}

// endShared refuses what no plan uses: nothing of it was held against anything.
func (l *loader) endShared() {
	for _, name := range namesOf(l.shared) {
		if x := l.shared[name]; !x.used && !l.broken["plans"] {
			x.f.at("component").wrong("the shared component "+name+" that no plan uses", "- use: "+name+" under components of a plan", "write it, or remove the file")
		}
	}
	for _, name := range namesOf(l.sharedParts) {
		if x := l.sharedParts[name]; !x.used && !l.broken["plans"] {
			x.f.at("part").wrong("the shared part "+name+" that no scorecard uses", "- {use: "+name+", weight: …} under parts of a component", "write it, or remove the file")
		}
	}
}
