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
// express-pouchdb knows neither.

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
  app.use(couch);
  const port = Number(settings["chttpd/port"] || 5984);
  app.listen(port, settings["chttpd/bind_address"] || "127.0.0.1", () => console.log("listening on " + port));
}
