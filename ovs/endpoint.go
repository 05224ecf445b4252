package ovs

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// defaultRunDir is where Open vSwitch puts its sockets unless OVS_RUNDIR says otherwise.
const defaultRunDir = "/var/run/openvswitch"

// RunDir is the directory of OVS's sockets on this host: OVS_RUNDIR, or OVS's default.
func RunDir() string {
	if dir := os.Getenv("OVS_RUNDIR"); dir != "" {
		return dir
	}
	return defaultRunDir
}

// DefaultEndpoint is the OVSDB server of this host.
func DefaultEndpoint() string { return "unix:" + filepath.Join(RunDir(), "db.sock") }

// CheckEndpoint reports what is wrong with an endpoint as a user typed it.
func CheckEndpoint(endpoint string) error {
	_, _, err := networkAddress(endpoint)
	return err
}

// networkAddress turns an endpoint as ovs-vsctl takes it into what package net does.
func networkAddress(endpoint string) (network, address string, err error) {
	method, address, ok := strings.Cut(endpoint, ":")
	switch {
	case !ok:
	case method == "unix" && address != "":
		return method, address, nil
	case method == "tcp" || method == "ssl":
		host, port, err := net.SplitHostPort(address)
		if err != nil || host == "" || port == "" {
			return "", "", fmt.Errorf("endpoint %q: want %s:HOST:PORT", endpoint, method)
		}
		return "tcp", address, nil
	}
	return "", "", fmt.Errorf("endpoint %q: want unix:PATH, tcp:HOST:PORT or ssl:HOST:PORT", endpoint)
}

// controlDir is where the control socket of that server's ovs-vswitchd should lie,
// "" when it is on another host.
func controlDir(endpoint string) string {
	method, address, _ := strings.Cut(endpoint, ":")
	if method == "unix" {
		return filepath.Dir(address)
	}
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return ""
	}
	if ip := net.ParseIP(host); host == "localhost" || ip != nil && ip.IsLoopback() {
		return RunDir()
	}
	return ""
}

// isLocal reports whether the database is reached through a socket of this host.
func isLocal(endpoint string) bool { return strings.HasPrefix(endpoint, "unix:") }

// explainConnect adds what to do next to the errors that people meet most.
func explainConnect(endpoint string, err error) error {
	hint := ""
	path, isUnix := strings.CutPrefix(endpoint, "unix:")
	var verify *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	switch {
	case isUnix && errors.Is(err, fs.ErrNotExist):
		hint = fmt.Sprintf("there is no socket %s; is Open vSwitch running (package openvswitch-switch, service openvswitch-switch)? Another place: --db or OVS_RUNDIR. Without OVS: ovscope --demo", path)
		err = fs.ErrNotExist
	case isUnix && errors.Is(err, fs.ErrPermission):
		hint = fmt.Sprintf("permission denied on %s; run ovscope as root", path)
		err = fs.ErrPermission
	case isUnix && errors.Is(err, syscall.ECONNREFUSED):
		hint = fmt.Sprintf("the socket %s is there but no ovsdb-server answers; is it running?", path)
		err = syscall.ECONNREFUSED
	case errors.As(err, &verify), errors.As(err, &authority):
		hint = fmt.Sprintf("the server's certificate is not signed by that CA: check --ca-cert (%v)", err)
	}
	switch {
	case hint != "":
	case errors.Is(err, context.DeadlineExceeded) || strings.Contains(err.Error(), context.DeadlineExceeded.Error()):
		hint = fmt.Sprintf("no answer within %v; is ovsdb-server hung, or a firewall in the way?", connectTimeout)
		err = context.DeadlineExceeded
	case errors.Is(err, syscall.ECONNREFUSED):
		hint = "connection refused; does ovsdb-server listen there (ovs-vsctl get-manager, ptcp: or pssl:)?"
		err = syscall.ECONNREFUSED
	case strings.HasPrefix(endpoint, "ssl:") && closedByServer(err):
		hint = "the server ended the TLS connection: either it does not trust our certificate (--certificate must be signed by the CA that ovsdb-server was given), or that port does not speak TLS"
	default:
		hint = clean(err.Error())
	}
	return &hintError{hint, err}
}

// closedByServer reports whether the server hung up, as it does on a certificate
// that it does not trust: in TLS 1.3 that comes after the handshake, with the first
// request.
func closedByServer(err error) bool {
	text := err.Error()
	for _, sign := range []string{"EOF", "broken pipe", "connection reset", "remote error: tls", "first record does not look like a TLS handshake", "not connected"} {
		if strings.Contains(text, sign) {
			return true
		}
	}
	return false
}

// hintError replaces a chain of wrapped words by one sentence, and keeps the cause
// for errors.Is.
type hintError struct {
	hint string
	err  error
}

func (e *hintError) Error() string { return e.hint }
func (e *hintError) Unwrap() error { return e.err }

// LoadTLS reads the files of ovs-vsctl's options of the same names. As there, the
// server must show a certificate signed by caCert; its name is not compared,
// because OVS's own PKI (ovs-pki(8)) does not put host names into certificates.
func LoadTLS(privateKey, certificate, caCert string) (*tls.Config, error) {
	if privateKey == "" || certificate == "" || caCert == "" {
		return nil, errors.New("ssl: endpoints need --private-key, --certificate and --ca-cert")
	}
	pair, err := tls.LoadX509KeyPair(certificate, privateKey)
	if err != nil {
		return nil, fmt.Errorf("loading --certificate and --private-key: %w", err)
	}
	pem, err := os.ReadFile(caCert)
	if err != nil {
		return nil, fmt.Errorf("loading --ca-cert: %w", err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("loading --ca-cert: no certificate in %s", caCert)
	}
	return &tls.Config{
		Certificates: []tls.Certificate{pair},
		MinVersion:   tls.VersionTLS12,
		// The check is done below, without the name.
		InsecureSkipVerify: true, //nolint:gosec // VerifyConnection verifies the chain
		VerifyConnection: func(state tls.ConnectionState) error {
			options := x509.VerifyOptions{Roots: roots, Intermediates: x509.NewCertPool()}
			for _, cert := range state.PeerCertificates[1:] {
				options.Intermediates.AddCert(cert)
			}
			_, err := state.PeerCertificates[0].Verify(options)
			return err
		},
	}, nil
}
