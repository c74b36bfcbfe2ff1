// Package controlplane builds and runs a Kubernetes control plane on this
// machine's loopback: etcd, kube-apiserver, kube-controller-manager and
// kube-scheduler, from one binary that it compiles from the module
// k8s.io/kubernetes. There is no kubelet: nodes and pods are the caller's.
//
// A release goes in, for example "1.34.4"; a rest.Config comes out. Servers have
// random free ports and a temporary directory. All of it goes with the process
// that started it, even if that is killed: the kernel kills the servers, and a
// keeper, which outlives its parent by a moment, removes the directory.
package controlplane
