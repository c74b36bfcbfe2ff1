// The first lines of a list: num of them, one by default.
function main({ lines = [], num = 1 }) {
  return { lines: lines.slice(0, num), num };
}
