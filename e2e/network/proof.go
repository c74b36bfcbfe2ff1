package network

import (
	"encoding/json"
	"fmt"
	"os"
	"time"
)

// Claim is a line of the proof: what holds for an environment.
type Claim struct {
	Environment string  `json:"environment"`
	Claim       string  `json:"claim"`
	Server      string  `json:"server"`
	Seconds     float64 `json:"seconds"`
}

// Prove checks an environment and says what that has shown, each with print. A
// non-empty file gets the claims as well, as lines of JSON at its end.
func Prove(env *Environment, graph Graph, file string, print func(line string)) error {
	start := time.Now()
	server, err := LibraryVersion()
	if err != nil {
		return err
	}
	tally, err := Check(env, graph, NewLibrary(env))
	if err != nil {
		return err
	}
	texts, err := tally.claims(len(env.Policies))
	if err != nil {
		return err
	}
	seconds := time.Since(start).Round(100 * time.Millisecond).Seconds()
	for _, text := range texts {
		claim := Claim{env.Name, text, server, seconds}
		print(fmt.Sprintf("%s: proved: %s (%s, after %.1fs)", claim.Environment, claim.Claim, claim.Server, claim.Seconds))
		if err := claim.append(file); err != nil {
			return err
		}
	}
	return nil
}

func (c Claim) append(path string) error {
	if path == "" {
		return nil
	}
	line, err := json.Marshal(c)
	if err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return err
	}
	if _, err := file.Write(append(line, '\n')); err != nil {
		file.Close()
		return err
	}
	return file.Close()
}
