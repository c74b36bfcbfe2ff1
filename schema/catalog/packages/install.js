"use strict";

// Keeps packages in the namespace of whisk.system as manifests say: it looks, puts
// right what differs, and looks again after a pause, for as long as it runs. It
// asks the API of OpenWhisk and nothing else, and may be killed at any moment.
// Needs Node 18 or newer and nothing besides.
//
//   API_URL      http(s)://host/api/v1
//   MANIFESTS    directories that hold a packages.json each, and the files that it
//                names, with a colon between them; one that is not there is none
//   VALUES       JSON: values that manifests ask for by their names
//   ADOPT        "true": packages of the wanted names that others made are taken over
//   SECRETS      the directory of secrets; default /secrets
//     subjects/whisk.system    uuid:key of the namespace
//
// What it made it knows again by the annotation "whiskops" of a package and of an
// action, which holds a hash of what was wanted. What has it and is wanted no more
// is taken away; what does not have it is never touched.
//
// In /tmp the file "ready" is there while all is as it should be, and "alive" is
// written again at each answer and while it waits. The secret is read in each
// round, and never printed. There are no template literals here: Flux would
// substitute the variables in them.

const crypto = require("crypto");
const fs = require("fs");
const path = require("path");

const secrets = process.env.SECRETS || "/secrets";
const state = "/tmp";
const mine = "whiskops";

// Pauses between rounds, in seconds: the usual one, and the one where the server is
// not there, or not yet.
const usual = 60;
const soon = 5;

// An error that is told as it is; passing tells that it may be over soon. Any
// other error is a fault of this program.
class Failure extends Error {
  constructor(message, passing) {
    super(message);
    this.passing = passing;
  }
}

// What is right already is told until there has been a good round.
let told = false;
function log(what, result) {
  if (!told || result !== "right") {
    console.log(what + ": " + result);
  }
}

const sha256 = (text) => crypto.createHash("sha256").update(text).digest("hex");

// The same text for the same value, whatever the order of keys.
function canonical(value) {
  return JSON.stringify(value, (key, v) => {
    if (v === null || typeof v !== "object" || Array.isArray(v)) {
      return v;
    }
    return Object.fromEntries(Object.keys(v).sort().map((k) => [k, v[k]]));
  });
}

// ---- what is wanted ------------------------------------------------------

function readKey() {
  const file = secrets + "/subjects/whisk.system";
  let text;
  try {
    text = fs.readFileSync(file, "utf8").trim();
  } catch (e) {
    throw new Failure("cannot read " + file + ": is the Secret mounted, with this key?");
  }
  if (!/^[^\s:]+:[^\s:]+$/.test(text)) {
    throw new Failure(file + " is not uuid:key");
  }
  return text;
}

// Values by name, and the token of the API gateway's management, which whoever has
// the key can work out, and nobody from it the key.
function readValues(key) {
  let values;
  try {
    values = JSON.parse(process.env.VALUES || "{}");
  } catch (e) {
    throw new Failure("VALUES is no JSON");
  }
  return Object.assign({}, values, { "gateway-token": sha256("apigateway:" + key) });
}

const names = /^[A-Za-z0-9_]([A-Za-z0-9_@ .-]*[A-Za-z0-9_@.-])?$/;

function check(holds, message) {
  if (!holds) {
    throw new Failure(message);
  }
}

// The code of an action: its files, one after the other. An archive is one file.
function readCode(directory, at, action) {
  const files = [].concat(action.code || []);
  check(files.length > 0, at + " has no code");
  const read = (file) => {
    const full = path.resolve(directory, String(file));
    check(full.startsWith(path.resolve(directory) + path.sep), at + ": the file " + file + " is outside of its directory");
    try {
      return fs.readFileSync(full);
    } catch (e) {
      throw new Failure(at + ": there is no file " + file);
    }
  };
  if (/\.(zip|jar)$/.test(files[0])) {
    check(files.length === 1, at + ": an archive is one file");
    return { code: read(files[0]).toString("base64"), binary: true };
  }
  return { code: files.map((file) => read(file).toString("utf8")).join("\n"), binary: false };
}

