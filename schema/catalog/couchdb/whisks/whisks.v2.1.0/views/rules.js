function (doc) {
  if (doc.trigger === undefined || typeof doc.namespace !== "string") {
    return;
  }
  // Whoever lists rules reads the documents, so the value only counts.
  emit([doc.namespace, doc.updated], 1);

  // One below a path is also listed in the namespace where the path begins.
  var root = doc.namespace.split("/")[0];
  if (root !== doc.namespace) {
    emit([root, doc.updated], 1);
  }
}
