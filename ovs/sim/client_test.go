package sim

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-logr/logr"
	"github.com/ovn-kubernetes/libovsdb/client"
	"github.com/ovn-kubernetes/libovsdb/model"
	"github.com/ovn-kubernetes/libovsdb/ovsdb"

	"ovscope/ovs/schema"
)

// remote is a libovsdb client of the switch, the library that ovscope uses.
type remote struct {
	t *testing.T
	client.Client
}

func connect(t *testing.T, s *Switch) *remote {
	t.Helper()
	tables := map[string]model.Model{
		schema.TableOpenVSwitch: &schema.OpenVSwitch{}, schema.TableBridge: &schema.Bridge{},
		schema.TablePort: &schema.Port{}, schema.TableInterface: &schema.Interface{},
		schema.TableMirror: &schema.Mirror{},
	}
	models, err := model.NewClientDBModel(schema.Database, tables)
	if err != nil {
		t.Fatal(err)
	}
	silent := logr.Discard()
	c, err := client.NewOVSDBClient(models, client.WithEndpoint(s.Endpoint()), client.WithLogger(&silent))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := c.Connect(ctx); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	monitor := c.NewMonitor()
	for name, row := range tables {
		columns := client.TableMonitor{Table: name}
		for field := range reflect.TypeOf(row).Elem().Fields() {
			if column := field.Tag.Get("ovsdb"); column != "_uuid" {
				columns.Fields = append(columns.Fields, column)
			}
		}
		monitor.Tables = append(monitor.Tables, columns)
	}
	if _, err := c.Monitor(ctx, monitor); err != nil {
		t.Fatal(err)
	}
	return &remote{t, c}
}

// try runs a transaction written as JSON, UUIDs and all.
func (r *remote) try(operations string) []ovsdb.OperationResult {
	r.t.Helper()
	var ops []ovsdb.Operation
	if err := json.Unmarshal([]byte(operations), &ops); err != nil {
		r.t.Fatalf("%v in %s", err, operations)
	}
	results, err := r.Transact(r.t.Context(), ops...)
	if err != nil {
		r.t.Fatal(err)
	}
	return results
}

// do runs a transaction, asks vswitchd to take it up and waits until it has.
func (r *remote) do(operations string) {
	r.t.Helper()
	results := r.try(operations[:len(operations)-1] + `,
		{"op":"mutate","table":"Open_vSwitch","where":[],"mutations":[["next_cfg","+=",1]]},
		{"op":"select","table":"Open_vSwitch","where":[],"columns":["next_cfg"]}]`)
	for i, result := range results {
		if result.Error != "" {
			r.t.Fatalf("operation %d: %s: %s", i, result.Error, result.Details)
		}
	}
	row := results[len(results)-1].Rows[0]
	next, ok := row["next_cfg"].(float64)
	if !ok || len(row) != 1 {
		r.t.Fatalf("select next_cfg gave %v", row)
	}
	r.eventually(func() bool { return only[schema.OpenVSwitch](r).CurCfg >= int(next) })
	// The cache takes an update up table by table; an answer comes after all of it.
	if err := r.Echo(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
}

func (r *remote) eventually(ok func() bool) {
	r.t.Helper()
	for deadline := time.Now().Add(5 * time.Second); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			r.t.Fatal("it did not happen within 5 s")
		}
	}
}

func rows[M any](r *remote, keep func(*M) bool) []M {
	r.t.Helper()
	var found []M
	if err := r.WhereCache(keep).List(r.t.Context(), &found); err != nil {
		r.t.Fatal(err)
	}
	return found
}

func only[M any](r *remote) M {
	r.t.Helper()
	found := rows(r, func(*M) bool { return true })
	if len(found) != 1 {
		r.t.Fatalf("%d rows of %T, want 1", len(found), *new(M))
	}
	return found[0]
}

func (r *remote) port(name string) string {
	r.t.Helper()
	found := rows(r, func(p *schema.Port) bool { return p.Name == name })
	if len(found) != 1 {
		r.t.Fatalf("%d ports named %s", len(found), name)
	}
	return found[0].UUID
}

func (r *remote) mirror(name string) *schema.Mirror {
	r.t.Helper()
	found := rows(r, func(m *schema.Mirror) bool { return m.Name == name })
	if len(found) == 0 {
		return nil
	}
	return &found[0]
}

