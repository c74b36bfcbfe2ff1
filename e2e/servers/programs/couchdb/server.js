"use strict";

// A server of CouchDB's protocol in the place of CouchDB's image: PouchDB behind
// express-pouchdb, with real map and reduce functions, users and permissions.
//
//   node server.js INI_FOLDER DATA_FOLDER TEMPORARY_FOLDER
//   COUCHDB_USER, COUCHDB_PASSWORD   the administrator, as with the image
//
// Of the ini files it heeds [chttpd] bind_address, port and
// require_valid_user_except_for_up, which are the settings of CouchDB that a
// client can notice; with single_node it makes the system databases, as CouchDB
// does. GET /_up and the rule of require_valid_user_except_for_up are its own:
// express-pouchdb knows neither. So are CouchDB 3's limits, [couchdb]
// max_document_size and max_attachment_size and [chttpd] max_http_request_size
// with their defaults, revisions in If-Match, and "doc": null in a view's row
// whose linked document is missing.

const crypto = require("crypto");
const fs = require("fs");
const path = require("path");
const express = require("express");
const expressPouchDB = require("express-pouchdb");
const PouchDB = require("pouchdb");

const [iniFolder, dataFolder, temporaryFolder] = process.argv.slice(2);

// express-pouchdb writes log.txt where it is.
process.chdir(temporaryFolder);

function readIni(folder) {
  const settings = {};
  for (const name of fs.readdirSync(folder).filter((n) => n.endsWith(".ini")).sort()) {
    let section = "";
    for (const line of fs.readFileSync(path.join(folder, name), "utf8").split("\n")) {
      const header = /^\[(.+)\]\s*$/.exec(line);
      const pair = /^([^;=\s][^=]*?)\s*=\s*(.*?)\s*$/.exec(line);
      if (header) {
        section = header[1];
      } else if (pair) {
        settings[section + "/" + pair[1]] = pair[2];
      }
    }
  }
  return settings;
}

const settings = readIni(iniFolder);
const user = process.env.COUCHDB_USER;
const password = process.env.COUCHDB_PASSWORD;
if (!user || !password) {
  console.error("COUCHDB_USER and COUCHDB_PASSWORD are needed");
  process.exit(1);
}

// size of a document as CouchDB counts it, before it is stored: of strings the
// bytes in UTF-8, whatever JSON makes of them.
// Source: couch_ejson_size.erl 3.3.
function size(value) {
  if (typeof value === "string") {
    return 2 + Buffer.byteLength(value);
  }
  if (Array.isArray(value)) {
    return value.reduce((sum, element) => sum + size(element) + 1, value.length ? 1 : 2);
  }
  if (value !== null && typeof value === "object") {
    const fields = Object.entries(value);
    return fields.reduce((sum, [key, field]) => sum + size(key) + size(field) + 2, fields.length ? 1 : 2);
  }
  return JSON.stringify(value).length;
}

// body of a document: what does not begin with "_".
const body = (doc) => Object.fromEntries(Object.entries(doc).filter(([key]) => !key.startsWith("_")));

// A document's path, its database's alone for a new one, or that of a batch. What
// is further down is an attachment. Slashes in an _id are escaped, but for the
// first of a design document or a local one.
const documentPath = /^\/[^/]+\/((_design|_local)\/)?[^/]+$/;
const newPath = /^\/[^/]+(\/(_bulk_docs)?)?$/;
const attachmentPath = /^\/(?!_node|_config)[^/]+\/(_design\/)?(?!_)[^/]+\/([^/]+)/;

// limits refuses what CouchDB 3 refuses: a request by its length, and a document,
// alone or in a batch, by its size; of a batch nothing is stored then.
// Source: couch_doc.erl and chttpd.erl 3.3 (413, document_too_large, too_large).
function limits(documentLimit, requestLimit) {
  const parse = express.json({ limit: Infinity });
  return (request, response, next) => {
    if (Number(request.headers["content-length"] || 0) > requestLimit) {
      return response.status(413).json({ error: "too_large", reason: "the request entity is too large" });
    }
    const writes = (request.method === "PUT" && documentPath.test(request.path)) || (request.method === "POST" && newPath.test(request.path));
    if (!writes || !/^application\/json/.test(request.headers["content-type"] || "")) {
      return next();
    }
    parse(request, response, (err) => {
      if (err) {
        return response.status(400).json({ error: "bad_request", reason: "invalid_json" });
      }
      const docs = Array.isArray(request.body.docs) ? request.body.docs : [request.body];
      const large = docs.find((doc) => doc !== null && typeof doc === "object" && size(body(doc)) > documentLimit);
      if (large) {
        const id = large._id || decodeURIComponent(request.path.split("/").slice(2).join("/"));
        return response.status(413).json({ error: "document_too_large", reason: id });
      }
      next();
    });
  };
}

