// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Arguments, variables, streams, time and the end of a process, as Go's standard library uses them.
// ARGUMENTS: one two,three
// ENVIRONMENT: KEY=value EMPTY=
// INPUT: input.txt
package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"sync"
	"time"
)

func main() {
	fmt.Println(len(os.Args), os.Args[1:])
	empty, isThere := os.LookupEnv("EMPTY")
	_, other := os.LookupEnv("OTHER")
	fmt.Println(os.Getenv("KEY"), empty == "", isThere, other, len(os.Environ()))

	lines := 0
	for scanner := bufio.NewScanner(os.Stdin); scanner.Scan(); lines++ {
		fmt.Printf("%d: %s\n", lines, scanner.Text())
	}

	// Sleeping in several goroutines is one wait with several clocks.
	begin := time.Now()
	var group sync.WaitGroup
	for number := range 3 {
		group.Go(func() { time.Sleep(time.Duration(number+1) * 5 * time.Millisecond) })
	}
	group.Wait()
	elapsed := time.Since(begin)
	fmt.Println("slept", elapsed >= 15*time.Millisecond, begin.Year() > 2020)
	limited, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	<-limited.Done()
	fmt.Println(limited.Err())

	drawn := make([]byte, 64)
	count, err := rand.Read(drawn)
	fmt.Println("random", count, err, string(drawn) != string(make([]byte, 64)))
	fmt.Fprintln(os.Stderr, "to the error stream")
	if _, err := os.Stdout.WriteString("before the end\n"); err != nil {
		panic(err)
	}
	os.Exit(7)
}
