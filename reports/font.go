package reports

import (
	"crypto/sha256"
	"encoding/hex"
	"sync"

	"github.com/go-fonts/liberation/liberationsansbold"
	"github.com/go-fonts/liberation/liberationsansitalic"
	"github.com/go-fonts/liberation/liberationsansregular"
)

// FontDigest is the sha256, in hex, of the fonts that statements are set in (Liberation Sans, SIL Open Font License
// 1.1: regular, bold, italic, one after the other). It is an input of every run: other fonts give other bytes.
var FontDigest = sync.OnceValue(func() string {
	h := sha256.New()
	for _, ttf := range [][]byte{liberationsansregular.TTF, liberationsansbold.TTF, liberationsansitalic.TTF} {
		h.Write(ttf)
	}
	return hex.EncodeToString(h.Sum(nil))
})
