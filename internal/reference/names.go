package main

import (
	"strings"

	"github.com/whiskops/whiskops/internal/contract"
)

// speller knows how Go spells words that the schema writes in lower case, at the
// beginning of a label.
type speller map[string]string

// newSpeller takes the words from the names of definitions: what #CouchDB is
// spelled like, couchdb is. The others are here.
func newSpeller(con *contract.Contract) speller {
	s := speller{"api": "API", "ca": "CA", "cidrs": "CIDRs", "csi": "CSI", "dns": "DNS", "fs": "FS", "http": "HTTP", "https": "HTTPS", "ip": "IP", "jvm": "JVM", "ms": "MS", "nfs": "NFS", "oci": "OCI", "sasl": "SASL", "sops": "SOPS", "ttl": "TTL", "url": "URL",
		"openwhisk": "OpenWhisk", "zookeeper": "ZooKeeper"}
	for _, def := range con.Definitions() {
		s[strings.ToLower(def[1:])] = def[1:]
	}
	return s
}

// typeNames has the types of structs that the schema gives no name, by their Go
// field, where the name that typeName would give is long or says too little.
// Structs with the same fields may share one.
var typeNames = map[string]string{
	"Cluster.APIServer":           "APIServer",
	"Cluster.Storage":             "Storage",
	"ContainerResources.Requests": "ResourceList",
	"ContainerResources.Limits":   "ResourceList",
	"Edge.Ingress":                "Ingress",
	"Edge.Gateway":                "Gateway",
	"TLS.CertManager":             "CertManager",
	"ServerTLS.CertManager":       "ServerCertManager",
	"TLS.Existing":                "ExistingTLS",
	"KafkaTopics.Retention":       "Retention",
	"Actions.Egress":              "Egress",
	"Limits.Time":                 "StringRange",
	"Limits.Memory":               "StringRange",
	"Limits.Log":                  "StringRange",
	"Limits.Concurrency":          "IntRange",
	"Runtimes.StemCells":          "StemCell",
	"StemCell.Reactive":           "Reactive",
	"Secrets.Plain":               "PlainSecrets",
	"SecretSource.SOPS":           "SOPSSource",
	"SecretSource.Sealed":         "SealedSource",
	"SecretSource.External":       "ExternalSource",
	"ExternalSource.Store":        "SecretStore",
	"PlainSecrets.CouchDB":        "CouchDBLogins",
	"PlainSecrets.OpenWhisk":      "OpenWhiskLogins",
	"Volume.NFS":                  "NFSVolume",
	"Volume.CSI":                  "CSIVolume",
	"Volume.Local":                "LocalVolume",
	"Volume.HostPath":             "HostPath",
	"Resources.Requests":          "ResourceList",
	"Resources.Limits":            "ResourceList",
}

// typeName is the definition's name, the one in typeNames, or that of the field
// behind that of its struct: EdgeService.
func typeName(place string, s *contract.Shape) string {
	if s.Def != "" {
		return strings.TrimPrefix(s.Def, "#")
	}
	if name, ok := typeNames[place]; ok {
		return name
	}
	return strings.ReplaceAll(place, ".", "")
}

// field is the Go field of a label: apiServer is APIServer, cpuPer256Mi is
// CPUPer256Mi, zones is Zones.
func (s speller) field(label string) string {
	end := strings.IndexFunc(label, func(r rune) bool { return r < 'a' || r > 'z' })
	if end < 0 {
		end = len(label)
	}
	word, rest := label[:end], label[end:]
	if known, ok := s[word]; ok {
		return known + rest
	}
	return strings.ToUpper(word[:1]) + word[1:] + rest
}
