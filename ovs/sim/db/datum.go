package db

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"github.com/ovn-kubernetes/libovsdb/ovsdb"
)

// UUID is a row's identity in its text form.
type UUID string

// MarshalJSON writes the notation of RFC 7047 §5.1.
func (u UUID) MarshalJSON() ([]byte, error) { return json.Marshal([]string{"uuid", string(u)}) }

// atom is one value: a string, int, float64, bool or UUID.
type atom any

// Datum is the value of a column: an atom, a set or a map. It is never changed
// once made, so that rows can share it. The zero Datum is an empty set.
type Datum struct {
	keys   []atom // sorted, without duplicates
	values []atom // of a map, beside keys; nil for others
}

// Value makes a column's value from atoms: one for a plain column, none or more for a set.
func Value[A string | int | bool | UUID](atoms ...A) Datum {
	d := Datum{keys: make([]atom, len(atoms))}
	for i, a := range atoms {
		d.keys[i] = a
	}
	slices.SortFunc(d.keys, compareAtoms)
	d.keys = slices.Compact(d.keys)
	return d
}

// Map makes a map column's value.
func Map[V string | int](m map[string]V) Datum {
	d := Datum{values: []atom{}}
	for k, v := range m {
		d = d.with(k, v)
	}
	return d
}

func compareAtoms(a, b atom) int {
	switch a := a.(type) {
	case string:
		b, _ := b.(string)
		return cmp.Compare(a, b)
	case UUID:
		b, _ := b.(UUID)
		return cmp.Compare(a, b)
	case int:
		b, _ := b.(int)
		return cmp.Compare(a, b)
	case float64:
		b, _ := b.(float64)
		return cmp.Compare(a, b)
	case bool:
		b, _ := b.(bool)
		switch {
		case a == b:
			return 0
		case b:
			return -1
		}
		return 1
	}
	return 0
}

func (d Datum) find(key atom) (int, bool) {
	return slices.BinarySearchFunc(d.keys, key, compareAtoms)
}

func (d Datum) equal(other Datum) bool {
	return slices.Equal(d.keys, other.keys) && slices.Equal(d.values, other.values)
}

// value is what a map holds for the key at i; nil for sets.
func (d Datum) value(i int) atom {
	if d.values == nil {
		return nil
	}
	return d.values[i]
}

// with returns the datum with the key added or, in a map, replaced. A nil value
// means that it is a set.
func (d Datum) with(key, value atom) Datum {
	i, found := d.find(key)
	out := Datum{keys: slices.Clone(d.keys), values: slices.Clone(d.values)}
	if !found {
		out.keys = slices.Insert(out.keys, i, key)
		if value != nil {
			out.values = slices.Insert(out.values, i, value)
		}
		return out
	}
	if value != nil {
		out.values[i] = value
	}
	return out
}

// without returns the datum without the key.
func (d Datum) without(key atom) Datum {
	i, found := d.find(key)
	if !found {
		return d
	}
	out := Datum{keys: slices.Delete(slices.Clone(d.keys), i, i+1)}
	if d.values != nil {
		out.values = slices.Delete(slices.Clone(d.values), i, i+1)
	}
	return out
}

// difference is what update2 calls the modification of a column that holds more
// than one value (ovsdb-server(7), "Update2 Notification"): the elements that
// came or went and, for maps, also those whose value changed.
func (d Datum) difference(old Datum) Datum {
	out := Datum{}
	for i, key := range old.keys {
		if _, found := d.find(key); !found {
			out = out.with(key, old.value(i))
		}
	}
	for i, key := range d.keys {
		if j, found := old.find(key); !found || old.value(j) != d.value(i) {
			out = out.with(key, d.value(i))
		}
	}
	return out
}

// MarshalJSON writes the notation of RFC 7047 §5.1. A set of one element is
// written as that element, as ovsdb-server does.
func (d Datum) MarshalJSON() ([]byte, error) {
	switch {
	case d.values != nil:
		return d.marshalMap()
	case len(d.keys) == 1:
		return json.Marshal(d.keys[0])
	case len(d.keys) == 0:
		return []byte(`["set",[]]`), nil
	default:
		return json.Marshal([]any{"set", d.keys})
	}
}

func (d Datum) marshalMap() ([]byte, error) {
	pairs := make([][2]atom, len(d.keys))
	for i := range d.keys {
		pairs[i] = [2]atom{d.keys[i], d.values[i]}
	}
	return json.Marshal([]any{"map", pairs})
}

// column is a column of the schema.
type column struct {
	*ovsdb.ColumnSchema
	name string
}

func (c column) key() *ovsdb.BaseType {
	if c.TypeObj == nil || c.TypeObj.Key == nil {
		return &ovsdb.BaseType{Type: c.Type}
	}
	return c.TypeObj.Key
}

func (c column) value() *ovsdb.BaseType {
	if c.TypeObj == nil {
		return nil
	}
	return c.TypeObj.Value
}

// limits are how many elements the column holds; max is -1 for "unlimited".
func (c column) limits() (low, high int) {
	if c.TypeObj == nil {
		return 1, 1
	}
	return c.TypeObj.Min(), c.TypeObj.Max()
}

