package config

import (
	"strconv"
	"strings"

	"filippo.io/age"
)

// recipients are age recipients, each once: public keys, for whom something is encrypted.
func (f fields) recipients(key string) (out []string) {
	const want = "an age recipient, age1 and 58 characters"
	if secrets := f.at(key).holding("AGE-SECRET-KEY-"); len(secrets) > 0 { // never printed, so before anything is
		for _, n := range secrets {
			n.wrong("a secret key", want, "destroy this key, which was written down here; type: age-keygen -o key.txt, and write the age1… that it prints")
		}
		return nil
	}
	items := f.at(key).items("age recipients")
	if f.at(key).isList() && len(items) == 0 {
		f.at(key).wrong("an empty list", "at least one age recipient", "type: age-keygen -o key.txt, and write - age1… as it prints, or remove the key")
	}
	first := map[string]int{}
	for _, n := range items {
		s, ok := n.text(false)
		if !ok {
			continue
		}
		line, twice := first[s]
		_, err := age.ParseX25519Recipient(s)
		switch {
		case strings.HasPrefix(s, "ssh-"):
			n.wrong("an SSH key", want, "type: age-keygen -o key.txt, and write the age1… that it prints")
		case strings.HasPrefix(s, "age1") && strings.Count(s, "1") > 1:
			n.wrong("the recipient "+strconv.Quote(short(s))+" of a plugin or of another kind", want, "type: age-keygen -o key.txt, and write the age1… that it prints")
		case err != nil:
			n.wrong(n.says(), want, "write one as age-keygen prints it; type: age-keygen -y key.txt")
		case twice:
			n.wrong("the recipient "+s+" a second time", "each once", "remove it; the first is in line "+strconv.Itoa(line))
		default:
			first[s] = n.place().Line
			out = append(out, s)
		}
	}
	return out
}

// holding are the texts at or below a node in which some letters stand, whatever their case.
func (n node) holding(letters string) (out []node) {
	if !n.ok() {
		return nil
	}
	if strings.Contains(strings.ToUpper(n.y.Value), letters) {
		out = append(out, n)
	}
	for _, c := range n.y.Content {
		out = append(out, n.child(c, "").holding(letters)...)
	}
	return out
}
