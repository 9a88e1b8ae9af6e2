package reports

import "carrot/transform/comp"

func renderStatements(r *comp.Result, o Options, put func(File) error) error { return nil }
