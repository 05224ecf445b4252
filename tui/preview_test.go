package tui

import (
	"fmt"
	"os"
	"testing"
	"time"

	"ovscope/tui/tuitest"
)

// TestPreview prints screens to look at: OVSCOPE_PREVIEW=1 go test -run Preview -v ./tui
func TestPreview(t *testing.T) {
	if os.Getenv("OVSCOPE_PREVIEW") == "" {
		t.Skip("OVSCOPE_PREVIEW is not set")
	}
	for _, size := range [][2]int{{120, 40}, {80, 24}, {60, 15}} {
		u := start(t)
		u.Resize(size[0], size[1])
		fmt.Println(u.Screen())
		u.Select("tap1")
		u.Press("b")
		u.Pings(1, 8, tuitest.Tag(10))
		u.Wait(3 * time.Second)
		fmt.Println(u.Screen())
		u.Press("tab", "tab")
		fmt.Println(u.Screen())
		u.Press("q")
		fmt.Println(u.Screen())
		u.Press("esc", "?")
		fmt.Println(u.Screen())
		u.Press("esc", "tab")
		u.Select("vnet1")
		u.Press("e")
		fmt.Println(u.Screen())
	}
}
