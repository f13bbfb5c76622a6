// claim: words for the C compiler and embedded files reach nothing of the host
// status: compile_error
// never: root:
package main

// #cgo LDFLAGS: -fplugin=/w/x.so
// #include "/etc/shadow"
import "C"
import (
	_ "embed"
	"fmt"
)

//go:embed ../etc/shadow
var loot string

func main() { fmt.Println(loot) }
