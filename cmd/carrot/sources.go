package main

import (
	"github.com/spf13/cobra"

	"carrot/connectors"
)

// sources are the connectors by the kind that a source's file names. Kind "files" needs none: its exports lie in a folder
// and the decoders of package connectors read them. A new connector is one line here.
var sources = map[string]connectors.Source{}

// commands are the program's, in the order of help's list.
var commands = []func(*app) *cobra.Command{
	demoCommand, checkCommand, pullCommand, runCommand, scheduleCommand, explainCommand, planCommand, runsCommand, showCommand, verifyCommand, replayCommand, versionCommand,
}
