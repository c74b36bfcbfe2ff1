function (doc) {
  // What is needed to delete old activations in bulk.
  if (doc.activationId !== undefined) {
    emit(doc.start, [doc._id, doc._rev]);
  }
}
