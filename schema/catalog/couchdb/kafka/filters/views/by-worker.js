function (doc) {
  // Triggers that are on, by the worker that reads for them.
  if (doc.triggerURL && (!doc.status || doc.status.active)) {
    emit(doc.worker || "worker0", 1);
  }
}
