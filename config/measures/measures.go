// Package measures holds the measure definitions that are shipped with the program, as YAML. A company copies the ones it
// wants into its own measures folder, where their digest becomes part of its runs.
package measures

import "embed"

// Files are the definitions, one file for each customer question, at the root.
//
//go:embed *.yaml
var Files embed.FS
