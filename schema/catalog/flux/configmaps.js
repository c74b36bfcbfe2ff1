"use strict";

// Deletes the generated ConfigMaps of its namespace that nothing refers to any
// more, and nothing else, and ends. A changed setting makes a ConfigMap with
// another name, and Flux leaves the old one for the pods that still start with
// it. It may be killed at any moment, and the next run goes on. Needs Node 18 or
// newer, apiserver.js and nothing else.
//
// A ConfigMap goes if all of this is so: it has the label and the annotation of
// one that is generated and that Flux leaves, its name ends in a hash, it is an
// hour old, and its name is no value in any object that starts pods or is one. It
// refuses, with a word why, where it has not seen all of these, and where there is
// no workload at all. There are no template literals here: Flux would substitute
// the variables in them.

const https = require("https");
const { Refusal, account, ask } = require("./apiserver.js");

const label = { key: "app.kubernetes.io/managed-by", value: "whiskops" };
const annotation = { key: "kustomize.toolkit.fluxcd.io/prune", value: "disabled" };

// Kustomize's hash of a ConfigMap's content, in the letters that it takes.
const hashed = /^[a-z0-9.-]+-[2456789bcdfghkmt]{10}$/;

// Seconds that a ConfigMap is left in any case: Flux makes it before what refers
// to it.
const least = 3600;

// Objects of an answer, bytes of one, answers of a list, and milliseconds of all.
const limit = 100;
const bytes = 16 * 1024 * 1024;
const pages = 200;
const enough = 600000;

const core = "/api/v1";
const apps = "/apis/apps/v1";
const batch = "/apis/batch/v1";

// What refers to ConfigMaps. What makes others is before what it makes: a
// reference that is handed on in the meantime is still met.
const workloads = [{ api: apps, kinds: "deployments" }, { api: apps, kinds: "statefulsets" }, { api: apps, kinds: "daemonsets" }];
const others = [
  { api: batch, kinds: "cronjobs" }, { api: apps, kinds: "replicasets" }, { api: apps, kinds: "controllerrevisions" },
  { api: batch, kinds: "jobs" }, { api: core, kinds: "pods" },
];

// One request; the answer as {status, clock, body}. Statuses that are allowed
// beside those of success are the caller's.
async function call(setup, method, path, accept, document, allowed) {
  const answer = await ask(setup, { method, path, headers: { Accept: accept }, document, bytes });
  let body;
  try {
    body = JSON.parse(answer.text);
  } catch (e) {
    // The status says enough, and a list is looked at.
  }
  const { status, clock } = answer;
  if ((status < 200 || status >= 300) && !(allowed || []).includes(status)) {
    const hint = { 401: " (is this the service account's token?)", 403: " (is its Role bound to the service account?)" }[status] || "";
    throw new Refusal(method + " " + path.split("?")[0] + ": " + status + hint);
  }
  return { status, clock, body };
}

const within = (setup, of) => of.api + "/namespaces/" + setup.namespace + "/" + of.kinds;

// All objects of a kind, one by one. Whatever tells that some are missing is a
// refusal.
async function list(setup, of, query, accept, visit) {
  let next = "";
  for (let page = 0; page < pages; page++) {
    const path = within(setup, of) + "?limit=" + limit + query + (next && "&continue=" + encodeURIComponent(next));
    const { body, clock } = await call(setup, "GET", path, accept);
    const whole = body && /List$/.test(body.kind) && body.metadata && Array.isArray(body.items);
    if (!whole || !body.items.every((object) => object && object.metadata && object.metadata.name)) {
      throw new Refusal("the answer is no list of " + of.kinds);
    }
    body.items.forEach((object) => visit(object, clock));
    next = body.metadata.continue || "";
    if (next === "" && body.metadata.remainingItemCount) {
      throw new Refusal("the list of " + of.kinds + " is cut");
    }
    if (next === "") {
      return clock;
    }
  }
  throw new Refusal("there are more than " + pages * limit + " " + of.kinds);
}

