"use strict";

// Keeps a CouchDB server as databases.json, beside this file, says (see again.js). It
// adds and repairs, and deletes nothing: it may be killed at any moment, or run twice
// at once.
//
//   COUCHDB_URL             http(s)://host:port, without credentials
//   RESTART                 command that restarts the server; optional
//   SECRETS                 the directory of secrets; default /secrets
//     couchdb/username, password                the server's administrator
//     couchdb/<user>-username, <user>-password  each user of databases.json
//     subjects/<subject>                        uuid:key of the subject

const crypto = require("crypto");
const fs = require("fs");

const { Failure, ask, canonical, hide, keep, log, readAddress, readSecret, secrets, sleep } = require("./again.js");

// Attempts to change a document that someone else changes at the same time.
const attempts = 5;

// Versions of databases.json that the marker remembers.
const remembered = 10;

// ---- what to do ----------------------------------------------------------

function readLogin(prefix) {
  const path = "couchdb/" + prefix;
  const login = { name: readSecret(path + "username"), password: readSecret(path + "password") };
  if (!/^[^\s:]+$/.test(login.name) || !/^\S(.*\S)?$/.test(login.password)) {
    throw new Failure(secrets + "/" + path + "username or password is empty, " +
      "has white space at an end or, in the name, a colon");
  }
  hide(login.password);
  return login;
}

function readUsers(roles, administrator) {
  const users = roles.map((role) => Object.assign({ role }, readLogin(role + "-")));
  const seen = [Object.assign({ role: "the administrator" }, administrator)];
  for (const user of users) {
    const same = seen.find((other) => other.name === user.name);
    if (same && same.password !== user.password) {
      throw new Failure("user " + user.role + " and " + same.role + " have the same name and different passwords");
    }
    seen.push(user);
  }
  return users;
}

// A subject's name is the name of its file. Files of Kubernetes' own begin
// with two dots.
function readSubjects() {
  const directory = secrets + "/subjects";
  if (!fs.existsSync(directory)) {
    return [];
  }
  const names = fs.readdirSync(directory).filter((name) => !name.startsWith(".")).sort();
  const subjects = names.map((name) => {
    const parts = readSecret("subjects/" + name).trim().split(":");
    const uuid = /^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/;
    if (parts.length !== 2 || !uuid.test(parts[0]) || !/^[^\s]{64,}$/.test(parts[1])) {
      throw new Failure("subject " + name + ": the secret is not uuid:key, with a key of 64 characters or more");
    }
    hide(parts[1]);
    return { name, uuid: parts[0], key: parts[1] };
  });
  subjects.forEach((subject, i) => {
    for (const other of subjects.slice(0, i)) {
      if (other.uuid === subject.uuid || other.key === subject.key) {
        throw new Failure("subjects " + other.name + " and " + subject.name + " have the same uuid or key: each needs its own");
      }
    }
  });
  return subjects;
}

function readSetup() {
  const url = readAddress("COUCHDB_URL", "http(s)://host:port");
  const text = fs.readFileSync(__dirname + "/databases.json", "utf8");
  const wanted = JSON.parse(text);
  const administrator = readLogin("");
  return {
    url,
    administrator,
    users: readUsers(wanted.users, administrator),
    subjects: wanted.subjectsDatabase ? readSubjects() : [],
    subjectsDatabase: wanted.subjectsDatabase,
    databases: wanted.databases,
    marker: wanted.marker,
    hash: crypto.createHash("sha256").update(text).digest("hex"),
  };
}

// ---- talking to the server -----------------------------------------------

class Server {
  constructor(setup) {
    this.url = setup.url;
    this.administrator = setup.administrator;
  }

  send(login, method, path, body) {
    return ask({ url: this.url, login: login.name + ":" + login.password, seconds: 30 }, method, path, body);
  }

