"use strict";

// The report as an object: a ConfigMap of one fixed name, which is read, and
// written by server-side apply. Both need no more rights than those over this one
// name: with apply the API server knows the name before it lets anyone create.

const { account, ask } = require("./apiserver.js");

const bytes = 2 * 1024 * 1024;

function refused(what, answer) {
  let message = "";
  try {
    message = JSON.parse(answer.text).message || "";
  } catch (e) {
    message = answer.text.slice(0, 200);
  }
  return new Error(what + ": status " + answer.status + " " + message);
}

// The report that is there, or null. What cannot be read is none.
async function earlier(name) {
  const to = account();
  const answer = await ask(to, { method: "GET", path: "/api/v1/namespaces/" + to.namespace + "/configmaps/" + name, bytes });
  if (answer.status === 404) {
    return null;
  }
  if (answer.status !== 200) {
    throw refused("read ConfigMap " + name, answer);
  }
  try {
    return JSON.parse(JSON.parse(answer.text).data["report.json"]);
  } catch (e) {
    return null;
  }
}

async function write(name, data) {
  const to = account();
  const path = "/api/v1/namespaces/" + to.namespace + "/configmaps/" + name + "?fieldManager=load&force=true";
  const document = {
    apiVersion: "v1", kind: "ConfigMap", data,
    metadata: { name, namespace: to.namespace, labels: { "app.kubernetes.io/name": "load", "app.kubernetes.io/part-of": "openwhisk" } },
  };
  const answer = await ask(to, { method: "PATCH", path, headers: { "Content-Type": "application/apply-patch+yaml" }, document, bytes });
  if (answer.status !== 200 && answer.status !== 201) {
    throw refused("write ConfigMap " + name, answer);
  }
}

module.exports = { earlier, write };
