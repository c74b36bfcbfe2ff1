function (doc, req) {
  // Changes for one worker; alarms without one are the first worker's.
  return Boolean(doc.maxTriggers) && (doc.worker || "worker0") === req.query.worker;
}
