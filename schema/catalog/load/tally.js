"use strict";

// What has come of a run so far, in a bounded number of counters: times by kind,
// times and counts by part of the run, errors by a word.

const { Histogram } = require("./histogram.js");
const { annotation } = require("./calls.js");
const { round } = require("./judge.js");

// Parts of the run's time, words for errors, and activations whose records are
// asked for afterwards.
const slots = 120;
const words = 32;
const sample = 200;

class Tally {
  constructor(planned) {
    this.planned = planned;
    this.slot = Math.max(1, Math.ceil(planned.seconds / slots));
    this.slots = [];
    for (let i = 0; i * this.slot < planned.seconds; i++) {
      this.slots.push({ sent: 0, answered: 0, failed: 0, warm: new Histogram() });
    }
    this.kinds = {};
    for (const kind of Object.keys(planned.kinds)) {
      this.kinds[kind] = { sent: 0, failed: 0, times: new Histogram() };
    }
    this.cold = new Histogram();
    this.init = new Histogram();
    this.wait = new Histogram();
    this.errors = {};
    this.recorded = 0;
    this.late = 0;
    this.latest = 0;
    this.waited = 0;
    this.ids = [];
    this.stride = Math.max(1, Math.ceil((planned.kinds.nonBlocking || 0) / sample));
    this.ended = 0;
  }

  at(ms) {
    return this.slots[Math.min(this.slots.length - 1, Math.floor(ms / 1000 / this.slot))];
  }

  sent(request, late, least) {
    this.kinds[request.kind].sent++;
    this.at(request.at).sent++;
    this.latest = Math.max(this.latest, late);
    if (late > least) {
      this.late++;
    }
  }

  failed(request, word) {
    const known = word in this.errors || Object.keys(this.errors).length < words;
    const key = known ? word : "others";
    this.errors[key] = (this.errors[key] || 0) + 1;
    if (request) {
      this.kinds[request.kind].failed++;
      this.at(request.at).failed++;
    }
  }

  answered(request, took, said) {
    const kind = this.kinds[request.kind];
    const slot = this.at(request.at);
    kind.times.add(took);
    slot.answered++;
    if (request.kind === "warm") {
      slot.warm.add(took);
    }
    if (said.id && kind.times.count % this.stride === 0 && this.ids.length < sample) {
      this.ids.push(said.id);
    }
    if (said.record) {
      this.record(said.record, took);
    }
  }

  // A record tells whether the activation started cold. Without a time of the
  // call it is counted alone.
  record(record, took) {
    this.recorded++;
    const wait = annotation(record, "waitTime");
    if (wait !== null) {
      this.wait.add(wait);
    }
    const init = annotation(record, "initTime");
    if (init !== null) {
      this.init.add(init);
      if (took !== undefined) {
        this.cold.add(took);
      }
    }
  }

  // The numbers of a report.
  numbers() {
    const sum = (what) => Object.values(this.kinds).reduce((all, k) => all + what(k), 0);
    const requests = sum((k) => k.sent);
    const answered = sum((k) => k.times.count);
    const errors = Object.values(this.errors).reduce((all, n) => all + n, 0);
    const seconds = Math.max(this.planned.seconds, this.ended / 1000);
    return {
      requests, answered, errors, words: this.errors, seconds: round(seconds), throughput: round(answered * 60 / seconds),
      warm: rounded((this.kinds.warm || { times: new Histogram() }).times.summary()), cold: rounded(this.cold.summary()),
      coldStarts: { of: this.recorded, count: this.init.count, init: rounded(this.init.summary()), wait: rounded(this.wait.summary()) },
      kinds: Object.fromEntries(Object.entries(this.kinds).map(([name, k]) => [name, { sent: k.sent, failed: k.failed, times: rounded(k.times.summary()) }])),
      late: this.late, latest: round(this.latest), waited: this.waited,
    };
  }

  timeline() {
    return {
      seconds: this.slot,
      slots: this.slots.map((s) => ({
        sent: s.sent, answered: s.answered, failed: s.failed,
        p50: round(s.warm.percentile(0.5)), p95: round(s.warm.percentile(0.95)), p99: round(s.warm.percentile(0.99)),
      })),
    };
  }
}

function rounded(summary) {
  return Object.fromEntries(Object.entries(summary).map(([name, n]) => [name, round(n)]));
}

module.exports = { Tally };