// Parameters with their values. {"value": "NAME"} stands for one of VALUES.
function parameters(at, wanted, values) {
  return Object.keys(wanted || {}).sort().map((key) => {
    let value = wanted[key];
    if (value !== null && typeof value === "object" && typeof value.value === "string" && Object.keys(value).length === 1) {
      check(value.value in values, at + ": there is no value " + value.value);
      value = values[value.value];
    }
    return { key, value };
  });
}

const annotations = (wanted) => Object.keys(wanted || {}).sort().map((key) => ({ key, value: wanted[key] }));

function readAction(directory, at, name, action, values) {
  check(names.test(name), at + ": the action's name " + JSON.stringify(name) + " is none");
  at = at + "/" + name;
  const exec = Object.assign({ kind: action.kind || "nodejs:default" }, readCode(directory, at, action));
  if (action.main) {
    exec.main = action.main;
  }
  const notes = Object.assign({}, action.annotations);
  if (action.web) {
    // A final parameter is nobody's to change: what the package holds stays.
    Object.assign(notes, { "web-export": true, final: true, "raw-http": false });
  }
  const body = { exec, annotations: annotations(notes), parameters: parameters(at, action.parameters, values) };
  if (action.limits) {
    body.limits = action.limits;
  }
  return mark(body);
}

// The annotation by which this program knows its own, over all that is wanted.
function mark(body) {
  const hash = sha256(canonical(body));
  body.annotations = body.annotations.concat([{ key: mine, value: hash }]);
  return { hash, body };
}

// Packages of a directory by their names. None where there is no manifest.
function readManifest(directory, values) {
  const file = path.join(directory, "packages.json");
  if (!fs.existsSync(file)) {
    return {};
  }
  let manifest;
  try {
    manifest = JSON.parse(fs.readFileSync(file, "utf8"));
  } catch (e) {
    throw new Failure(file + " is no JSON: " + e.message);
  }
  check(manifest && typeof manifest.packages === "object" && !Array.isArray(manifest.packages), file + " has no packages by their names");
  const all = {};
  for (const name of Object.keys(manifest.packages).sort()) {
    const at = file + ": " + name;
    const wanted = manifest.packages[name];
    check(names.test(name), at + " is no name of a package");
    const body = {
      publish: wanted.shared !== false,
      annotations: annotations(wanted.annotations),
      parameters: parameters(at, wanted.parameters, values),
    };
    const actions = {};
    for (const action of Object.keys(wanted.actions || {}).sort()) {
      actions[action] = readAction(directory, at, action, wanted.actions[action], values);
    }
    all[name] = Object.assign(mark(body), { actions, from: file });
  }
  return all;
}

function readWanted(key) {
  const values = readValues(key);
  const wanted = {};
  for (const directory of (process.env.MANIFESTS || "").split(":").filter(Boolean)) {
    const found = readManifest(directory, values);
    for (const name of Object.keys(found)) {
      check(!wanted[name], "package " + name + " is in " + found[name].from + " and in " + (wanted[name] || {}).from + ": leave out one");
      wanted[name] = found[name];
    }
  }
  return { wanted, hidden: [values["gateway-token"]] };
}

// ---- talking to the API --------------------------------------------------

class API {
  constructor(url, key, hidden) {
    this.url = url;
    this.login = "Basic " + Buffer.from(key).toString("base64");
    this.hidden = hidden.concat([key, key.split(":")[1]]);
  }

  redact(text) {
    return this.hidden.reduce((clean, secret) => clean.split(secret).join("***"), text);
  }

