package ovs

import (
	"fmt"
	"reflect"

	"github.com/ovn-kubernetes/libovsdb/cache"
	"github.com/ovn-kubernetes/libovsdb/client"
	"github.com/ovn-kubernetes/libovsdb/model"
	"github.com/ovn-kubernetes/libovsdb/ovsdb"

	"ovscope/ovs/schema"
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

// columnTag is the struct tag by which libovsdb and package schema name columns.
const columnTag = "ovsdb"

// fit makes the database model that a server of any release accepts: libovsdb
// refuses a struct with a column that the server does not have, so columns that
// are absent there (or have another type) are left out of the struct. It also
// returns the monitor that asks for exactly the columns that remain.
func fit(server ovsdb.DatabaseSchema) (model.ClientDBModel, []client.TableMonitor, error) {
	models := map[string]model.Model{}
	var monitors []client.TableMonitor
	for name, full := range tables() {
		table := server.Table(name)
		if table == nil {
			return model.ClientDBModel{}, nil, fmt.Errorf("database %s has no table %s: is this Open vSwitch?", server.Name, name)
		}
		var fields []reflect.StructField
		var columns []string
		for i := range full.NumField() {
			field := full.Field(i)
			column := field.Tag.Get(columnTag)
			if column == "_uuid" {
				fields = append(fields, field)
				continue
			}
			if has := table.Column(column); has != nil && ovsdb.NativeType(has) == field.Type {
				fields = append(fields, field)
				columns = append(columns, column)
			}
		}
		fitting := full
		if len(fields) < full.NumField() {
			fitting = reflect.StructOf(fields)
		}
		models[name] = reflect.New(fitting).Interface()
		monitors = append(monitors, client.TableMonitor{Table: name, Fields: columns})
	}
	dbModel, err := model.NewClientDBModel(server.Name, models)
	if err != nil {
		return model.ClientDBModel{}, nil, fmt.Errorf("fitting to the server's schema %s: %w", server.Version, err)
	}
	return dbModel, monitors, nil
}

// rows reads a table of libovsdb's cache into the full structs of package schema,
// by UUID. Rows are shared with the cache: read only.
func rows[T any](c *cache.TableCache, table string) map[string]*T {
	cached := c.Table(table)
	if cached == nil {
		return nil
	}
	shallow := cached.RowsShallow()
	out := make(map[string]*T, len(shallow))
	for id, row := range shallow {
		if full, ok := row.(*T); ok {
			out[id] = full
			continue
		}
		full := new(T)
		copyFields(reflect.ValueOf(full).Elem(), reflect.ValueOf(row).Elem())
		out[id] = full
	}
	return out
}

// copyFields copies the fields of a fitted struct into the full one, by name.
func copyFields(full, fitted reflect.Value) {
	t := fitted.Type()
	for i := range t.NumField() {
		full.FieldByName(t.Field(i).Name).Set(fitted.Field(i))
	}
}
