package connectors

import (
	"carrot/transform"
	"carrot/transform/comp"
)

// Split is a part of an Input that can be decoded on its own: a byte range cut at record starts, a sheet, or the whole.
type Split struct {
	in         Input
	start, end int64 // positions: the first record, and after the last
	line       int   // of the first record
	fields     int   // cells that every record has; csv
	cols       []int // per column of the contract its place in a record; csv, xlsx, Parquet
}

// Range are the positions of the first record and of the end, as in comp.Origin.Pos.
func (s Split) Range() (start, end int64) { return s.start, s.end }

// Input is the file that the split is a part of.
func (s Split) Input() Input { return s.in }

// Splits checks container, header, footer and completeness, and cuts the file into parts of about target bytes, at
// least 64 KiB; target 0 makes one. A finding of comp.ReachSource comes without splits. A file that cannot be read from
// the middle (packed, another encoding, a sheet, Parquet) is one split. A file without rows is none, and a finding that
// holds nothing says so.
func Splits(in Input, target int64) ([]Split, []comp.Finding) {
	if in.Size == 0 {
		return nil, []comp.Finding{emptyFile(in)}
	}
	if target <= 0 || !in.plain() {
		target = 1 << 62
	}
	switch in.Format.Kind {
	case CSV:
		return csvSplits(in, target)
	case JSONL, JSON:
		return jsonSplits(in, target)
	case XLSX:
		return xlsxSplits(in)
	case Parquet:
		return parquetSplits(in)
	}
	return nil, in.stops(&fault{"bad_dialect", "format is " + shown(in.Format.Kind) + ", expected csv, xlsx, jsonl, json or parquet", "correct `format:` of the table"})
}

func emptyFile(in Input) comp.Finding {
	return in.stop(&fault{"empty_file", "the file is empty, expected at least a header", "pull the file again; if the system had nothing to export, remove the file from its drop"}, 0, 1, 1)
}

// headerOnly says that a file has no row. For a delta or a window that is valid, and worth a look. A snapshot is the whole
// table: an empty one would take everything away that was known, so it stops the source.
func headerOnly(in Input, line int) comp.Finding {
	f := in.stop(&fault{"no_rows", "the file has a header and no row", "check the export's filter if rows were expected"}, 0, line, 0)
	if in.Contract.Mode != comp.Snapshot {
		f.Reach = comp.ReachNone
	}
	return f
}

// Decode turns a split into batches of about 8,000 rows, in the file's order. A batch is the callee's until out returns;
// its buffers are never written again, so what it points to stays good. A wrong cell is a finding of comp.ReachRow with
// its text, and its row is left out of the batch. A finding of comp.ReachSource means that the rest was not read. An
// error from out ends decoding and comes back as a finding of comp.ReachRun.
func Decode(s Split, out func(transform.Batch) error) []comp.Finding {
	switch s.in.Format.Kind {
	case CSV:
		return decodeCSV(s, out)
	case JSONL, JSON:
		return decodeJSON(s, out)
	case XLSX:
		return decodeXLSX(s, out)
	default:
		return decodeParquet(s, out)
	}
}
