function (doc) {
  // The action by which people look for it: "package/name", by the first path
  // annotation. Bindings do not count in this version.
  function actionPath() {
    var paths = doc.annotations.filter(function (a) {
      return a.key === "path";
    });
    var path = paths.length > 0 ? paths[0].value : undefined;
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
