package connectors

import (
	"errors"
	"strconv"
	"strings"

	"carrot/transform/comp"
)

// fault is a reason why a file cannot be read. It travels as an error through readers and ends as a finding that stops the
// source.
type fault struct{ code, message, hint string }

// Error is the message and the hint.
func (f *fault) Error() string { return f.message + "; " + f.hint }

// asFault turns any error of reading into a fault.
func asFault(err error) *fault {
	var f *fault
	if errors.As(err, &f) {
		return f
	}
	return &fault{"unreadable_file", "the file cannot be read: " + err.Error(), "check the disk or the store and run again"}
}

// stop is the finding that stops the source.
func (in Input) stop(f *fault, pos int64, line, col int) comp.Finding {
	return comp.Finding{Code: f.code, Reach: comp.ReachSource, Table: in.Contract.Name(), Message: f.message, Hint: f.hint,
		Origin: in.origin(pos), Line: line, Col: col}
}

func (in Input) stops(err error) []comp.Finding {
	return []comp.Finding{in.stop(asFault(err), 0, 0, 0)}
}

func (in Input) origin(pos int64) comp.Origin {
	return comp.Origin{File: in.Digest, Name: in.Name, Pos: pos}
}

// sealed says that no finding may show what a cell holds.
func (in Input) sealed() bool { return in.Contract.Class == comp.Sealed }

// shown is a cell's text as a message quotes it: on one line, cut at 60 characters.
func shown(text string) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	if r := []rune(text); len(r) > 60 {
		text = string(r[:60]) + "…"
	}
	return strconv.Quote(text)
}
