package room

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/whiskops/whiskops/e2e/servers/podproc"
)

// Options of a room.
type Options struct {
	// Image is a folder whose entries are in the room's root.
	Image string
	// Hosts is the text of /etc/hosts.
	Hosts string
}

// Room is where a pod's processes run.
type Room struct {
	IP     string
	holder *podproc.Process
}

// script makes the root that a container would have: the programs of this machine,
// the image's files and the mounts; nothing of it can be written but what is
// mounted so. The arguments are the folder of the root, the image, the file of
// hosts, the host's name, and pairs of a source and a path.
const script = `root=$1 image=$2 hosts=$3; hostname "$4"; shift 4
mount -t tmpfs -o mode=755 room "$root"
cd "$root"
mkdir usr etc proc dev sys
mount --bind -o ro /usr usr
mount --bind -o ro /etc etc
mount --bind -o ro "$hosts" etc/hosts
# What a killed process has not sent yet would keep the network for minutes.
echo 1 > /proc/sys/net/ipv4/tcp_orphan_retries
mount -t proc -o ro proc proc
mount --rbind /dev dev
for link in bin sbin lib lib64; do ln -s usr/$link $link; done
for file in "$image"/*; do
  name=${file##*/}
  if test -d "$file"; then mkdir "$name"; else : > "$name"; fi
  mount --bind -o ro "$file" "$name"
done
while test $# -gt 0; do
  mkdir -p "$root$2"
  mount --bind "$1" "$root$2"
  shift 2
done
mount -o remount,ro "$root"
exec chroot "$root" /usr/bin/sleep infinity`

// PodAddress is the next room's.
func (n *Network) PodAddress() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.rooms++
	return n.prefix + strconv.Itoa(half+n.rooms)
}

// Room makes a room at an address for a pod with its mounts.
func (n *Network) Room(address, name string, o Options, mounts []podproc.Mount) (*Room, error) {
	root, err := n.guard.Folder("room")
	if err != nil {
		return nil, err
	}
	hosts := filepath.Join(n.folder, name+".hosts")
	own := fmt.Sprintf("127.0.0.1 localhost\n%s %s\n", address, name)
	if err := os.WriteFile(hosts, []byte(own+o.Hosts), 0o644); err != nil {
		return nil, err
	}
	args := []string{root, o.Image, hosts, name}
	for _, m := range mounts {
		args = append(args, m.Source, m.Path)
	}
	holder, err := n.hold(name, script, args...)
	if err != nil {
		return nil, err
	}
	r := &Room{IP: address, holder: holder}
	number, err := strconv.Atoi(address[len(n.prefix):])
	if err != nil {
		return nil, err
	}
	device := n.device(number)
	// A pod before this one may have had the address: its devices go a moment
	// after its processes.
	_, _ = ip("link", "delete", device)
	if err := n.wire(device, holder.Pid(), []string{"route", "add", address + "/32", "dev", device}); err != nil {
		return nil, err
	}
	for _, args := range [][]string{{"address", "add", address + "/32", "dev", "eth0"}, {"route", "add", "default", "dev", "eth0"}} {
		if _, err := command("nsenter", append([]string{"--target", strconv.Itoa(holder.Pid()), "--net", "ip"}, args...)...); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// Enter is a command that runs another in the room, as a user without any
// capability and without a way to get one.
func (r *Room) Enter(user, group, fsGroup *uint32, args []string) []string {
	id := func(n *uint32) string {
		if n == nil {
			return "0"
		}
		return strconv.Itoa(int(*n))
	}
	groups := "--clear-groups"
	if fsGroup != nil {
		groups = "--groups=" + id(fsGroup)
	}
	return slices.Concat([]string{
		"nsenter", "--target", strconv.Itoa(r.holder.Pid()), "--net", "--mount", "--uts", "--root", "env", "--chdir=/",
		"setpriv", "--reuid=" + id(user), "--regid=" + id(group), groups, "--no-new-privs", "--inh-caps=-all", "--bounding-set=-all",
	}, args)
}

// Join lets two rooms reach each other, which without it reach this machine alone:
// nothing here sends packets on.
func (r *Room) Join(other *Room) error {
	name := func(from, to *Room) string {
		return "to" + from.IP[strings.LastIndex(from.IP, ".")+1:] + "-" + to.IP[strings.LastIndex(to.IP, ".")+1:]
	}
	if _, err := ip("link", "add", name(r, other), "netns", strconv.Itoa(r.holder.Pid()), "type", "veth",
		"peer", "name", name(other, r), "netns", strconv.Itoa(other.holder.Pid())); err != nil {
		return err
	}
	for _, end := range [][2]*Room{{r, other}, {other, r}} {
		device := name(end[0], end[1])
		for _, args := range [][]string{{"link", "set", device, "up"}, {"route", "replace", end[1].IP + "/32", "dev", device, "src", end[0].IP}} {
			if _, err := command("nsenter", append([]string{"--target", strconv.Itoa(end[0].holder.Pid()), "--net", "ip"}, args...)...); err != nil {
				return err
			}
		}
	}
	return nil
}

// Close ends the room; what runs in it goes on until it ends.
func (r *Room) Close() { r.holder.Kill() }
