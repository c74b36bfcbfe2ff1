function (doc) {
  if (doc.activationId === undefined) {
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
  emit([doc.namespace, doc.start], activation);
}
