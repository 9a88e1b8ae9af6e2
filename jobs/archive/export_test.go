package archive

// SetLinkPoint lets a test act between the steps of Dir.Create.
func SetLinkPoint(f func()) { linkPoint = f }

// Escape and Unescape are the spelling of fields.
var (
	Escape   = escape
	Unescape = unescape
)
