"use strict";

// Keeps subjects, and the limits of their namespaces, in CouchDB as the files of
// /tenants say (see again.js). It may be killed at any moment, or run twice at once.
// It deletes what a line says is removed, and nothing else: of a subject without a
// line it knows nothing.
//
//   COUCHDB_URL  http(s)://host:port, without credentials
//   DATABASE     the database of subjects
//   TENANTS      the directory of tenants; default /tenants. Each line of its
//                files is one, as JSON:
//     subject    its name
//     state      "active", "blocked" or "removed"; without it, nobody is
//                blocked here, and who is blocked elsewhere stays so
//     namespaces the limits of each, by name; null: it is removed
//   SECRETS      the directory of secrets; default /secrets
//     couchdb/username, password  a member of the database; no administrator
//     tenants/<namespace>         uuid:key of the namespace
//
// A document has the field "whiskops", a list of its fields that were written
// here: one that is not said any more goes, and what others wrote stays.

const crypto = require("crypto");
const fs = require("fs");

const { Failure, ask, hide, keep, readAddress, readSecret, sleep } = require("./again.js");

const directory = process.env.TENANTS || "/tenants";

// Tenants of a batch, attempts to write what someone else writes at the same
// time, and problems that are told in a round.
const most = 200;
const attempts = 5;
const toldMost = 20;

// The list of a document's own fields, and those that no list names.
const mine = "whiskops";

// ---- what to do ----------------------------------------------------------

// Names of files. Those of Kubernetes' own begin with two dots.
function names(path) {
  return fs.existsSync(path) ? fs.readdirSync(path).filter((name) => !name.startsWith(".")).sort() : [];
}

// Tenants as their lines have them, with the key of each namespace, or why it has
// none. One that has no key keeps the one that the database has.
function readTenants() {
  const texts = names(directory).map((name) => fs.readFileSync(directory + "/" + name, "utf8"));
  const tenants = texts.flatMap((text) => text.split("\n")).filter(Boolean).map((line) => JSON.parse(line));
  const keys = new Map();
  const users = new Map();
  for (const tenant of tenants) {
    for (const name of Object.keys(tenant.namespaces)) {
      if (tenant.state !== "removed" && tenant.namespaces[name] !== null) {
        keys.set(name, readKey(name));
      }
    }
  }
  for (const [name, key] of keys) {
    for (const part of [key.uuid, key.key].filter(Boolean)) {
      users.set(part, (users.get(part) || []).concat([name]));
    }
  }
  for (const shared of users.values()) {
    if (shared.length > 1) {
      const why = "has the same uuid or key as " + shared.slice(0, 2).join(" and ") + " have: each needs its own";
      shared.forEach((name) => keys.set(name, { wrong: why }));
    }
  }
  return { tenants, keys, text: texts.join("") + JSON.stringify(Array.from(keys)) };
}

// A space or line break at the end is no part of it.
function readKey(namespace) {
  let text;
  try {
    text = readSecret("tenants/" + namespace);
  } catch (e) {
    return { wrong: "has no key in the Secrets of tenants" };
  }
  const parts = text.trim().split(":");
  const uuid = /^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/;
  if (parts.length !== 2 || !uuid.test(parts[0]) || !/^[^\s]{64}$/.test(parts[1])) {
    return { wrong: "has a secret that is not uuid:key, with a key of 64 characters" };
  }
  hide(parts[1]);
  return { uuid: parts[0], key: parts[1] };
}

function readServer() {
  const url = readAddress("COUCHDB_URL", "http(s)://host:port");
  if (!/^[a-z][a-z0-9_]*$/.test(process.env.DATABASE || "")) {
    throw new Failure("DATABASE is no name of a database");
  }
  const password = readSecret("couchdb/password");
  hide(password);
  return { url: url + "/" + encodeURIComponent(process.env.DATABASE), login: readSecret("couchdb/username") + ":" + password, seconds: 60 };
}

// ---- talking to the server -----------------------------------------------

// One request, which must be answered well; the answer's body.
async function call(server, method, path, body) {
  const { status, body: answer } = await ask(server, method, path, body);
  if (status >= 300) {
    const hint = { 401: " (couchdb-init makes this user, of the Secret)", 403: " (couchdb-init lets this user in)", 404: " (couchdb-init makes the database and its views)" }[status] || "";
    const reason = [status, answer.error, status < 500 && answer.reason].filter(Boolean).join(" ");
    throw new Failure(method + " " + path + ": " + reason + hint, true);
  }
  return answer;
}

