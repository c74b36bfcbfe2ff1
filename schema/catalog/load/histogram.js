"use strict";

// Times in a fixed number of counters, whatever their number: each doubling is cut
// into 64 equal parts, so that a percentile is at most 1.6 % above the time that
// it stands for. Counts from 1 microsecond up to 2^36, which is 19 hours.

const parts = 64;
const doublings = 30;

// Place of a time in microseconds. Below 64 each has its own.
function place(micros) {
  if (micros < parts) {
    return micros;
  }
  const exponent = Math.floor(Math.log2(micros)) - 6;
  if (exponent >= doublings) {
    return parts * (doublings + 1) - 1;
  }
  return parts * (exponent + 1) + Math.floor(micros / 2 ** exponent) - parts;
}

// Longest time of a place, in microseconds.
function upper(index) {
  if (index < parts) {
    return index;
  }
  const exponent = Math.floor(index / parts) - 1;
  return (parts + index % parts + 1) * 2 ** exponent - 1;
}

class Histogram {
  constructor() {
    this.counts = new Uint32Array(parts * (doublings + 1));
    this.count = 0;
    this.largest = 0;
  }

  // add a time in milliseconds.
  add(ms) {
    const micros = Math.max(0, Math.round(ms * 1000));
    this.counts[place(micros)]++;
    this.count++;
    this.largest = Math.max(this.largest, micros);
  }

  // The time, in milliseconds, that a share of the times do not exceed; null if
  // there are none.
  percentile(share) {
    if (this.count === 0) {
      return null;
    }
    let left = Math.max(1, Math.ceil(this.count * share));
    for (let i = 0; i < this.counts.length; i++) {
      left -= this.counts[i];
      if (left <= 0) {
        return Math.min(upper(i), this.largest) / 1000;
      }
    }
    return this.largest / 1000;
  }

  summary() {
    return {
      count: this.count, p50: this.percentile(0.5), p90: this.percentile(0.9), p95: this.percentile(0.95),
      p99: this.percentile(0.99), max: this.count === 0 ? null : this.largest / 1000,
    };
  }
}

module.exports = { Histogram, place, upper };
