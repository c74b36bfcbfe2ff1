// Puts all parameters below one name, that of the parameter $fieldName.
function main(params) {
  const { $fieldName: name, ...rest } = params;
  if (typeof name !== "string") {
    return { error: "$fieldName has to be a text: the name to put the parameters below" };
  }
  return { [name]: rest };
}
