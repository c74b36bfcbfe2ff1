"use strict";

// The report as an object: a ConfigMap of one fixed name, which is read, and
// written by server-side apply. Both need no more rights than those over this one
// name: with apply the API server knows the name before it lets anyone create.

const fs = require("fs");
const https = require("https");

const patience = 30000;
const bytes = 1024 * 1024;

function account() {
  const dir = process.env.ACCOUNT || "/var/run/secrets/kubernetes.io/serviceaccount";
  const read = (name) => fs.readFileSync(dir + "/" + name, "utf8").trim();
  return {
    host: process.env.KUBERNETES_SERVICE_HOST, port: process.env.KUBERNETES_SERVICE_PORT,
    token: read("token"), ca: read("ca.crt"), namespace: read("namespace"),
  };
}

function ask(to, method, path, type, document) {
  const body = document === undefined ? "" : JSON.stringify(document);
  return new Promise((resolve, reject) => {
    const request = https.request({
      host: to.host, port: to.port, ca: to.ca, method, path, signal: AbortSignal.timeout(patience),
      headers: { Accept: "application/json", "Content-Type": type, "Content-Length": Buffer.byteLength(body), Authorization: "Bearer " + to.token },
    }, (response) => {
      const parts = [];
      let n = 0;
      response.on("error", reject);
      response.on("data", (part) => {
        n += part.length;
        if (n > 2 * bytes) {
          request.destroy(new Error("an answer of more than " + 2 * bytes + " bytes"));
          return;
        }
        parts.push(part);
      });
      response.on("end", () => resolve({ status: response.statusCode, text: Buffer.concat(parts).toString() }));
    });
    request.on("error", reject);
    request.end(body);
  });
}

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
  const answer = await ask(to, "GET", "/api/v1/namespaces/" + to.namespace + "/configmaps/" + name, "application/json");
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
  const answer = await ask(to, "PATCH", path, "application/apply-patch+yaml", {
    apiVersion: "v1", kind: "ConfigMap", data,
    metadata: { name, namespace: to.namespace, labels: { "app.kubernetes.io/name": "load", "app.kubernetes.io/part-of": "openwhisk" } },
  });
  if (answer.status !== 200 && answer.status !== 201) {
    throw refused("write ConfigMap " + name, answer);
  }
}

module.exports = { earlier, write };
