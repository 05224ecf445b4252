package wire

import (
	"context"
	"fmt"
	"reflect"
)

// Select runs a transaction of select operations and returns the rows that they
// found, all together, as structs whose fields are tagged like a replica's. It is
// for what is read every few seconds.
func Select[T any](ctx context.Context, c *Conn, database string, operations ...any) ([]*T, error) {
	kind := reflect.TypeFor[T]()
	t := &table{kind: kind, columns: map[string]int{}}
	for i := range kind.NumField() {
		t.columns[kind.Field(i).Tag.Get(ColumnTag)] = i
	}
	var rows []*T
	err := c.call(ctx, "transact", append([]any{database}, operations...), func(result []byte) error {
		p := &parser{b: result, known: map[string]string{}}
		var fault Fault
		p.array(func() {
			if p.peek() == 'n' { // null: not carried out, because one before has failed
				p.scalar()
				return
			}
			p.object(func(key string) {
				switch key {
				case "rows":
					p.array(func() {
						row := new(T)
						t.read(p, reflect.ValueOf(row).Elem(), set)
						rows = append(rows, row)
					})
				case "error":
					fault.Code = p.string()
				case "details":
					fault.Details = p.string()
				default:
					p.raw()
				}
			})
		})
		switch {
		case p.err != nil:
			return fmt.Errorf("reading rows: %w", p.err)
		case fault.Code != "":
			return &fault
		}
		return nil
	})
	return rows, err
}
