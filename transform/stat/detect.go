package stat

import (
	"math"

	"carrot/transform/comp"
)

// Hits are rows of one person, and how many of them were hits.
type Hits struct{ K, N int64 }

// BinomialTail is the chance of k or more hits among n rows, each a hit with chance p.
func BinomialTail(h Hits, p comp.Number) comp.Number {
	return must(tail(h, float(p)))
}

func tail(h Hits, p float64) float64 {
	switch {
	case h.K <= 0 || p >= 1:
		return 1
	case p <= 0 || h.K > h.N:
		return 0
	}
	sum := 0.0
	for k := h.N; k >= h.K; k-- { // from the smallest on
		sum += math.Exp(choose(h.N, k) + float64(k)*math.Log(p) + float64(h.N-k)*math.Log1p(-p))
	}
	return math.Min(1, sum)
}

// choose is the logarithm of the number of ways to take k of n.
func choose(n, k int64) float64 {
	a, _ := math.Lgamma(float64(n + 1))
	b, _ := math.Lgamma(float64(k + 1))
	c, _ := math.Lgamma(float64(n - k + 1))
	return a - b - c
}

// BinomialZ is how many standard errors the hits lie above what is expected at chance p; false where there is no such number.
func BinomialZ(h Hits, p comp.Number) (comp.Number, bool) {
	n, q := float64(h.N), float(p)
	return Exact((float64(h.K) - n*q) / math.Sqrt(n*q*(1-q)))
}

// TwoProportions is z of the pooled test of a's share of hits against b's; false where both are all or none.
func TwoProportions(a, b Hits) (comp.Number, bool) { return Exact(pooled(a, b)) }

func pooled(a, b Hits) float64 {
	n, m := float64(a.N), float64(b.N)
	p := float64(a.K+b.K) / (n + m)
	return (float64(a.K)/n - float64(b.K)/m) / math.Sqrt(p*(1-p)*(1/n+1/m))
}

// Fisher is the exact chance that a has so many of the hits of both, or more, where hits fall on rows at random.
func Fisher(a, b Hits) comp.Number {
	all, sum := a.K+b.K, 0.0
	for k := min(all, a.N); k >= a.K && all-k <= b.N; k-- {
		sum += math.Exp(choose(a.N, k) + choose(b.N, all-k) - choose(a.N+b.N, all))
	}
	return must(math.Min(1, sum))
}

// Likeness is how alike the rows of one person are, beyond chance: the intraclass correlation of hits by moments, taken one
// standard error higher so that few people do not look more alike than they are. Never below 0.
func Likeness(people []Hits) comp.Number { return must(likeness(people)) }

func likeness(people []Hits) float64 {
	var k, n, squares float64
	for _, h := range people {
		k, n, squares = k+float64(h.K), n+float64(h.N), squares+float64(h.N)*float64(h.N)
	}
	p, chi := k/n, 0.0
	if len(people) < 2 || p <= 0 || p >= 1 {
		return 0
	}
	for _, h := range people {
		d := float64(h.K) - float64(h.N)*p
		chi += d * d / (float64(h.N) * p * (1 - p))
	}
	df := float64(len(people) - 1)
	each := (n - squares/n) / df // rows of a person, as the moments weigh them
	if each <= 1 {
		return 0
	}
	phi := chi / df
	phi += math.Max(1, phi) * math.Sqrt(2/df)
	return math.Max(0, math.Min(1, (phi-1)/(each-1)))
}

// AmongPeers is the chance of so many hits, or more, for one of a company whose people differ as much as these peers do: the tail
// of the beta-binomial with their share and likeness, and never below Fisher's exact chance.
func AmongPeers(own Hits, peers []Hits) comp.Number {
	var all Hits
	for _, h := range peers {
		all.K, all.N = all.K+h.K, all.N+h.N
	}
	return must(math.Max(float(Fisher(own, all)), unlike(own, float64(all.K)/float64(all.N), likeness(peers))))
}

// unlike is the tail of the beta-binomial.
func unlike(h Hits, p, rho float64) float64 {
	if rho <= 0 || rho >= 1 || p <= 0 || p >= 1 {
		return tail(h, p)
	}
	a, b, sum := p*(1-rho)/rho, (1-p)*(1-rho)/rho, 0.0
	for k := h.N; k >= h.K; k-- {
		sum += math.Exp(choose(h.N, k) + beta(a+float64(k), b+float64(h.N-k)) - beta(a, b))
	}
	return math.Min(1, sum)
}

// beta is the logarithm of the beta function.
func beta(a, b float64) float64 {
	x, _ := math.Lgamma(a)
	y, _ := math.Lgamma(b)
	z, _ := math.Lgamma(a + b)
	return x + y - z
}

// NoneExpected is the chance of no hit among n rows, each a hit with chance d; alike is Likeness of the people whom d is of.
func NoneExpected(n int64, d, alike comp.Number) comp.Number {
	p, rho := float(d), float(alike)
	if rho <= 0 || n < 1 {
		return must(math.Pow(1-p, float64(n)))
	}
	out := 1 - p
	for i := int64(1); i < n; i++ { // of the beta-binomial
		out *= ((1-p)*(1-rho) + float64(i)*rho) / (1 - rho + float64(i)*rho)
	}
	return must(out)
}

// Hazard is the chance that so many of the events, or more, fall into the days in question, where an event is as likely on every
// day at risk.
func Hazard(events, days, otherEvents, otherDays int64) comp.Number {
	if days+otherDays == 0 {
		return must(1)
	}
	return must(tail(Hits{events, events + otherEvents}, float64(days)/float64(days+otherDays)))
}

// Permutation is the chance that the mean of a is so much above that of b, or more, where it is chance which row is in which. Of
// at most so many shuffles, drawn by PCG seeded from a text, it takes as many as tell that the chance is no small one: what is
// given is never below the chance that the shuffles show.
func Permutation(a, b []comp.Number, most int, seed string) (difference, p comp.Number) {
	rows := make([]float64, 0, len(a)+len(b))
	var sumA, sumB comp.Number
	for _, x := range a {
		sumA, rows = sumA.Add(x), append(rows, float(x))
	}
	for _, x := range b {
		sumB, rows = sumB.Add(x), append(rows, float(x))
	}
	total, want := 0.0, 0.0
	for i, x := range rows {
		if total += x; i < len(a) {
			want += x
		}
	}
	random := drawing(seed, int64(len(rows)))
	const enough = 20 // shuffles as extreme, after which more would not make the chance small
	extreme, done := 0, 0
	least := want - 1e-9*math.Max(1, math.Abs(want)) // a sum in another order is the same sum
	for done < most && extreme < enough {
		sum := 0.0
		for i := range a {
			j := i + random.IntN(len(rows)-i)
			rows[i], rows[j] = rows[j], rows[i]
			sum += rows[i]
		}
		if done++; sum >= least {
			extreme++
		}
	}
	difference = over(sumA, comp.Int(int64(len(a)))).Sub(over(sumB, comp.Int(int64(len(b)))))
	if extreme == enough {
		return difference, must(float64(extreme) / float64(done))
	}
	return difference, must(float64(extreme+1) / float64(done+1))
}
