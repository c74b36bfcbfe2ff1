// Command make writes the catalogue of each release into a directory.
package main

import (
	"github.com/whiskops/whiskops/internal/catalog/source"
	"github.com/whiskops/whiskops/internal/made"
)

func main() { made.Main(source.Data) }
