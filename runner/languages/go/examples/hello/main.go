package main

import "fmt"

func main() {
	name := "world"
	fmt.Scanln(&name)
	fmt.Printf("hello, %s\n", name)
}
