package jobs

import "carrot/transform/comp"

func between(from, to string) string {
	switch {
	case from == "":
		return "up to " + to
	case to == "":
		return "from " + from + " on"
	}
	return "from " + from + " to " + to
}

// unposted refuses to look at months of which none is posted.
func (h *House) unposted(from, to string) error {
	if from == "" && to == "" {
		return refuse("no month of this archive is posted; close the first: carrot run --close --period %s", comp.Month(h.Config.Settings.First).Name())
	}
	return refuse("no month %s is posted; see carrot runs", between(from, to))
}