// lease makes an internal port "copies" and a mirror "m" that outputs to it, as
// ovscope does. Port are more columns of the port, mirror of the mirror, in JSON.
func (r *remote) lease(port, mirror string) {
	r.t.Helper()
	r.do(fmt.Sprintf(`[
		{"op":"comment","comment":"ovscope: create a lease"},
		{"op":"insert","table":"Interface","uuid-name":"i","row":{"name":"copies","type":"internal","mtu_request":1400}},
		{"op":"insert","table":"Port","uuid-name":"p","row":{"name":"copies","interfaces":["named-uuid","i"]%s}},
		{"op":"insert","table":"Mirror","uuid-name":"m","row":{"name":"m","output_port":["named-uuid","p"]%s}},
		{"op":"mutate","table":"Bridge","where":[["name","==","br-int"]],"mutations":[
			["ports","insert",["set",[["named-uuid","p"]]]],["mirrors","insert",["set",[["named-uuid","m"]]]]]}]`, port, mirror))
}

// set is a set of references to ports, in JSON.
func (r *remote) set(names ...string) string {
	r.t.Helper()
	ids := make([][2]string, len(names))
	for i, name := range names {
		ids[i] = [2]string{"uuid", r.port(name)}
	}
	text, err := json.Marshal([]any{"set", ids})
	if err != nil {
		r.t.Fatal(err)
	}
	return string(text)
}

func TestSceneShowsWhatCanBeMet(t *testing.T) {
	r := connect(t, start(t))
	bridges := rows(r, func(*schema.Bridge) bool { return true })
	if len(bridges) != 2 {
		t.Errorf("%d bridges, want 2", len(bridges))
	}
	guests := rows(r, func(i *schema.Interface) bool { return i.ExternalIDs["vm-name"] != "" })
	if len(guests) < 12 {
		t.Errorf("%d guests, want a dozen", len(guests))
	}
	has := func(what string, keep func(*schema.Port) bool) {
		t.Helper()
		if len(rows(r, keep)) == 0 {
			t.Errorf("there is no %s", what)
		}
	}
	for _, vlan := range []int{10, 20, 30} {
		has(fmt.Sprintf("access port in VLAN %d", vlan), func(p *schema.Port) bool { return p.Tag != nil && *p.Tag == vlan })
	}
	has("trunk", func(p *schema.Port) bool { return len(p.Trunks) > 1 })
	has("QinQ port", func(p *schema.Port) bool { return p.VLANMode != nil && *p.VLANMode == "dot1q-tunnel" })
	has("bond", func(p *schema.Port) bool { return len(p.Interfaces) == 2 })

	for name, keep := range map[string]func(*schema.Interface) bool{
		"error":  func(i *schema.Interface) bool { return i.Error != nil && i.OFPort != nil && *i.OFPort == -1 },
		"down":   func(i *schema.Interface) bool { return i.LinkState != nil && *i.LinkState == "down" },
		"uplink": func(i *schema.Interface) bool { return i.Name == "eth0" && i.Type == "" && *i.LinkState == "up" },
		"local":  func(i *schema.Interface) bool { return i.Name == "br-int" && *i.OFPort == 65534 && *i.MTU == 1500 },
	} {
		if n := len(rows(r, keep)); n != 1 {
			t.Errorf("%d interfaces: %s, want 1", n, name)
		}
	}
	if n := len(rows(r, func(i *schema.Interface) bool { return i.Type == "patch" })); n != 2 {
		t.Errorf("%d patch ports, want 2", n)
	}
	span := only[schema.Mirror](r)
	if span.Name != "ids-span" || *span.OutputPort != r.port("tap-ids") || len(span.Statistics) != 0 {
		t.Errorf("the foreign mirror is %+v", span)
	}
}

func TestNewPortComesUpWithTheMTUAskedFor(t *testing.T) {
	s := start(t)
	r := connect(t, s)
	r.lease("", "")
	found := rows(r, func(i *schema.Interface) bool { return i.Name == "copies" })
	if len(found) != 1 {
		t.Fatalf("%d interfaces", len(found))
	}
	i := found[0]
	if *i.OFPort < 1 || *i.LinkState != "up" || *i.MTU != 1400 || i.MACInUse == nil || i.Error != nil {
		t.Errorf("the new interface is %+v", i)
	}
}

