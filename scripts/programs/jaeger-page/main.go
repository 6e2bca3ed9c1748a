// SPDX-License-Identifier: Apache-2.0

// Writes Jaeger's page into the folder given. A Jaeger that Go builds has none: its page is made by another build, and only the images
// have it. This module has that build embedded, since Docker shows traces of builds with it.
package main

import (
	"io"
	"log"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"regexp"

	jaegerui "github.com/tonistiigi/jaeger-ui-rest"
)

// The module writes a configuration into the page where Jaeger wants to write its own.
var configuration = regexp.MustCompile(`const JAEGER_CONFIG = \{.*\};`)

func main() {
	if len(os.Args) != 2 {
		log.Fatal("The folder to write into is missing.")
	}
	if err := write(jaegerui.FS(jaegerui.Config{}), "/", os.Args[1]); err != nil {
		log.Fatal(err)
	}
}

func write(files http.FileSystem, name, target string) error {
	file, err := files.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return writeFile(file, target)
	}
	entries, err := file.Readdir(-1)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(target, 0o755); err != nil {
		return err
	}
	for _, entry := range entries {
		if err := write(files, path.Join(name, entry.Name()), filepath.Join(target, entry.Name())); err != nil {
			return err
		}
	}
	return nil
}

func writeFile(from io.Reader, target string) error {
	content, err := io.ReadAll(from)
	if err != nil {
		return err
	}
	return os.WriteFile(target, configuration.ReplaceAll(content, []byte("const JAEGER_CONFIG = DEFAULT_CONFIG;")), 0o644)
}
