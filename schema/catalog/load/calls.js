"use strict";

// Calls of OpenWhisk's REST API, over a bounded number of connections that stay
// open, and what their answers mean.

const http = require("http");

// Bytes of an answer that are kept: a record of an activation is small.
const bytes = 64 * 1024;

class Calls {
  // url of the API without a path; the key as user:password; most connections at
  // once; milliseconds of a request.
  constructor(url, key, connections, patience) {
    this.url = new URL(url);
    this.authorization = "Basic " + Buffer.from(key).toString("base64");
    this.patience = patience;
    this.agent = new http.Agent({ keepAlive: true, maxSockets: connections, scheduling: "lifo" });
  }

  // One request: {status, text}. An error has the code of the system, or
  // "timeout".
  ask(method, path, document, bare) {
    const body = document === undefined ? "" : JSON.stringify(document);
    const headers = { "Content-Length": Buffer.byteLength(body), "Content-Type": "application/json" };
    if (!bare) {
      headers.Authorization = this.authorization;
    }
    return new Promise((resolve, reject) => {
      const fail = (code) => reject(Object.assign(new Error(code), { code }));
      const request = http.request({
        agent: this.agent, host: this.url.hostname, port: this.url.port || 80, path: this.url.pathname.replace(/\/$/, "") + path, method, headers,
      }, (response) => {
        const kept = [];
        let n = 0;
        response.on("data", (part) => {
          n += part.length;
          if (n <= bytes) {
            kept.push(part);
          }
        });
        response.on("error", (e) => fail(e.code || "ECONNRESET"));
        response.on("end", () => {
          clearTimeout(timer);
          resolve({ status: response.statusCode, text: Buffer.concat(kept).toString() });
        });
      });
      const timer = setTimeout(() => {
        fail("timeout");
        request.destroy();
      }, this.patience);
      request.on("error", (e) => {
        clearTimeout(timer);
        fail(e.code || "ECONNRESET");
      });
      request.end(body);
    });
  }

  close() {
    this.agent.destroy();
  }
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch (e) {
    return null;
  }
}

// Milliseconds that a record's annotation says, or null. initTime is there where
// the activation started cold.
function annotation(record, key) {
  const found = Array.isArray(record.annotations) ? record.annotations.find((a) => a && a.key === key) : null;
  return found && typeof found.value === "number" ? found.value : null;
}

// What an answer is worth: {error} with a word for it, or {error: ""} with what it
// says beside: the activation's id, and its record if the answer is one.
function judged(kind, number, answer) {
  const body = parsed(answer.text);
  if (kind === "nonBlocking") {
    return answer.status === 202 && body && body.activationId ? { error: "", id: body.activationId } : { error: "status " + answer.status };
  }
  if (kind === "web") {
    if (answer.status !== 200) {
      return { error: "status " + answer.status };
    }
    return body && body.n === number ? { error: "" } : { error: "wrong answer" };
  }
  if (answer.status === 202) {
    return { error: "no result in time" };
  }
  if (answer.status !== 200) {
    return { error: "status " + answer.status };
  }
  if (!body || !body.response || !body.response.result || body.response.result.n !== number) {
    return { error: "wrong answer" };
  }
  return { error: "", record: body };
}

module.exports = { Calls, annotation, judged };