func TestWaitGuardsATransaction(t *testing.T) {
	r := connect(t, start(t))
	mirror, port := r.mirror("ids-span").UUID, r.port("tap-mail")
	guarded := func(name string) []ovsdb.OperationResult {
		return r.try(fmt.Sprintf(`[
			{"op":"wait","table":"Port","timeout":0,"columns":["name"],"until":"==","rows":[{"name":%q}],"where":[["_uuid","==",["uuid",%q]]]},
			{"op":"mutate","table":"Mirror","where":[["_uuid","==",["uuid",%q]]],"mutations":[["select_src_port","insert",["set",[["uuid",%q]]]]]}]`,
			name, port, mirror, port))
	}
	if got := guarded("tap-other"); got[0].Error != "timed out" {
		t.Errorf("a guard that does not hold gave %+v", got)
	}
	if n := len(r.mirror("ids-span").SelectSrcPort); n != 2 {
		t.Errorf("the refused transaction left %d sources", n)
	}
	if got := guarded("tap-mail"); got[0].Error != "" || got[1].Count != 1 {
		t.Errorf("a guard that holds gave %+v", got)
	}
	r.eventually(func() bool { return slices.Contains(r.mirror("ids-span").SelectSrcPort, port) })

	empty := fmt.Sprintf(`[{"op":"wait","table":"Mirror","timeout":0,"columns":["output_port"],"until":"==",
		"rows":[{"output_port":["set",[]]}],"where":[["_uuid","==",["uuid",%q]]]}]`, mirror)
	if got := r.try(empty); got[0].Error != "timed out" {
		t.Errorf("waiting for no output on a mirror that has one gave %+v", got)
	}
}

func TestWeakReferencesVanish(t *testing.T) {
	r := connect(t, start(t))
	mirror := r.mirror("ids-span").UUID
	stale := "11111111-2222-4333-8444-555555555555"
	got := r.try(fmt.Sprintf(`[{"op":"update","table":"Mirror","where":[["_uuid","==",["uuid",%q]]],"row":{"output_port":["uuid",%q]}}]`,
		mirror, stale))
	if got[0].Count != 1 || got[0].Error != "" {
		t.Errorf("writing a stale output gave %+v", got)
	}
	r.eventually(func() bool { return r.mirror("ids-span").OutputPort == nil })

	// A port that goes takes its entries along; another output is not touched.
	r.do(fmt.Sprintf(`[{"op":"update","table":"Mirror","where":[["_uuid","==",["uuid",%q]]],"row":{"output_port":["uuid",%q]}}]`,
		mirror, r.port("tap-nas")))
	gone := r.port("tap-web-1")
	r.do(fmt.Sprintf(`[
		{"op":"update","table":"Mirror","where":[["_uuid","==",["uuid",%q]]],"row":{"output_port":["uuid",%q]}},
		{"op":"mutate","table":"Bridge","where":[["name","==","br-int"]],"mutations":[["ports","delete",["set",[["uuid",%q],["uuid",%q]]]]]}]`,
		mirror, r.port("tap-ids"), gone, r.port("tap-nas")))
	m := r.mirror("ids-span")
	if slices.Contains(m.SelectSrcPort, gone) || len(m.SelectDstPort) != 1 {
		t.Errorf("the mirror still selects the port that went: %+v", m)
	}
	if m.OutputPort == nil || *m.OutputPort != r.port("tap-ids") {
		t.Errorf("the output moved to %v", m.OutputPort)
	}
	if n := len(rows(r, func(i *schema.Interface) bool { return i.Name == "tap-web-1" })); n != 0 {
		t.Error("the port's interface stayed")
	}
}

func TestMirrorGoesWhenNoBridgeListsIt(t *testing.T) {
	r := connect(t, start(t))
	mirror := r.mirror("ids-span").UUID
	got := r.try(fmt.Sprintf(`[{"op":"delete","table":"Mirror","where":[["_uuid","==",["uuid",%q]]]}]`, mirror))
	if len(got) != 2 || got[1].Error != "referential integrity violation" {
		t.Errorf("deleting the row itself gave %+v, want an extra error (F17, F18)", got)
	}
	r.do(fmt.Sprintf(`[{"op":"mutate","table":"Bridge","where":[["name","==","br-int"]],"mutations":[["mirrors","delete",["set",[["uuid",%q]]]]]}]`, mirror))
	if r.mirror("ids-span") != nil {
		t.Error("the mirror stayed")
	}
	got = r.try(fmt.Sprintf(`[{"op":"mutate","table":"Mirror","where":[["_uuid","==",["uuid",%q]]],"mutations":[["select_vlan","insert",10]]}]`, mirror))
	if got[0].Count != 0 || got[0].Error != "" {
		t.Errorf("mutating a row that is gone gave %+v (F17)", got)
	}
}

