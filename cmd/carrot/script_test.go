package main

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestCompany types what a person types at a company of three people. Every script starts in a folder with the company of testdata/company in it.
func TestCompany(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:   filepath.Join("testdata", "typed"),
		Setup: func(e *testscript.Env) error { return copyCompany(e.WorkDir) },
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"code":    exitsWith,
			"replace": replaceIn,
			"append":  appendTo,
			"flip":    flipByte,
			"copy":    copyFolder,
			"keygen":  keygen,
			"kept":    keptIn,
		},
		RequireExplicitExec: true,
	})
}

// copyCompany writes the small company into a folder.
func copyCompany(dir string) error {
	return os.CopyFS(dir, os.DirFS(filepath.Join("testdata", "company")))
}

// exitsWith is `code N command args…`: the command must end with exit code N.
func exitsWith(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: code N command args…")
	}
	want, err := strconv.Atoi(args[0])
	if err != nil {
		ts.Fatalf("code: %v", err)
	}
	got := 0
	var exit *exec.ExitError
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &exit) {
		got = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// replaceIn is `replace FILE OLD NEW`: OLD must stand there.
func replaceIn(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: replace FILE OLD NEW")
	}
	ts.Check(replaceText(ts.MkAbs(args[0]), args[1], args[2]))
}

// appendTo is `append FILE LINE`.
func appendTo(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: append FILE LINE")
	}
	ts.Check(appendText(ts.MkAbs(args[0]), args[1]+"\n"))
}

func replaceText(file, old, now string) error {
	b, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	text := string(b)
	i := strings.Index(text, old)
	if i < 0 {
		return &fs.PathError{Op: "replace " + old + " in", Path: file, Err: fs.ErrNotExist}
	}
	return os.WriteFile(file, []byte(text[:i]+now+text[i+len(old):]), 0o600)
}

func appendText(file, text string) error {
	f, err := os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}

// flipByte is `flip FILE`: the middle byte's lowest bit changes; twice gives the file back.
func flipByte(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: flip FILE")
	}
	name := ts.MkAbs(args[0])
	b, err := os.ReadFile(name)
	ts.Check(err)
	b[len(b)/2] ^= 1
	ts.Check(os.WriteFile(name, b, 0o600))
}

// copyFolder is `copy FROM TO`.
func copyFolder(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: copy FROM TO")
	}
	ts.Check(os.CopyFS(ts.MkAbs(args[1]), os.DirFS(ts.MkAbs(args[0]))))
}
