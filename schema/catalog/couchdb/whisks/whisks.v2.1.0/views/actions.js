function (doc) {
  if (doc.exec === undefined || doc.exec === null || typeof doc.namespace !== "string") {
    return;
  }
  var action = {
    namespace: doc.namespace,
    name: doc.name,
    version: doc.version,
    publish: doc.publish,
    annotations: doc.annotations,
    limits: doc.limits,
    // The code stays out of the index.
    exec: { binary: doc.exec.binary || false },
    updated: doc.updated
  };
  emit([doc.namespace, doc.updated], action);

  // An action of a package is also listed in the namespace of the package.
  var root = doc.namespace.split("/")[0];
  if (root !== doc.namespace) {
    emit([root, doc.updated], action);
  }
}
