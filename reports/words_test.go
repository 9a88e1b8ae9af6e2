package reports

import (
	"testing"

	"carrot/transform/comp"
)

func TestWords(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{money(comp.Money{Minor: 123450, Currency: "EUR"}), "1,234.50 EUR"},
		{money(comp.Money{Minor: -5, Currency: "EUR"}), "-0.05 EUR"},
		{money(comp.Money{Minor: -123456789, Currency: "JPY"}), "-123,456,789 JPY"},
		{money(comp.Money{Minor: 1234567, Currency: "KWD"}), "1,234.567 KWD"},
		{money(comp.Money{Minor: 100000, Currency: "USD"}), "1,000.00 USD"},
		{money(comp.Money{Minor: -9223372036854775808, Currency: "EUR"}), "-92,233,720,368,547,758.08 EUR"},
		{signed(comp.Money{Minor: 1, Currency: "EUR"}), "+0.01 EUR"},
		{signed(comp.Money{Currency: "EUR"}), "0.00 EUR"},
		{amount(amt("3449.13998", "EUR")), "3,449.13998 EUR"},
		{amount(amt("1/3", "EUR")), "0.333333… EUR"},
		{amount(amt("-2/3", "JPY")), "-0.666666… JPY"},
		{amount(amt("12", "EUR")), "12.00 EUR"},
		{amount(amt("1000", "")), "1,000"},
		{percent(num("0.9999"), 0), "99.99 %"}, // not 100: the band is not reached
		{percent(num("0.99999999999"), 2), "100.000000 %"},
		{percent(num("1"), 2), "100.00 %"},
		{percent(num("1.4830"), 1), "148.3 %"},
		{percent(num("-0.5"), 1), "-50.0 %"},
		{measured(nil, "share", 1, "EUR"), "no value"},
		{measured(ptr("9/11"), "share", 1, "EUR"), "81.8 %"},
		{measured(ptr("74152.333"), "money", 0, "EUR"), "74,152.33 EUR"},
		{measured(ptr("4.525"), "score", 2, "EUR"), "4.53"},
		{day(comp.Day(2026, 3, 5)), "5 March 2026"}, {day(comp.NoDate), ""},
		{span(feb), "February 2026"},
		{span(comp.Period{Start: comp.Day(2026, 1, 1), End: comp.Day(2026, 4, 1)}), "January to March 2026"},
		{span(comp.Period{Start: comp.Day(2025, 12, 1), End: comp.Day(2026, 3, 1)}), "December 2025 to February 2026"},
		{span(comp.Period{Start: comp.Day(2025, 1, 1), End: comp.Day(2026, 1, 1)}), "2025"},
		{span(comp.Period{Start: comp.Day(2013, 5, 30), End: comp.Day(2013, 8, 30)}), "30 May 2013 to 29 August 2013"},
		{plural(1, "row"), "1 row"}, {plural(1200, "row"), "1,200 rows"},
		{heldAmount("118250 EUR"), "118,250.00 EUR"}, {heldAmount("unknown"), "unknown"}, {heldAmount(""), ""},
		{disarm("=1+1"), "'=1+1"}, {disarm("-12.50"), "-12.50"}, {disarm("-1/3"), "-1/3"}, {disarm("+49 30"), "'+49 30"}, {disarm("@x"), "'@x"}, {disarm("a=b"), "a=b"},
		{clean("a\x00b\tc\u202Ed\xff😀"), "a b cd□□"}, {clean("e\u0301"), "é"}, {clean("שלום"), "םולש"}, {clean("(יוסי כהן) Yossi 7"), "(ןהכ יסוי) Yossi 7"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestFits(t *testing.T) {
	for text, want := range map[string]bool{"123456789012345": true, "1234567890123456": false, "-9007199254740993": false, "0.00001": true, "1/3": false, "1234567890123.45": true, "12345678901234.56": false} {
		if fits(text) != want {
			t.Errorf("fits(%s) is %v", text, !want)
		}
	}
}
