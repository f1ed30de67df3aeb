// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Files and directories as Go's standard library uses them: wasip1 is a client of its own, without a C library.
// ARGUMENTS: @DIR@
package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Errors by what they are: their texts and numbers are the system's.
func kind(err error) string {
	switch {
	case err == nil:
		return "ok"
	case errors.Is(err, fs.ErrNotExist):
		return "does not exist"
	case errors.Is(err, fs.ErrExist):
		return "exists"
	case errors.Is(err, io.EOF):
		return "end"
	}
	return "error"
}

func must[T any](value T, err error) T {
	if err != nil {
		fmt.Println("unexpected:", err)
		os.Exit(1)
	}
	return value
}

func contents(root string) {
	path := filepath.Join(root, "contents")
	file := must(os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666))
	fmt.Println("write", must(file.WriteString("0123456789")))
	fmt.Println("seek", must(file.Seek(-4, io.SeekEnd)))
	rest := must(io.ReadAll(file))
	fmt.Printf("rest %s\n", rest)
	fmt.Println("write at", must(file.WriteAt([]byte("XY"), 3)))
	part := make([]byte, 4)
	fmt.Println("read at", must(file.ReadAt(part, 2)), string(part))
	_, err := file.ReadAt(part, 8)
	fmt.Println("read at the end", kind(err))
	fmt.Println("truncate", kind(file.Truncate(6)), "sync", kind(file.Sync()))
	fmt.Println("size", must(file.Stat()).Size(), "close", kind(file.Close()), "again", kind(file.Close()))

	// Appending, and the flags that must not be.
	file = must(os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0))
	must(file.WriteString("+"))
	_, err = file.Read(part)
	fmt.Println("read what is for writing", kind(err))
	file.Close()
	fmt.Printf("%s\n", must(os.ReadFile(path)))
	file = must(os.Open(path))
	_, err = file.WriteString("-")
	fmt.Println("write what is for reading", kind(err))
	file.Close()
	_, err = os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	fmt.Println("make again", kind(err))
	_, err = os.Open(filepath.Join(root, "nothing"))
	fmt.Println("open nothing", kind(err))

	// More than one call takes.
	large := bytes.Repeat([]byte("0123456789abcdef"), 100000)
	must(0, os.WriteFile(filepath.Join(root, "large"), large, 0o666))
	fmt.Println("large", bytes.Equal(must(os.ReadFile(filepath.Join(root, "large"))), large))
	when := time.Unix(1000000000, 0)
	fmt.Println("times", kind(os.Chtimes(path, when, when)), must(os.Stat(path)).ModTime().Unix())
}

func entries(root string) {
	deep := filepath.Join(root, "a", "b", "c")
	fmt.Println("make", kind(os.MkdirAll(deep, 0o777)), "again", kind(os.Mkdir(deep, 0o777)))
	for number := range 200 {
		must(0, os.WriteFile(filepath.Join(deep, fmt.Sprintf("file-%d", number)), []byte("x"), 0o666))
	}
	// A few at a time, which goes from cookie to cookie.
	directory := must(os.Open(deep))
	seen := map[string]bool{}
	for {
		part, err := directory.ReadDir(7)
		for _, entry := range part {
			seen[entry.Name()] = entry.Type().IsRegular()
		}
		if err != nil {
			fmt.Println("entries", len(seen), kind(err))
			break
		}
	}
	directory.Close()
	all := must(os.ReadDir(deep))
	fmt.Println("sorted", len(all), all[0].Name(), all[199].Name())

	fmt.Println("rename", kind(os.Rename(filepath.Join(deep, "file-0"), filepath.Join(root, "moved"))))
	fmt.Println("link", kind(os.Link(filepath.Join(root, "moved"), filepath.Join(root, "linked"))))
	fmt.Println("symlink", kind(os.Symlink("moved", filepath.Join(root, "symbolic"))))
	fmt.Println("readlink", must(os.Readlink(filepath.Join(root, "symbolic"))))
	fmt.Println("through it", must(os.Stat(filepath.Join(root, "symbolic"))).Size(),
		must(os.Lstat(filepath.Join(root, "symbolic"))).Mode()&fs.ModeSymlink != 0)
	fmt.Println("remove what is not empty", kind(os.Remove(deep)))
	fmt.Println("remove nothing", kind(os.Remove(filepath.Join(root, "nothing"))))
	count := 0
	filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		count++
		return err
	})
	fmt.Println("walked", count)
	fmt.Println("remove all", kind(os.RemoveAll(filepath.Join(root, "a"))), kind(os.RemoveAll(filepath.Join(root, "a"))))
	for _, entry := range must(os.ReadDir(root)) {
		fmt.Println(entry.Name(), entry.IsDir())
	}
}

func main() {
	contents(os.Args[1])
	entries(os.Args[1])
}
