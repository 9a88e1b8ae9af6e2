package stat

import (
	"math"
	"testing"

	"carrot/transform/comp"
)

// customer is the model's arguments with the parameters of the CDNOW data.
func customer(t *testing.T, x, recency, age, horizon string) []comp.Number {
	t.Helper()
	var out []comp.Number
	for _, s := range []string{x, recency, age, horizon, "0.2426", "4.4136", "0.7929", "2.4259"} {
		out = append(out, number(t, s))
	}
	return out
}

// TestBGNBD holds the model against published figures, in weeks.
func TestBGNBD(t *testing.T) {
	for _, c := range []struct{ x, recency, age, horizon, want string }{
		{"2", "30.43", "38.86", "39", "1.2259"}, {"0", "0", "38.86", "39", "0.1948"}, {"26", "30.86", "31", "52", "25.759"}, {"0", "0", "0", "52", "1.4441"},
	} {
		got, ok := BGNBD(customer(t, c.x, c.recency, c.age, c.horizon))
		if !ok {
			t.Fatalf("%v has no value", c)
		}
		same(t, c.x+" purchases", got, c.want)
	}
	same(t, "alive", must(alive(2, 30.43, 38.86, .2426, 4.4136, .7929, 2.4259)), "0.7266")
	same(t, "alive", must(alive(26, 30.86, 31, .2426, 4.4136, .7929, 2.4259)), "0.9689")
}

// TestBGNBDLarge: who bought 5,000 times: the published form would leave all numbers ((1-z)^5000 is below 1e-308). By hand, so
// many purchases drown every prior: alive for certain, at a rate of 5,000 a year less those whom the chance of leaving after each
// purchase, about a/(b+5000), stops: (a+b+x-1)/(a-1) (1 - (1-z)^(a-1)) to five parts in 10,000.
func TestBGNBDLarge(t *testing.T) {
	got, ok := BGNBD(customer(t, "5000", "52", "52", "52"))
	if !ok {
		t.Fatal("no value")
	}
	const a, b, x, z = 0.7929, 2.4259, 5000.0, 52 / (4.4136 + 52 + 52)
	want := (a + b + x - 1) / (a - 1) * (1 - math.Pow(1-z, a-1))
	if math.Abs(float(got)/want-1) > 5e-4 {
		t.Errorf("%s, want about %.2f", got, want)
	}
	published := math.Pow(1-z, x)
	if published != 0 {
		t.Errorf("(1-z)^5000 is %g: the case is no longer one of overflow", published)
	}
	if silent, ok := BGNBD(customer(t, "5000", "1", "52", "52")); !ok || float(silent) > 1e-100 {
		t.Errorf("who bought 5000 times in a week and then never in a year will buy %s times", silent)
	}
}

// TestBGNBDAgainstIntegral: 2F1 by Euler's integral, which takes no series.
func TestBGNBDAgainstIntegral(t *testing.T) {
	const p, q, c, z = 0.4, 1.3, 2.9, 0.7
	const steps = 200000
	sum := 0.0
	for i := range steps { // u = s^2 takes the roots away at the ends
		u := (float64(i) + .5) / steps
		sum += math.Pow(u, q-1) * math.Pow(1-u, c-q-1) * math.Pow(1-z*u, -p) / steps
	}
	want := sum * math.Gamma(c) / math.Gamma(q) / math.Gamma(c-q)
	got, ok := hypergeometric(p, q, c, z)
	if !ok || math.Abs(got-want) > 1e-5 {
		t.Errorf("%.9f, want %.9f", got, want)
	}
}

// TestBGNBDRefuses: what no customer can have done has no value.
func TestBGNBDRefuses(t *testing.T) {
	for name, args := range map[string][]comp.Number{
		"bought after today":       customer(t, "2", "40", "38", "39"),
		"bought at no time":        customer(t, "2", "0", "38", "39"),
		"never bought, but lately": customer(t, "0", "3", "38", "39"),
		"fewer than none":          customer(t, "-1", "3", "38", "39"),
		"too few arguments":        customer(t, "2", "3", "38", "39")[:7],
	} {
		if v, ok := BGNBD(args); ok {
			t.Errorf("%s: %s", name, v)
		}
	}
	one := customer(t, "2", "3", "38", "39")
	one[6] = comp.Int(1)
	if v, ok := BGNBD(one); ok {
		t.Errorf("a is 1: %s", v)
	}
}