  // A request, which must be answered with one of the statuses.
  async call(method, at, statuses, body) {
    const options = {
      method,
      headers: { Accept: "application/json", Authorization: this.login },
      signal: AbortSignal.timeout(60000),
    };
    if (body !== undefined) {
      options.headers["Content-Type"] = "application/json";
      options.body = JSON.stringify(body);
    }
    let status, text;
    try {
      const response = await fetch(this.url + "/namespaces/_" + at, options);
      status = response.status;
      text = await response.text();
    } catch (e) {
      const cause = e.cause || {};
      throw new Failure("no answer from " + this.url + ": " + (cause.code || cause.message || e.name), true);
    }
    touch("alive");
    let answer = {};
    try {
      answer = JSON.parse(text);
    } catch (e) {
      // A proxy's page; the status says it.
    }
    if (statuses.includes(status)) {
      return { status, body: answer };
    }
    if (status === 401) {
      throw new Failure("the API does not know the key of whisk.system (401): it is another one, or the database is not set up yet", true);
    }
    const reason = typeof answer.error === "string" ? " " + answer.error : "";
    throw new Failure(method + " " + at + ": " + status + this.redact(reason), status >= 500 || status === 429 || status === 409);
  }

  // All packages of the namespace, in pages as the API gives them: a limit that is
  // asked for may be above what an installation allows (whisk.query-limit).
  async packages() {
    const all = [];
    for (;;) {
      const page = (await this.call("GET", "/packages?skip=" + all.length, [200])).body;
      check(Array.isArray(page), "GET /packages: the answer is no list");
      if (page.length === 0) {
        return all;
      }
      all.push(...page);
    }
  }
}

const segment = encodeURIComponent;
const packageAt = (name) => "/packages/" + segment(name);
const actionAt = (pack, name) => "/actions/" + segment(pack) + "/" + segment(name);

function annotation(entity, key) {
  const found = (entity.annotations || []).find((a) => a.key === key);
  return found === undefined ? undefined : found.value;
}

// Lists of keys and values with the same content.
function same(have, want) {
  const sorted = (list) => (list || []).map((e) => ({ key: e.key, value: e.value })).sort((a, b) => (a.key < b.key ? -1 : 1));
  return canonical(sorted(have)) === canonical(sorted(want));
}

// Whether what is wanted of annotations is among those that there are: OpenWhisk
// adds some of its own.
function among(have, want) {
  return want.every((w) => canonical(annotation({ annotations: have }, w.key)) === canonical(w.value));
}

// ---- bringing it about ---------------------------------------------------

// Versions of actions that were found right, so that their code need not be read
// in each round: OpenWhisk counts every change.
const seen = new Map();

// Parameters of an action as the API shows them: with those of its package.
function inherited(ofPackage, own) {
  return ofPackage.filter((p) => !own.some((o) => o.key === p.key)).concat(own);
}

async function ensureAction(api, pack, name, wanted, ofPackage) {
  const at = actionAt(pack, name);
  const what = "action " + pack + "/" + name;
  const brief = await api.call("GET", at + "?code=false", [200, 404]);
  if (brief.status === 200 && seen.get(at) === brief.body.version + " " + wanted.hash) {
    log(what, "right");
    return;
  }
  let result = "created";
  if (brief.status === 200) {
    const have = (await api.call("GET", at, [200])).body;
    const exec = have.exec || {};
    if (annotation(have, mine) === wanted.hash && exec.code === wanted.body.exec.code && same(have.parameters, inherited(ofPackage, wanted.body.parameters)) && among(have.annotations, wanted.body.annotations)) {
      seen.set(at, have.version + " " + wanted.hash);
      log(what, "right");
      return;
    }
    result = "changed";
  }
  const put = await api.call("PUT", at + "?overwrite=true", [200], wanted.body);
  seen.set(at, put.body.version + " " + wanted.hash);
  log(what, result);
}

async function deleteAction(api, pack, name) {
  await api.call("DELETE", actionAt(pack, name), [200, 404]);
  seen.delete(actionAt(pack, name));
  log("action " + pack + "/" + name, "deleted");
}

// Actions of a package that this program made, by their names, and whether there are
// others.
async function actionsOf(api, pack) {
  const answer = await api.call("GET", packageAt(pack), [200, 404]);
  const mineOf = [];
  let others = 0;
  for (const action of answer.body.actions || []) {
    if (annotation(action, mine) === undefined) {
      others++;
    } else {
      mineOf.push(action.name);
    }
  }
  return { mine: mineOf, others };
}

