function (doc) {
  // A package has a binding; that of a package of its own is empty.
  if (typeof doc.binding !== "object" || doc.binding === null) {
    return;
  }
  var bound = Object.keys(doc.binding).length > 0;
  emit([doc.namespace, doc.updated], {
    namespace: doc.namespace,
    name: doc.name,
    version: doc.version,
    publish: doc.publish,
    annotations: doc.annotations,
    updated: doc.updated,
    binding: bound ? doc.binding : false
  });
}
