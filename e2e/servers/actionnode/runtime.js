"use strict";

// The runtime of Node.js actions, by OpenWhisk's protocol (docs/actions-new.md):
//
//   node runtime.js ADDRESS PORT LOG
//
// POST /init brings the code, POST /run the arguments. What the action writes goes
// to the log as a container's runtime keeps it, each line behind its time, and
// after each run the marker that tells OpenWhisk that there is no more of it, for
// each of the two streams. Code in archives is refused.

const fs = require("fs");
const http = require("http");

const [address, port, log] = process.argv.slice(2);
const marker = "XXX_THE_END_OF_A_WHISK_ACTIVATION_XXX";

// Lines have times of their own, in nanoseconds: OpenWhisk goes on after the last.
const begun = BigInt(Date.now()) * 1000000n - process.hrtime.bigint();
let last = 0n;
function write(text) {
  for (const line of text.split("\n").filter((l) => l !== "")) {
    const now = begun + process.hrtime.bigint();
    last = now > last ? now : last + 1n;
    const seconds = new Date(Number(last / 1000000n)).toISOString().slice(0, 19);
    const fraction = String(last % 1000000000n).padStart(9, "0");
    fs.appendFileSync(log, seconds + "." + fraction + "Z " + line + "\n");
  }
  return true;
}
process.stdout.write = write;
process.stderr.write = write;

let main;

function init(value) {
  if (main) {
    throw new Error("Cannot initialize the action more than once.");
  }
  if (value.binary || !value.code) {
    throw new Error("This runtime takes code as text.");
  }
  Object.assign(process.env, value.env);
  main = new Function("require", value.code + "\nreturn " + value.main + ";")(require);
  return { ok: true };
}

async function run(body) {
  for (const [key, value] of Object.entries(body).filter(([key]) => key !== "value")) {
    process.env["__OW_" + key.toUpperCase()] = value;
  }
  try {
    return (await main(body.value || {})) || {};
  } finally {
    write(marker + "\n" + marker);
  }
}

http
  .createServer((request, response) => {
    let text = "";
    request.on("data", (chunk) => (text += chunk));
    request.on("end", async () => {
      let status = 200;
      let answer;
      try {
        const body = JSON.parse(text);
        answer = request.url === "/init" ? init(body.value) : await run(body);
      } catch (err) {
        [status, answer] = [502, { error: String(err.message) }];
      }
      const said = Buffer.from(JSON.stringify(answer));
      response.writeHead(status, { "Content-Type": "application/json", "Content-Length": said.length });
      response.end(said);
    });
  })
  .listen(Number(port), address);