// revisions has a write take the revision that it is about from If-Match too; what
// it says in several places must agree. Without any a document is not deleted.
// Source: chttpd_db.erl 3.3 (extract_header_rev, couch_doc_from_req).
function revisions(request, response, next) {
  const refused = (status, error, reason) => response.status(status).json({ error, reason });
  const attachment = attachmentPath.exec(request.path);
  if (!["PUT", "DELETE"].includes(request.method) || !(attachment || documentPath.test(request.path))) {
    return next();
  }
  if (attachment && request.method === "PUT" && decodeURIComponent(attachment[2]).startsWith("_")) {
    return refused(400, "bad_request", "Attachment name '" + attachment[2] + "' starts with prohibited character '_'");
  }
  const asked = request.query.rev;
  const inBody = !attachment && request.method === "PUT" && request.body ? request.body._rev : undefined;
  const tag = request.headers["if-match"] && request.headers["if-match"].replace(/^"|"$/g, "");
  if (asked && inBody && asked !== inBody) {
    return refused(400, "bad_request", "Document rev from request body and query string have different values");
  }
  if (tag && (asked || inBody || tag) !== tag) {
    return refused(400, "bad_request", "Document rev and etag have different values");
  }
  if (!asked && !tag && request.method === "DELETE" && !request.path.includes("/_local/")) {
    return refused(409, "conflict", "Document update conflict.");
  }
  request.query.rev = asked || inBody || tag;
  next();
}

// An attachment has a limit of its own, and no document's. PouchDB takes it as
// base64 too, and hashes that in a tenth of the time.
// Source: couch_att.erl 3.3 (413, attachment_too_large).
const putAttachment = PouchDB.prototype.putAttachment;
PouchDB.prototype.putAttachment = function (id, name, rev, body, ...others) {
  if (body.length > Number(settings["couchdb/max_attachment_size"] || 1073741824)) {
    return Promise.reject(Object.assign(new Error(name), { status: 413, name: "attachment_too_large" }));
  }
  return putAttachment.call(this, id, name, rev, body.toString("base64"), ...others);
};

// A row of a view that leads to a document which is not there has a null in its
// place; PouchDB leaves the field out.
const query = PouchDB.prototype.query;
PouchDB.prototype.query = function (name, options, callback) {
  const linked = (result) => {
    if (options && options.include_docs && result && result.rows) {
      result.rows.filter((row) => !("doc" in row)).forEach((row) => (row.doc = null));
    }
    return result;
  };
  const done = callback && ((err, result) => callback(err, linked(result)));
  const promise = query.call(this, name, options, done);
  return done ? promise : promise.then(linked);
};

const Database = PouchDB.defaults({ prefix: dataFolder + path.sep });
const couch = expressPouchDB(Database, { mode: "fullCouchDB", inMemoryConfig: true, overrideMode: { exclude: ["routes/fauxton"] } });
couch.couchConfig.set("couch_httpd_auth", "secret", crypto.randomBytes(16).toString("hex"), () => {});
couch.couchConfig.set("admins", user, password, start);

function start() {
  const app = express();
  app.get("/_up", (request, response) => response.json({ status: "ok", seeds: {} }));
  if (settings["chttpd/require_valid_user_except_for_up"] === "true") {
    app.use((request, response, next) => {
      if (request.headers.authorization || request.headers.cookie) {
        return next();
      }
      response.status(401).json({ error: "unauthorized", reason: "Authentication required." });
    });
  }
  app.use(limits(Number(settings["couchdb/max_document_size"] || 8000000), Number(settings["chttpd/max_http_request_size"] || 4294967296)));
  app.use(revisions);
  app.use(couch);
  const port = Number(settings["chttpd/port"] || 5984);
  app.listen(port, settings["chttpd/bind_address"] || "127.0.0.1", () => console.log("listening on " + port));
}
