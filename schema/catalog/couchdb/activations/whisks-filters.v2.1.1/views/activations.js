function (doc) {
  // The value of the last annotation with this key.
  function annotation(key) {
    var value;
    doc.annotations.forEach(function (a) {
      if (a.key === key) {
        value = a.value;
      }
    });
    return value;
  }

  // The action by which people look for it: "package/name", with the name of
  // the package in the caller's namespace when it was called by a binding.
  function actionPath() {
    var binding = annotation("binding");
    if (binding) {
      return typeof binding === "string" ? binding.split("/")[1] + "/" + doc.name : doc.name;
    }
    var path = annotation("path");
    var parts = typeof path === "string" ? path.split("/") : [];
    return parts.length === 3 ? parts[1] + "/" + doc.name : doc.name;
  }

  if (doc.activationId === undefined || !doc.annotations || doc.annotations.indexOf(null) !== -1) {
    return;
  }
  var activation = {
    namespace: doc.namespace,
    name: doc.name,
    version: doc.version,
    publish: doc.publish,
    annotations: doc.annotations,
    activationId: doc.activationId,
    start: doc.start,
    cause: doc.cause
  };
  // Without an end, or with an end of 0, it is still running.
  if (doc.end !== undefined && doc.end !== 0) {
    if (doc.response === null) {
      return;
    }
    activation.end = doc.end;
    activation.duration = doc.end - doc.start;
    activation.statusCode = doc.response && doc.response.statusCode;
  }
  emit([doc.namespace + "/" + actionPath(), doc.start], activation);
}
