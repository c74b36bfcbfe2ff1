"use strict";

// What programs have of the Kubernetes API, with the service account of their pod.
//
//   KUBERNETES_SERVICE_HOST, KUBERNETES_SERVICE_PORT   the API server
//   ACCOUNT   the directory of the service account; default
//             /var/run/secrets/kubernetes.io/serviceaccount
//     token, ca.crt, namespace   as Kubernetes gives them to a pod

const fs = require("fs");
const https = require("https");

// Milliseconds of a request.
const patience = 30000;

// An error that is told as it is. Any other is a fault of the program.
class Refusal extends Error {}

function account() {
  const dir = process.env.ACCOUNT || "/var/run/secrets/kubernetes.io/serviceaccount";
  const read = (name) => {
    try {
      return fs.readFileSync(dir + "/" + name, "utf8").trim();
    } catch (e) {
      throw new Refusal("cannot read " + dir + "/" + name + ": is the service account's token mounted?");
    }
  };
  const host = process.env.KUBERNETES_SERVICE_HOST || "";
  const port = process.env.KUBERNETES_SERVICE_PORT || "";
  if (!/^[0-9A-Za-z.:-]+$/.test(host) || !/^[0-9]{1,5}$/.test(port)) {
    throw new Refusal("KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT name no API server: Kubernetes sets them in every pod");
  }
  const namespace = read("namespace");
  if (!/^[a-z0-9-]+$/.test(namespace)) {
    throw new Refusal(dir + "/namespace is no name of a namespace");
  }
  return { host, port, token: read("token"), ca: read("ca.crt"), namespace };
}

// One request: {method, path, headers, document, bytes: those of an answer at most};
// the answer as {status, text, clock: the server's time in milliseconds}.
function send(to, asked) {
  // With a DELETE, Node says nothing of the body's length by itself, and a server
  // takes one without: preconditions that nobody reads.
  const body = Buffer.from(asked.document === undefined ? "" : JSON.stringify(asked.document));
  const headers = Object.assign({ Accept: "application/json", "Content-Type": "application/json" }, asked.headers,
    { "Content-Length": body.length, Authorization: "Bearer " + to.token });
  return new Promise((resolve, reject) => {
    const request = https.request({
      host: to.host, port: to.port, ca: to.ca, agent: to.agent, method: asked.method, path: asked.path, headers,
      signal: AbortSignal.timeout(patience),
    }, (response) => {
      const parts = [];
      let n = 0;
      response.on("error", reject);
      response.on("data", (part) => {
        n += part.length;
        if (n > asked.bytes) {
          reject(new Refusal(asked.method + " " + asked.path.split("?")[0] + ": an answer of more than " + asked.bytes + " bytes"));
          request.destroy();
          return;
        }
        parts.push(part);
      });
      response.on("end", () => resolve({ status: response.statusCode, text: Buffer.concat(parts).toString(), clock: Date.parse(response.headers.date) }));
    });
    request.on("error", reject);
    request.end(body);
  });
}

async function ask(to, asked) {
  try {
    return await send(to, asked);
  } catch (e) {
    throw e instanceof Refusal ? e : new Refusal("no answer from " + to.host + " port " + to.port + ": " + (e.code || e.name));
  }
}

module.exports = { Refusal, account, ask };
