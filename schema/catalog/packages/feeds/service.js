"use strict";

// Keeps the list of what a provider of events listens for, in the provider's own
// database, for the feed actions:
//
//   POST, GET, PUT, DELETE  /NAMESPACE/TRIGGER, with the trigger's key (Basic)
//   GET /healthz
//
// The key is the permission: the API of OpenWhisk is asked for the trigger with it,
// and what it does not show to the key is not touched. Needs Node 18 or newer and
// nothing besides.
//
//   PROVIDER      alarms or kafka
//   DATABASE_URL  http(s)://host:port/name, without credentials
//   API_URL       http(s)://host/api/v1
//   BROKERS       host:port, with commas between them: what kafka may be asked for
//   PORT          default 8081
//   SECRETS       the directory of secrets; default /secrets
//     couchdb/username, password    the providers' user of the database
//
// No key and no password is ever printed. There are no template literals here: Flux
// would substitute the variables in them.

const fs = require("fs");
const http = require("http");
const crypto = require("crypto");

const secrets = process.env.SECRETS || "/secrets";
const api = process.env.API_URL;
const database = process.env.DATABASE_URL;
const brokers = (process.env.BROKERS || "").split(",").filter(Boolean);
const largest = 1024 * 1024;

// A refusal is told to the caller as it is.
class Refusal extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