// zero is what a new row has in the column: empty where that is allowed, else
// the type's default (RFC 7047 §5.2.1).
func (c column) zero() Datum {
	if low, _ := c.limits(); low == 0 {
		if c.value() != nil {
			return Datum{values: []atom{}}
		}
		return Datum{}
	}
	defaults := map[string]atom{
		ovsdb.TypeInteger: 0, ovsdb.TypeReal: 0.0, ovsdb.TypeBoolean: false, ovsdb.TypeString: "",
		ovsdb.TypeUUID: UUID("00000000-0000-0000-0000-000000000000"),
	}
	return Datum{keys: []atom{defaults[c.key().Type]}}
}

// refersTo is the table a value of the base type names, "" for none.
func refersTo(base *ovsdb.BaseType) (table string, weak bool) {
	if base == nil || base.Type != ovsdb.TypeUUID {
		return "", false
	}
	table, err := base.RefTable()
	if err != nil {
		return "", false
	}
	kind, _ := base.RefType()
	return table, kind == ovsdb.Weak
}

// parser reads the notation of RFC 7047 §5.1; names are the transaction's named UUIDs.
type parser struct {
	names map[string]UUID
}

// datum reads a column's value. It checks types and ranges, and the number of
// elements when whole (a mutation's argument need not be).
func (p parser) datum(c column, raw json.RawMessage, whole bool) (Datum, error) {
	var tagged []json.RawMessage
	tag := ""
	if err := json.Unmarshal(raw, &tagged); err == nil && len(tagged) == 2 {
		_ = json.Unmarshal(tagged[0], &tag)
	}
	var d Datum
	var err error
	switch {
	case tag == "map" && c.value() != nil:
		d, err = p.pairs(c, tagged[1])
	case tag == "set" && (c.value() == nil || !whole):
		d, err = p.elements(c, tagged[1])
	case c.value() != nil && whole:
		err = fmt.Errorf("expected a map")
	default:
		var a atom
		if a, err = p.atom(c.key(), raw); err == nil {
			d = Datum{keys: []atom{a}}
		}
	}
	if err != nil {
		return Datum{}, fmt.Errorf("column %s: %w", c.name, err)
	}
	if low, high := c.limits(); whole && (len(d.keys) < low || high >= 0 && len(d.keys) > high) {
		return Datum{}, fmt.Errorf("column %s: %d values where %d to %d are allowed", c.name, len(d.keys), low, high)
	}
	return d, nil
}

func (p parser) elements(c column, raw json.RawMessage) (Datum, error) {
	var d Datum
	var list []json.RawMessage
	if err := json.Unmarshal(raw, &list); err != nil {
		return d, err
	}
	for _, element := range list {
		a, err := p.atom(c.key(), element)
		if err != nil {
			return d, err
		}
		d = d.with(a, nil)
	}
	return d, nil
}

func (p parser) pairs(c column, raw json.RawMessage) (Datum, error) {
	d := Datum{values: []atom{}}
	var list [][2]json.RawMessage
	if err := json.Unmarshal(raw, &list); err != nil {
		return d, err
	}
	for _, pair := range list {
		k, err := p.atom(c.key(), pair[0])
		if err != nil {
			return d, err
		}
		v, err := p.atom(c.value(), pair[1])
		if err != nil {
			return d, err
		}
		d = d.with(k, v)
	}
	return d, nil
}

func (p parser) atom(base *ovsdb.BaseType, raw json.RawMessage) (atom, error) {
	switch base.Type {
	case ovsdb.TypeUUID:
		return p.uuid(raw)
	case ovsdb.TypeInteger:
		n, err := strconv.Atoi(string(raw))
		if err != nil {
			return nil, fmt.Errorf("expected an integer, not %s", raw)
		}
		low, lowErr := base.MinInteger()
		high, highErr := base.MaxInteger()
		if lowErr == nil && n < low || highErr == nil && n > high {
			return nil, fmt.Errorf("%d is not in the range %d to %d", n, low, high)
		}
		return n, nil
	case ovsdb.TypeReal:
		var f float64
		err := json.Unmarshal(raw, &f)
		return f, err
	case ovsdb.TypeBoolean:
		var b bool
		err := json.Unmarshal(raw, &b)
		return b, err
	default:
		var s string
		if err := json.Unmarshal(raw, &s); err != nil {
			return nil, fmt.Errorf("expected a string, not %s", raw)
		}
		if len(base.Enum) > 0 && !slices.Contains(base.Enum, any(s)) {
			return nil, fmt.Errorf("%q is not one of the allowed values", s)
		}
		return s, nil
	}
}

func (p parser) uuid(raw json.RawMessage) (atom, error) {
	var pair [2]string
	if err := json.Unmarshal(raw, &pair); err != nil {
		return nil, fmt.Errorf("expected a UUID, not %s", raw)
	}
	switch pair[0] {
	case "uuid":
		if !ovsdb.IsValidUUID(pair[1]) {
			return nil, fmt.Errorf("%q is not a UUID", pair[1])
		}
		return UUID(pair[1]), nil
	case "named-uuid":
		// RFC 7047 §5.1: a name that no insert of the transaction has is an error.
		if id, ok := p.names[pair[1]]; ok {
			return id, nil
		}
		return nil, fmt.Errorf("no row is named %q in this transaction", pair[1])
	}
	return nil, fmt.Errorf("expected a UUID, not %s", raw)
}

// Empty reports whether the datum has no elements.
func (d Datum) Empty() bool { return len(d.keys) == 0 }
