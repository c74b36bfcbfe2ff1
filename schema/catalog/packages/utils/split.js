// Splits a text into lines, or at a separator.
function main({ payload = "", separator }) {
  return { lines: String(payload).split(separator || /\r?\n/), payload };
}
