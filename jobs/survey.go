package jobs

import (
	"errors"
	"fmt"
	"io/fs"
	"sort"

	"carrot/config"
)

// Survey is what lies in the folders of the file sources.
type Survey struct {
	Tables []SurveyedTable // sorted by name
	Unread []UnreadFile    // what no table declares, sorted by folder and name
}

// SurveyedTable is a table with the files that its declared name matches, sorted by known day, then name.
type SurveyedTable struct {
	Source config.Source
	Table  config.Table
	Folder fs.FS
	Files  []Found
}

// UnreadFile is a file that nothing declares.
type UnreadFile struct{ Folder, Name string }

// Survey lists the files of every source of kind files. It reads no file. Several sources may share a folder.
func (h *House) Survey() (Survey, error) {
	var s Survey
	folders := map[string]*surveyedFolder{}
	for _, src := range h.Config.Sources {
		if src.Kind != "files" {
			continue
		}
		f, ok := folders[src.Folder]
		if !ok {
			var err error
			if f, err = h.surveyFolder(src); err != nil {
				return s, err
			}
			folders[src.Folder] = f
		}
		for _, t := range src.Tables {
			files, err := matchFiles(f.all, t.Files)
			if err != nil {
				return s, refuse("source %s, table %s: %v", src.Name, t.Contract.Table, err)
			}
			for _, x := range files {
				f.declared[x.Name] = true
			}
			s.Tables = append(s.Tables, SurveyedTable{src, t, f.fs, files})
		}
	}
	for name, f := range folders { // in any order: sorted below
		for _, x := range f.all {
			if !f.declared[x.Name] {
				s.Unread = append(s.Unread, UnreadFile{name, x.Name})
			}
		}
	}
	sort.Slice(s.Tables, func(i, j int) bool { return s.Tables[i].Table.Contract.Name() < s.Tables[j].Table.Contract.Name() })
	sort.Slice(s.Unread, func(i, j int) bool {
		a, b := s.Unread[i], s.Unread[j]
		return a.Folder < b.Folder || (a.Folder == b.Folder && a.Name < b.Name)
	})
	return s, nil
}

type surveyedFolder struct {
	fs       fs.FS
	all      []Found
	declared map[string]bool
}

func (h *House) surveyFolder(src config.Source) (*surveyedFolder, error) {
	folder, err := h.Folder(src.Folder)
	if err != nil {
		return nil, err
	}
	all, err := listFiles(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, refuse("source %s: the folder %s does not exist, expected the exports in it; create it, or correct folder: in the source's file", src.Name, src.Folder)
	}
	if err != nil {
		return nil, fmt.Errorf("source %s: folder %s: %w", src.Name, src.Folder, err)
	}
	return &surveyedFolder{folder, all, map[string]bool{}}, nil
}
