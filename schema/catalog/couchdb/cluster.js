"use strict";

// Makes one CouchDB of several nodes and keeps it one (see again.js). It deletes no
// data: it may be killed at any moment, or run twice at once.
//
//   NODES     hosts of the nodes, with commas between them; a node's name is
//             couchdb@<host>, and it listens on port 5984
//   SECRETS   the directory of secrets; default /secrets
//     couchdb/username, password   the administrator of all nodes
//
// A node is in maintenance (maintenance_mode = true) when its disk is new, or that
// of a single node: it answers no requests, and others fill it. What is done:
//
//   1. Where no node is whole, the cluster is founded by the one that has
//      databases, else by the first. All must be there for that: one that is away
//      could be the one that has them.
//   2. Databases of a single node, which is called nonode@nohost, become those of its
//      new name, nodes that are missing are added, and every database gets a copy on
//      each node, which CouchDB fills by itself.
//   3. A node that has of each part of each database what the others have leaves
//      maintenance.
//   4. All nodes have the same hash of the administrator's password, without which
//      a session would be good on one of them alone.

const { Failure, ask, hide, keep, readSecret } = require("./again.js");

// Looks at a node that is filled after which CouchDB is told again to fill it.
const again = 20;

const single = "nonode@nohost";
const copies = 3;

// ---- the nodes -----------------------------------------------------------

class Node {
  constructor(host, login) {
    this.host = host;
    this.name = "couchdb@" + host;
    this.server = { url: "http://" + host + ":5984", login: login.name + ":" + login.password, seconds: 20 };
  }

  // One request, which must be answered with one of the statuses; the answer's body,
  // or undefined where the status is 404.
  async call(method, path, statuses, body) {
    const { status, body: answer } = await ask(this.server, method, path, body);
    if (status === 401) {
      throw new Failure(this.name + " does not accept the administrator's name and password of the Secret: it was started before they were changed", true);
    }
    if (!statuses.includes(status)) {
      throw new Failure(this.name + ": " + [method, path, status, answer.error, answer.reason].filter(Boolean).join(" "), true);
    }
    return status === 404 ? undefined : answer;
  }

  // What a document of one of the node's own databases is.
  own(database, id) {
    return this.call("GET", "/_node/_local/" + database + "/" + encodeURIComponent(id), [200, 404]);
  }

  // What this node knows of all.
  async look() {
    const members = await this.call("GET", "/_membership", [200]);
    const mode = await this.call("GET", "/_node/_local/_config/couchdb/maintenance_mode", [200, 404]);
    const all = await this.call("GET", "/_node/_local/_dbs/_all_docs?include_docs=true", [200]);
    this.members = members.cluster_nodes;
    this.sees = members.all_nodes;
    // Any other mode is an administrator's.
    this.whole = mode !== "true";
    this.maps = all.rows.map((row) => row.doc).filter((doc) => doc && doc.by_range);
    return this;
  }
}

// All that answer, and what the others say.
async function lookAtAll(hosts, login) {
  const looked = await Promise.allSettled(hosts.map((host) => new Node(host, login).look()));
  const faults = looked.filter((one) => one.status === "rejected").map((one) => one.reason);
  const fault = faults.find((reason) => !(reason instanceof Failure));
  if (fault) {
    throw fault;
  }
  return { nodes: looked.filter((one) => one.status === "fulfilled").map((one) => one.value), away: faults.map((reason) => reason.message) };
}

// The node that is right where nodes differ.
function founder(found) {
  const whole = found.nodes.find((node) => node.whole);
  if (whole) {
    return whole;
  }
  if (found.away.length > 0) {
    throw new Failure("no node is whole, and the cluster is founded when all are there: " + found.away.join("; "), true);
  }
  const full = found.nodes.filter((node) => node.maps.length > 0);
  const alone = full.filter((node) => node.members.includes(single));
  if (alone.length > 1) {
    throw new Failure("several nodes have databases of a single node (" + alone.map((node) => node.name).join(", ") +
      "): delete the claims of all but the one whose databases are wanted");
  }
  return alone[0] || full[0] || found.nodes[0];
}

// ---- bringing it about ---------------------------------------------------

async function addMembers(first, hosts, found) {
  const there = found.nodes.map((node) => node.name);
  const missing = hosts.map((host) => "couchdb@" + host).filter((name) => there.includes(name) && !first.members.includes(name));
  for (const name of missing) {
    await first.call("PUT", "/_node/_local/_nodes/" + name, [200, 201, 202, 409], {});
    console.log(name + ": added");
  }
  return missing.length > 0;
}

// A map of a database with a copy of each part on every one of the names, as far as
// there are to be so many, and none on a node that a single one was; undefined if it
// is so.
function spread(map, self, names) {
  const wanted = JSON.parse(JSON.stringify(map));
  const say = (what, range, name) => wanted.changelog.push([what, range, name]);
  for (const range of Object.keys(wanted.by_range)) {
    let has = wanted.by_range[range];
    if (has.includes(single)) {
      say("delete", range, single);
      has = has.filter((name) => name !== single);
      if (!has.includes(self)) {
        say("add", range, self);
        has.push(self);
      }
    }
    for (const name of names.filter((other) => !has.includes(other)).slice(0, Math.max(0, copies - has.length))) {
      say("add", range, name);
      has.push(name);
    }
    wanted.by_range[range] = has;
  }
  wanted.by_node = {};
  for (const range of Object.keys(wanted.by_range)) {
    for (const name of wanted.by_range[range]) {
      wanted.by_node[name] = (wanted.by_node[name] || []).concat([range]);
    }
  }
  return wanted.changelog.length === map.changelog.length ? undefined : wanted;
}

