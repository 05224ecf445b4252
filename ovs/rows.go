package ovs

import (
	"fmt"
	"reflect"

	"github.com/ovn-kubernetes/libovsdb/ovsdb"

	"ovscope/ovs/schema"
	"ovscope/ovs/wire"
)

// tables are the structs of package schema by table.
func tables() map[string]reflect.Type {
	return map[string]reflect.Type{
		schema.TableOpenVSwitch: reflect.TypeFor[schema.OpenVSwitch](),
		schema.TableBridge:      reflect.TypeFor[schema.Bridge](),
		schema.TablePort:        reflect.TypeFor[schema.Port](),
		schema.TableInterface:   reflect.TypeFor[schema.Interface](),
		schema.TableMirror:      reflect.TypeFor[schema.Mirror](),
	}
}

// fit tells by table which columns of our structs a server of any release has: to
// ask for others is an error. Columns that have another type there are left out, too.
func fit(server ovsdb.DatabaseSchema) (map[string][]string, error) {
	columns := map[string][]string{}
	for name, kind := range tables() {
		table := server.Table(name)
		if table == nil {
			return nil, fmt.Errorf("database %s has no table %s: is this Open vSwitch?", server.Name, name)
		}
		columns[name] = []string{}
		for i := range kind.NumField() {
			field := kind.Field(i)
			column := field.Tag.Get(wire.ColumnTag)
			if column == "_uuid" {
				continue
			}
			if has := table.Column(column); has != nil && ovsdb.NativeType(has) == field.Type {
				columns[name] = append(columns[name], column)
			}
		}
	}
	return columns, nil
}