async function ensurePackage(api, name, wanted, present) {
  const what = "package " + name;
  const have = present.get(name);
  if (have && annotation(have, mine) === undefined && process.env.ADOPT !== "true") {
    throw new Failure(what + " is there and was made by someone else: delete it (wsk package delete /whisk.system/" + name +
      "), or let it be taken over (packages: adopt: true), or leave it out of what is installed");
  }
  let result = "right";
  if (!have) {
    result = "created";
  } else {
    const whole = (await api.call("GET", packageAt(name), [200])).body;
    if (annotation(whole, mine) !== wanted.hash || whole.publish !== wanted.body.publish || !same(whole.parameters, wanted.body.parameters) || !among(whole.annotations, wanted.body.annotations)) {
      result = "changed";
    }
  }
  if (result !== "right") {
    await api.call("PUT", packageAt(name) + "?overwrite=true", [200], wanted.body);
  }
  log(what, result);
  for (const action of Object.keys(wanted.actions)) {
    await ensureAction(api, name, action, wanted.actions[action], wanted.body.parameters);
  }
  for (const action of (await actionsOf(api, name)).mine) {
    if (!wanted.actions[action]) {
      await deleteAction(api, name, action);
    }
  }
}

// A package that is wanted no more goes with the actions that came with it. With
// actions of others in it, it stays, and is theirs.
async function removePackage(api, name, have) {
  const actions = await actionsOf(api, name);
  for (const action of actions.mine) {
    await deleteAction(api, name, action);
  }
  if (actions.others === 0) {
    await api.call("DELETE", packageAt(name), [200, 404]);
    log("package " + name, "deleted");
    return;
  }
  const rest = (have.annotations || []).filter((a) => a.key !== mine);
  await api.call("PUT", packageAt(name) + "?overwrite=true", [200], { annotations: rest });
  log("package " + name, "left to whoever made the other actions in it");
}

async function bring(api, wanted) {
  const present = new Map((await api.packages()).map((p) => [p.name, p]));
  const failed = [];
  for (const name of Object.keys(wanted)) {
    try {
      await ensurePackage(api, name, wanted[name], present);
    } catch (e) {
      // One that cannot be installed keeps none of the others.
      if (!(e instanceof Failure) || e.passing) {
        throw e;
      }
      failed.push(e.message);
    }
  }
  for (const [name, have] of present) {
    if (!wanted[name] && annotation(have, mine) !== undefined) {
      await removePackage(api, name, have);
    }
  }
  if (failed.length > 0) {
    throw new Failure(failed.join("; "));
  }
}

// ---- again and again -----------------------------------------------------

const touch = (name) => fs.writeFileSync(state + "/" + name, "");
const remove = (name) => fs.rmSync(state + "/" + name, { force: true });

// One round; the pause after it.
async function round() {
  let api;
  try {
    const url = (process.env.API_URL || "").replace(/\/+$/, "");
    check(/^https?:\/\/[^\s@?#]+$/.test(url), "API_URL must be http(s)://host/api/v1, without credentials");
    const key = readKey();
    const { wanted, hidden } = readWanted(key);
    api = new API(url, key, hidden);
    await bring(api, wanted);
  } catch (e) {
    remove("ready");
    let message = e.message;
    if (!(e instanceof Failure)) {
      message = "fault of install.js: " + e.name + ": " + (api ? api.redact(e.message) : e.message);
    }
    console.error("failed: " + message);
    return e.passing ? soon : usual;
  }
  if (!fs.existsSync(state + "/ready")) {
    console.log("all is as it should be");
  }
  told = true;
  touch("ready");
  return usual;
}

const sleep = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000));

async function main() {
  // A process with the number 1 ignores signals that it has no answer to.
  process.on("SIGTERM", () => process.exit(0));
  // A container that starts again finds what the last one wrote.
  remove("ready");
  remove("alive");
  for (;;) {
    const pause = await round();
    touch("alive");
    await sleep(pause);
  }
}

main();
