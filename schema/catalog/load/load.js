"use strict";

// Drives the REST API with a stated pattern, reports, and ends: 0 if the thresholds
// are met, 1 if one is missed, 2 if the run proves neither. Needs Node 18 or newer
// and nothing else.
//
//   API_URL       of the REST API: http://host/api/v1
//   KEY_FILE      with a subject's key, uuid:key; default /secrets/subjects/key
//   STAGES        "ramp 600 30,steady 600 120": requests a minute, seconds
//   REQUESTS      "warm 85,cold 5,web 5,nonBlocking 5": shares
//   WORK_MS       how long the action waits before it answers
//   CONNECTIONS   most requests at a time
//   CALL_SECONDS  after which a request has failed
//   START_SECONDS until which the action must have answered once; default 300
//   LATE_MS       after which a request was not sent in time; default 50
//   RECORD_SECONDS until which there is a record of each activation; default 30
//   P50_MS, P95_MS, P99_MS, COLD_P95_MS, ERRORS (in a thousand), THROUGHPUT (answers
//                 a minute)   thresholds; one that is not set is not judged
//   REPORT        name of the ConfigMap; none is written if it is empty
//   RUN           name of the run
//   TERMINATION   file for one line about it; default /dev/termination-log
//
// The load is open: requests are due by the clock and not by the answers before
// them, and times are counted from when a request was due. A server that stands
// still for a second is seen by all that should have been sent in it. A request
// that this program itself could not send in time is late, and late ones make a
// run inconclusive. There are no template literals here: Flux would substitute the
// variables in them.

const fs = require("fs");

const { Calls, judged } = require("./calls.js");
const { judge, round } = require("./judge.js");
const { picture } = require("./picture.js");
const plan = require("./plan.js");
const object = require("./object.js");
const { Tally } = require("./tally.js");

// Actions that are made for cold starts, and requests that may wait for a
// connection, per connection.
const mostCold = 1000;
const mostWaiting = 10;
// Milliseconds between attempts to begin: each calls two actions, which count for
// the subject's limit.
const pause = 5000;
// Requests that go out in one turn before answers are looked at again.
const turn = 50;

const warm = "whiskops-load-warm";
const web = "whiskops-load-web";
const cold = (n) => "whiskops-load-cold-" + n;

// An error that is told as it is. Any other is a fault of this program.
class Refusal extends Error {}

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const now = () => performance.now();

function whole(name, otherwise) {
  const text = process.env[name] || "";
  if (text === "" && otherwise !== null) {
    return otherwise;
  }
  if (!/^[0-9]{1,9}$/.test(text)) {
    throw new Refusal(name + " is \"" + text + "\", not a whole number");
  }
  return Number(text);
}

function settings() {
  if (!/^http:\/\/[^/]+/.test(process.env.API_URL || "")) {
    throw new Refusal("API_URL is not set to http://...");
  }
  const key = fs.readFileSync(process.env.KEY_FILE || "/secrets/subjects/key", "utf8").trim();
  if (!/^[^:\s]+:[^:\s]+$/.test(key)) {
    throw new Refusal("the file of the key has none of the form uuid:key");
  }
  const thresholds = {
    p50: whole("P50_MS", undefined), p95: whole("P95_MS", undefined), p99: whole("P99_MS", undefined), coldP95: whole("COLD_P95_MS", undefined),
    errors: whole("ERRORS", undefined), throughput: whole("THROUGHPUT", undefined),
  };
  let planned;
  try {
    planned = plan.sum(process.env.STAGES || "", process.env.REQUESTS || "");
  } catch (e) {
    throw new Refusal("STAGES or REQUESTS: " + e.message);
  }
  if ((planned.kinds.cold || 0) > mostCold) {
    throw new Refusal(planned.kinds.cold + " cold calls: each needs an action of its own, and " + mostCold + " are made at most");
  }
  return {
    planned, thresholds, key, url: process.env.API_URL, work: whole("WORK_MS", 10), connections: whole("CONNECTIONS", 200),
    call: whole("CALL_SECONDS", 75) * 1000, start: whole("START_SECONDS", 300) * 1000,
    late: whole("LATE_MS", 50), record: whole("RECORD_SECONDS", 30) * 1000,
    report: process.env.REPORT || "", run: process.env.RUN || "", termination: process.env.TERMINATION || "/dev/termination-log",
  };
}

