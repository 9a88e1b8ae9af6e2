// Package detectors holds the detectors that are shipped with the program, as YAML. A company copies the ones it wants into its
// own detectors folder, names its own tables and columns in them, and tells its people before they come into force.
package detectors

import "embed"

// Files are the definitions, one file for each detector, at the root.
//
//go:embed *.yaml
var Files embed.FS