// Documents by their ids, as far as there are any.
async function documents(server, ids) {
  const answer = await call(server, "POST", "/_all_docs?include_docs=true", { keys: ids });
  return new Map(answer.rows.filter((row) => row.doc).map((row) => [row.id, row.doc]));
}

// Subjects by the namespaces that they have, of those that are not blocked.
async function owners(server, namespaces) {
  const answer = await call(server, "POST", "/_design/" + (process.env.DESIGN || "subjects.v2.0.0") + "/_view/identities?reduce=false", { keys: namespaces.map((name) => [name]) });
  const all = new Map();
  answer.rows.forEach((row) => all.set(row.key[0], (all.get(row.key[0]) || []).concat([row.id])));
  return all;
}

// ---- what it should be ---------------------------------------------------

const limitsOf = (namespace) => namespace + "/limits";
const sorted = (value) => (Array.isArray(value) ? value.slice().sort() : value);
const same = (a, b) => JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));

// A document with the fields of want, and without those that were written here
// and are not in it; undefined if it is so.
function withFields(document, want) {
  const before = Array.isArray(document[mine]) ? document[mine] : [];
  const now = Object.keys(want).sort();
  const gone = before.filter((field) => !now.includes(field));
  if (gone.length === 0 && same(before, now) && now.every((field) => same(document[field], want[field]))) {
    return undefined;
  }
  const next = Object.assign({}, document, want, { [mine]: now });
  gone.forEach((field) => delete next[field]);
  if (now.length === 0) {
    delete next[mine];
  }
  return next;
}

// The limits of a namespace; deleted if it is removed, or nothing is left to say.
function wantedLimits(id, want, current) {
  if (want === null) {
    return current && { _id: id, _rev: current._rev, _deleted: true };
  }
  const next = withFields(current || { _id: id }, want);
  if (next && Object.keys(next).every((field) => field.startsWith("_"))) {
    return current && { _id: id, _rev: current._rev, _deleted: true };
  }
  return next;
}

// The namespaces of a subject, as the list of its document.
function wantedNamespaces(tenant, present, keys) {
  const list = present.filter((namespace) => tenant.namespaces[namespace.name] !== null);
  for (const name of Object.keys(tenant.namespaces)) {
    const key = keys.get(name);
    if (key === undefined || key.wrong) {
      continue;
    }
    const own = { name, uuid: key.uuid, key: key.key };
    const i = list.findIndex((namespace) => namespace.name === name);
    if (i === -1) {
      list.push(own);
    } else if (list[i].uuid !== own.uuid || list[i].key !== own.key) {
      list[i] = Object.assign({}, list[i], own);
    }
  }
  return list;
}

// The document of a subject; undefined if it is as it should be.
function wantedSubject(tenant, current, keys) {
  if (tenant.state === "removed") {
    return current && { _id: tenant.subject, _rev: current._rev, _deleted: true };
  }
  const document = current || { _id: tenant.subject, subject: tenant.subject, namespaces: [] };
  if (!Array.isArray(document.namespaces)) {
    throw new Failure("its document in the database has no list of namespaces");
  }
  const list = wantedNamespaces(tenant, document.namespaces, keys);
  const named = withFields(document, tenant.state === undefined ? {} : { blocked: tenant.state === "blocked" });
  if (current && !named && JSON.stringify(list) === JSON.stringify(document.namespaces)) {
    return undefined;
  }
  return list.length === 0 && !current ? undefined : Object.assign({}, named || document, { namespaces: list });
}

// ---- bringing it about ---------------------------------------------------

// What has to be written for a tenant, by turn: limits are there before a subject
// that has them, which controllers then know for minutes, and go after it.
function changesOf(tenant, found, keys, taken) {
  const turns = [[], [], []];
  for (const name of Object.keys(tenant.namespaces)) {
    const id = limitsOf(name);
    const limits = tenant.state === "removed" || taken.has(name) ? null : tenant.namespaces[name];
    const next = taken.has(name) ? undefined : wantedLimits(id, limits, found.get(id));
    if (next) {
      turns[next._deleted ? 2 : 0].push(next);
    }
  }
  const usable = new Map(Array.from(keys).filter((entry) => !taken.has(entry[0])));
  const next = wantedSubject(tenant, found.get(tenant.subject), usable);
  if (next) {
    turns[1].push(next);
  }
  return turns;
}

