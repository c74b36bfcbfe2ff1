"use strict";

// Writes a copy that backup.js made into the databases of a CouchDB server, and ends.
// It changes and deletes no document: what is there stays as it is. It may be killed,
// and run again, at any moment. Needs Node 18 or newer and nothing else.
//
//   COUCHDB_URL   http(s)://host:port, without credentials
//   TARGET        where the copies are: see target.js
//   COPY          name of the copy; default: the newest one
//   INTO          "filled" writes also into databases that have documents which the
//                 copy has not; else they are a reason to stop, before anything is done
//   SECRETS       the directory of secrets; default /secrets
//     couchdb/username, password   the server's administrator
//
// A database that is not there is made. Permissions are those of the copy where the
// database was made just now. Documents come with the revisions that they had. What
// couchdb-init has made meanwhile (design documents, users, its subjects) stays.
// _replicator is left out: what replicated from or to the old server would begin to
// do so here. There are no template literals here: Flux would substitute the variables
// in them.

const { Server, Failure, readLogin, name, run } = require("./server.js");
const { openTarget, readLines, readBack, manifest } = require("./target.js");

// Documents of a request, and about how many bytes.
const most = 500;
const bytes = 8 * 1024 * 1024;

const leftOut = ["_replicator"];

async function readManifest(target, copies) {
  const copy = process.env.COPY || copies[copies.length - 1];
  if (!copies.includes(copy)) {
    throw new Failure(copies.length === 0 ? "there is no copy" : "there is no copy " + copy + "; there are " + copies.join(", "));
  }
  const chunks = [];
  for await (const chunk of await target.read(copy, manifest)) {
    chunks.push(chunk);
  }
  try {
    return Object.assign(JSON.parse(Buffer.concat(chunks).toString("utf8")), { copy });
  } catch (e) {
    throw new Failure("copy " + copy + ": " + manifest + " is broken; name another one by COPY");
  }
}

// The documents of a copy in the order in which they count: changes first, whose ids
// are then passed over. What was deleted is no document.
async function* documents(target, copy, database) {
  const changed = new Map();
  for await (const line of readLines(target, copy, database.changes.file)) {
    changed.set(JSON.parse(line)._id, line);
  }
  for (const line of changed.values()) {
    yield line;
  }
  for await (const line of readLines(target, copy, database.docs.file)) {
    if (!changed.has(JSON.parse(line)._id)) {
      yield line;
    }
  }
}

async function* batches(source) {
  let batch = [];
  let size = 0;
  for await (const line of source) {
    const doc = JSON.parse(line);
    if (doc._deleted) {
      continue;
    }
    batch.push(doc);
    size += line.length;
    if (batch.length === most || size >= bytes) {
      yield batch;
      batch = [];
      size = 0;
    }
  }
  if (batch.length > 0) {
    yield batch;
  }
}

// Ids of those of a batch that the database has.
async function present(server, database, batch) {
  const found = await server.call("POST", name(database) + "/_all_docs", { keys: batch.map((doc) => doc._id) });
  return new Set(found.rows.filter((row) => row.id && !(row.value || {}).deleted).map((row) => row.id));
}

// Documents of a database that the copy has not, design documents aside.
async function strange(server, target, copy, database) {
  const info = await server.call("GET", name(database.database), undefined, [404]);
  if (!info || info.doc_count === 0) {
    return 0;
  }
  const designs = await server.call("GET", name(database.database) + "/_all_docs?startkey=%22_design%2F%22&endkey=%22_design0%22");
  let known = 0;
  for await (const batch of batches(documents(target, copy, database))) {
    const there = await present(server, database.database, batch.filter((doc) => !doc._id.startsWith("_design/")));
    known += there.size;
  }
  return Math.max(0, info.doc_count - designs.rows.length - known);
}

async function fill(server, target, copy, database) {
  const path = name(database.database);
  const made = await server.call("PUT", path, undefined, [412]);
  const count = { written: 0, there: 0 };
  for await (const batch of batches(documents(target, copy, database))) {
    const there = await present(server, database.database, batch);
    const docs = batch.filter((doc) => !there.has(doc._id));
    if (docs.length > 0) {
      const failed = (await server.call("POST", path + "/_bulk_docs", { docs, new_edits: false })).filter((one) => one.error);
      if (failed.length > 0) {
        throw new Failure("document " + JSON.stringify(failed[0].id) + " of " + database.database + " is not written: " + failed[0].error + " " + (failed[0].reason || ""));
      }
    }
    count.written += docs.length;
    count.there += there.size;
  }
  if (made) {
    await server.call("PUT", path + "/_security", database.security);
  }
  console.log("database " + database.database + ": " + count.written + " documents written, " + count.there + " were there and stay" + (made ? "" : "; so do its permissions"));
}

async function main() {
  const begun = Date.now();
  const server = new Server(process.env.COUCHDB_URL, readLogin());
  const target = openTarget();
  const found = await readManifest(target, await target.copies());
  const databases = found.databases.filter((one) => !leftOut.includes(one.database));
  for (const database of databases) {
    for (const file of [database.docs, database.changes]) {
      await readBack(target, file, found.copy);
    }
  }
  console.log("copy " + found.copy + " is as it was written");
  for (const database of databases) {
    const n = await strange(server, target, found.copy, database);
    if (n > 0 && process.env.INTO !== "filled") {
      throw new Failure("database " + database.database + " has " + n + " documents that the copy has not: nothing is written. Delete the database if they are not wanted, or run with INTO=filled, which adds to them");
    }
  }
  for (const database of databases) {
    await fill(server, target, found.copy, database);
  }
  console.log("copy " + found.copy + " is restored, after " + Math.round((Date.now() - begun) / 1000) + " s");
}

run(main);
