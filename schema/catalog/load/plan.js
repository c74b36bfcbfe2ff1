"use strict";

// When requests are to be sent, and of which kind: a pure function of the stages
// and the shares. Nothing in it knows how the server is doing, so a slow server
// does not slow down what it is asked (an open loop).

// Requests that a stage has had t seconds after its begin: rates go from `from`
// to `to`, in requests a minute, over so many seconds.
function sent(stage, t) {
  const slope = (stage.to - stage.from) / stage.seconds;
  return (stage.from * t + slope * t * t / 2) / 60;
}

// When the n-th request of a stage is due, in seconds from its begin: sent turned
// round.
function due(stage, n) {
  const slope = (stage.to - stage.from) / stage.seconds;
  if (slope === 0) {
    return n * 60 / stage.from;
  }
  return (Math.sqrt(Math.max(0, stage.from * stage.from + 120 * slope * n)) - stage.from) / slope;
}

// Stages of their text, "ramp 600 30,steady 600 120": a word, requests a minute,
// seconds. steady keeps the rate, ramp goes there from the rate before it (from 0
// if it is the first), burst sends all of a second at its begin.
function stages(text) {
  let before = 0;
  return text.split(",").map((part) => {
    const match = /^(steady|ramp|burst) ([1-9][0-9]{0,5}) ([1-9][0-9]{0,4})$/.exec(part.trim());
    if (!match) {
      throw new Error("a stage is \"" + part + "\", not a word, requests a minute and seconds");
    }
    const rate = Number(match[2]);
    const stage = { kind: match[1], from: match[1] === "ramp" ? before : rate, to: rate, seconds: Number(match[3]) };
    before = rate;
    return stage;
  });
}

// Shares of their text, "warm 85,cold 5". A share of 0 is left out.
function shares(text) {
  const all = text.split(",").map((part) => {
    const match = /^(warm|cold|web|nonBlocking) ([0-9]{1,3})$/.exec(part.trim());
    if (!match) {
      throw new Error("a share is \"" + part + "\", not a kind and a number");
    }
    return { kind: match[1], share: Number(match[2]), credit: 0 };
  }).filter((s) => s.share > 0);
  if (all.length === 0) {
    throw new Error("no kind of request has a share");
  }
  return all;
}

// The kind that is most behind its share, which spreads the kinds evenly and makes
// two runs alike.
function next(all) {
  const total = all.reduce((sum, s) => sum + s.share, 0);
  let best = all[0];
  for (const s of all) {
    s.credit += s.share;
    if (s.credit > best.credit) {
      best = s;
    }
  }
  best.credit -= total;
  return best.kind;
}

// Requests one after the other: {at, kind}, at in milliseconds from the begin.
function* arrivals(stagesText, sharesText) {
  const kinds = shares(sharesText);
  let begin = 0;
  for (const stage of stages(stagesText)) {
    const all = Math.round(sent(stage, stage.seconds));
    for (let n = 0; n < all; n++) {
      const t = Math.min(due(stage, n), stage.seconds);
      yield { at: (begin + (stage.kind === "burst" ? Math.floor(t) : t)) * 1000, kind: next(kinds) };
    }
    begin += stage.seconds;
  }
}

// How many requests of each kind there will be, and how long they take to be sent.
function sum(stagesText, sharesText) {
  const kinds = {};
  let requests = 0;
  for (const a of arrivals(stagesText, sharesText)) {
    kinds[a.kind] = (kinds[a.kind] || 0) + 1;
    requests++;
  }
  return { requests, kinds, seconds: stages(stagesText).reduce((all, s) => all + s.seconds, 0) };
}

module.exports = { arrivals, shares, stages, sum };
