"use strict";

// What actions share that ask a server of this installation. It is put before them.

const http = require("http");
const https = require("https");

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// One request with JSON; the answer as {status, body}. A body that is no JSON, as a
// server's own page, is {}: the status says it.
function once(url, options, body) {
  const text = body === undefined ? "" : JSON.stringify(body);
  const headers = { Accept: "application/json", Authorization: options.authorization };
  if (text) {
    Object.assign(headers, { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(text) });
  }
  return new Promise((resolve, reject) => {
    const client = url.startsWith("https:") ? https : http;
    const request = client.request(url, { method: options.method, headers, timeout: options.timeout }, (response) => {
      const parts = [];
      response.on("data", (part) => parts.push(part));
      response.on("error", reject);
      response.on("end", () => {
        let value = {};
        try {
          value = JSON.parse(Buffer.concat(parts).toString("utf8"));
        } catch (e) {
          // See above.
        }
        resolve({ status: response.statusCode, body: value });
      });
    });
    request.on("timeout", () => request.destroy(Object.assign(new Error("timeout"), { code: "ETIMEDOUT" })));
    request.on("error", reject);
    request.end(text);
  });
}

// What says that the network does not let this pod through, or not yet: it learns
// whose it is, and so where it may go, at the same time as it gets its first work.
const unreached = ["ECONNREFUSED", "ECONNRESET", "EHOSTUNREACH", "ENETUNREACH", "ETIMEDOUT", "EAI_AGAIN"];

// The same, again after a second where nobody was reached. Options are the method, the
// authorization, the milliseconds of a timeout, and the tries.
async function send(url, options, body) {
  for (let tries = 1; ; tries++) {
    try {
      return await once(url, options, body);
    } catch (e) {
      if (tries === options.tries || !unreached.includes(e.code)) {
        throw e;
      }
      await pause(1000);
    }
  }
}
