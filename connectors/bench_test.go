//go:build unix

package connectors

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"math/rand"
	"sort"
	"strings"
	"testing"

	"carrot/transform"
	"carrot/transform/comp"
)

// bulk are two exports as systems write them: tickets with few quotes, and deals with every cell quoted.
func bulk(rows int, quoteAll bool) (string, []comp.Column) {
	rnd := rand.New(rand.NewSource(1))
	var b strings.Builder
	cols := []comp.Column{
		{Name: "id", From: "Id", Type: comp.ID},
		{Name: "owner", From: "Assignee", Type: comp.Category},
		{Name: "status", From: "Status", Type: comp.Category},
		{Name: "created", From: "Created at", Type: comp.Instant, Zone: "Europe/Berlin"},
		{Name: "closed", From: "Closed on", Type: comp.DateType},
		{Name: "amount", From: "Amount", Type: comp.Decimal, Scale: 2},
		{Name: "count", From: "Replies", Type: comp.Integer},
	}
	q := ""
	if quoteAll {
		q = `"`
	}
	cells := func(texts ...string) {
		for i, t := range texts {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(q + t + q)
		}
		b.WriteByte('\n')
	}
	cells("Id", "Subject", "Assignee", "Status", "Created at", "Closed on", "Amount", "Replies", "Tags")
	for i := range rows {
		subject := "Printer does not answer any more"
		if rnd.Intn(8) == 0 {
			subject = "Printer, scanner \nand \"\"fax\"\""
			if !quoteAll {
				subject = `"` + subject + `"`
			}
		}
		day := rnd.Intn(28) + 1
		cells(fmt.Sprint(9007199254740993+int64(i)), subject, fmt.Sprintf("agent%04d@nordlicht.example", rnd.Intn(2000)),
			[]string{"open", "solved", "closed"}[rnd.Intn(3)], fmt.Sprintf("2026-%02d-%02d %02d:%02d:07", 1+i*12/rows, day, rnd.Intn(24), rnd.Intn(60)),
			fmt.Sprintf("2026-%02d-%02d", 1+i*12/rows, day), fmt.Sprintf("%d.%02d", rnd.Intn(100000), rnd.Intn(100)), fmt.Sprint(rnd.Intn(40)), "vip crm web")
	}
	return b.String(), cols
}

// BenchmarkCSV shows decoding, splits included, beside a bare encoding/csv read of the same bytes.
func BenchmarkCSV(b *testing.B) {
	for _, quoteAll := range []bool{false, true} {
		text, cols := bulk(200_000, quoteAll)
		name := map[bool]string{false: "few quotes", true: "all quoted"}[quoteAll]
		b.Run(name+"/carrot", func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			in := input("t.csv", text, csvFormat(), cols...)
			for b.Loop() {
				rows := 0
				splits, findings := Splits(in, 8<<20)
				for _, s := range splits {
					findings = append(findings, Decode(s, func(batch transform.Batch) error { rows += len(batch.Pos); return nil })...)
				}
				if rows != 200_000 || len(findings) > 0 {
					b.Fatal(rows, findings[0])
				}
			}
		})
		b.Run(name+"/encoding-csv", func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			raw := []byte(text)
			for b.Loop() {
				r := csv.NewReader(bytes.NewReader(raw))
				r.ReuseRecord = true
				rows := 0
				for {
					if _, err := r.Read(); err == io.EOF {
						break
					} else if err != nil {
						b.Fatal(err)
					}
					rows++
				}
				if rows != 200_001 {
					b.Fatal(rows)
				}
			}
		})
	}
}

// BenchmarkCSVRatio reads each file both ways in turn, in one process, and reports the median of the CPU time of decoding
// over that of a bare encoding/csv read: the figure that counts, on a machine that others use too.
func BenchmarkCSVRatio(b *testing.B) {
	for _, quoteAll := range []bool{false, true} {
		text, cols := bulk(200_000, quoteAll)
		raw, in := []byte(text), input("t.csv", text, csvFormat(), cols...)
		b.Run(map[bool]string{false: "few quotes", true: "all quoted"}[quoteAll], func(b *testing.B) {
			var ratios []float64
			for b.Loop() {
				start := cpu()
				splits, _ := Splits(in, 8<<20)
				for _, s := range splits {
					Decode(s, func(transform.Batch) error { return nil })
				}
				middle := cpu()
				r := csv.NewReader(bytes.NewReader(raw))
				r.ReuseRecord = true
				for {
					if _, err := r.Read(); err != nil {
						break
					}
				}
				ratios = append(ratios, float64(middle-start)/float64(cpu()-middle))
			}
			sort.Float64s(ratios)
			b.ReportMetric(ratios[len(ratios)/2], "x-encoding/csv")
		})
	}
}
