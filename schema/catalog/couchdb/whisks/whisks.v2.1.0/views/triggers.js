function (doc) {
  // Actions have exec, packages have binding, and rules have no parameters.
  if (doc.exec !== undefined || doc.binding !== undefined || doc.parameters === undefined) {
    return;
  }
  if (typeof doc.namespace !== "string") {
    return;
  }
  var trigger = {
    namespace: doc.namespace,
    name: doc.name,
    version: doc.version,
    publish: doc.publish,
    annotations: doc.annotations,
    updated: doc.updated
  };
  emit([doc.namespace, doc.updated], trigger);

  // One below a path is also listed in the namespace where the path begins.
  var root = doc.namespace.split("/")[0];
  if (root !== doc.namespace) {
    emit([root, doc.updated], trigger);
  }
}
