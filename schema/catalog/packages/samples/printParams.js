// Writes its parameters to its log, in the order of their names, and gives them back.
function main(params) {
  const names = Object.keys(params).sort();
  for (const name of names) {
    console.log(name + ":", params[name]);
  }
  return { params: Object.fromEntries(names.map((name) => [name, params[name]])) };
}
