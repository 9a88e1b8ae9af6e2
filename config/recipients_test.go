package config

import (
	"strings"
	"testing"

	"filippo.io/age"
	"github.com/google/go-cmp/cmp"
)

// TestSealedTo: for whom answers are encrypted is read as it stands, or refused with its place; a secret key is never printed.
func TestSealedTo(t *testing.T) {
	const (
		anna    = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p" // of the format's documentation
		next    = "; type: age-keygen -o key.txt, and write the age1… that it prints"
		printed = ", expected an age recipient, age1 and 58 characters; write one as age-keygen prints it; type: age-keygen -y key.txt"
		secret  = "a secret key, expected an age recipient, age1 and 58 characters; destroy this key, which was written down here" + next
	)
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	bo := id.Recipient().String()
	typo := strings.Replace(anna, "z7", "z8", 1)
	for name, x := range map[string]struct {
		text       string
		kept, want []string
	}{
		"one": {"[" + anna + "]", []string{anna}, nil},
		"two": {"[" + bo + ", " + anna + "]", []string{bo, anna}, nil},
		"an empty list": {"[]", nil, []string{
			"carrot.yaml:2:12: an empty list, expected at least one age recipient; type: age-keygen -o key.txt, and write - age1… as it prints, or remove the key"}},
		"no list": {anna, nil, []string{`carrot.yaml:2:12: "` + anna + `", expected a list of age recipients; write [ ] around it, or - before each entry`}},
		"twice":   {"\n  - " + anna + "\n  - " + anna, []string{anna}, []string{"carrot.yaml:4:5: the recipient " + anna + " a second time, expected each once; remove it; the first is in line 3"}},
		"no recipients, all at once": {"[nobody, 7, " + typo + ", ssh-ed25519 AAAA, age1yubikey1qwertz]", nil, []string{
			`carrot.yaml:2:13: "nobody"` + printed, "carrot.yaml:2:21: the number 7, expected a text; put it in quotes: \"7\"",
			`carrot.yaml:2:24: "` + typo + `"` + printed, "carrot.yaml:2:88: an SSH key, expected an age recipient, age1 and 58 characters" + next,
			`carrot.yaml:2:106: the recipient "age1yubikey1qwertz" of a plugin or of another kind, expected an age recipient, age1 and 58 characters` + next}},
		"a secret key": {"[" + id.String() + ", " + strings.ToLower(id.String()) + "]", nil, []string{
			"carrot.yaml:2:13: " + secret, "carrot.yaml:2:89: " + secret}},
		"a secret key and no list":   {id.String(), nil, []string{"carrot.yaml:2:12: " + secret}},
		"a secret key with blanks":   {`["` + id.String() + ` "]`, nil, []string{"carrot.yaml:2:13: " + secret}},
		"a secret key behind a word": {`["key ` + id.String() + `"]`, nil, []string{"carrot.yaml:2:13: " + secret}},
		"a secret key in a map":      {"{a: " + id.String() + "}", nil, []string{"carrot.yaml:2:16: " + secret}},
		"the file of age-keygen":     {"\n  - |\n    # created: 2026-01-01\n    " + id.String() + "\n  - " + anna, nil, []string{"carrot.yaml:3:5: " + secret}},
	} {
		t.Run(name, func(t *testing.T) {
			files := memory(t, "pulse")
			text := string(files["carrot.yaml"].Data)
			files["carrot.yaml"].Data = []byte(strings.Replace(text, "carrot: 1\n", "carrot: 1\nsealed_to: "+x.text+"\n", 1))
			if !strings.Contains(text, "carrot: 1\n") {
				t.Fatal("the config does not begin as expected")
			}
			c, mistakes := Load(files, "carrot.yaml", environment)
			if d := cmp.Diff(x.want, texts(mistakes)); d != "" {
				t.Errorf("mistakes differ (- want, + got):\n%s", d)
			}
			if d := cmp.Diff(x.kept, c.SealedTo); d != "" {
				t.Errorf("recipients differ (- want, + got):\n%s", d)
			}
		})
	}
}
