package main

import (
	"fmt"
	"strings"
	"time"
)

// film draws several screens, one after the other, as one SVG that moves by CSS
// alone, so that it plays in a web page's <img>. Lines that did not change from one
// screen to the next are in the file once. Where nothing moves the last one stands.
func film(title string, shots []shot, columns, lines int) string {
	var whole time.Duration
	for _, s := range shots {
		whole += s.show
	}
	var b, frames strings.Builder
	window(&b, title, columns, lines)
	known := map[string]int{} // a drawn line to its number
	var definitions, rules strings.Builder
	fmt.Fprintf(&rules, ".f{visibility:hidden;animation:%.1fs step-end infinite}\n.last{visibility:visible}\n", whole.Seconds())
	rules.WriteString("@media (prefers-reduced-motion:reduce){.f{animation:none}}\n")
	var at time.Duration
	for i, s := range shots {
		if s.show == 0 {
			continue
		}
		from, to := percent(at, whole), percent(at+s.show, whole)
		at += s.show
		class := fmt.Sprintf("f f%d", i)
		if at == whole {
			class += " last"
		}
		fmt.Fprintf(&rules, ".f%d{animation-name:k%d}@keyframes k%d{0%%{visibility:%s}%s{visibility:visible}%s{visibility:%s}}\n",
			i, i, i, visibility(from == "0.00%"), from, to, visibility(at == whole))
		fmt.Fprintf(&frames, `<g class="%s">`, class)
		if s.caption != "" {
			fmt.Fprintf(&frames, `<text x="98%%" y="20" text-anchor="end" fill="#dfb14a" font-size="13" font-weight="bold">%s</text>`, escape(s.caption))
		}
		for y, l := range drawnLines(s.screen, columns, lines) {
			if l == "" {
				continue
			}
			n, ok := known[l]
			if !ok {
				n = len(known)
				known[l] = n
				fmt.Fprintf(&definitions, "<g id=\"l%d\">%s</g>\n", n, l)
			}
			fmt.Fprintf(&frames, `<use href="#l%d" y="%d"/>`, n, y*cellHeight)
		}
		frames.WriteString("</g>\n")
	}
	fmt.Fprintf(&b, "<style>%s</style>\n<defs>\n%s</defs>\n%s</svg>\n", rules.String(), definitions.String(), frames.String())
	return b.String()
}

func percent(part, whole time.Duration) string {
	return fmt.Sprintf("%.2f%%", 100*part.Seconds()/whole.Seconds())
}

func visibility(visible bool) string {
	if visible {
		return "visible"
	}
	return "hidden"
}