// Code of the action: it waits, as one does that asks a server, and says what it
// was told.
function code(work) {
  return "function main(a) { return new Promise((done) => setTimeout(() => done({ n: Number(a.n) }), " + work + ")); }";
}

// All of a list, a few at a time.
async function each(list, few, act) {
  const left = list[Symbol.iterator]();
  await Promise.all(Array.from({ length: few }, async () => {
    for (const one of left) {
      await act(one);
    }
  }));
}

class Run {
  constructor(set) {
    this.set = set;
    this.calls = new Calls(set.url, set.key, set.connections, set.call);
    this.tally = new Tally(set.planned);
    this.cutOff = "";
    this.waiting = [];
    this.flying = 0;
    this.numbers = 0;
    this.colds = 0;
  }

  action(name) {
    return "/namespaces/_/actions/" + name;
  }

  async make(name, annotations) {
    const answer = await this.calls.ask("PUT", this.action(name) + "?overwrite=true", { exec: { kind: "nodejs:default", code: code(this.set.work) }, annotations });
    if (answer.status !== 200) {
      throw new Refusal("make the action " + name + ": status " + answer.status + " " + answer.text.slice(0, 200));
    }
  }

  // prepare makes the actions, and waits until the warm ones have answered.
  async prepare() {
    const deadline = now() + this.set.start;
    for (;;) {
      let why = "";
      try {
        await this.prepared();
        return;
      } catch (e) {
        why = e.message;
      }
      if (this.cutOff || now() + pause > deadline) {
        throw new Refusal("nothing could be measured, within " + this.set.start / 1000 + " s: " + why);
      }
      await sleep(pause);
    }
  }

  async prepared() {
    const names = await this.calls.ask("GET", "/namespaces");
    const list = names.status === 200 ? JSON.parse(names.text) : [];
    if (list.length === 0) {
      throw new Refusal("ask for the namespace: status " + names.status);
    }
    this.space = list[0];
    await this.make(warm, []);
    await this.make(web, [{ key: "web-export", value: true }]);
    for (const kind of ["warm", "web"]) {
      const answer = await this.send(kind, -1, 0);
      const said = judged(kind, -1, answer);
      if (said.error) {
        throw new Refusal("call the " + kind + " action: " + said.error + " " + answer.text.slice(0, 200));
      }
    }
    const numbers = Array.from({ length: this.set.planned.kinds.cold || 0 }, (_, n) => n);
    await each(numbers, 8, (n) => this.make(cold(n), []));
  }

  send(kind, number, n) {
    const { calls } = this;
    switch (kind) {
      case "web":
        return calls.ask("GET", "/web/" + encodeURIComponent(this.space) + "/default/" + web + ".json?n=" + number, undefined, true);
      case "cold":
        return calls.ask("POST", this.action(cold(n)) + "?blocking=true", { n: number });
      case "nonBlocking":
        return calls.ask("POST", this.action(warm), { n: number });
      default:
        return calls.ask("POST", this.action(warm) + "?blocking=true", { n: number });
    }
  }

  // drive sends what is due, and comes back when all is answered.
  async drive() {
    const begin = now();
    this.begin = begin;
    let inTurn = 0;
    for (const request of plan.arrivals(process.env.STAGES, process.env.REQUESTS)) {
      for (let wait = begin + request.at - now(); wait > 0 && !this.cutOff; wait = begin + request.at - now()) {
        await sleep(Math.min(wait, 1000));
        inTurn = 0;
      }
      if (this.cutOff) {
        break;
      }
      if (++inTurn > turn) {
        await new Promise(setImmediate);
        inTurn = 0;
      }
      this.due(request, now() - begin - request.at);
    }
    while (this.flying > 0 && !this.cutOff) {
      await sleep(20);
    }
    this.tally.ended = now() - begin;
  }

  // due is for a request whose time has come: it goes, or waits for a connection,
  // or, where too many wait, is lost.
  due(request, behind) {
    this.tally.sent(request, behind, this.set.late);
    if (this.flying < this.set.connections) {
      this.go(request);
      return;
    }
    this.tally.waited++;
    if (this.waiting.length >= mostWaiting * this.set.connections) {
      this.tally.failed(request, "not sent: no connection was free");
      return;
    }
    this.waiting.push(request);
  }