async function spreadMaps(first, names) {
  let changed = false;
  for (const map of first.maps) {
    const wanted = spread(map, first.name, names);
    if (wanted) {
      await first.call("PUT", "/_node/_local/_dbs/" + encodeURIComponent(map._id), [200, 201, 202, 409], wanted);
      console.log("database " + map._id + ": has copies on " + Object.keys(wanted.by_node).sort().join(", "));
      changed = true;
    }
  }
  if (first.members.includes(single)) {
    const old = await first.own("_nodes", single);
    if (old) {
      await first.call("DELETE", "/_node/_local/_nodes/" + single + "?rev=" + old._rev, [200, 202, 404, 409]);
      console.log(single + ": gone, its databases are those of " + first.name);
    }
    changed = true;
  }
  return changed;
}

// What a single node makes by itself.
async function makeSystemDatabases(first) {
  let made = false;
  for (const name of ["_users", "_replicator"]) {
    if (!first.maps.some((map) => map._id === name)) {
      // 412: it was made just now.
      await first.call("PUT", "/" + name, [201, 202, 412]);
      console.log("database " + name + ": created");
      made = true;
    }
  }
  return made;
}

async function leaveMaintenance(node) {
  await node.call("PUT", "/_node/_local/_config/couchdb/maintenance_mode", [200], "false");
  console.log(node.name + ": is whole, and answers");
}

async function sameHash(first, node, user) {
  const path = "/_node/_local/_config/admins/" + encodeURIComponent(user);
  const hash = await first.call("GET", path, [200, 404]);
  if (typeof hash !== "string" || !hash.startsWith("-pbkdf2-") || hash === await node.call("GET", path, [200, 404])) {
    return;
  }
  await node.call("PUT", path + "?raw=true", [200], hash);
  console.log(node.name + ": takes sessions of " + first.name);
}

// How many documents, deleted ones too, a node has of each part of each database. It
// counts what is on its own disk, in maintenance too.
async function counts(node, maps) {
  const found = new Map();
  for (const map of maps) {
    for (const range of Object.keys(map.by_range).filter((one) => map.by_range[one].includes(node.name))) {
      const part = "shards/" + range + "/" + map._id + String.fromCharCode(...map.shard_suffix);
      const info = await node.call("GET", "/_node/_local/" + encodeURIComponent(part), [200, 404]);
      found.set(part, info ? info.doc_count + info.doc_del_count : -1);
    }
  }
  return found;
}

// What nodes in maintenance had to have at the last look, by their names, and how
// often they were looked at since they are in it.
const awaited = new Map();

// Has nodes in maintenance filled, and lets those out that have what the others had a
// look ago: what came since is on its way to any node.
async function fill(first, found) {
  const behind = found.nodes.filter((node) => !node.whole);
  for (const name of awaited.keys()) {
    if (!behind.some((node) => node.name === name)) {
      awaited.delete(name);
    }
  }
  if (behind.length === 0) {
    return;
  }
  const wanted = new Map();
  const has = await Promise.all(behind.map((node) => counts(node, first.maps)));
  for (const node of found.nodes.filter((one) => one.whole)) {
    for (const [part, n] of await counts(node, first.maps)) {
      wanted.set(part, Math.max(n, wanted.get(part) || 0));
    }
  }
  for (const [i, node] of behind.entries()) {
    const before = awaited.get(node.name) || { looks: 0 };
    const missing = Array.from(before.parts || wanted, ([part, n]) => (has[i].has(part) ? Math.max(0, n - has[i].get(part)) : 0)).reduce((a, b) => a + b, 0);
    const joined = first.sees.includes(node.name) && node.sees.includes(first.name);
    if (before.parts && joined && missing === 0) {
      await leaveMaintenance(node);
      awaited.delete(node.name);
      continue;
    }
    console.log(node.name + ": " + (joined ? "is filled, " + missing + " documents left" : "is not joined yet"));
    awaited.set(node.name, { looks: before.looks + 1, parts: wanted });
  }
  // CouchDB fills a new disk by itself, and a copy that was added when it is told to.
  if (Array.from(awaited.values()).some((one) => one.looks % again === 1)) {
    for (const map of first.maps) {
      await first.call("POST", "/" + encodeURIComponent(map._id) + "/_sync_shards", [200, 202]);
    }
  }
}

// One look, and what follows from it; whether all is as it should be.
async function bring(hosts, login) {
  const found = await lookAtAll(hosts, login);
  if (found.nodes.length === 0) {
    throw new Failure(found.away.join("; "), true);
  }
  const first = founder(found);
  // What the founder has is put right before any other node hears of it.
  const names = hosts.map((host) => "couchdb@" + host).filter((name) => first.members.includes(name));
  if (await spreadMaps(first, names)) {
    return false;
  }
  if (!first.whole) {
    await leaveMaintenance(first);
    return false;
  }
  if (await addMembers(first, hosts, found)) {
    return false;
  }
  if (await makeSystemDatabases(first)) {
    return false;
  }
  await fill(first, found);
  for (const node of found.nodes.filter((one) => one !== first)) {
    await sameHash(first, node, login.name);
  }
  if (found.away.length > 0) {
    throw new Failure(found.away.join("; "), true);
  }
  return found.nodes.every((node) => node.whole);
}

async function look() {
  const hosts = (process.env.NODES || "").split(",").filter(Boolean);
  const login = { name: readSecret("couchdb/username"), password: readSecret("couchdb/password") };
  hide(login.password);
  return (await bring(hosts, login)) && "all " + hosts.length + " nodes are there and whole";
}

keep(look, { usual: 30, soon: 3 });
