package transform

import "carrot/transform/comp"

// deal is what one payee is credited with of one deal under one measure, over all its terms, in the currency of pay.
//
//lint:ignore U1000 components that read deals give it
type deal struct {
	key, label, table string
	day               comp.Date
	at                int64 // Unix seconds: orders deals
	value             comp.Number
	control           comp.Amount // of the row's control column
	period            comp.Period // the measuring period of its day
}

// dealPay is a deal with its part of a component's exact pay.
//
//lint:ignore U1000 components that read deals give it
type dealPay struct {
	deal
	pay comp.Number
}
