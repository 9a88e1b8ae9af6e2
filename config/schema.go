package config

import (
	"encoding/json"
	"slices"
	"strings"
)

// shape is a JSON Schema.
type shape map[string]any

// plainShapes are the kinds of values that specs name, as shapes. What a number may be written as follows the reader: bare or
// in quotes.
var plainShapes = map[string]shape{
	"text":     {"type": "string", "minLength": 1},
	"name":     {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9_-]*$"},
	"date":     {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
	"bool":     {"type": "boolean"},
	"int":      {"anyOf": []any{shape{"type": "integer"}, shape{"type": "string", "pattern": "^[0-9]+$"}}},
	"number":   {"anyOf": []any{shape{"type": "number"}, shape{"type": "string", "pattern": `^-?[0-9]+(\.[0-9]+)?$`}}},
	"ratio":    {"anyOf": []any{shape{"type": "number"}, shape{"type": "string", "pattern": `^-?[0-9]+(\.[0-9]+)?%?$`}}},
	"currency": {"type": "string", "pattern": currencyPattern},
	"length":   {"type": "string", "pattern": lengthText.String()},
	"edge":     {"enum": []any{"[lo,hi)", "(lo,hi]"}},
	"amounts": {"type": "object", "properties": shape{"from": shape{"$ref": "#/$defs/date"}, "clause": shape{"$ref": "#/$defs/text"}},
		"patternProperties": shape{currencyPattern: shape{"$ref": "#/$defs/number"}}, "additionalProperties": false},
}

const currencyPattern = "^[A-Z]{3}$"

// Schema is the JSON Schema (2020-12) of a plan document, made from the keys that the reader takes.
func Schema() []byte {
	return schemaOf("A plan of carrot", "plan", "plans/*.yaml", planSpecs, plainShapes)
}

// schemaOf is the JSON Schema of the mapping root of some specs, whose keys are told as those of a file, with plain kinds of values.
func schemaOf(title, root, file string, specs map[string]spec, plain ...map[string]shape) []byte {
	defs := shape{}
	for _, kinds := range plain {
		for name, s := range kinds {
			defs[name] = s
		}
	}
	paths := schemaPaths(root, specs)
	for name, s := range specs {
		defs[name] = s.shape(name, file, paths[name])
	}
	b, err := json.MarshalIndent(shape{"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title, "$ref": "#/$defs/" + root, "$defs": defs}, "", "  ")
	if err != nil { // maps of texts always have a form
		return nil
	}
	return append(b, '\n')
}

// shape is a mapping with the keys of the spec and no others; path leads to what carrot check --keys says of them.
func (s spec) shape(name, file, path string) shape {
	means := map[string]string{}
	for _, k := range Keys() {
		if k.File == file {
			means[k.Path] = k.Means
		}
	}
	properties, needed := shape{}, []any{}
	for _, token := range strings.Fields(s.keys) {
		key, kind, _ := strings.Cut(token, ":")
		key, must := strings.CutSuffix(key, "!")
		if slices.Contains(pending, name+"."+key) {
			continue
		}
		if must {
			needed = append(needed, key)
		}
		x := kindShape(kind)
		if m := means[path+key]; m != "" {
			x["description"] = m
		}
		properties[key] = x
	}
	out := shape{"type": "object", "properties": properties, "additionalProperties": false}
	if len(needed) > 0 {
		out["required"] = needed
	}
	if name == "dated" || name == "budget" { // beside one amount for each currency
		out["patternProperties"] = shape{currencyPattern: shape{"$ref": "#/$defs/number"}}
	}
	withOwnKeys(name, out)
	return out
}

// kindShape is what a spec says that a value may be.
func kindShape(kind string) shape {
	if inner, mapping := strings.CutPrefix(kind, "{"); mapping {
		_, each, _ := strings.Cut(strings.TrimSuffix(inner, "}"), ":")
		return shape{"type": "object", "patternProperties": shape{"^.+$": kindShape(each)}, "additionalProperties": false}
	}
	if inner, list := strings.CutPrefix(kind, "["); list && strings.HasSuffix(inner, "]") && !strings.Contains(inner, "]/") {
		return shape{"type": "array", "items": kindShape(strings.TrimSuffix(inner, "]"))}
	}
	if choices := strings.Split(kind, "/"); len(choices) > 1 {
		var of []any
		for _, c := range choices {
			of = append(of, kindShape(c))
		}
		return shape{"anyOf": of}
	}
	if ref, ok := strings.CutPrefix(kind, "@"); ok {
		return shape{"$ref": "#/$defs/" + ref}
	}
	if _, ok := exampleShapes[kind]; ok {
		return shape{"$ref": "#/$defs/" + kind}
	}
	if _, ok := plainShapes[kind]; ok {
		return shape{"$ref": "#/$defs/" + kind}
	}
	var words []any
	for _, w := range strings.Split(kind, "|") {
		words = append(words, w)
	}
	return shape{"enum": words}
}

// schemaPaths are where each spec first stands in a file, as carrot check --keys writes it.
func schemaPaths(root string, specs map[string]spec) map[string]string {
	paths := map[string]string{root: ""}
	for queue := []string{root}; len(queue) > 0; queue = queue[1:] {
		for _, token := range strings.Fields(specs[queue[0]].keys) {
			key, kind, _ := strings.Cut(token, ":")
			key = strings.TrimSuffix(key, "!")
			if inner, mapping := strings.CutPrefix(kind, "{"); mapping {
				of, each, _ := strings.Cut(strings.TrimSuffix(inner, "}"), ":")
				key, kind = key+".<"+of+">", each
			}
			for _, c := range strings.Split(kind, "/") {
				inner, list := strings.TrimPrefix(c, "["), strings.HasPrefix(kind, "[") && strings.HasSuffix(kind, "]")
				ref, ok := strings.CutPrefix(strings.TrimSuffix(inner, "]"), "@")
				if _, seen := paths[ref]; !ok || seen {
					continue
				}
				step := key
				if list {
					step += "[]"
				}
				paths[ref] = paths[queue[0]] + step + "."
				queue = append(queue, ref)
			}
		}
	}
	return paths
}
