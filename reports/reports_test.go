package reports

import (
	"os"
	"path/filepath"
	"testing"

	"carrot/transform/comp"
)

// render collects what Render puts.
func render(t testing.TB, r *comp.Result, o Options) []File {
	t.Helper()
	var files []File
	if err := Render(r, o, func(f File) error { files = append(files, f); return nil }); err != nil {
		t.Fatal(err)
	}
	return files
}

// TestLook writes the sample to the folder named by CARROT_LOOK, for a person to look at. Without it there is nothing
// to test here.
func TestLook(t *testing.T) {
	dir := os.Getenv("CARROT_LOOK")
	if dir == "" {
		t.Skip("CARROT_LOOK names no folder: nothing is written for the eye")
	}
	preview := sample()
	preview.Run.Kind = comp.Preview
	for sub, r := range map[string]*comp.Result{"close": sample(), "preview": preview} {
		for _, f := range render(t, r, Options{Statements: true}) {
			path := filepath.Join(dir, sub, filepath.FromSlash(f.Path))
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, f.Bytes, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}