  async go(request) {
    this.flying++;
    const number = this.numbers++;
    try {
      const answer = await this.send(request.kind, number, request.kind === "cold" ? this.colds++ : 0);
      const said = judged(request.kind, number, answer);
      if (said.error) {
        this.tally.failed(request, said.error);
      } else {
        this.tally.answered(request, now() - this.begin - request.at, said);
      }
    } catch (e) {
      this.tally.failed(request, String(e.code || e.message));
    }
    this.flying--;
    if (this.waiting.length > 0 && !this.cutOff) {
      this.go(this.waiting.shift());
    }
  }

  // records asks for some of the activations that nobody waited for. One whose
  // record does not come in time was lost.
  async records() {
    const deadline = now() + this.set.record;
    await each(this.tally.ids, 4, async (id) => {
      for (;;) {
        const answer = await this.calls.ask("GET", "/namespaces/_/activations/" + id).catch(() => ({ status: 0 }));
        if (answer.status === 200) {
          this.tally.record(JSON.parse(answer.text));
          return;
        }
        if (now() > deadline || this.cutOff) {
          this.tally.failed(null, "an activation without a record");
          return;
        }
        await sleep(500);
      }
    });
  }

  // clean deletes the actions. What it cannot delete the next run uses.
  async clean() {
    const names = [warm, web].concat(Array.from({ length: this.set.planned.kinds.cold || 0 }, (_, n) => cold(n)));
    const until = now() + 60000;
    await each(names, 8, async (name) => {
      if (now() < until && !this.cutOff) {
        await this.calls.ask("DELETE", this.action(name)).catch(() => {});
      }
    });
  }

  report() {
    const numbers = this.tally.numbers();
    const of = judge(this.set.thresholds, Object.assign({ cutOff: this.cutOff }, numbers));
    const shown = (n) => (n === null ? "none" : round(n) + " ms");
    const summary = numbers.requests + " requests, " + numbers.errors + " errors, " + numbers.coldStarts.count + " cold starts of " + numbers.coldStarts.of +
      ", warm p50 " + shown(numbers.warm.p50) + ", p95 " + shown(numbers.warm.p95) + ", p99 " + shown(numbers.warm.p99) +
      ", " + numbers.throughput + " answers a minute, " + numbers.late + " late";
    return Object.assign({ verdict: of.verdict, because: of.because, summary, run: this.set.run }, numbers, {
      thresholds: of.thresholds, stages: process.env.STAGES, shares: process.env.REQUESTS, timeline: this.tally.timeline(),
    });
  }
}

// What stays of the report before this one.
function short(report) {
  if (!report) {
    return null;
  }
  const { verdict, summary, run, requests, errors, throughput, warm: times, cold: colds } = report;
  return { verdict, summary, run, requests, errors, throughput, warm: times, cold: colds };
}

const codes = { met: 0, missed: 1, inconclusive: 2 };

// publish writes the report, and says whether it could.
async function publish(set, report) {
  if (!set.report) {
    return true;
  }
  try {
    report.earlier = short(await object.earlier(set.report));
    await object.write(set.report, { verdict: report.verdict, "report.json": JSON.stringify(report, null, 1), "report.svg": picture(report) });
    return true;
  } catch (e) {
    process.stderr.write("the report is not in ConfigMap " + set.report + ": " + e.message + "\n");
    return false;
  }
}

async function main() {
  const set = settings();
  const run = new Run(set);
  for (const signal of ["SIGTERM", "SIGINT"]) {
    process.on(signal, () => {
      run.cutOff = "it was told to stop before its end";
    });
  }
  console.log(set.planned.requests + " requests in " + set.planned.seconds + " s");
  await run.prepare();
  await run.drive();
  await run.records();
  const report = run.report();
  await run.clean();
  run.calls.close();
  const written = await publish(set, report);
  console.log(JSON.stringify(report, null, 1));
  return { line: report.verdict + ": " + report.because + " (" + report.summary + ")", code: written ? codes[report.verdict] : Math.max(codes[report.verdict], 2) };
}

main().catch((e) => {
  // A message of this program's own, or the system's word; never the key.
  return { line: "inconclusive: " + (e instanceof Refusal || e.code ? e.message : e.stack), code: codes.inconclusive };
}).then((end) => {
  console.log(end.line);
  try {
    fs.writeFileSync(process.env.TERMINATION || "/dev/termination-log", end.line.slice(0, 2000) + "\n");
  } catch (e) {
    // Nobody reads it.
  }
  process.exit(end.code);
});
