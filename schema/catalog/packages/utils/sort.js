// Sorts lines as texts.
function main({ lines = [] }) {
  const sorted = lines.slice().sort();
  return { lines: sorted, length: sorted.length };
}