// The generated ConfigMaps by name, without what is in them, and the time: that of
// the clock that is behind.
async function generated(setup) {
  const found = new Map();
  const clock = await list(setup, { api: core, kinds: "configmaps" }, "&labelSelector=" + encodeURIComponent(label.key + "=" + label.value),
    "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1", (object) => {
      const { name, uid, resourceVersion, creationTimestamp, deletionTimestamp, labels, annotations } = object.metadata;
      const marked = (labels || {})[label.key] === label.value && (annotations || {})[annotation.key] === annotation.value;
      if (!marked || deletionTimestamp || !hashed.test(name)) {
        return;
      }
      if (!uid || !resourceVersion) {
        throw new Refusal("ConfigMap " + name + " has no uid or no version");
      }
      found.set(name, { uid, resourceVersion, created: Date.parse(creationTimestamp), by: "" });
    });
  if (!(clock > 0)) {
    throw new Refusal("the API server does not say what time it is");
  }
  return { found, now: Math.min(clock, Date.now()) };
}

// Notes at each ConfigMap whose name is a value in an object that this is so. In
// doubt it is no reference, and one too many.
function note(found, object, kinds) {
  for (const left = [object]; left.length > 0; ) {
    const value = left.pop();
    if (typeof value === "string" && found.has(value)) {
      found.get(value).by = kinds + "/" + object.metadata.name;
    } else if (value !== null && typeof value === "object") {
      Object.values(value).forEach((inner) => left.push(inner));
    }
  }
}

// Looks into all that may refer to a ConfigMap.
async function refer(setup, found) {
  let ours = 0;
  for (const of of workloads.concat(others)) {
    await list(setup, of, "", "application/json", (object) => {
      ours += workloads.includes(of) && (object.metadata.labels || {})[label.key] === label.value ? 1 : 0;
      note(found, object, of.kinds);
    });
  }
  if (ours === 0) {
    throw new Refusal("there is no generated workload in the namespace " + setup.namespace + ": what is deleted would be missing when they come back");
  }
}

// Why a ConfigMap stays; empty if it goes.
function stays(map, now) {
  if (map.by !== "") {
    return map.by + " refers to it";
  }
  return now - map.created >= least * 1000 ? "" : "it is younger than an hour";
}

// Deletes a ConfigMap as it was seen. One that has changed since is in use.
async function remove(setup, name, map) {
  const { status } = await call(setup, "DELETE", within(setup, { api: core, kinds: "configmaps" }) + "/" + name, "application/json", {
    apiVersion: "v1", kind: "DeleteOptions", preconditions: { uid: map.uid, resourceVersion: map.resourceVersion },
  }, [404, 409]);
  return { 404: "it is gone already", 409: "it has changed meanwhile" }[status] || "";
}

async function clean(setup, count) {
  const { found, now } = await generated(setup);
  await refer(setup, found);
  for (const name of [...found.keys()].sort()) {
    const map = found.get(name);
    const reason = stays(map, now) || await remove(setup, name, map);
    count[reason === "" ? "gone" : "left"]++;
    console.log(reason === "" ? "deleted " + name : "left " + name + ": " + reason);
  }
}

async function main() {
  // A process with the number 1 ignores signals that it has no answer to.
  process.on("SIGTERM", () => process.exit(1));
  const count = { gone: 0, left: 0 };
  const end = (fault) => {
    if (fault) {
      console.error("failed: " + fault);
    }
    console.log(count.gone + " deleted, " + count.left + " left" + (fault ? ", and others not looked at" : ""));
    process.exit(fault ? 1 : 0);
  };
  setTimeout(() => end("it has taken more than " + enough / 1000 + " s"), enough);
  try {
    await clean(Object.assign(account(), { agent: new https.Agent({ keepAlive: true, maxSockets: 1 }) }), count);
  } catch (e) {
    end(e instanceof Refusal ? e.message : "fault of configmaps.js: " + e.name);
  }
  end("");
}

main();
