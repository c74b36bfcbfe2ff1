"use strict";

// What backup.js, restore.js and cleanup.js have of a CouchDB server, and how the first
// two end.

const fs = require("fs");

// An error that is told as it is. Any other is a fault of the program.
class Failure extends Error {}

function readSecret(path, hint) {
  const file = (process.env.SECRETS || "/secrets") + "/" + path;
  try {
    return fs.readFileSync(file, "utf8");
  } catch (e) {
    throw new Failure("cannot read " + file + ": is the Secret mounted, with this key?" + (hint || ""));
  }
}

const readLogin = () => Buffer.from(readSecret("couchdb/username") + ":" + readSecret("couchdb/password")).toString("base64");

// The path of a database, or of a document in it.
function name(database, id) {
  const special = /^(_design|_local)\/(.*)$/.exec(id || "");
  return "/" + encodeURIComponent(database) +
    (special ? "/" + special[1] + "/" + encodeURIComponent(special[2]) : id === undefined ? "" : "/" + encodeURIComponent(id));
}

// Attempts at a request that only reads or may be done twice, and the seconds between.
const attempts = 5;
const pause = 3;

// Bytes of an answer with many documents.
const bytes = 16 * 1024 * 1024;

// The body of an answer as text, or undefined if it has more bytes than asked for.
async function read(response, limit) {
  const chunks = [];
  let n = 0;
  for await (const chunk of response.body || []) {
    n += chunk.length;
    if (n > limit) { // leaving the loop ends the answer
      return undefined;
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

class Server {
  constructor(url, login) {
    this.url = (url || "").replace(/\/+$/, "");
    if (!/^https?:\/\/[^\s@?#]+$/.test(this.url)) {
      throw new Failure("COUCHDB_URL must be http(s)://host:port, without credentials");
    }
    this.login = login;
  }

  // A request as the administrator: its status and text, which is undefined where it
  // has more bytes than asked for. A node that goes just now has others that answer.
  async send(method, path, body, limit) {
    for (let i = 1; ; i++) {
      try {
        const response = await fetch(this.url + path, {
          method,
          headers: { Accept: "application/json", "Content-Type": "application/json", Authorization: "Basic " + this.login },
          body: body === undefined ? undefined : JSON.stringify(body),
          signal: AbortSignal.timeout(300000),
        });
        const text = await read(response, limit || Infinity);
        if (response.status < 500 || i === attempts) {
          return { status: response.status, text };
        }
      } catch (e) {
        if (i === attempts) {
          const cause = e.cause || {};
          throw new Failure("no answer from " + this.url + ": " + (cause.code || cause.message || e.name));
        }
      }
      await new Promise((done) => setTimeout(done, pause * 1000));
    }
  }

  // The text of a document, or undefined if it is not there.
  async text(path) {
    const answer = await this.send("GET", path);
    if (answer.status === 404) {
      return undefined;
    }
    return this.good("GET", path, answer, []).text;
  }

  // As many rows of a page as there are in an answer of not too many bytes, at least
  // one: path is a function of how many are asked for, which asked says, and changes.
  async page(path, asked) {
    for (;;) {
      const answer = this.good("GET", path(asked.rows), await this.send("GET", path(asked.rows), undefined, asked.rows > 1 ? bytes : undefined), []);
      if (answer.text !== undefined) {
        const body = JSON.parse(answer.text);
        const got = { body, full: (body.rows || body.results).length >= asked.rows };
        asked.rows = Math.min(asked.most, asked.rows * 2);
        return got;
      }
      asked.rows = Math.ceil(asked.rows / 4);
    }
  }

  // The body of an answer that must be good or have one of the other statuses; of such
  // a one it is undefined.
  async call(method, path, body, others) {
    const answer = this.good(method, path, await this.send(method, path, body), others || []);
    return answer.status < 300 ? JSON.parse(answer.text) : undefined;
  }

  good(method, path, answer, others) {
    if (answer.status < 300 || others.includes(answer.status)) {
      return answer;
    }
    let said = {};
    try {
      said = JSON.parse(answer.text);
    } catch (e) {
      // The status says enough.
    }
    const hint = answer.status === 401 ? " (is this the administrator of the Secret?)" : "";
    throw new Failure([method, path.split("?")[0] + ":", answer.status, said.error, said.reason].filter(Boolean).join(" ") + hint);
  }
}

// Runs a program to its end, which is that of main alone: Node ends well, too, when
// nothing is left to wait for, as after a connection that was cut in the middle.
function run(main) {
  let said = false;
  process.exitCode = 1;
  process.on("exit", (code) => {
    if (code === 1 && !said) {
      console.error("failed: it ended in the middle: run it again");
    }
  });
  // A process with the number 1 ignores signals that it has no answer to.
  process.on("SIGTERM", () => process.exit(1));
  main().then(() => process.exit(0), (e) => {
    said = true;
    console.error("failed: " + (e instanceof Failure ? e.message : "fault of this program: " + e.stack));
    process.exit(1);
  });
}

module.exports = { Server, Failure, read, readLogin, readSecret, name, run };
