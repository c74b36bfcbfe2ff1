"use strict";

// What the actions of route management share: who calls, and the gateway's
// management API. Whatever a caller says of itself counts for nothing: the
// controllers say who it is (__ow_user), and its own key, which they have accepted,
// says where its APIs are kept.

// A refusal is told to the caller as it is.
class Refusal extends Error {}

function refuse(unless, message) {
  if (!unless) {
    throw new Refusal(message);
  }
}

// The name that the gateway keeps a namespace's APIs by: the first half of its key.
// It is part of their addresses.
function tenant(params) {
  refuse(params.__ow_user, "a valid key is needed: the API of OpenWhisk does not know the one that was sent, or none was");
  const sent = /^Basic +(\S+)$/i.exec((params.__ow_headers || {}).authorization || "");
  refuse(sent, "the key has to come by Basic authentication");
  const uuid = Buffer.from(sent[1], "base64").toString("utf8").split(":")[0];
  refuse(/^[A-Za-z0-9-]+$/.test(uuid), "the first half of the key is no UUID: the gateway takes letters, digits and \"-\"");
  refuse(!params.spaceguid || params.spaceguid === uuid, "spaceguid is not that of the key");
  return uuid;
}

async function gateway(params, method, path, statuses, body) {
  const options = { method, authorization: "Bearer " + params.gatewayToken, timeout: 5000, tries: 5 };
  let answer;
  try {
    answer = await send(params.gatewayUrl + path, options, body);
  } catch (e) {
    throw new Refusal("the API gateway does not answer: " + (e.code || e.message));
  }
  if (!statuses.includes(answer.status)) {
    const said = answer.body.message || answer.body.error || "";
    throw new Refusal("the API gateway refused (" + answer.status + ")" + (typeof said === "string" && said ? ": " + said : ""));
  }
  return answer.body;
}

const collection = (who) => "/" + encodeURIComponent(who) + "/apis";

// The APIs of a tenant: all, those at a base path, or those of a name.
async function find(params, who, what) {
  let query = "";
  if (what) {
    query = "?" + (what.startsWith("/") ? "basePath=" : "title=") + encodeURIComponent(what);
  }
  const found = await gateway(params, "GET", collection(who) + query, [200]);
  return Array.isArray(found) ? found : [];
}

async function save(params, who, document, id) {
  const path = collection(who) + (id ? "/" + encodeURIComponent(id) : "");
  return gateway(params, id ? "PUT" : "POST", path, [200], document);
}

const erase = (params, who, id) => gateway(params, "DELETE", collection(who) + "/" + encodeURIComponent(id), [200, 204]);

// An API in the words of wsk.
const told = (api) => ({
  namespace: "Not Used",
  gwApiActivated: true,
  tenantId: "Not Used",
  gwApiUrl: api.managed_url,
  apidoc: api.open_api_doc,
});

// ---- the document of an API ----------------------------------------------

const verbs = ["get", "put", "post", "delete", "patch", "head", "options"];

// The gateway's list of what to call for each operation.
function cases(document) {
  const configuration = document["x-ibm-configuration"] || (document["x-ibm-configuration"] = { assembly: {}, cors: { enabled: true } });
  const assembly = configuration.assembly || (configuration.assembly = {});
  const execute = assembly.execute || (assembly.execute = []);
  let step = execute.find((e) => e["operation-switch"]);
  if (!step) {
    step = { "operation-switch": { case: [] } };
    execute.unshift(step);
  }
  return step["operation-switch"].case;
}

// Takes an operation out of the document, and its case with it.
function takeOut(document, path, verb) {
  const operation = document.paths[path][verb];
  delete document.paths[path][verb];
  if (!verbs.some((v) => document.paths[path][v])) {
    delete document.paths[path];
  }
  const list = cases(document);
  const at = list.findIndex((c) => (c.operations || []).includes(operation.operationId));
  if (at >= 0) {
    list.splice(at, 1);
  }
}

// Runs an action's work, and tells the outcome as wsk reads it: a refusal is an
// answer 502 with the field error.
async function answer(work) {
  const json = (statusCode, body) => ({ statusCode, headers: { "Content-Type": "application/json" }, body });
  try {
    return json(200, await work());
  } catch (e) {
    console.error(e instanceof Refusal ? e.message : e.stack);
    return { error: json(502, { error: e instanceof Refusal ? e.message : "fault of route management: " + e.message }) };
  }
}
