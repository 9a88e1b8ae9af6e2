package connectors

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// secrets are rows of answers of which no cell may be told: each cell holds something that stands nowhere else. The last one's day
// and number do not fit their columns and lie beyond what a proposal looks at.
func secrets() (rows [][]string, cells []string) {
	for i := range proposeRows + 20 {
		r := []string{fmt.Sprintf("K%07d", 1_234_567+i), fmt.Sprintf("7.%03d,4%d", i%1000, i%10), fmt.Sprintf("%02d.11.2031", 13+i%17), fmt.Sprintf("hates%05d the boss", i), "team-blau"}
		if i == proposeRows+10 {
			r[1], r[2] = "kein Wort 8181", "vorgestern 9292"
		}
		rows, cells = append(rows, r), append(cells, r...)
	}
	return rows, cells
}

// TestProposalShowsNoCell: whoever looks at an export of answers reads nobody's answer, neither among the reasons nor in the table
// that is proposed nor in what its trial found.
func TestProposalShowsNoCell(t *testing.T) {
	rows, cells := secrets()
	head := []string{"answer_id", "score", "day", "why", "team"}
	text, lines := strings.Join(head, ";")+"\n", ""
	for _, r := range rows {
		text += strings.Join(r, ";") + "\n"
		object := map[string]string{}
		for i, c := range r {
			object[head[i]] = c
		}
		b, _ := json.Marshal(object)
		lines += string(b) + "\n"
	}
	book := sheetBook(t, func(f *excelize.File) {
		for i, r := range append([][]string{head}, rows[:40]...) {
			if err := f.SetSheetRow("Sheet1", fmt.Sprint("A", i+1), &r); err != nil {
				t.Fatal(err)
			}
		}
	})
	cut := strings.Join(head, ";") + "\n" // the last answer was cut in two by a line break: its second half is a row of one cell
	for _, r := range rows[:12] {
		cut += strings.Join(r[:3], ";") + ";said in\ntwo lines;" + r[4] + "\n"
	}
	cut = strings.ReplaceAll(cut[:strings.LastIndex(cut, ";")], "said in\ntwo lines;", "fine;")
	cut = cut[:strings.LastIndex(cut, "fine")] + "said in\ntwo lines\n"
	for name, b := range map[string][]byte{"pulse.csv": []byte(text), "pulse.jsonl": []byte(lines), "pulse.xlsx": book, "cut.csv": []byte(cut)} {
		p, err := Propose(bytesInput(name, b, Format{}))
		if err != nil {
			t.Fatal(err)
		}
		printed, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		told := string(printed) + strings.Join(p.Reasons, "\n") + p.YAML
		if len(p.Columns) != len(head) || !strings.Contains(p.YAML, "why: {from: ") {
			t.Errorf("%s: the file was not read: %s", name, p.YAML)
		}
		for _, c := range append(cells, "said in", "two lines", "8181", "9292") {
			if strings.Contains(told, c) {
				t.Errorf("%s: the proposal tells %q: %s", name, c, strings.Join(p.Reasons, "\n"))
				break
			}
		}
		if last := p.Reasons[len(p.Reasons)-1]; (name == "pulse.csv" || name == "pulse.jsonl") && !strings.Contains(last, "findings, the first: "+name+":") {
			t.Errorf("%s: the trial does not tell where: %s", name, last)
		}
	}
}
