package storetest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"

	"carrot/jobs/archive"
)

// race lets 64 writers at one key, half of them through another handle.
func race(same bool) func(context.Context, Open) error {
	return func(ctx context.Context, open Open) error {
		s, again, err := open()
		if err != nil {
			return err
		}
		const writers = 64
		errs := make([]error, writers)
		text := func(i int) string { return strings.Repeat(fmt.Sprintf("writer %d ", i), 500) }
		if same {
			text = func(int) string { return "everybody's" }
		}
		var wg sync.WaitGroup
		for i := range writers {
			wg.Go(func() {
				if i%2 == 0 {
					errs[i] = put(ctx, s, "postings/2026-03", text(i))
				} else {
					errs[i] = put(ctx, again, "postings/2026-03", text(i))
				}
			})
		}
		wg.Wait()
		return oneWinner(ctx, s, errs, text, same)
	}
}

func oneWinner(ctx context.Context, s archive.Store, errs []error, text func(int) string, same bool) error {
	winner := -1
	for i, err := range errs {
		var other *archive.Conflict
		switch {
		case err == nil && winner >= 0:
			return fmt.Errorf("writers %d and %d were both told that they created the key", winner, i)
		case err == nil:
			winner = i
		case !errors.Is(err, fs.ErrExist):
			return fmt.Errorf("a writer who lost got %v, expected fs.ErrExist", err)
		case errors.As(err, &other) == same:
			return fmt.Errorf("a writer who lost got %v; the bytes were the same: %v", err, same)
		}
	}
	if winner < 0 {
		return errors.New("nobody was told that they created the key")
	}
	return holds(ctx, s, "postings/2026-03", text(winner))
}