func TestMutatingMaps(t *testing.T) {
	r := connect(t, start(t))
	change := func(mutator, value string) map[string]string {
		r.do(fmt.Sprintf(`[{"op":"mutate","table":"Mirror","where":[["name","==","ids-span"]],"mutations":[["external_ids",%q,%s]]}]`, mutator, value))
		return r.mirror("ids-span").ExternalIDs
	}
	for _, c := range []struct{ mutator, value, want string }{
		{"insert", `["map",[["a","1"],["b","2"]]]`, "map[a:1 b:2 contact:netops@example.net]"},
		{"insert", `["map",[["a","9"]]]`, "map[a:1 b:2 contact:netops@example.net]"},
		{"delete", `["map",[["a","9"]]]`, "map[a:1 b:2 contact:netops@example.net]"},
		{"delete", `["map",[["a","1"]]]`, "map[b:2 contact:netops@example.net]"},
		{"delete", `["set",["b","c"]]`, "map[contact:netops@example.net]"},
		{"delete", `"contact"`, "map[]"},
	} {
		if got := fmt.Sprint(change(c.mutator, c.value)); got != c.want {
			t.Errorf("%s %s gave %s, want %s", c.mutator, c.value, got, c.want)
		}
	}
}

func TestSchemaIsEnforced(t *testing.T) {
	s := start(t)
	conn, err := net.Dial("unix", s.path("db.sock")) // libovsdb refuses most of these itself
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	answers := json.NewDecoder(conn)
	for name, c := range map[string]struct{ operations, want string }{
		"snaplen too small": {`[{"op":"update","table":"Mirror","where":[],"row":{"snaplen":13}}]`, "constraint violation"},
		"no such column":    {`[{"op":"update","table":"Mirror","where":[],"row":{"colour":"red"}}]`, "unknown column"},
		"wrong type":        {`[{"op":"update","table":"Mirror","where":[],"row":{"select_all":7}}]`, "constraint violation"},
		"immutable name":    {`[{"op":"update","table":"Port","where":[],"row":{"name":"x"}}]`, "constraint violation"},
		"a bad vlan_mode":   {`[{"op":"update","table":"Port","where":[],"row":{"vlan_mode":"hybrid"}}]`, "constraint violation"},
		"port name twice": {`[{"op":"insert","table":"Interface","uuid-name":"i","row":{"name":"other"}},
			{"op":"insert","table":"Port","uuid-name":"p","row":{"name":"eth0","interfaces":["named-uuid","i"]}},
			{"op":"mutate","table":"Bridge","where":[["name","==","br-int"]],"mutations":[["ports","insert",["named-uuid","p"]]]}]`, "constraint violation"},
	} {
		fmt.Fprintf(conn, `{"id":1,"method":"transact","params":["Open_vSwitch",%s]}`, c.operations[1:len(c.operations)-1])
		var answer struct{ Result []map[string]any }
		if err := answers.Decode(&answer); err != nil {
			t.Fatal(err)
		}
		if last := answer.Result[len(answer.Result)-1]; last["error"] != c.want {
			t.Errorf("%s: %v, want %q", name, answer.Result, c.want)
		}
	}
}

func TestEveryColumnThatOvscopeReadsIsThere(t *testing.T) {
	r := connect(t, start(t)) // libovsdb refuses a model with columns the schema lacks
	if r.Schema().Version != schemaVersion {
		t.Errorf("schema version %s", r.Schema().Version)
	}
}

func TestMonitorsOfAllKindsHearOfChanges(t *testing.T) {
	s := start(t)
	r := connect(t, s)
	for method, want := range map[string]string{
		"monitor":            `{"id":null,"method":"update","params":["m",{"Mirror":{"ID":{"new":{"name":"ids-span","snaplen":64},"old":{"snaplen":["set",[]]}}}}]}`,
		"monitor_cond":       `{"id":null,"method":"update2","params":["m",{"Mirror":{"ID":{"modify":{"snaplen":64}}}}]}`,
		"monitor_cond_since": `{"id":null,"method":"update3","params":["m","TXN",{"Mirror":{"ID":{"modify":{"snaplen":64}}}}]}`,
	} {
		t.Run(method, func(t *testing.T) {
			r.do(`[{"op":"update","table":"Mirror","where":[],"row":{"snaplen":["set",[]]}}]`)
			conn, err := net.Dial("unix", s.path("db.sock"))
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			answers := json.NewDecoder(conn)
			fmt.Fprintf(conn, `{"id":1,"method":%q,"params":["Open_vSwitch","m",{"Mirror":[{"columns":["name","snaplen"]}]}]}`, method)
			var initial, update json.RawMessage
			if err := answers.Decode(&initial); err != nil {
				t.Fatal(err)
			}
			r.do(`[{"op":"update","table":"Mirror","where":[],"row":{"snaplen":64,"filter":"ip"}}]`)
			if err := answers.Decode(&update); err != nil {
				t.Fatal(err)
			}
			got := strings.Replace(string(update), r.mirror("ids-span").UUID, "ID", 1)
			got = regexp.MustCompile(`"0000[-0-9a-f]+"`).ReplaceAllString(got, `"TXN"`)
			if got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}
