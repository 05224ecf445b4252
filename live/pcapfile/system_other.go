//go:build !linux

package pcapfile

import "runtime"

func systemName() string { return runtime.GOOS }
