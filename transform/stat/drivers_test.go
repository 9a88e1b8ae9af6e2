package stat

import (
	"testing"

	"carrot/transform/comp"
)

// answered is a score with two items, so many times.
func answered(n, score int64, items ...int64) Answer {
	a := Answer{Score: comp.Int(score), N: n}
	for _, x := range items {
		a.Items = append(a.Items, comp.Int(x))
	}
	return a
}

// TestDriversByHand: the score is twice the first item and once the second; of eight people three say neither, three both and one
// each the one or the other. The items' variances are 1/4 and their covariance 1/8, the score's variance is 7/4, its covariances 5/8
// and 1/2. Alone they explain 25/28 and 16/28 of it, together all: 37/56 and 19/56.
func TestDriversByHand(t *testing.T) {
	all := []Answer{answered(3, 0, 0, 0), answered(3, 3, 1, 1), answered(1, 1, 0, 1), answered(1, 2, 1, 0)}
	drivers, explained, ok := Drivers(all, comp.Scaled(95, 2), 200, "seed")
	if !ok || explained.Cmp(comp.Int(1)) != 0 {
		t.Fatal(explained, ok)
	}
	for i, want := range []struct{ share, slope string }{{"37/56", "2"}, {"19/56", "1"}} {
		share, err := comp.ParseExact(want.share)
		if d := drivers[i]; err != nil || d.Share.Cmp(share) != 0 || d.Slope.String() != want.slope || d.Mean.String() != "0.5" || d.Low.Cmp(d.High) > 0 {
			t.Errorf("item %d: %+v, %v", i+1, d, err)
		}
	}

	// An item that says the same as another shares its part evenly with it; one that never differs has none and moves nothing.
	twice := []Answer{answered(3, 0, 0, 0, 7), answered(5, 3, 1, 1, 7), answered(2, 2, 1, 1, 7)}
	drivers, _, ok = Drivers(twice, comp.Scaled(95, 2), 50, "seed")
	if half := comp.Scaled(5, 1); !ok || drivers[0].Share.Cmp(half) != 0 || drivers[1].Share.Cmp(half) != 0 || drivers[2].Share.Sign() != 0 || drivers[2].Slope.Sign() != 0 {
		t.Errorf("%+v, %v", drivers, ok)
	}

	// Where scores do not differ, or no item goes with them, nothing drives them.
	for _, none := range [][]Answer{nil, {answered(9, 4, 1), answered(9, 4, 2)}, {answered(1, 1, 1), answered(1, 2, 1), answered(1, 1, 2), answered(1, 2, 2)}} {
		if drivers, _, ok := Drivers(none, comp.Scaled(95, 2), 50, "seed"); ok {
			t.Errorf("%v is driven by %+v", none, drivers)
		}
	}
}

// TestDriversOfThree: three items weigh what each adds to the explained variance in the mean of all six orders; what one explains alone
// is its squared correlation with the score.
func TestDriversOfThree(t *testing.T) {
	all := []Answer{answered(7, 9, 5, 4, 1), answered(4, 7, 4, 4, 2), answered(5, 3, 2, 5, 3), answered(6, 8, 5, 2, 5), answered(3, 1, 1, 1, 2), answered(2, 5, 3, 2, 4), answered(4, 4, 4, 1, 3)}
	drivers, explained, ok := Drivers(all, comp.Scaled(95, 2), 100, "seed")
	if !ok {
		t.Fatal("nothing")
	}
	var sum comp.Number
	for i, d := range drivers {
		if sum = sum.Add(d.Share); d.Share.Sign() < 0 || d.Low.Cmp(d.High) > 0 {
			t.Errorf("item %d: %+v", i+1, d)
		}
	}
	if sum.Cmp(comp.Int(1)) != 0 {
		t.Errorf("the shares sum to %s", sum)
	}
	c := func(i, j int) float64 { // correlation of two columns; 3 is the score
		var n, x, y, xx, yy, xy float64
		for _, a := range all {
			v := append(append([]comp.Number(nil), a.Items...), a.Score)
			p, q, w := float(v[i]), float(v[j]), float64(a.N)
			n, x, y, xx, yy, xy = n+w, x+w*p, y+w*q, xx+w*p*p, yy+w*q*q, xy+w*p*q
		}
		return (xy/n - x*y/n/n) * (xy/n - x*y/n/n) / ((xx/n - x*x/n/n) * (yy/n - y*y/n/n))
	}
	if want, got := c(0, 3), explains(matrix(all), []int{0}); want-float(got) > 1e-9 || float(got)-want > 1e-9 {
		t.Errorf("the first item alone explains %s, want %v", got, want)
	}
	m := matrix(all)
	whole := map[string]float64{}
	for _, order := range [][]int{{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}} {
		last := 0.0
		for k := range order {
			now := float(explains(m, order[:k+1]))
			whole[string(rune('0'+order[k]))] += (now - last) / 6 / float(explained)
			last = now
		}
	}
	for i, d := range drivers {
		if want := whole[string(rune('0'+i))]; want-float(d.Share) > 1e-9 || float(d.Share)-want > 1e-9 {
			t.Errorf("item %d weighs %s, want %v", i+1, d.Share, want)
		}
	}
}

func matrix(all []Answer) [][]comp.Number {
	m, _ := covariances(all)
	return m
}
