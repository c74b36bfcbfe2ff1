function (doc) {
  // Alarms that are on, by the worker that rings them. What is no alarm has no
  // maxTriggers.
  if (doc.maxTriggers && (!doc.status || doc.status.active === true)) {
    emit(doc.worker || "worker0", 1);
  }
}
