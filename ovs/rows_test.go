package ovs

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/ovn-kubernetes/libovsdb/ovsdb"
)

// serverSchema is what a server answers to get_schema, cut to what a test needs.
func serverSchema(t *testing.T, mirrorColumns string) ovsdb.DatabaseSchema {
	t.Helper()
	text := `{"name": "Open_vSwitch", "version": "8.3.0", "tables": {
		"Open_vSwitch": {"columns": {"cur_cfg": {"type": "integer"}}},
		"Bridge": {"columns": {"name": {"type": "string"}}},
		"Port": {"columns": {"name": {"type": "string"}}},
		"Interface": {"columns": {"name": {"type": "string"}}},
		"Mirror": {"columns": {` + mirrorColumns + `}}}}`
	var s ovsdb.DatabaseSchema
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestOlderAndNewerSchemasAreTolerated(t *testing.T) {
	const optionalString = `{"type": {"key": "string", "min": 0, "max": 1}}`
	for name, test := range map[string]struct {
		mirror string
		want   []string
	}{
		"before 3.4, without filter":      {`"name": {"type": "string"}`, []string{"name"}},
		"3.4, with filter":                {`"name": {"type": "string"}, "filter": ` + optionalString, []string{"filter", "name"}},
		"later, filter of another type":   {`"name": {"type": "string"}, "filter": {"type": "integer"}`, []string{"name"}},
		"later, a column we do not know":  {`"name": {"type": "string"}, "colour": {"type": "string"}`, []string{"name"}},
		"a column that we use is missing": {`"filter": ` + optionalString, []string{"filter"}},
	} {
		t.Run(name, func(t *testing.T) {
			server := serverSchema(t, test.mirror)
			columns, err := fit(server)
			if err != nil {
				t.Fatal(err)
			}
			if got := slices.Sorted(slices.Values(columns["Mirror"])); !slices.Equal(got, test.want) {
				t.Errorf("monitors %v, want %v", got, test.want)
			}
		})
	}
}

func TestAnotherDatabaseIsRefused(t *testing.T) {
	server := serverSchema(t, "")
	delete(server.Tables, "Mirror")
	if _, err := fit(server); err == nil {
		t.Error("a database without mirrors passes for Open vSwitch")
	}
}
