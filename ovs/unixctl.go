package ovs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// unixctlTimeout bounds a call to the daemon's control socket. A purge took
// 0.4 ms when F1 was studied; a hung daemon must not hang us.
const unixctlTimeout = 2 * time.Second

// purgeFlows makes running flows pick up a changed mirror (F1). It costs one
// burst of upcalls, so Apply calls it once per change.
func purgeFlows(ctx context.Context, runDir string) error {
	if runDir == "" {
		return errors.New("purging datapath flows: ovs-vswitchd runs on another host, so its control socket cannot be reached")
	}
	if _, err := callVswitchd(ctx, runDir, "revalidator/purge"); err != nil {
		return fmt.Errorf("purging datapath flows: %w", err)
	}
	return nil
}

// callVswitchd calls a method of ovs-vswitchd's control socket: JSON-RPC 1.0 with
// strings as parameters, what ovs-appctl(8) speaks.
func callVswitchd(ctx context.Context, runDir, method string, params ...string) (string, error) {
	path, err := controlSocket(runDir)
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, unixctlTimeout)
	defer cancel()
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "unix", path)
	if err != nil {
		return "", err
	}
	defer func() { _ = conn.Close() }()
	if deadline, ok := ctx.Deadline(); ok {
		_ = conn.SetDeadline(deadline)
	}
	if params == nil {
		params = []string{}
	}
	request := map[string]any{"id": 0, "method": method, "params": params}
	if err := json.NewEncoder(conn).Encode(request); err != nil {
		return "", err
	}
	var reply struct {
		Result *string `json:"result"`
		Error  *string `json:"error"`
	}
	if err := json.NewDecoder(conn).Decode(&reply); err != nil {
		return "", fmt.Errorf("reading the answer to %s: %w", method, err)
	}
	if reply.Error != nil {
		return "", fmt.Errorf("%s: %s", method, clean(strings.TrimSpace(*reply.Error)))
	}
	return deref(reply.Result), nil
}

// controlSocket finds ovs-vswitchd's control socket: ovs-vswitchd.PID.ctl, the PID
// from ovs-vswitchd.pid (ovs-vswitchd(8)).
func controlSocket(runDir string) (string, error) {
	pid, err := os.ReadFile(filepath.Join(runDir, "ovs-vswitchd.pid"))
	if err != nil {
		return "", fmt.Errorf("finding ovs-vswitchd's control socket: %w", err)
	}
	return filepath.Join(runDir, "ovs-vswitchd."+strings.TrimSpace(string(pid))+".ctl"), nil
}
