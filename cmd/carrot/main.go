// Command carrot turns exports of CRM, helpdesk, HR and survey systems into compensation statements.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"carrot/connectors"
	"carrot/jobs"
	"carrot/jobs/archive"
)

// The exit codes: a contract with scripts. They are listed in README.md and in `carrot help`.
const (
	exitDone    = 0
	exitFailed  = 1 // something outside carrot went wrong: disk, network, a bug
	exitUsage   = 2 // the command line or the config is wrong; nothing ran
	exitHeld    = 3 // findings: archived; somebody is held or the run is stopped
	exitDamaged = 4 // the archive is damaged
	exitDiffers = 5 // a replay gave other bytes
)

func main() {
	if connectors.ChildMain() {
		return
	}
	jobs.Frugal()
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr, time.Now))
}

// exitError carries an exit code; quiet ones have been told on the screen already.
type exitError struct {
	code int
	err  error
}

func (e exitError) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

func (e exitError) Unwrap() error { return e.err }

// usage is an error of the command line or the config.
func usage(format string, args ...any) error {
	return exitError{exitUsage, fmt.Errorf(format, args...)}
}

// run is the whole program: it parses the line, runs the command and gives its exit code. What time it is now is asked of the clock.
func run(args []string, out, errOut io.Writer, now func() time.Time) (code int) {
	defer func() {
		if p := recover(); p != nil {
			fmt.Fprintf(errOut, "carrot: this is a fault of carrot itself: %v\nPlease report it with the lines below. What is archived is whole; run the command again.\n%s", p, debug.Stack())
			code = exitFailed
		}
	}()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	a := &app{out: out, errOut: errOut, now: now, getenv: os.LookupEnv}
	ctx = archive.WithIdentity(ctx, a.getenv)
	root := rootCommand(a)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitDone
	}
	if text := err.Error(); text != "" {
		fmt.Fprintf(errOut, "carrot: %s\n", text)
	}
	return codeOf(err)
}

// codeOf is the exit code of an error.
func codeOf(err error) int {
	var exit exitError
	var refusal *jobs.Refusal
	var damage *archive.Problem
	switch {
	case errors.As(err, &exit):
		return exit.code
	case errors.As(err, &refusal):
		return exitUsage
	case errors.As(err, &damage) && !damage.Notice():
		return exitDamaged
	}
	return exitFailed
}

// found ends a command whose findings are on the screen already.
func found(code int) error { return exitError{code: code} }

// app is what every command shares.
type app struct {
	out, errOut io.Writer
	now         func() time.Time // the one clock; commands turn it into a business date in the config's zone
	getenv      func(string) (string, bool)

	config string
	json   bool
	quiet  bool
}

const exitCodes = `Exit codes:
  0  done
  1  failed: disk, network, or a fault of carrot
  2  the command line or the config is wrong; nothing ran
  3  findings: archived; somebody is held or the run is stopped
  4  the archive is damaged
  5  a replay gave other bytes
`

// rootCommand is the tree of commands.
func rootCommand(a *app) *cobra.Command {
	root := &cobra.Command{
		Use:                        "carrot",
		Short:                      "Pays people for what customers got out of their work",
		Long:                       "carrot turns exports of CRM, helpdesk, HR and survey systems into compensation statements\nthat can be recomputed to the cent.\n\n" + exitCodes,
		SuggestionsMinimumDistance: 2,
		SilenceErrors:              true,
		SilenceUsage:               true,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			hint := "see carrot --help"
			if near := c.SuggestionsFor(args[0]); len(near) > 0 {
				hint = "write carrot " + near[0]
			}
			return usage("%s is no command of carrot; %s", args[0], hint)
		},
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.SetOut(a.out)
	root.SetErr(a.errOut)
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return usage("%v; see %s --help", err, c.CommandPath())
	})
	flags := root.PersistentFlags()
	flags.StringVar(&a.config, "config", "carrot.yaml", "the company's config file")
	flags.BoolVar(&a.json, "json", false, "print one JSON document instead of text")
	flags.BoolVarP(&a.quiet, "quiet", "q", false, "print no progress")
	for _, command := range commands {
		root.AddCommand(command(a))
	}
	return root
}

// exactly refuses another number of arguments than n.
func exactly(n int) cobra.PositionalArgs { return between(n, n) }

// between refuses fewer than lo and more than hi arguments.
func between(lo, hi int) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) < lo || len(args) > hi {
			return usage("%s: %d arguments given, %s expected; see %s --help", c.CommandPath(), len(args), count(lo, hi), c.CommandPath())
		}
		return nil
	}
}

func count(lo, hi int) string {
	if lo == hi {
		return fmt.Sprint(lo)
	}
	return fmt.Sprintf("%d to %d", lo, hi)
}
