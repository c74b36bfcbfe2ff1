function (doc) {
  // Published packages, without those that are bound to another one.
  if (typeof doc.binding !== "object" || doc.binding === null || !doc.publish) {
    return;
  }
  if (Object.keys(doc.binding).length > 0) {
    return;
  }
  emit([doc.namespace, doc.updated], {
    namespace: doc.namespace,
    name: doc.name,
    version: doc.version,
    publish: doc.publish,
    annotations: doc.annotations,
    updated: doc.updated,
    binding: false
  });
}
