// Counts the words of a text.
function main({ payload = "" }) {
  return { count: String(payload).split(/\s+/).filter(Boolean).length };
}
