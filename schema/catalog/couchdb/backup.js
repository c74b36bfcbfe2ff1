"use strict";

// Copies all databases of a CouchDB server, attachments and permissions with them, and
// ends. What it could not read back as it was written is no copy. Needs Node 18 or
// newer and nothing else.
//
//   COUCHDB_URL   http(s)://host:port, without credentials
//   PREFIX        beginning of the names of the databases that are copied; empty: all
//   KEEP          copies that are kept
//   TARGET        where they go: see target.js
//   SECRETS       the directory of secrets; default /secrets
//     couchdb/username, password   the server's administrator
//
// A copy is a folder that is named by the time at which it began, in UTC:
//
//   <database>.docs.gz      a document a line, by id, as CouchDB gives it
//   <database>.changes.gz   the same of what changed while the first was written: it
//                           takes its place; what was deleted has its id and
//                           "_deleted" alone
//   manifest.json           written last; a folder without it is no copy
//
// Together they are the database as it was when the second one was read. The manifest
// has of each database its permissions and the sequence up to which it is, and of each
// file the number of its lines and the SHA-256 of its text. _global_changes is left
// out, which the server makes. Older copies go when the new one is there and good, and
// the newest one never does. There are no template literals here: Flux would
// substitute the variables in them.

const { Server, Failure, readLogin, name, run } = require("./server.js");
const { openTarget, readBack, writeLines } = require("./target.js");

// Documents of a request, at most.
const most = 500;

const made = ["_global_changes"];

function readSetup() {
  const keep = Number(process.env.KEEP);
  if (!(keep >= 1)) {
    throw new Failure("KEEP is \"" + process.env.KEEP + "\", not a number of copies");
  }
  return { keep, prefix: process.env.PREFIX || "", server: new Server(process.env.COUCHDB_URL, readLogin()) };
}

// The lines of documents: what has attachments comes with them, one at a time.
async function* lines(server, database, docs) {
  for (const doc of docs) {
    if (doc._deleted) {
      yield JSON.stringify({ _id: doc._id, _deleted: true });
      continue;
    }
    if (!doc._attachments) {
      yield JSON.stringify(doc);
      continue;
    }
    const text = await server.text(name(database, doc._id) + "?attachments=true");
    if (text !== undefined) { // else it was deleted just now, and is among the changes
      yield text.trim();
    }
  }
}

// All documents, by id.
async function* all(server, database) {
  const asked = { rows: most, most };
  for (let after = ""; ; ) {
    const { body, full } = await server.page((rows) => name(database) + "/_all_docs?include_docs=true&limit=" + rows + after, asked);
    yield* lines(server, database, body.rows.filter((row) => row.doc).map((row) => row.doc));
    if (!full) {
      return;
    }
    // What is put between this one and the next is among the changes.
    after = "&startkey=" + encodeURIComponent(JSON.stringify(body.rows[body.rows.length - 1].id + "\u0000"));
  }
}

// What changed since a sequence, until there was nothing new; seq is where that was.
async function* changed(server, database, from, end) {
  const asked = { rows: most, most };
  for (end.seq = from; ; ) {
    const { body, full } = await server.page((rows) => name(database) + "/_changes?include_docs=true&limit=" + rows + "&since=" + encodeURIComponent(end.seq), asked);
    yield* lines(server, database, body.results.map((row) => (row.deleted || !row.doc ? { _id: row.id, _deleted: true } : row.doc)));
    end.seq = body.last_seq;
    if (!full) {
      return;
    }
  }
}

async function copyDatabase(server, target, database) {
  const from = (await server.call("GET", name(database))).update_seq;
  const security = await server.call("GET", name(database) + "/_security");
  const file = encodeURIComponent(database);
  const end = {};
  const docs = await writeLines(target, file + ".docs.gz", all(server, database));
  const changes = await writeLines(target, file + ".changes.gz", changed(server, database, from, end));
  for (const one of [docs, changes]) {
    await readBack(target, one);
  }
  console.log("database " + database + ": " + docs.lines + " documents, " + changes.lines + " changes, " + (docs.size + changes.size) + " bytes");
  return { database, security, seq: end.seq, docs, changes };
}

async function main() {
  const begun = Date.now();
  const setup = readSetup();
  const target = openTarget();
  await target.check();
  const databases = (await setup.server.call("GET", "/_all_dbs")).filter((one) => one.startsWith(setup.prefix) && !made.includes(one));
  if (databases.length === 0) {
    throw new Failure("the server has no database" + (setup.prefix && " that begins with " + setup.prefix) + ": nothing is copied, and the copies that are there stay");
  }
  const copy = new Date(begun).toISOString().replace(/[-:]|\.\d+/g, "");
  await target.begin(copy);
  try {
    const manifest = { version: 1, begun: new Date(begun).toISOString(), databases: [] };
    for (const database of databases) {
      manifest.databases.push(await copyDatabase(setup.server, target, database));
    }
    await target.end(JSON.stringify(manifest, null, 1));
  } catch (e) {
    await target.abandon();
    throw e;
  }
  console.log("copy " + copy + " of " + databases.length + " databases is good, after " + Math.round((Date.now() - begun) / 1000) + " s");
  const copies = await target.copies();
  for (const old of copies.filter((one) => one !== copy).slice(0, Math.max(0, copies.length - setup.keep))) {
    await target.remove(old);
    console.log("copy " + old + " is older than the " + setup.keep + " that are kept, and is gone");
  }
}

run(main);
