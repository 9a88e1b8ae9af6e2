// Package comp holds the nouns of compensation as plain values: money and numbers that are exact, days and periods,
// findings, measures, plans, statements. It imports the standard library only and touches nothing outside itself.
package comp
