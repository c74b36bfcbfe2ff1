function (doc, req) {
  // For replication: a copy of what is stored, without what was deleted and
  // without the design documents, which the copy has of its own.
  return !doc._deleted && doc._id.indexOf("_design/") !== 0;
}