function refuse(unless, message) {
  if (!unless) {
    throw new Refusal(400, message);
  }
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const basic = (text) => "Basic " + Buffer.from(text).toString("base64");
const secret = (name) => fs.readFileSync(secrets + "/couchdb/" + name, "utf8");

// ---- the trigger and its owner -------------------------------------------

async function ask(url, options) {
  let response;
  try {
    response = await fetch(url, Object.assign({ signal: AbortSignal.timeout(10000) }, options));
    return { status: response.status, body: await response.json().catch(() => ({})) };
  } catch (e) {
    const cause = e.cause || {};
    throw new Refusal(503, "no answer from " + new URL(url).host + ": " + (cause.code || e.name));
  }
}

// One that is gone may be taken off the list: wsk deletes it first, or last.
async function permitted(at, key, gone) {
  const url = api + "/namespaces/" + encodeURIComponent(at.namespace) + "/triggers/" + encodeURIComponent(at.name);
  const { status } = await ask(url, { headers: { Authorization: basic(key) } });
  if (status !== 200 && !(gone && status === 404)) {
    throw new Refusal(status === 404 ? 404 : 403, "the key does not open the trigger (" + status + ")");
  }
}

// ---- the database --------------------------------------------------------

async function document(method, id, body) {
  const headers = { Authorization: basic(secret("username") + ":" + secret("password")), "Content-Type": "application/json" };
  const url = database + "/" + encodeURIComponent(id) + (method === "DELETE" ? "?rev=" + encodeURIComponent(body) : "");
  const answer = await ask(url, { method, headers, body: method === "PUT" ? JSON.stringify(body) : undefined });
  if (![200, 201, 202, 404].includes(answer.status)) {
    throw new Refusal(answer.status === 409 ? 409 : 503, "the provider's database answered " + answer.status + (answer.status === 409 ? ": someone else changed the trigger at the same time" : ""));
  }
  return answer;
}

async function find(id) {
  const found = await document("GET", id);
  return found.status === 200 ? found.body : undefined;
}

const on = () => ({ active: true, dateChanged: Date.now() });
const off = () => ({ active: false, dateChanged: Date.now(), reason: { kind: "AUTO", message: "while it is changed" } });

// A provider of alarms reads a document once: what is on and changes has to be off
// for a moment.
async function silence(doc) {
  const { body } = await document("PUT", doc._id, Object.assign({}, doc, { status: off() }));
  await pause(Number(process.env.SILENCE_MS || 1500));
  return Object.assign({}, doc, { _rev: body.rev });
}

// ---- what a provider listens for -----------------------------------------

function time(value, name) {
  const n = typeof value === "number" || /^[0-9]+$/.test(value) ? new Date(Number(value)) : new Date(value);
  refuse(!isNaN(n), name + " is no time: " + JSON.stringify(value));
  refuse(n > Date.now(), name + " has passed: " + JSON.stringify(value));
  return value;
}

const truth = (value) => value === true || String(value).trim().toLowerCase() === "true";

function cron(value) {
  const fields = String(value || "").trim().split(/\s+/);
  const good = (fields.length === 5 || fields.length === 6) && fields.every((f) => /^[0-9A-Za-z*,/-]+$/.test(f));
  refuse(good, "cron is no pattern of five or six fields: " + JSON.stringify(value));
  return String(value).trim();
}

function timezone(value) {
  try {
    new Intl.DateTimeFormat("en", { timeZone: value });
  } catch (e) {
    refuse(false, "timezone is none: " + JSON.stringify(value));
  }
  return value;
}

// Payloads are objects; a text is put below the name payload.
const payload = (value) => (typeof value === "string" ? (value === "" ? {} : { payload: value }) : value);

const given = (body, name) => body[name] !== undefined && body[name] !== "";

// Fields of an alarm, of those that the body has.
function alarmFields(type, body) {
  const doc = {};
  if (given(body, "trigger_payload")) {
    doc.payload = payload(body.trigger_payload);
  }
  if (type === "once") {
    if (given(body, "date")) {
      doc.date = time(body.date, "date");
    }
    if (given(body, "deleteAfterFire")) {
      doc.deleteAfterFire = String(body.deleteAfterFire).trim().toLowerCase();
      refuse(["false", "true", "rules"].includes(doc.deleteAfterFire), "deleteAfterFire is one of false, true, rules");
    }
    return doc;
  }
  if (type === "interval" && given(body, "minutes")) {
    doc.minutes = Number(body.minutes);
    refuse(Number.isInteger(doc.minutes) && doc.minutes > 0, "minutes is a whole number from 1 on");
  }
  if (type === "cron") {
    for (const [name, read] of [["cron", cron], ["timezone", timezone], ["strict", truth]]) {
      if (given(body, name)) {
        doc[name] = read(body[name]);
      }
    }
  }
  for (const name of ["startDate", "stopDate"]) {
    if (given(body, name)) {
      doc[name] = time(body[name], name);
    }
  }
  if (given(body, "maxTriggers")) {
    doc.maxTriggers = Number(body.maxTriggers);
    refuse(type === "cron" && Number.isInteger(doc.maxTriggers) && !doc.stopDate, "maxTriggers is a whole number, for an alarm by cron without stopDate");
  }
  return doc;
}

const typeOf = (doc) => (doc.date ? "once" : doc.minutes ? "interval" : "cron");

const alarms = {
  id: (at, key) => key + "/" + at.namespace + "/" + at.name,
  create(at, key, body) {
    const wanted = { once: "date", interval: "minutes", cron: "cron" }[body.type];
    refuse(wanted, "type is one of once, interval, cron");
    refuse(given(body, wanted), wanted + " is missing");
    const doc = Object.assign({ payload: {}, maxTriggers: -1 }, alarmFields(body.type, body));
    if (body.type === "interval" && !doc.startDate) {
      doc.startDate = Date.now() + 30000; // it has to be in the future
    }
    return Object.assign(doc, { apikey: key, namespace: at.namespace, name: at.name, worker: "worker0" });
  },
  change: (doc, body) => alarmFields(typeOf(doc), body),
  silent: true,
  told: ["name", "namespace", "payload", "cron", "timezone", "strict", "date", "deleteAfterFire", "minutes", "startDate", "stopDate"],
};

function flags(body) {
  const doc = {};
  for (const name of ["isJSONData", "isBinaryKey", "isBinaryValue"]) {
    if (given(body, name)) {
      doc[name] = truth(body[name]);
    }
  }
  return doc;
}

function exclusive(doc) {
  refuse(!(doc.isJSONData && doc.isBinaryValue), "isJSONData and isBinaryValue exclude each other");
  return doc;
}

const kafka = {
  id: (at) => "/" + at.namespace + "/" + at.name,
  create(at, key, body) {
    refuse(typeof body.topic === "string" && body.topic, "topic is missing");
    const asked = Array.isArray(body.brokers) ? body.brokers : String(body.brokers || "").split(",").filter(Boolean);
    refuse(asked.length > 0, "brokers is missing: a list of host:port");
    const other = asked.find((broker) => !brokers.includes(broker));
    refuse(other === undefined, "the broker " + JSON.stringify(other) + " is not among those that this installation reads from: " + brokers.join(", "));
    const doc = exclusive(Object.assign({ isJSONData: false, isBinaryKey: false, isBinaryValue: false }, flags(body)));
    return Object.assign(doc, {
      topic: body.topic,
      brokers: asked,
      isMessageHub: false,
      triggerName: kafka.id(at),
      triggerURL: api + "/namespaces/" + encodeURIComponent(at.namespace) + "/triggers/" + encodeURIComponent(at.name),
      authKey: key,
      uuid: crypto.randomUUID(),
      worker: "worker0",
    });
  },
  change: (doc, body) => exclusive(Object.assign({ isJSONData: doc.isJSONData, isBinaryValue: doc.isBinaryValue }, flags(body))),
  silent: false,
  told: ["triggerName", "topic", "isJSONData", "isBinaryValue", "isBinaryKey", "brokers"],
};

const provider = { alarms, kafka }[process.env.PROVIDER];

// ---- requests ------------------------------------------------------------

const work = {
  async POST(at, key, body) {
    await permitted(at, key, false);
    const id = provider.id(at, key);
    const doc = provider.create(at, key, body);
    let there = await find(id);
    if (there) {
      there = await silence(there);
    }
    await document("PUT", id, Object.assign(doc, { _id: id, status: on() }, there && { _rev: there._rev }));
    return doc.uuid ? { uuid: doc.uuid } : { status: "success" };
  },
  async GET(at, key) {
    await permitted(at, key, false);
    const doc = await existing(at, key);
    const status = Object.assign({}, doc.status, { dateChangedISO: new Date(doc.status.dateChanged).toISOString() });
    return { config: Object.fromEntries(provider.told.filter((name) => doc[name] !== undefined).map((name) => [name, doc[name]])), status };
  },
  async PUT(at, key, body) {
    await permitted(at, key, false);
    const doc = await existing(at, key);
    const change = provider.change(doc, body);
    refuse(Object.keys(change).length > 0, "nothing of what was given can be changed");
    const silent = provider.silent ? await silence(doc) : doc;
    await document("PUT", doc._id, Object.assign({}, silent, change, { status: on() }));
    return { status: "success" };
  },
  async DELETE(at, key) {
    await permitted(at, key, true);
    let doc = await existing(at, key);
    if (provider.silent) {
      doc = await silence(doc);
    }
    await document("DELETE", doc._id, doc._rev);
    return { status: "success" };
  },
};

async function existing(at, key) {
  const doc = await find(provider.id(at, key));
  // A key says whose an alarm is; of Kafka's triggers the name does.
  if (!doc) {
    throw new Refusal(404, "nobody listens for this trigger");
  }
  return doc;
}

function read(request) {
  return new Promise((resolve, reject) => {
    const parts = [];
    let size = 0;
    request.on("data", (part) => {
      size += part.length;
      if (size > largest) {
        reject(new Refusal(413, "the request is too large"));
        request.destroy();
      }
      parts.push(part);
    });
    request.on("error", reject);
    request.on("end", () => resolve(Buffer.concat(parts).toString("utf8")));
  });
}

async function answer(request) {
  const match = /^\/([^/?]+)\/([^/?]+)$/.exec(request.url);
  const handle = Object.hasOwn(work, request.method) ? work[request.method] : undefined;
  const sent = /^Basic +(\S+)$/i.exec(request.headers.authorization || "");
  refuse(match && handle, "there is /NAMESPACE/TRIGGER, and POST, GET, PUT and DELETE");
  if (!sent) {
    throw new Refusal(401, "the trigger's key is missing");
  }
  const at = { namespace: decodeURIComponent(match[1]), name: decodeURIComponent(match[2]) };
  // "_" is everybody's own, "." and ".." are steps of a path.
  refuse([at.namespace, at.name].every((name) => !/^(_|\.{1,2})$/.test(name)), "a namespace and a trigger have names");
  const key = Buffer.from(sent[1], "base64").toString("utf8");
  const text = await read(request);
  let body = {};
  try {
    body = text ? JSON.parse(text) : {};
  } catch (e) {
    refuse(false, "the body is no JSON");
  }
  refuse(body !== null && typeof body === "object" && !Array.isArray(body), "the body is no object");
  return handle(at, key, body);
}

const server = http.createServer(async (request, response) => {
  let status = 200;
  let body;
  try {
    body = request.url === "/healthz" ? { ok: true } : await answer(request);
  } catch (e) {
    status = e.status || (e instanceof URIError ? 400 : 500);
    body = { error: e.status ? e.message : "fault of the service: " + e.name };
    console.error(request.method + " " + status + ": " + (e.status ? e.message : e.stack));
  }
  const text = JSON.stringify(body);
  response.writeHead(status, { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(text) });
  response.end(text);
});

process.on("SIGTERM", () => process.exit(0));
server.listen(Number(process.env.PORT || 8081));
