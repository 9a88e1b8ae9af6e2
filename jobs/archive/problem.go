package archive

import "fmt"

// Kind is what is wrong with a key.
type Kind string

// The kinds. The first five are damage; the others are notices, which change no exit code.
const (
	Damaged    Kind = "damaged"    // other bytes than the name, the last line or a reference promise
	Truncated  Kind = "truncated"  // fewer bytes than a reference promises
	Missing    Kind = "missing"    // referred to and absent
	Misplaced  Kind = "misplaced"  // the whole and undamaged bytes of another key
	Unreadable Kind = "unreadable" // reading failed twice
	Stray      Kind = "stray"      // nothing refers to it, or the name is none of ours
	Expired    Kind = "expired"    // absent, with a tombstone that says by which rule
	Transient  Kind = "transient"  // wrong at the first reading, right at the second: look after the medium
)

// Problem is something that is not as it should be. It names path, expected and found.
type Problem struct {
	Kind            Kind
	Key             string
	Expected, Found string
	By              string // the key that refers to it, where one does
	Detail          string
	err             error
}

// Notice says whether it is no damage.
func (p *Problem) Notice() bool { return p.Kind == Stray || p.Kind == Expired || p.Kind == Transient }

// Error is the problem in one line.
func (p *Problem) Error() string {
	s := fmt.Sprintf("%s: %s: found %s, expected %s", p.Key, p.Kind, p.Found, p.Expected)
	if p.Detail != "" {
		s += " (" + p.Detail + ")"
	}
	if p.By != "" {
		s += ", named by " + p.By
	}
	return s
}

// Unwrap is the error behind it, such as fs.ErrNotExist.
func (p *Problem) Unwrap() error { return p.err }
