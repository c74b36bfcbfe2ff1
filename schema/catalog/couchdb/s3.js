"use strict";

// Copies of databases in a bucket of an object store that speaks S3 (see target.js).
//
//   TARGET    http(s)://host:port/bucket/prefix, the prefix with a "/" at its end
//   REGION    the store's region
//   SECRETS   the directory of secrets; default /secrets
//     s3/access-key-id, secret-access-key
//
// Files go up in parts, each of which is signed with its content: what arrives is what
// was sent. An object is there when all its parts are, and a copy when its manifest is.
// Source: docs.aws.amazon.com, Signature Version 4 of the header, and the API of S3:
// CreateMultipartUpload, UploadPart, CompleteMultipartUpload, AbortMultipartUpload,
// ListMultipartUploads, GetObject, DeleteObject, ListObjectsV2.

const crypto = require("crypto");
const { Failure, readSecret } = require("./server.js");

// Bytes of a part: of ten thousand, which S3 takes of an object, 150 GB.
const partSize = 16 * 1024 * 1024;

const attempts = 5;
const pause = 3;

const hash = (data) => crypto.createHash("sha256").update(data).digest("hex");
const hmac = (key, text) => crypto.createHmac("sha256", key).update(text).digest();

// As S3 wants it: all but letters, digits and -._~ escaped.
const escaped = (text) => encodeURIComponent(text).replace(/[!'()*]/g, (c) => "%" + c.charCodeAt(0).toString(16).toUpperCase());

// Headers that sign a request at a time, in milliseconds.
function signed(request, keys, region, time) {
  const date = new Date(time).toISOString().replace(/[-:]|\.\d+/g, "");
  const scope = [date.slice(0, 8), region, "s3", "aws4_request"];
  const headers = { host: request.host, "x-amz-content-sha256": hash(request.body), "x-amz-date": date };
  const names = Object.keys(headers).sort();
  const query = Object.keys(request.query).sort().map((key) => escaped(key) + "=" + escaped(request.query[key])).join("&");
  const canonical = [request.method, request.path.split("/").map(escaped).join("/"), query]
    .concat(names.map((key) => key + ":" + headers[key]), ["", names.join(";"), headers["x-amz-content-sha256"]]).join("\n");
  const key = scope.reduce((k, part) => hmac(k, part), "AWS4" + keys.secret);
  const signature = hmac(key, ["AWS4-HMAC-SHA256", date, scope.join("/"), hash(canonical)].join("\n")).toString("hex");
  delete headers.host; // fetch sends it
  headers.authorization = "AWS4-HMAC-SHA256 Credential=" + keys.id + "/" + scope.join("/") + ", SignedHeaders=" + names.join(";") + ", Signature=" + signature;
  return { headers, query };
}

const unescapeXML = (text) => text.replace(/&(lt|gt|quot|apos|amp|#\d+);/g, (all, word) =>
  word[0] === "#" ? String.fromCodePoint(Number(word.slice(1))) : { lt: "<", gt: ">", quot: "\"", apos: "'", amp: "&" }[word]);

// Contents of an element of an answer, wherever it stands.
const elements = (xml, tag) => Array.from(xml.matchAll(new RegExp("<" + tag + ">([^<]*)</" + tag + ">", "g")), (m) => unescapeXML(m[1]));

class Bucket {
  constructor(address) {
    const url = new URL(address);
    this.origin = url.origin;
    this.host = url.host;
    const parts = url.pathname.split("/").slice(1);
    this.bucket = parts[0];
    this.prefix = parts.slice(1).join("/");
    this.region = process.env.REGION || "us-east-1";
    this.keys = { id: readSecret("s3/access-key-id").trim(), secret: readSecret("s3/secret-access-key").trim() };
  }

  // One request about an object, or about the bucket where it has no name; the answer,
  // whose status is good.
  async send(method, object, query, body) {
    const request = { method, host: this.host, path: "/" + this.bucket + (object === undefined ? "" : "/" + object), query, body: body || Buffer.alloc(0) };
    for (let i = 1; ; i++) {
      const { headers, query: text } = signed(request, this.keys, this.region, Date.now());
      let response;
      try {
        response = await fetch(this.origin + request.path.split("/").map(escaped).join("/") + (text && "?" + text), {
          method, headers, body: body && body.length > 0 ? body : undefined, signal: AbortSignal.timeout(300000),
        });
        if (response.status < 300) {
          return response;
        }
      } catch (e) {
        if (i === attempts) {
          const cause = e.cause || {};
          throw new Failure("no answer from the store " + this.host + " (couchdb.backup.s3.endpoint): " + (cause.code || cause.message || e.name) + "; the copies that are there stay");
        }
      }
      if (response && (response.status < 500 || i === attempts)) {
        throw this.refused(method, object, response.status, await response.text());
      }
      await new Promise((done) => setTimeout(done, pause * 1000));
    }
  }

  refused(method, object, status, xml) {
    const code = elements(xml, "Code")[0] || "";
    const what = {
      NoSuchBucket: "the bucket " + this.bucket + " is not there: make it, or name another (couchdb.backup.s3.bucket)",
      InvalidAccessKeyId: "the store does not know the access-key-id of the Secret (couchdb.backup.s3.secret)",
      SignatureDoesNotMatch: "the secret-access-key of the Secret is not that of its access-key-id (couchdb.backup.s3.secret)",
      AccessDenied: "the key of the Secret may not do it: it needs s3:PutObject, s3:GetObject, s3:DeleteObject and s3:AbortMultipartUpload on " + this.prefix + "*, s3:ListBucket on the bucket",
      RequestTimeTooSkewed: "the clock of this node and that of the store are too far apart",
      AuthorizationHeaderMalformed: "the bucket is of another region (couchdb.backup.s3.region)",
      PermanentRedirect: "the bucket is of another region (couchdb.backup.s3.region, endpoint)",
      QuotaExceeded: "the bucket is full: raise its quota, or keep fewer copies (couchdb.backup.keep)",
    }[code];
    return new Failure([method, this.bucket + (object === undefined ? "" : "/" + object) + ":", status, code].filter(Boolean).join(" ") + (what ? ": " + what : "") + "; the copies that are there stay");
  }

  name(copy, file) {
    return this.prefix + copy + "/" + file;
  }

  // Writes an object and takes it away again.
  async check() {
    const probe = this.prefix + "probe";
    await this.send("PUT", probe, {}, Buffer.from("probe"));
    await this.send("DELETE", probe, {});
  }

  async begin(copy) {
    this.copy = copy;
    this.uploads = [];
  }

  write(file) {
    const object = this.name(this.copy, file);
    let chunks = [];
    let size = 0;
    let upload;
    const tags = [];
    const part = async () => {
      if (!upload) {
        upload = { object, id: elements(await (await this.send("POST", object, { uploads: "" })).text(), "UploadId")[0] };
        this.uploads.push(upload);
      }
      const number = tags.length + 1;
      const answer = await this.send("PUT", object, { partNumber: String(number), uploadId: upload.id }, Buffer.concat(chunks));
      tags.push("<Part><PartNumber>" + number + "</PartNumber><ETag>" + answer.headers.get("etag") + "</ETag></Part>");
      chunks = [];
      size = 0;
    };
    return {
      put: async (chunk) => {
        chunks.push(chunk);
        size += chunk.length;
        if (size >= partSize) {
          await part();
        }
      },
      end: async () => {
        await part();
        const text = "<CompleteMultipartUpload>" + tags.join("") + "</CompleteMultipartUpload>";
        const answer = await (await this.send("POST", object, { uploadId: upload.id }, Buffer.from(text))).text();
        if (!/<CompleteMultipartUploadResult/.test(answer)) { // it may fail after it began to answer 200
          throw this.refused("POST", object, 200, answer);
        }
        this.uploads = this.uploads.filter((one) => one !== upload);
      },
    };
  }

  end(manifest) {
    return this.send("PUT", this.name(this.copy, "manifest.json"), {}, Buffer.from(manifest));
  }

  async abandon() {
    try {
      for (const upload of this.uploads) {
        await this.send("DELETE", upload.object, { uploadId: upload.id });
      }
      await this.remove(this.copy);
    } catch (e) {
      console.error("what was begun is still in the bucket, and is no copy: " + this.prefix + this.copy);
    }
  }

  // All names of objects that begin with a prefix.
  async list(prefix) {
    const names = [];
    for (let token; ; ) {
      const query = Object.assign({ "list-type": "2", prefix }, token && { "continuation-token": token });
      const xml = await (await this.send("GET", undefined, query)).text();
      names.push(...elements(xml, "Key"));
      token = elements(xml, "NextContinuationToken")[0];
      if (!token) {
        return names;
      }
    }
  }

  async copies() {
    const names = await this.list(this.prefix);
    const found = names.map((one) => /^(\d{8}T\d{6}Z)\/manifest\.json$/.exec(one.slice(this.prefix.length))).filter(Boolean);
    return found.map((m) => m[1]).sort();
  }

  async read(copy, file) {
    return (await this.send("GET", this.name(copy, file), {})).body;
  }

  async remove(copy) {
    const names = await this.list(this.prefix + copy + "/");
    const last = (one) => (one.endsWith("/manifest.json") ? 0 : 1);
    for (const one of names.sort((a, b) => last(a) - last(b))) {
      await this.send("DELETE", one, {});
    }
  }
}

module.exports = { Bucket, signed };
