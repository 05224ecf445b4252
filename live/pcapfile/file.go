package pcapfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/charmbracelet/x/term"
)

// ErrTerminal says that packets would have been written to a terminal.
var ErrTerminal = errors.New("standard output is a terminal; redirect it to a file or a program")

// file is a file that is written under another name until it is complete.
type file struct {
	*os.File
	path string // what it is to be called
	temp string // what it is called; "" if it is a pipe
}

// Create returns a Writer to a new file. The packets are in a temporary file
// beside it until Close gives it its name, so a crash never costs an older file
// of that name. "-" is standard output.
//
// An existing file is replaced only if it is empty or a capture itself
// (ErrNotCapture, wrapped, if not); the new one has its permissions, else 0600.
// Named pipes and /dev/null are written to; other devices and directories are refused.
func Create(path string, o Options) (*Writer, error) {
	if path == "-" {
		if term.IsTerminal(os.Stdout.Fd()) {
			return nil, ErrTerminal
		}
		return newWriter(os.Stdout, "standard output", o)
	}
	f, err := create(path)
	if err != nil {
		return nil, fmt.Errorf("creating %s: %w", path, reason(err))
	}
	w, err := newWriter(f, path, o)
	if err != nil {
		return nil, errors.Join(err, f.discard())
	}
	w.file = f
	return w, nil
}

func create(path string) (*file, error) {
	if path == "" {
		return nil, errors.New("the name is empty")
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if target, err := os.Readlink(path); err == nil {
			return nil, fmt.Errorf("it is a symbolic link to %s, which does not exist", target)
		}
		return createBeside(path, 0o600)
	case err != nil:
		return nil, err
	case info.IsDir():
		return nil, errors.New("it is a directory; name a file in it")
	case info.Mode()&fs.ModeNamedPipe != 0, isNull(info):
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			return nil, err
		}
		return &file{File: f, path: path}, nil
	case !info.Mode().IsRegular():
		return nil, errors.New("it is a device or socket, not a file")
	}
	if err := mayReplace(path); err != nil {
		return nil, err
	}
	// What is replaced is the file, not the link to it.
	target, err := filepath.EvalSymlinks(path)
	if err != nil {
		return nil, err
	}
	return createBeside(target, info.Mode().Perm())
}

func isNull(info fs.FileInfo) bool {
	null, err := os.Stat(os.DevNull)
	return err == nil && os.SameFile(info, null)
}

// mayReplace says whether an existing file may be replaced by a capture.
func mayReplace(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0) // for writing, so that a read-only file stays
	if err != nil {
		return err
	}
	defer f.Close()
	magic := make([]byte, magicBytes)
	switch n, err := io.ReadFull(f, magic); {
	case n == 0 && errors.Is(err, io.EOF):
		return nil
	case err != nil && !errors.Is(err, io.ErrUnexpectedEOF):
		return err
	case !isCapture(magic[:n]):
		return fmt.Errorf("it exists and is %w, so it is not overwritten", ErrNotCapture)
	}
	return nil
}

// createBeside makes a temporary file in the directory of path.
func createBeside(path string, mode fs.FileMode) (*file, error) {
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, ".ovscope-*.pcapng") // O_EXCL, 0600
	if err != nil {
		return nil, fmt.Errorf("making a temporary file in %s: %w", dir, reason(err))
	}
	made := &file{File: f, path: path, temp: f.Name()}
	if err := f.Chmod(mode); err != nil {
		return nil, errors.Join(err, made.discard())
	}
	return made, nil
}

// keep closes the file and gives it its name. Of a damaged one it keeps the first
// whole bytes.
func (f *file) keep(whole int64, damaged bool) error {
	if f.temp == "" {
		if err := f.Close(); err != nil {
			return fmt.Errorf("closing %s: %w", f.path, reason(err))
		}
		return nil
	}
	var err error
	if damaged {
		err = f.Truncate(whole)
	}
	if err == nil {
		err = f.Sync() // else a power cut may leave the name with no bytes
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(f.temp, f.path)
	}
	if err != nil {
		return fmt.Errorf("completing %s: %w; the packets are in %s", f.path, reason(err), f.temp)
	}
	return nil
}

// discard closes the file and removes it if it is a temporary one.
func (f *file) discard() error {
	err := f.Close()
	if f.temp != "" {
		err = errors.Join(err, os.Remove(f.temp))
	}
	return err
}

// reason is an error without the name of the file, which the caller tells.
func reason(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	if e, ok := errors.AsType[*os.LinkError](err); ok {
		return e.Err
	}
	return err
}
