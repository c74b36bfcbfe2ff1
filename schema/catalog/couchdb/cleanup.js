"use strict";

// Deletes the records of activations that ended long enough ago, and nothing
// else, and ends. What it deletes goes in batches, oldest first: it may be
// killed at any moment, and the next run goes on. Needs Node 18 or newer and
// nothing else.
//
//   COUCHDB_URL   http(s)://host:port, without credentials
//   DATABASE      the database of activations
//   KEEP_SECONDS  how long a record is kept after its activation's end
//   SECRETS       the directory of secrets; default /secrets
//     couchdb/username, password   a member of the database; no administrator
//
// It looks for old records by the view byDate of _design/activations, and
// believes the documents alone. It refuses, with a word why, where it could
// delete what should stay: a bound that is too short, clocks that differ, records
// from the future, and a document in the view that is no activation. Compaction
// is CouchDB's own affair, which starts it when half of a file is waste. There are
// no template literals here: Flux would substitute the variables in them.

const { Failure, read, readLogin } = require("./server.js");

// Seconds: the shortest time that records may be kept, and how far clocks may be
// apart.
const least = 3600;
const apart = 300;

// Documents of a batch at most, and bytes of an answer: records with large logs
// come in smaller batches, at least one by one.
const most = 200;
const bytes = 16 * 1024 * 1024;

function readSetup() {
  const url = (process.env.COUCHDB_URL || "").replace(/\/+$/, "");
  if (!/^https?:\/\/[^\s@?#]+$/.test(url)) {
    throw new Failure("COUCHDB_URL must be http(s)://host:port, without credentials");
  }
  if (!/^[a-z][a-z0-9_]*$/.test(process.env.DATABASE || "")) {
    throw new Failure("DATABASE is no name of a database");
  }
  const keep = process.env.KEEP_SECONDS || "";
  if (!/^[0-9]{1,9}$/.test(keep) || Number(keep) < least) {
    throw new Failure("KEEP_SECONDS is \"" + keep + "\", not a number of at least " + least + ": nothing is deleted");
  }
  return { database: url + "/" + encodeURIComponent(process.env.DATABASE), login: readLogin(), keep: Number(keep) * 1000 };
}

// One request; the answer as {clock, body}, or undefined if it is too long.
async function call(setup, method, path, document, limit) {
  let response, text;
  try {
    response = await fetch(setup.database + path, {
      method,
      headers: { Accept: "application/json", "Content-Type": "application/json", Authorization: "Basic " + setup.login },
      body: document && JSON.stringify(document),
      signal: AbortSignal.timeout(60000),
    });
    text = await read(response, limit || Infinity);
  } catch (e) {
    const cause = e.cause || {};
    throw new Failure("no answer from " + setup.database + ": " + (cause.code || cause.message || e.name));
  }
  if (text === undefined) {
    return undefined;
  }
  let body = {};
  try {
    body = JSON.parse(text);
  } catch (e) {
    // The status says enough.
  }
  if (response.status >= 300) {
    const hint = { 401: " (is this the user of the Secret?)", 404: " (couchdb-init makes the database and its view)" }[response.status] || "";
    throw new Failure([method, path.split("?")[0] + ":", response.status, body.error, body.reason].filter(Boolean).join(" ") + hint);
  }
  return { clock: Date.parse(response.headers.get("date")), body };
}

const view = (query) => "/_design/activations/_view/byDate?reduce=false&" + query;

// The end of what is deleted, by the clock that is behind.
async function bound(setup) {
  const answer = await call(setup, "GET", view("descending=true&limit=1"));
  const now = Date.now();
  const shown = (time) => new Date(time).toISOString();
  if (!(Math.abs(now - answer.clock) <= apart * 1000)) {
    throw new Failure("it is " + shown(now) + " here and " + answer.clock + " ms at the server, which is too far apart: nothing is deleted");
  }
  const newest = (answer.body.rows || []).map((row) => row.key)[0];
  if (newest !== undefined && !(newest <= now + apart * 1000)) {
    throw new Failure("the newest activation began at " + newest + ", which is after now (" + now + "): a clock is wrong, and nothing is deleted");
  }
  return Math.min(now, answer.clock) - setup.keep;
}

// Whether a row's document is gone since the view was read.
const absent = (row) => !row.doc || row.doc._id !== row.id || row.doc._deleted;

// Whether a row of the view is an activation that may go. One that runs for long
// is old by its start and not by its end; triggers have no end.
function goes(row, until) {
  const doc = row.doc;
  const id = typeof doc.activationId === "string" && doc.activationId !== "" && doc._id === doc.namespace + "/" + doc.activationId;
  const kind = doc.entityType === undefined || doc.entityType === "activation";
  const times = typeof doc.start === "number" && (doc.end === undefined || typeof doc.end === "number");
  if (!id || !kind || !times) {
    throw new Failure("document " + JSON.stringify(row.id) + " is in the view of activations and is none: nothing more is deleted");
  }
  return Math.max(doc.start, doc.end || 0) <= until;
}

// Deletes documents, and returns the ids of those that somebody else has changed or
// deleted meanwhile.
async function remove(setup, docs) {
  if (docs.length === 0) {
    return [];
  }
  const answer = await call(setup, "POST", "/_bulk_docs", { docs: docs.map((doc) => ({ _id: doc._id, _rev: doc._rev, _deleted: true })) });
  const failed = answer.body.filter((result) => result.error && result.error !== "conflict");
  if (failed.length > 0) {
    throw new Failure("document " + JSON.stringify(failed[0].id) + " is not deleted: " + failed[0].error + " " + (failed[0].reason || ""));
  }
  return answer.body.filter((result) => result.error).map((result) => result.id);
}

// Goes from the oldest on. What stays is skipped, and what is deleted leaves the
// view. What somebody else has changed or deleted, as the last request of a killed
// run does, may be in the view or not: it is looked at once more, and stays if it is.
async function clean(setup, until, count) {
  const seen = new Set();
  for (let left = 0, limit = most; ; ) {
    // Only starts that are numbers lie between two numbers.
    const answer = await call(setup, "GET", view("include_docs=true&startkey=0&endkey=" + until + "&limit=" + limit + "&skip=" + left), undefined,
      limit > 1 ? bytes : Infinity);
    if (answer === undefined) {
      limit = Math.ceil(limit / 4);
      continue;
    }
    const rows = answer.body.rows;
    if (rows.length === 0) {
      count.left = left;
      return;
    }
    const unseen = rows.filter((row) => !seen.has(row.id));
    const missing = unseen.filter(absent).map((row) => row.id);
    const old = unseen.filter((row) => !absent(row) && goes(row, until));
    const changed = await remove(setup, old.map((row) => row.doc));
    missing.concat(changed).forEach((id) => seen.add(id));
    count.gone += old.length - changed.length;
    left += rows.length - old.length - missing.length;
    limit = Math.min(most, limit * 2);
  }
}

async function main() {
  // A process with the number 1 ignores signals that it has no answer to.
  process.on("SIGTERM", () => process.exit(1));
  const count = { gone: 0, left: 0 };
  let code = 0;
  try {
    const setup = readSetup();
    const until = await bound(setup);
    console.log("records of activations that ended before " + new Date(until).toISOString() + " go");
    await clean(setup, until, count);
  } catch (e) {
    code = 1;
    console.error("failed: " + (e instanceof Failure ? e.message : "fault of cleanup.js: " + e.name));
  }
  console.log(count.gone + " deleted, " + count.left + " began before and are kept");
  process.exit(code);
}

main();
