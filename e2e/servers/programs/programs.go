// Package programs brings the real servers: Debian's packages, Kafka's published
// jars from Maven, and a server of CouchDB's protocol from npm.
//
// A name comes in; the path of a program or a folder goes out, or an error that
// says what to install. What is fetched is kept in the user's cache folder, in
// whiskops-e2e, by its version.
package programs

import (
	"embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

// ErrMissing is wrapped by the error for a program that is not installed or
// cannot be fetched.
var ErrMissing = errors.New("missing")

// KafkaVersion is the version of the jars: that of the image in golden.
const KafkaVersion = "3.9.1"

//go:embed kafka.pom.xml couchdb
var files embed.FS

// packages are the Debian packages of the programs.
var packages = map[string]string{
	"nginx": "nginx", "redis-server": "redis-server", "redis-cli": "redis-tools", "nc": "netcat-openbsd", "curl": "curl",
	"openssl": "openssl", "java": "openjdk-17-jre-headless", "mvn": "maven", "node": "nodejs", "npm": "npm", "busybox": "busybox",
	"prometheus": "prometheus", "promtool": "prometheus", "prometheus-redis-exporter": "prometheus-redis-exporter",
	"prometheus-blackbox-exporter": "prometheus-blackbox-exporter",
}

// Need is an error if one of the programs is not in PATH.
func Need(names ...string) error {
	for _, name := range names {
		if _, err := exec.LookPath(name); err != nil {
			return fmt.Errorf("%w: program %s (apt-get install %s)", ErrMissing, name, packages[name])
		}
	}
	return nil
}

// Version is the first line that a program says of itself.
func Version(program string, args ...string) string {
	out, err := exec.Command(program, args...).CombinedOutput()
	if err != nil {
		return err.Error()
	}
	line, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	return line
}

// Nginx is the program: the one that E2E_NGINX names, or that of PATH.
func Nginx() (string, error) {
	if path := os.Getenv("E2E_NGINX"); path != "" {
		if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() || info.Mode()&0o111 == 0 {
			return "", fmt.Errorf("E2E_NGINX=%s is no program", path)
		}
		return filepath.Abs(path)
	}
	if err := Need("nginx"); err != nil {
		return "", err
	}
	return exec.LookPath("nginx")
}

// Kafka is the folder of Kafka's jars and those that they need.
func Kafka() (string, error) {
	if err := Need("java"); err != nil {
		return "", err
	}
	return cached("kafka-"+KafkaVersion, func(folder string) error {
		if err := Need("mvn"); err != nil {
			return err
		}
		if err := write("kafka.pom.xml", filepath.Join(folder, "pom.xml")); err != nil {
			return err
		}
		return run(folder, "mvn", "-q", "-B", "dependency:copy-dependencies", "-DincludeScope=runtime",
			"-Dkafka.version="+KafkaVersion, "-DoutputDirectory="+filepath.Join(folder, "libs"))
	})
}

// CouchDB is the folder of the server of CouchDB's protocol: server.js and what
// it needs.
func CouchDB() (string, error) {
	if err := Need("node"); err != nil {
		return "", err
	}
	return cached("couchdb-protocol-1", func(folder string) error {
		if err := Need("npm"); err != nil {
			return err
		}
		for _, name := range []string{"package.json", "package-lock.json"} {
			if err := write("couchdb/"+name, filepath.Join(folder, name)); err != nil {
				return err
			}
		}
		return run(folder, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	})
}

// CouchDBServer is the program that Node runs in that folder.
func CouchDBServer() ([]byte, error) { return files.ReadFile("couchdb/server.js") }

// cached makes a folder once. It is made beside its place and then moved there,
// under a lock, so that no other run sees half of it.
func cached(name string, fill func(folder string) error) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	cache = filepath.Join(cache, "whiskops-e2e")
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return "", err
	}
	lock, err := os.OpenFile(filepath.Join(cache, name+".lock"), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return "", err
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return "", err
	}
	folder := filepath.Join(cache, name)
	if _, err := os.Stat(folder); err == nil {
		return folder, nil
	}
	next := folder + ".next"
	if err := os.RemoveAll(next); err != nil {
		return "", err
	}
	if err := os.MkdirAll(next, 0o755); err != nil {
		return "", err
	}
	if err := fill(next); err != nil {
		return "", err
	}
	return folder, os.Rename(next, folder)
}

func write(name, path string) error {
	text, err := files.ReadFile(name)
	if err != nil {
		return err
	}
	return os.WriteFile(path, text, 0o644)
}

func run(folder, name string, args ...string) error {
	fmt.Printf("fetching: %s %s\n", name, strings.Join(args, " "))
	command := exec.Command(name, args...)
	command.Dir = folder
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if out, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s: %w: %s", ErrMissing, name, err, out)
	}
	return nil
}

// Share puts a cached folder where processes of any user can read it: the
// user's cache folder is closed to others. Links cost no space.
func Share(from, to string) error {
	if err := exec.Command("cp", "-rl", from, to).Run(); err == nil {
		return nil
	}
	if err := os.RemoveAll(to); err != nil {
		return err
	}
	if out, err := exec.Command("cp", "-r", from, to).CombinedOutput(); err != nil {
		return fmt.Errorf("copy %s: %w: %s", from, err, out)
	}
	return nil
}
