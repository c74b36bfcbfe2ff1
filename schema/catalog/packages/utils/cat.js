// Joins lines with line feeds.
function main({ lines = [] }) {
  return { lines, payload: lines.join("\n") };
}