function tell(subject, document, known) {
  const what = document._id === subject ? "subject " + subject : "limits of " + document._id.replace(/\/limits$/, "");
  console.log(what + ": " + (document._deleted ? "removed" : known ? "changed" : "created"));
}

// A batch of tenants. What stays undone is told to problem(subject, why); the
// number of documents that were written.
async function bring(server, tenants, keys, problem) {
  let written = 0;
  let open = tenants;
  for (let i = 0; open.length > 0; i++) {
    if (i === attempts) {
      open.forEach((tenant) => problem(tenant.subject, "is changed by someone else all the time"));
      return written;
    }
    await sleep(i);
    const again = await attempt(server, open, keys, problem);
    written += again.written;
    open = again.open;
  }
  return written;
}

async function attempt(server, tenants, keys, problem) {
  const namespaces = tenants.flatMap((tenant) => Object.keys(tenant.namespaces));
  const found = await documents(server, tenants.map((tenant) => tenant.subject).concat(namespaces.map(limitsOf)));
  const owned = await owners(server, namespaces);
  const turns = [[], [], []];
  for (const tenant of tenants) {
    try {
      changesOf(tenant, found, keys, takenFrom(tenant, owned, problem)).forEach((list, i) =>
        list.forEach((document) => turns[i].push({ tenant, document })));
    } catch (e) {
      if (!(e instanceof Failure)) {
        throw e;
      }
      problem(tenant.subject, e.message);
    }
  }
  let written = 0;
  const open = new Set();
  for (const turn of turns) {
    // What conflicts is looked at anew before more of that tenant is written.
    const now = turn.filter((change) => !open.has(change.tenant));
    if (now.length === 0) {
      continue;
    }
    const results = await call(server, "POST", "/_bulk_docs", { docs: now.map((change) => change.document) });
    results.forEach((result, i) => {
      const change = now[i];
      if (result.error === "conflict") {
        open.add(change.tenant);
      } else if (result.error) {
        problem(change.tenant.subject, "is refused by the server: " + result.error);
      } else {
        written++;
        tell(change.tenant.subject, change.document, found.has(change.document._id));
      }
    });
  }
  return { written, open: Array.from(open) };
}

// Namespaces that another subject of the database has. Of two, controllers would
// take any.
function takenFrom(tenant, owned, problem) {
  const taken = new Set();
  for (const name of Object.keys(tenant.namespaces)) {
    const other = (owned.get(name) || []).find((subject) => subject !== tenant.subject);
    if (other !== undefined && tenant.state !== "removed" && tenant.namespaces[name] !== null) {
      problem(tenant.subject, "cannot have namespace " + name + ", which subject " + other + " has in the database");
      taken.add(name);
    }
  }
  return taken;
}

// ---- again and again -----------------------------------------------------

// What the last round found right: the database's sequence and what was wanted. After
// a failure all is looked at.
let right;
let lastProblems = "";

// Problems are told when they are others than in the last round.
function tellProblems(problems) {
  const text = problems.slice(0, toldMost).concat(problems.length > toldMost ? ["and " + (problems.length - toldMost) + " more"] : []).join("\n");
  if (text !== lastProblems && text !== "") {
    console.error(text);
  }
  lastProblems = text;
}

async function look() {
  const before = right;
  right = undefined;
  const server = readServer();
  const wanted = readTenants();
  const sequence = (await call(server, "GET", "")).update_seq;
  const key = sequence + " " + crypto.createHash("sha256").update(wanted.text).digest("hex");
  const good = wanted.tenants.length + " tenants are as they should be";
  if (key === before) {
    right = key;
    return good;
  }
  const problems = [];
  const problem = (subject, why) => problems.push("tenant " + subject + " " + why);
  let written = 0;
  for (let i = 0; i < wanted.tenants.length; i += most) {
    const batch = wanted.tenants.slice(i, i + most);
    for (const tenant of batch) {
      Object.keys(tenant.namespaces).forEach((name) => {
        const key = wanted.keys.get(name);
        if (key && key.wrong) {
          problem(tenant.subject, "cannot log in to namespace " + name + " with what it should: it " + key.wrong);
        }
      });
    }
    written += await bring(server, batch, wanted.keys, problem);
  }
  tellProblems(problems);
  if (problems.length > 0) {
    throw new Failure(problems.length + " of what tenants should have is not so");
  }
  if (written === 0) {
    right = key;
  }
  if (written > 0) {
    console.log("documents written: " + written);
  }
  return good;
}

keep(look, { usual: 30, soon: 5 });
