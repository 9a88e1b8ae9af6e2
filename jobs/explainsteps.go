package jobs

import (
	"cmp"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// sentences are the steps of a working that was joined for one line. Within a step what follows a semicolon begins small.
func sentences(working string) []string {
	var out []string
	for _, part := range strings.Split(working, "; ") {
		if first, _ := utf8.DecodeRuneInString(part); len(out) > 0 && unicode.IsLower(first) {
			out[len(out)-1] += "; " + part
			continue
		}
		out = append(out, part)
	}
	return out
}

// told leaves out steps that say nothing: that what is whole already was rounded to itself.
func told(steps []string) []string {
	var out []string
	for _, step := range steps {
		_, to, ok := strings.Cut(step, ": ")
		if step == "" || ok && strings.HasPrefix(step, "Rounded ") && len(out) > 0 && (strings.HasSuffix(out[len(out)-1], " = "+to) || strings.HasSuffix(out[len(out)-1], ": "+to)) {
			continue
		}
		out = append(out, step)
	}
	return out
}

// accountNames are what people call the accounts.
var accountNames = map[string]string{"carry": "Carried above the cap", "hold": "Held until an event", "clawback": "Taken back, still due", "draw": "Advanced, to be recovered"}

// balanceWords tell an account with what moved it; what did not move is not told.
func balanceWords(b Balance) string {
	title, _, _ := strings.Cut(b.Title, ", "+b.Account)
	if b.Account == "draw" {
		title = ""
	}
	parts := []string{cash(b.Open, b.Currency) + " at the start"}
	for _, x := range [][2]string{{b.In, "added"}, {b.Out, "taken"}, {b.WrittenOff, "written off"}} {
		if strings.Trim(x[0], "-0.") != "" {
			parts = append(parts, cash(x[0], b.Currency)+" "+x[1])
		}
	}
	text := fmt.Sprintf("%s%s: %s, %s at the end.", cmp.Or(accountNames[b.Account], "Balance of "+b.Account), inBrackets(title), strings.Join(parts, ", "), cash(b.Close, b.Currency))
	for _, r := range b.Reasons {
		text += " " + strings.ToUpper(r[:1]) + r[1:] + "."
	}
	return text
}
