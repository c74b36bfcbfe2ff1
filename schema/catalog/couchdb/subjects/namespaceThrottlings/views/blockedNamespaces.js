function (doc) {
  var suffix = "/limits";

  // A limits document blocks its namespace by a limit of exactly 0.
  if (doc._id.indexOf(suffix) !== -1) {
    if (doc.concurrentInvocations === 0 || doc.invocationsPerMinute === 0) {
      emit(doc._id.replace(suffix, ""), 1);
    }
    return;
  }

  // A blocked subject blocks all of its namespaces.
  if (doc.subject && doc.namespaces && doc.blocked) {
    doc.namespaces.forEach(function (namespace) {
      emit(namespace.name, 1);
    });
  }
}
