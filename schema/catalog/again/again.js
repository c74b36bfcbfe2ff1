"use strict";

// What programs share that bring something about and keep it so: each looks, puts
// right what differs, and looks again after a pause, for as long as it runs. Its
// container is ready while all is as it should be, and alive as long as it gets
// answers or comes to the end of rounds. Needs Node 18 or newer and nothing else.
//
//   SECRETS   the directory of secrets; default /secrets
//   STATE     the directory of what probes look at; default /tmp
//   HASTE     how many times shorter every pause is; default 1. For tests
//
// In STATE the file "ready" is there while all is as it should be, and "alive" is
// written again at each answer of a server and after each round. No secret is ever
// printed. There are no template literals here: Flux would substitute the variables
// in them.

const fs = require("fs");

const secrets = process.env.SECRETS || "/secrets";
const state = process.env.STATE || "/tmp";
const haste = Number(process.env.HASTE) || 1;

// An error that is told as it is; passing tells that it may be over soon. Any
// other error is a fault of the program.
class Failure extends Error {
  constructor(message, passing) {
    super(message);
    this.passing = passing;
  }
}

const sleep = (seconds) => new Promise((done) => setTimeout(done, (seconds * 1000) / haste));
const touch = (name) => fs.writeFileSync(state + "/" + name, "");
const remove = (name) => fs.rmSync(state + "/" + name, { force: true });

// ---- what is given -------------------------------------------------------

// The text of a Secret's key. Nothing is cut off: whoever gets the same key as an
// environment variable has its end, too.
function readSecret(path) {
  try {
    return fs.readFileSync(secrets + "/" + path, "utf8");
  } catch (e) {
    throw new Failure("cannot read " + secrets + "/" + path + ": is the Secret mounted, with this key?");
  }
}

// Texts that a failure of this round must not show, whoever sent it back.
let hidden = new Set();
const hide = (...texts) => texts.forEach((text) => hidden.add(text));

// One that has another in it goes first, or its rest would be shown.
function redact(text) {
  const all = Array.from(hidden).filter(Boolean).sort((a, b) => b.length - a.length);
  return all.reduce((clean, secret) => clean.split(secret).join("***"), text);
}

// The address that a variable has, without a "/" at its end.
function readAddress(variable, form) {
  const url = (process.env[variable] || "").replace(/\/+$/, "");
  if (!/^https?:\/\/[^\s@?#]+$/.test(url)) {
    throw new Failure(variable + " must be " + form + ", without credentials");
  }
  return url;
}

// The same text for the same value, whatever the order of keys.
function canonical(value) {
  return JSON.stringify(value, (key, v) => {
    if (v === null || typeof v !== "object" || Array.isArray(v)) {
      return v;
    }
    return Object.fromEntries(Object.keys(v).sort().map((k) => [k, v[k]]));
  });
}

// ---- talking to a server -------------------------------------------------

// One request to a server, {url, login: "name:password", seconds: how long it may
// take}; the answer as {status, body}. Any status is an answer, and a body that is no
// JSON, as a proxy's page, is {}.
async function ask(server, method, path, body) {
  const options = {
    method,
    headers: { Accept: "application/json", Authorization: "Basic " + Buffer.from(server.login).toString("base64") },
    signal: AbortSignal.timeout(server.seconds * 1000),
  };
  // CouchDB takes no POST without a type.
  if (body !== undefined || method === "POST") {
    options.headers["Content-Type"] = "application/json";
  }
  if (body !== undefined) {
    options.body = JSON.stringify(body);
  }
  let status, text;
  try {
    const response = await fetch(server.url + path, options);
    status = response.status;
    text = await response.text();
  } catch (e) {
    const cause = e.cause || {};
    throw new Failure("no answer from " + server.url + ": " + (cause.code || cause.message || e.name), true);
  }
  touch("alive");
  try {
    return { status, body: JSON.parse(text) };
  } catch (e) {
    return { status, body: {} };
  }
}

// ---- again and again -----------------------------------------------------

// What is right already is told until there has been a good round.
let told = false;
function log(what, result) {
  if (!told || !result.startsWith("right")) {
    console.log(what + ": " + result);
  }
}

// What the last round failed by: the same is told once, or a server that is away for
// a night would fill the log.
let failure = "";

// One round; the seconds after it.
async function round(look, pauses) {
  hidden = new Set();
  let right;
  try {
    right = await look();
  } catch (e) {
    remove("ready");
    const message = redact(e instanceof Failure ? e.message : "fault of this program: " + e.name + ": " + e.message);
    if (message !== failure) {
      console.error("failed: " + message);
    }
    failure = message;
    return e.passing ? pauses.soon : pauses.usual;
  }
  failure = "";
  if (!right) {
    remove("ready");
    return pauses.soon;
  }
  if (!fs.existsSync(state + "/ready")) {
    console.log(right);
  }
  told = true;
  touch("ready");
  return pauses.usual;
}

// Runs look for ever. It returns what is said when all is as it should be, or nothing
// where it has begun what takes more than a round, and throws a Failure where
// something is wrong. The seconds between rounds are pauses.usual, and pauses.soon
// where what is missing may be there soon.
async function keep(look, pauses) {
  // A process with the number 1 ignores signals that it has no answer to.
  process.on("SIGTERM", () => process.exit(0));
  // A container that starts again finds what the last one wrote.
  remove("ready");
  remove("alive");
  for (;;) {
    const pause = await round(look, pauses);
    touch("alive");
    await sleep(pause);
  }
}

module.exports = { Failure, ask, canonical, hide, keep, log, readAddress, readSecret, secrets, sleep };
