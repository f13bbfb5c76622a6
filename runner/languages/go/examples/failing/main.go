package main

import "fmt"

func main() {
	fmt.Println("so far, so good")
	panic("this one is meant to fail")
}
