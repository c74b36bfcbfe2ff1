"use strict";

// A report as a picture: what was sent, answered and failed, and how long answers
// took, over the time of the run. The same report makes the same bytes.

const width = 960;
const left = 70;
const right = 20;
const tall = 190;
const colours = { sent: "#888888", answered: "#2166ac", failed: "#b2182b", p50: "#4393c3", p95: "#2166ac", p99: "#053061", limit: "#b2182b" };

function escaped(text) {
  return String(text).replace(/[&<>"']/g, (c) => "&#" + c.charCodeAt(0) + ";").replace(/[^\x20-\x7e]/g, "?");
}

function text(x, y, said, more) {
  return "<text x=\"" + x + "\" y=\"" + y + "\"" + (more || "") + ">" + escaped(said) + "</text>";
}

// A number that is 1, 2 or 5 times a power of ten, and not below the given one.
function even(n) {
  if (!(n > 0)) {
    return 1;
  }
  const power = 10 ** Math.floor(Math.log10(n));
  return [1, 2, 5, 10].map((m) => m * power).find((m) => m >= n * 0.999999);
}

function fixed(n) {
  return String(Math.round(n * 10) / 10);
}

// One plot: lines by name, each a list of numbers or null, and a line across.
function plot(top, title, unit, seconds, lines, limit) {
  const all = Object.values(lines).flat().concat(limit ? [limit.value] : []).filter((n) => n !== null);
  const high = even(Math.max(0, ...all));
  const inner = width - left - right;
  const y = (n) => top + tall - tall * Math.min(n, high) / high;
  const out = [text(left, top - 10, title, " font-weight=\"bold\"")];
  for (let i = 0; i <= 4; i++) {
    const n = high * i / 4;
    out.push("<path d=\"M" + left + " " + fixed(y(n)) + "H" + (width - right) + "\" stroke=\"#dddddd\"/>");
    out.push(text(left - 6, fixed(y(n) + 4), fixed(n), " text-anchor=\"end\""));
    out.push(text(fixed(left + inner * i / 4), top + tall + 16, fixed(seconds * i / 4) + " s", " text-anchor=\"middle\""));
  }
  out.push(text(14, top + tall / 2, unit, " text-anchor=\"middle\" transform=\"rotate(-90 14 " + (top + tall / 2) + ")\""));
  if (limit) {
    out.push("<path d=\"M" + left + " " + fixed(y(limit.value)) + "H" + (width - right) + "\" stroke=\"" + colours.limit + "\" stroke-dasharray=\"6 4\"/>");
    out.push(text(width - right, fixed(y(limit.value) - 4), limit.name, " text-anchor=\"end\" fill=\"" + colours.limit + "\""));
  }
  Object.keys(lines).forEach((name, n) => {
    const points = lines[name];
    let path = "";
    let down = false;
    points.forEach((value, i) => {
      if (value === null) {
        down = false;
        return;
      }
      path += (down ? "L" : "M") + fixed(left + inner * (i + 0.5) / points.length) + " " + fixed(y(value));
      down = true;
    });
    if (path !== "") {
      out.push("<path d=\"" + path + "\" fill=\"none\" stroke=\"" + colours[name] + "\" stroke-width=\"1.5\"/>");
    }
    out.push(text(left + 260 + n * 90, top - 10, name, " fill=\"" + colours[name] + "\""));
  });
  return out.join("\n");
}

// The picture of a report, as load.js makes it.
function picture(report) {
  const slots = report.timeline.slots;
  const column = (name) => slots.map((s) => s[name]);
  const perMinute = (name) => slots.map((s) => s[name] * 60 / report.timeline.seconds);
  const limit = report.thresholds.find((r) => r.name === "p95") || report.thresholds.find((r) => r.name === "p99");
  const seconds = report.timeline.seconds * slots.length;
  const lines = [
    "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + width + "\" height=\"620\" viewBox=\"0 0 " + width + " 620\" font-family=\"sans-serif\" font-size=\"12\">",
    "<rect width=\"" + width + "\" height=\"620\" fill=\"#ffffff\"/>",
    text(left, 28, "load: " + report.verdict + " - " + report.because.slice(0, 110), " font-size=\"15\" font-weight=\"bold\""),
    text(left, 50, report.summary),
    plot(96, "Requests", "a minute", seconds, { sent: perMinute("sent"), answered: perMinute("answered"), failed: perMinute("failed") }, null),
    plot(360, "Answers of warm calls", "milliseconds", seconds, { p50: column("p50"), p95: column("p95"), p99: column("p99") },
      limit ? { name: "limit of " + limit.name, value: limit.limit } : null),
    text(left, 602, "Times are counted from when a request was due, not from when it was sent."),
    "</svg>",
  ];
  return lines.join("\n") + "\n";
}

module.exports = { picture };
