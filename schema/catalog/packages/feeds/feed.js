"use strict";

// What feed actions share: they hand on what a trigger wants to hear to the service
// beside the provider, which asks the API whether the key is the trigger's.

const http = require("http");

const methods = { CREATE: "POST", READ: "GET", UPDATE: "PUT", DELETE: "DELETE" };
const unreached = ["ECONNREFUSED", "ECONNRESET", "EHOSTUNREACH", "ENETUNREACH", "ETIMEDOUT", "EAI_AGAIN"];
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

function send(url, method, key, body) {
  const text = method === "GET" || method === "DELETE" ? "" : JSON.stringify(body);
  const headers = { Authorization: "Basic " + Buffer.from(key).toString("base64") };
  if (text) {
    Object.assign(headers, { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(text) });
  }
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method, headers, timeout: 15000 }, (response) => {
      const parts = [];
      response.on("data", (part) => parts.push(part));
      response.on("error", reject);
      response.on("end", () => {
        try {
          resolve({ status: response.statusCode, body: JSON.parse(Buffer.concat(parts).toString("utf8")) });
        } catch (e) {
          resolve({ status: response.statusCode, body: {} });
        }
      });
    });
    request.on("timeout", () => request.destroy(Object.assign(new Error("timeout"), { code: "ETIMEDOUT" })));
    request.on("error", reject);
    request.end(text);
  });
}

// The parameters of OpenWhisk's own, of the package and of the protocol of feeds; the
// rest is the trigger's.
const taken = ["lifecycleEvent", "triggerName", "authKey", "feedUrl"];

async function feed(params, more) {
  const method = methods[params.lifecycleEvent];
  if (!method) {
    return { error: "lifecycleEvent is " + JSON.stringify(params.lifecycleEvent) + ", not one of " + Object.keys(methods).join(", ") };
  }
  const name = String(params.triggerName || "").split("/").pop();
  if (!name || !params.authKey) {
    return { error: "a feed is invoked for a trigger: wsk trigger create NAME --feed ..." };
  }
  const body = Object.assign(Object.fromEntries(Object.entries(params).filter(([key]) => !taken.includes(key) && !key.startsWith("__ow_"))), more);
  const url = params.feedUrl + "/" + encodeURIComponent(process.env.__OW_NAMESPACE) + "/" + encodeURIComponent(name);
  for (let tries = 1; ; tries++) {
    try {
      const answer = await send(url, method, params.authKey, body);
      return answer.status === 200 ? answer.body : { error: answer.body.error || "the provider's service answered " + answer.status };
    } catch (e) {
      // A pod learns whose it is, and so where it may go, at the same time as it
      // gets its first work.
      if (tries === 3 || !unreached.includes(e.code)) {
        return { error: "the provider's service does not answer: " + (e.code || e.message) };
      }
      await pause(1000);
    }
  }
}
