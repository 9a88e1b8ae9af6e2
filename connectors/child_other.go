//go:build !linux

package connectors

// limitChild does nothing where the system has no such limits; the memory limit of the runtime and the parent's watch
// remain.
func limitChild(uint64) {}
