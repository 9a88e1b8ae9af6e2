package stat

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"carrot/transform/comp"
)

// ratedCompany draws a year's ratings, 1 to 5, of 40 agents, half of them of the group: 60 each, easy and hard cases, which are rated
// half a point lower. hard is the share of hard cases, of the others and of the group; bias is taken off the group's expected rating.
// Agents differ by themselves, with a standard deviation of 0.1.
func ratedCompany(seed uint64, hard [2]float64, bias float64) []Rated {
	random := rand.New(rand.NewPCG(seed, 5))
	counts := map[Rated]int64{}
	var order []Rated
	for a := range 40 {
		side := a % 2
		own := random.NormFloat64() * 0.1
		for range 60 {
			mean, stratum := 4.1+own-bias*float64(side), "easy"
			if random.Float64() < hard[side] {
				mean, stratum = mean-0.5, "hard"
			}
			v := int64(mean + random.NormFloat64()*0.8 + 0.5)
			k := Rated{Payee: fmt.Sprintf("a%02d", a), Stratum: stratum, In: side == 1, Value: comp.Int(min(5, max(1, v)))}
			if counts[k]++; counts[k] == 1 {
				order = append(order, k)
			}
		}
	}
	for i := range order {
		order[i].N = counts[order[i]]
	}
	return order
}

// alarms counts the companies of which a gap of 0.1 or more is told that chance does not explain, and those of which the
// interval leaves out 0 at all.
func alarms(t *testing.T, companies int, hard [2]float64, bias float64, strata bool) (material, beyond int) {
	t.Helper()
	for i := range companies {
		rows := ratedCompany(uint64(i), hard, bias)
		if !strata {
			for k := range rows {
				rows[k].Stratum = ""
			}
		}
		d, ok := Disparity(rows, level, 1)
		if !ok {
			t.Fatal("nothing to compare")
		}
		if d.Low.Sign() > 0 || d.High.Sign() < 0 {
			if beyond++; d.Adjusted.Abs().Cmp(comp.Scaled(1, 1)) >= 0 {
				material++
			}
		}
	}
	return material, beyond
}

// TestRaterBiasRaisesTheAlarm: customers who rate a group 0.3 points lower are seen, and chance alone is not taken for that.
func TestRaterBiasRaisesTheAlarm(t *testing.T) {
	even := [2]float64{0.3, 0.3}
	if n, _ := alarms(t, 100, even, 0.3, true); n < 90 {
		t.Errorf("%d of 100 companies with a bias of 0.3 raise the alarm", n)
	} else {
		t.Logf("%d of 100 companies with a bias of 0.3 raise the alarm", n)
	}
	material, beyond := alarms(t, 300, even, 0, true)
	t.Logf("of 300 companies without bias %d raise the alarm, %d intervals leave out 0", material, beyond)
	if material > 15 || beyond > 24 {
		t.Errorf("of 300 companies without bias %d raise the alarm, and %d intervals leave out 0", material, beyond)
	}
}

// TestHarderCasesAreNoBias: a group that gets the hard cases is rated lower, and as well as the others on the same cases.
func TestHarderCasesAreNoBias(t *testing.T) {
	harder := [2]float64{0.2, 0.8}
	material, _ := alarms(t, 200, harder, 0, true)
	if without, _ := alarms(t, 200, harder, 0, false); material > 10 || without < 180 {
		t.Errorf("of 200 companies %d raise the alarm within kinds of cases, %d without regard to them", material, without)
	} else {
		t.Logf("of 200 companies %d raise the alarm within kinds of cases, %d without regard to them", material, without)
	}
}

// TestDisparity by hand. Easy: the group's two have 4, 4 and 5 (13/3) against 5 and 4 (9/2): -1/6, weight 3·2/5; hard: 2 against 3
// and 3: -1, weight 1·2/3. In all (-1/6·6/5 - 1·2/3) / (28/15) = -13/28.
func TestDisparity(t *testing.T) {
	row := func(payee, stratum string, in bool, value, n int64) Rated {
		return Rated{Payee: payee, Stratum: stratum, In: in, Value: comp.Int(value), N: n}
	}
	rows := []Rated{row("a", "easy", true, 4, 2), row("b", "easy", true, 5, 1), row("b", "hard", true, 2, 1), row("c", "easy", false, 5, 1), row("c", "hard", false, 3, 1),
		row("d", "easy", false, 4, 1), row("d", "hard", false, 3, 1), row("d", "other", false, 1, 9)}
	d, ok := Disparity(rows, level, 1)
	if !ok {
		t.Fatal("nothing to compare")
	}
	same(t, "adjusted", d.Adjusted, "-0.464285714")
	same(t, "without strata", d.Plain, "1.903846154") // 15/4 and 24/13
	if d.Compared != 8 {
		t.Errorf("%d rows compared, want 8", d.Compared)
	}
	// Easy weighs 9/14, hard 5/14: a is 9/14/3·(-2/3) off and b as much the other way, c 9/14/2·1/2 and d as much the other way.
	same(t, "standard error", d.SE, "0.430057") // 2·2·(1/7)^2 + 2·2·(9/56)^2
	if _, ok := Disparity(rows[:2], level, 1); ok {
		t.Error("a difference without others")
	}
}
