package render

import "github.com/whiskops/whiskops/internal/environment"

// securedKeys adds what servers ask their clients for, and what copies of the database
// need: each with the keys that the schema documents.
func securedKeys(e *environment.Environment, all map[string][]string) {
	authorities := []*environment.Authority{}
	if x := e.Kafka.External; x != nil {
		if tls := x.TLS; tls != nil {
			authorities = append(authorities, tls.CA)
			if c := tls.Certificate; c != nil {
				all[c.Secret] = append(all[c.Secret], c.Certificate, c.Key)
			}
		}
		if x.SASL != nil {
			all[e.Secrets.Kafka] = append(all[e.Secrets.Kafka], "password")
			if x.SASL.Username == "" {
				all[e.Secrets.Kafka] = append(all[e.Secrets.Kafka], "username")
			}
		}
	}
	if k := e.Kafka; k.External == nil && k.TLS != nil {
		all[k.TLS.Secret] = append(all[k.TLS.Secret], "tls.crt", "tls.key", "ca.crt")
		if k.SASL != nil {
			all[e.Secrets.Kafka] = append(all[e.Secrets.Kafka], "username", "password")
		}
	}
	if r := e.Redis; r.External == nil && r.TLS != nil {
		all[r.TLS.Secret] = append(all[r.TLS.Secret], "tls.crt", "tls.key", "ca.crt")
	}
	if e.Redis.Password {
		all[e.Secrets.Redis] = append(all[e.Secrets.Redis], "password")
	}
	if x := e.Redis.External; x != nil && x.TLS != nil {
		authorities = append(authorities, x.TLS.CA)
	}
	if x := e.CouchDB.External; x != nil {
		authorities = append(authorities, x.CA)
	} else if e.CouchDB.Replicas > 1 {
		all[e.Secrets.CouchDB] = append(all[e.Secrets.CouchDB], "cookie")
	}
	for _, a := range authorities {
		if a != nil {
			all[a.Secret] = append(all[a.Secret], a.Key)
		}
	}
	if b := e.CouchDB.Backup; b != nil && b.S3 != nil {
		all[b.S3.Secret] = append(all[b.S3.Secret], "access-key-id", "secret-access-key")
	}
}
