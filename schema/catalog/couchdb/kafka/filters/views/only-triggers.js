function (doc) {
  // Beside triggers there are documents by which the provider tries its changes
  // feed.
  if (doc.triggerURL) {
    emit(doc._id, 1);
  }
}
