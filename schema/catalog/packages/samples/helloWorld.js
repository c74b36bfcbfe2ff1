// Writes a line to its log.
function main({ payload = "world" }) {
  console.log("hello " + payload + "!");
  return {};
}