  // A request as the administrator, which must be answered with one of the
  // statuses.
  async call(method, path, statuses, body) {
    const answer = await this.send(this.administrator, method, path, body);
    if (!statuses.includes(answer.status)) {
      throw this.refusal(method, path, answer);
    }
    return answer;
  }

  refusal(method, path, answer) {
    if (answer.status === 401) {
      return new Failure("the server does not accept the administrator's name and password (401), which are in " +
        secrets + "/couchdb/username and password: they are not the server's, or it was started before they were changed" +
        (process.env.RESTART ? "; restart it: " + process.env.RESTART : ""));
    }
    const reason = [answer.status, answer.body.error, answer.body.reason].filter(Boolean).join(" ");
    return new Failure(method + " " + path + ": " + reason, answer.status >= 500 || answer.status === 429);
  }

  async logsIn(user) {
    const answer = await this.send(user, "GET", "/_session");
    if (answer.status !== 200 && answer.status !== 401) {
      throw this.refusal("GET", "/_session", answer);
    }
    return answer.status === 200 && (answer.body.userCtx || {}).name === user.name;
  }

  // Changes a document, or makes it: change takes the present one (undefined
  // if there is none) and returns the wanted one (undefined if all is right).
  async edit(database, id, change) {
    const path = documentPath(database, id);
    for (let i = 0; i < attempts; i++) {
      await sleep(i);
      const found = await this.call("GET", path, [200, 404]);
      const current = found.status === 200 ? found.body : undefined;
      const wanted = change(current);
      if (wanted === undefined) {
        return "right";
      }
      const document = Object.assign({}, wanted, current && { _rev: current._rev });
      const put = await this.call("PUT", path, [200, 201, 202, 409], document);
      if (put.status !== 409) {
        return current ? "changed" : "created";
      }
    }
    throw new Failure("document " + id + " of " + database + " is changed by someone else all the time");
  }
}

function documentPath(database, id) {
  const special = /^(_design|_local)\/(.*)$/.exec(id);
  const name = special ? special[1] + "/" + encodeURIComponent(special[2]) : encodeURIComponent(id);
  return "/" + encodeURIComponent(database) + "/" + name;
}

// ---- bringing it about ---------------------------------------------------

// A status in left says that the server keeps this database to itself.
async function ensureDatabase(server, name, left) {
  const path = "/" + encodeURIComponent(name);
  let answer = await server.call("GET", path, [200, 404].concat(left));
  if (answer.status === 404) {
    // 412: someone else made it just now.
    answer = await server.call("PUT", path, [201, 202, 412].concat(left));
  }
  const made = answer.status === 201 || answer.status === 202;
  log("database " + name, left.includes(answer.status) ? "right, left to the server" : made ? "created" : "right");
}

// A single node makes its own databases only when it is asked to. A hosted
// server has what it needs, and forbids (403) or does not know (400) them.
async function ensureSystemDatabases(server) {
  for (const name of ["_users", "_replicator", "_global_changes"]) {
    await ensureDatabase(server, name, [400, 403]);
  }
}

async function ensureUser(server, user) {
  const what = "user " + user.role;
  if (user.name === server.administrator.name) {
    log(what, "right, is the administrator");
    return;
  }
  const id = "org.couchdb.user:" + user.name;
  if (await server.logsIn(user)) {
    log(what, "right");
    return;
  }
  // The server replaces the password by its hash.
  const result = await server.edit("_users", id, (current) =>
    Object.assign({ _id: id, type: "user", roles: [] }, current, { name: user.name, password: user.password }));
  for (let i = 0; !(await server.logsIn(user)); i++) {
    if (i === 2) {
      throw new Failure(what + " cannot log in with the password that was just set");
    }
    await sleep(i + 1); // the server's cache of users
  }
  log(what, result === "changed" ? "password changed" : result);
}

