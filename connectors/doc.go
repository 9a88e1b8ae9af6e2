// Package connectors gets a system's bytes out unchanged (Source) and decodes such bytes, today or in ten years: csv with
// a declared dialect, xlsx, jsonl and JSON arrays, Parquet, each also inside gzip or zip.
//
// A file is opened in two steps. Splits checks the container, the header, the footer and that the file is whole, and cuts
// it at record starts; Decode turns one split into Arrow batches. A wrong cell never becomes a value: it becomes a
// comp.Finding and its row is left out. Both are pure functions of the bytes, the Format and the contract.
//
// A record's position (comp.Origin.Pos) is its byte offset in the decoded stream: the bytes after unpacking and after
// transcoding to UTF-8, with a byte order mark counted as the three bytes it has there. In a plain UTF-8 file it is
// therefore the offset in the file itself. In a sheet it is the row number, from 1; in Parquet the row index, from 0.
package connectors
