package rules

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/finding"
)

// Each environment is reported once, with the first that it collides with,
// whatever stands between them.
func TestSharedByThreeOfFour(t *testing.T) {
	base := environment.Base()
	kafka := func(e *env) {
		e.Kafka.External = &environment.KafkaExternal{Bootstrap: []string{"k:9092"}, Brokers: 3}
	}
	couchdb := func(e *env) {
		e.CouchDB.External = &environment.CouchDBExternal{Protocol: "https", Host: "db", Port: 443}
	}
	redis := func(e *env) { e.Redis.External = &environment.RedisExternal{Host: "redis", Port: 6379} }
	tls := func(e *env) {
		redis(e)
		e.Redis.External.TLS = &environment.RedisTLS{CA: &environment.Authority{Secret: "ca", Key: "ca.crt"}}
	}
	s3 := func(e *env) {
		e.CouchDB.Backup = &environment.CouchDBBackup{S3: &environment.CouchDBBackupS3{Bucket: "copies", Prefix: "couchdb/", Endpoint: "https://s3.example.com"}}
	}
	nfs := func(e *env) { e.CouchDB.Volume.NFS = &environment.NFSVolume{Server: "s", Path: "/couchdb"} }
	csi := func(e *env) { e.CouchDB.Volume.CSI = &environment.CSIVolume{Driver: "d", Handles: []string{"h"}} }
	for name, tt := range map[string]struct {
		share, differ func(e *env)
		code, path    string
	}{
		"kafka":             {kafka, func(*env) {}, "WO296", "kafka.topicPrefix"},
		"kafka by prefix":   {kafka, func(e *env) { kafka(e); e.Kafka.TopicPrefix = "x-" }, "WO296", "kafka.topicPrefix"},
		"kafka by server":   {kafka, func(e *env) { kafka(e); e.Kafka.External.Bootstrap = []string{"l:9092"} }, "WO296", "kafka.topicPrefix"},
		"couchdb":           {couchdb, func(*env) {}, "WO296", "couchdb.prefix"},
		"couchdb by prefix": {couchdb, func(e *env) { couchdb(e); e.CouchDB.Prefix = "x_" }, "WO296", "couchdb.prefix"},
		"couchdb by host":   {couchdb, func(e *env) { couchdb(e); e.CouchDB.External.Host = "other" }, "WO296", "couchdb.prefix"},
		"couchdb by port":   {couchdb, func(e *env) { couchdb(e); e.CouchDB.External.Port = 444 }, "WO296", "couchdb.prefix"},
		"redis":             {redis, func(*env) {}, "WO296", "redis.external.host"},
		"redis by port":     {redis, func(e *env) { redis(e); e.Redis.External.Port = 6380 }, "WO296", "redis.external.host"},
		"redis by tls":      {tls, func(*env) {}, "WO296", "redis.external.host"},
		"copies":            {s3, func(*env) {}, "WO296", "couchdb.backup.s3.prefix"},
		"copies by prefix":  {s3, func(e *env) { s3(e); e.CouchDB.Backup.S3.Prefix = "x/" }, "WO296", "couchdb.backup.s3.prefix"},
		"copies by bucket":  {s3, func(e *env) { s3(e); e.CouchDB.Backup.S3.Bucket = "other" }, "WO296", "couchdb.backup.s3.prefix"},
		"copies by store":   {s3, func(e *env) { s3(e); e.CouchDB.Backup.S3.Endpoint = "https://other" }, "WO296", "couchdb.backup.s3.prefix"},
		"redis unused":      {redis, func(e *env) { redis(e); e.APIGateway.Enabled = false }, "WO296", "redis.external.host"},
		"nfs":               {nfs, func(*env) {}, "WO297", "couchdb.volume.nfs"},
		"csi":               {csi, func(e *env) { csi(e); e.CouchDB.Volume.CSI.Handles = []string{"other"} }, "WO297", "couchdb.volume.csi"},
		"nfs by path":       {nfs, func(e *env) { nfs(e); e.CouchDB.Volume.NFS.Path = "/other" }, "WO297", "couchdb.volume.nfs"},
	} {
		for odd := range 4 {
			var envs []env
			var want []string
			for i := range 4 {
				e := base
				e.Name, e.Source = fmt.Sprint("e", i), anywhere{}
				if i == odd {
					tt.differ(&e)
				} else {
					tt.share(&e)
					want = append(want, e.Name+"."+tt.path)
				}
				envs = append(envs, e)
			}
			var got []string
			checked := make([]*checker, len(envs))
			for i, v := range valuesOf(t, envs) {
				checked[i] = &checker{Values: v}
			}
			shared(checked)
			var found []finding.Finding
			for _, c := range checked {
				found = append(found, c.found...)
			}
			for _, f := range found {
				if f.Code != tt.code {
					t.Errorf("%s: %v", name, f)
				}
				got = append(got, f.Path)
			}
			if diff := cmp.Diff(want[1:], got); diff != "" {
				t.Errorf("%s, environment %d differs (-want +got):\n%s", name, odd, diff)
			}
		}
	}
}
