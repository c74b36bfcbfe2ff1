// Package controllers builds and runs the programs that deliver a repository to
// a cluster: Flux's source-controller and kustomize-controller, and Argo CD's
// application controller and repository server, with the Redis that it needs.
// They run as processes beside a control plane of this machine and end with it.
//
// Nothing of them is in this repository: the programs are compiled from their Go
// modules, and the definitions of custom resources come with the same modules.
package controllers
