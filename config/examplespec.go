package config

import (
	"slices"
	"strings"
)

// exampleSpecs are the mappings of a file of examples, as planSpecs are those of a plan. {measure:[@fact]} is a mapping from names of
// one's own; those of open may have more keys of one's own beside theirs.
var exampleSpecs = map[string]spec{
	"examples": {"a file of examples", "test!:text/[text] examples!:[@example]"},
	"example": {"an example", "name!:text close!:month/[month] first:month people!:[@person] numbers:[@numbered] fx:[@rate] facts:{measure:[@fact]} " +
		"tables:{table:[@row]} events:[@event] hours:[@week] adjustments:[@adjustment] expect!:[@expectation] only:bool"},
	"person":     {"somebody", "id!:text from!:date to:date known:date then:[@then]"},
	"then":       {"what changes of somebody", "from!:date known:date"},
	"numbered":   {"a number", "payee!:text name!:text from!:date to:date amount!:ratio currency:currency known:date"},
	"rate":       {"a rate", "date!:date from!:currency to!:currency rate!:number kind:daily|plan|average known:date"},
	"fact":       {"a fact", "payee:text key:text on!:date value:ratio currency:currency known:date times:int hits:int misses:int of:int groups:{column:cell}"},
	"row":        {"a row", "known:date"},
	"event":      {"an event", "of!:text event!:text on!:date amount:number score:number known:date"},
	"week":       {"hours", "payee!:text week!:date hours!:number known:date"},
	"adjustment": {"an adjustment", "payee!:text in!:month amount!:number currency!:currency reason!:text"},
	"expectation": {"an expectation", "in:month payee:text plan:text component:text kind:text cause:text for:month pays:number total:number held:number reason:text " +
		"finding:text missing:bool working:text balance:draw|hold|clawback|carry export:neutral|adp|gusto rows:[text] costs:{month:ratio} " +
		"quota:ratio target:ratio attainment:ratio value:ratio n:ratio exact:ratio low:ratio high:ratio se:ratio raw:ratio effective:ratio deff:ratio standing:ratio " +
		"opens:ratio adds:ratio takes:ratio written_off:ratio closes:ratio in_kind:ratio gross:ratio"},
}

// openSpecs may have keys of one's own: attributes, or columns.
var openSpecs = []string{"person", "then", "row"}

// exampleShapes are the kinds of values that only examples have.
var exampleShapes = map[string]shape{
	"month": {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}$"},
	"cell":  {"anyOf": []any{shape{"type": "string"}, shape{"type": "number"}, shape{"type": "boolean"}, shape{"type": "null"}}},
}

// sample reads a mapping of an example by its spec.
func (n node) sample(name string) (fields, bool) {
	s := exampleSpecs[name]
	return n.fields(s.what, s.keys)
}

// keyList are the keys of a spec: all, or those that must be there.
func (s spec) keyList(must bool) string {
	var out []string
	for _, token := range strings.Fields(s.keys) {
		key, _, _ := strings.Cut(token, ":")
		if name, needed := strings.CutSuffix(key, "!"); needed || !must {
			out = append(out, name)
		}
	}
	return strings.Join(out, " ")
}

// ExamplesSchema is the JSON Schema (2020-12) of a file of examples, NAME.test.yaml.
func ExamplesSchema() []byte {
	return schemaOf("Examples of plans of carrot", "examples", "plans/*.test.yaml", exampleSpecs, plainShapes, exampleShapes)
}

// withOwnKeys lets a mapping have keys of one's own.
func withOwnKeys(name string, s shape) {
	if slices.Contains(openSpecs, name) {
		s["patternProperties"] = shape{"^.+$": shape{"$ref": "#/$defs/cell"}}
	}
}
