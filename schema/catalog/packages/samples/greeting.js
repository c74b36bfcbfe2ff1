// Greets by name and place.
function main({ name = "stranger", place = "somewhere" }) {
  return { payload: "Hello, " + name + " from " + place + "!" };
}
