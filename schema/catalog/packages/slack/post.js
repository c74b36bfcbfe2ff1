// Posts a message to an incoming webhook of Slack. The address of the webhook is a
// secret: bind the package with it.
const https = require("https");

const passed = ["channel", "username", "text", "icon_emoji", "attachments"];

function main(params) {
  if (params.text === undefined && params.attachments === undefined) {
    return { error: "text is missing" };
  }
  if (!/^https:\/\//.test(params.url || "")) {
    return { error: "url is missing: the address of an incoming webhook" };
  }
  const body = JSON.stringify(Object.fromEntries(passed.filter((key) => params[key] !== undefined).map((key) => [key, params[key]])));
  return new Promise((resolve) => {
    const headers = { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(body) };
    const request = https.request(params.url, { method: "POST", timeout: 20000, headers }, (response) => {
      let said = "";
      response.on("data", (part) => (said += part));
      response.on("end", () => resolve(response.statusCode === 200 ? {} : { error: "Slack answered " + response.statusCode + ": " + said }));
    });
    request.on("timeout", () => request.destroy(new Error("no answer in time")));
    request.on("error", (e) => resolve({ error: "Slack was not reached: " + e.message }));
    request.end(body);
  });
}
