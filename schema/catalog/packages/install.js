"use strict";

// Keeps packages in the namespace of whisk.system as manifests say (see again.js). It
// asks the API of OpenWhisk and nothing else, and may be killed at any moment.
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

const crypto = require("crypto");
const fs = require("fs");
const path = require("path");

const { Failure, ask, canonical, hide, keep, log, readAddress, readSecret } = require("./again.js");

const mine = "whiskops";

const sha256 = (text) => crypto.createHash("sha256").update(text).digest("hex");

// ---- what is wanted ------------------------------------------------------

function readKey() {
  const text = readSecret("subjects/whisk.system").trim();
  check(/^[^\s:]+:[^\s:]+$/.test(text), "the secret subjects/whisk.system is not uuid:key");
  hide(text, text.split(":")[1]);
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
  const token = sha256("apigateway:" + key);
  hide(token);
  return Object.assign({}, values, { "gateway-token": token });
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
  return wanted;
}

// ---- talking to the API --------------------------------------------------

class API {
  constructor(url, key) {
    this.server = { url, login: key, seconds: 60 };
  }

  // A request, which must be answered with one of the statuses.
  async call(method, at, statuses, body) {
    const { status, body: answer } = await ask(this.server, method, "/namespaces/_" + at, body);
    if (statuses.includes(status)) {
      return { status, body: answer };
    }
    if (status === 401) {
      throw new Failure("the API does not know the key of whisk.system (401): it is another one, or the database is not set up yet", true);
    }
    const reason = typeof answer.error === "string" ? " " + answer.error : "";
    throw new Failure(method + " " + at + ": " + status + reason, status >= 500 || status === 429 || status === 409);
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

async function look() {
  const url = readAddress("API_URL", "http(s)://host/api/v1");
  const key = readKey();
  await bring(new API(url, key), readWanted(key));
  return "all is as it should be";
}

keep(look, { usual: 60, soon: 5 });
