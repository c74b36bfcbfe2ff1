function (doc) {
  // Activations whose logs can be stripped. The logs of a sequence are the
  // ids of what it called, so they stay.
  if (doc.activationId === undefined || !doc.logs || !(doc.logs.length > 0)) {
    return;
  }
  if (!doc.annotations || doc.annotations.indexOf(null) !== -1) {
    return;
  }
  var kinds = doc.annotations.filter(function (a) {
    return a.key === "kind";
  });
  if (kinds.length === 0 || kinds[0].value != "sequence") {
    emit(doc.start, doc._id);
  }
}