// Only administrators and the members may use a database. "_admin" among the
// members keeps a database without members from being open to everyone.
async function ensureSecurity(server, database, names) {
  const path = "/" + encodeURIComponent(database) + "/_security";
  const current = (await server.call("GET", path, [200])).body;
  const merge = (present, newNames) => Object.assign({}, present, {
    names: union(present && present.names, newNames),
    roles: union(present && present.roles, ["_admin"]),
  });
  const wanted = Object.assign({}, current, {
    admins: merge(current.admins, []),
    members: merge(current.members, names),
  });
  if (canonical(wanted) === canonical(current)) {
    log("permissions of " + database, "right");
    return;
  }
  await server.call("PUT", path, [200, 201, 202], wanted);
  log("permissions of " + database, "changed");
}

function union(present, added) {
  return Array.from(new Set((present || []).concat(added)));
}

async function ensureDesign(server, database, id, wanted) {
  const result = await server.edit(database, id, (current) => {
    const content = Object.assign({}, current);
    delete content._id;
    delete content._rev;
    return current && canonical(content) === canonical(wanted) ? undefined : Object.assign({ _id: id }, wanted);
  });
  log(id + " of " + database, result);
}

// The Secret says what a subject's own namespace is reached by. All else that
// the document holds (other namespaces, blocked) is not ours.
async function ensureSubject(server, database, subject) {
  const result = await server.edit(database, subject.name, (current) => {
    const own = { name: subject.name, uuid: subject.uuid, key: subject.key };
    if (current === undefined) {
      return { _id: subject.name, subject: subject.name, namespaces: [own] };
    }
    const namespaces = current.namespaces || [];
    if (!Array.isArray(namespaces)) {
      throw new Failure("subject " + subject.name + ": its document in " + database + " has no list of namespaces");
    }
    const i = namespaces.findIndex((namespace) => namespace.name === own.name);
    if (i === -1) {
      return Object.assign({}, current, { namespaces: namespaces.concat([own]) });
    }
    if (namespaces[i].uuid === own.uuid && namespaces[i].key === own.key) {
      return undefined;
    }
    const changed = namespaces.slice();
    changed[i] = Object.assign({}, namespaces[i], own);
    return Object.assign({}, current, { namespaces: changed });
  });
  log("subject " + subject.name, result === "changed" ? "uuid and key changed" : result);
}

// Whoever waits for the databases looks for the hash of its own databases.json
// in this document. That of an older version stays: while a release replaces
// another, pods of both start, and of a release that is rolled back to, all is
// here but the last differences between design documents, which its own rounds
// put right. The last hash is that of the design documents that are here.
async function mark(server, marker, hash) {
  const id = "_local/" + marker.document;
  const result = await server.edit(marker.database, id, (current) => {
    // The first release of whiskops wrote one hash.
    const present = [].concat((current && (current.hashes || current.hash)) || []);
    if (current && current.hashes && present[present.length - 1] === hash) {
      return undefined;
    }
    const hashes = present.filter((other) => other !== hash).concat([hash]);
    return { _id: id, hashes: hashes.slice(-remembered) };
  });
  log("marker " + id + " of " + marker.database, result);
}

async function bring(setup, server) {
  // The administrator is known before anything else is asked.
  await server.call("GET", "/_session", [200]);
  await ensureSystemDatabases(server);
  for (const user of setup.users) {
    await ensureUser(server, user);
  }
  for (const database of setup.databases) {
    await ensureDatabase(server, database.name, []);
    const members = setup.users.filter((user) =>
      database.members.includes(user.role) && user.name !== server.administrator.name);
    await ensureSecurity(server, database.name, members.map((user) => user.name));
    for (const id of Object.keys(database.designs)) {
      await ensureDesign(server, database.name, id, database.designs[id]);
    }
  }
  for (const subject of setup.subjects) {
    await ensureSubject(server, setup.subjectsDatabase, subject);
  }
  await mark(server, setup.marker, setup.hash);
}

async function look() {
  const setup = readSetup();
  await bring(setup, new Server(setup));
  return "all is as it should be";
}

keep(look, { usual: 30, soon: 5 });
