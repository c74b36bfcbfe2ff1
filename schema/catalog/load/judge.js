"use strict";

// What becomes of a run: met, missed or inconclusive. It is inconclusive where the
// numbers are not those of the installation: this program was late, the run was
// cut off, there is nothing to judge by.

// Share of requests, in a thousand, that may be late or wait for a connection
// before the run proves nothing. One of a few may.
const most = 10;

function perThousand(n, of) {
  return of === 0 ? 0 : 1000 * n / of;
}

// The thresholds that were asked for, with what was measured: {name, unit, limit,
// value, met}; met is null where there is nothing to judge by.
function judged(thresholds, run) {
  const rows = [];
  const add = (name, unit, limit, value, met) => {
    if (limit !== undefined) {
      rows.push({ name, unit, limit, value, met: value === null ? null : met(value, limit) });
    }
  };
  const below = (value, limit) => value <= limit;
  add("p50", "ms", thresholds.p50, run.warm.p50, below);
  add("p95", "ms", thresholds.p95, run.warm.p95, below);
  add("p99", "ms", thresholds.p99, run.warm.p99, below);
  add("coldP95", "ms", thresholds.coldP95, run.cold.p95, below);
  add("errors", "in a thousand", thresholds.errors, run.requests === 0 ? null : perThousand(run.errors, run.requests), below);
  add("throughput", "answers a minute", thresholds.throughput, run.throughput, (value, limit) => value >= limit);
  return rows;
}

// {verdict, because, thresholds}. run has requests, errors, late, waited, cutOff (a
// text, or empty), throughput, and the summaries warm and cold.
function judge(thresholds, run) {
  const rows = judged(thresholds, run);
  const say = (verdict, because) => ({ verdict, because, thresholds: rows });
  if (run.cutOff) {
    return say("inconclusive", run.cutOff);
  }
  if (run.requests === 0) {
    return say("inconclusive", "no request was sent");
  }
  if (run.late > 1 && perThousand(run.late, run.requests) > most) {
    return say("inconclusive", run.late + " of " + run.requests + " requests were sent late: this program had too little CPU, or too much to do");
  }
  const missed = rows.filter((r) => r.met === false);
  if (missed.length > 0) {
    return say("missed", missed.map((r) => r.name + " is " + round(r.value) + " " + r.unit + ", limit " + r.limit).join("; "));
  }
  const unknown = rows.filter((r) => r.met === null);
  if (unknown.length > 0) {
    return say("inconclusive", "nothing was measured for " + unknown.map((r) => r.name).join(", "));
  }
  if (perThousand(run.waited, run.requests) > most) {
    return say("inconclusive", run.waited + " of " + run.requests + " requests waited for one of the connections: load.connections is too low for this rate");
  }
  return say("met", "all thresholds are met");
}

// Two digits after the point are more than anyone can tell.
function round(n) {
  return n === null ? null : Math.round(n * 100) / 100;
}

module.exports = { judge, round };
