function (doc) {
  // A namespace is found by its name and by its credentials. The _id in the
  // value makes include_docs fetch the limits of the namespace, not the
  // subject itself.
  if (doc.blocked || !doc.namespaces) {
    return;
  }
  doc.namespaces.forEach(function (namespace) {
    var identity = {
      _id: namespace.name + "/limits",
      namespace: namespace.name,
      uuid: namespace.uuid,
      key: namespace.key
    };
    emit([namespace.name], identity);
    emit([namespace.uuid, namespace.key], identity);
  });
}
