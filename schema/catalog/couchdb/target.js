"use strict";

// Where copies of databases are: TARGET is the path of a folder, or the address of an
// object store, for which s3.js has what else is needed. A target has
//
//   check()           throws where nothing can be written, and says what to do
//   begin(copy)       begins a copy; nothing of it counts before
//   write(file)       a function that takes chunks of a file, and one that ends it
//   end(manifest)     makes it a copy
//   abandon()         takes away what was begun, as far as that works
//   copies()          names of the copies, oldest first
//   read(copy, file)  chunks of a file
//   remove(copy)      takes a copy away, its manifest first

const crypto = require("crypto");
const fs = require("fs");
const path = require("path");
const zlib = require("zlib");
const { Failure } = require("./server.js");

const manifest = "manifest.json";

// Folders that are no copy yet.
const unfinished = ".unfinished-";

const whole = /^\d{8}T\d{6}Z$/;

class Folder {
  constructor(root) {
    this.root = root;
  }

  // What keeps a file from being written, said with what to do.
  refused(e) {
    const what = {
      ENOENT: "is not there: is the claim mounted?",
      EACCES: "may not be written by this pod: chown it to 1000:1000 on its server, or take a volume that follows fsGroup",
      EPERM: "may not be written by this pod: chown it to 1000:1000 on its server, or take a volume that follows fsGroup",
      EROFS: "is read-only: let its claim be mounted ReadWriteOnce or ReadWriteMany",
      ENOSPC: "is full: enlarge its claim, or keep fewer copies (couchdb.backup.keep)",
      EDQUOT: "is full: raise its quota, or keep fewer copies (couchdb.backup.keep)",
      EIO: "cannot be written (EIO): its disk or server is broken",
      ESTALE: "is gone from its server (ESTALE): mount it anew",
    }[e.code];
    return what ? new Failure("the backup's volume " + what + "; the copies that are there stay") : e;
  }

  async done(work) {
    try {
      return await work();
    } catch (e) {
      throw this.refused(e);
    }
  }

  // What a run that was killed has left goes here: no two run at once.
  check() {
    return this.done(() => {
      for (const left of fs.readdirSync(this.root).filter((one) => one.startsWith(unfinished))) {
        fs.rmSync(path.join(this.root, left), { recursive: true, force: true });
      }
      const probe = path.join(this.root, unfinished + "probe");
      fs.mkdirSync(probe, { mode: 0o700 });
      fs.writeFileSync(path.join(probe, "probe"), "probe");
      fs.rmSync(probe, { recursive: true });
    });
  }

  begin(copy) {
    this.copy = copy;
    this.folder = path.join(this.root, unfinished + copy);
    return this.done(() => fs.mkdirSync(this.folder, { mode: 0o700 }));
  }

  write(file) {
    const handle = fs.openSync(path.join(this.folder, file), "wx", 0o600);
    return {
      put: (chunk) => this.done(() => {
        for (let n = 0; n < chunk.length; ) {
          n += fs.writeSync(handle, chunk, n);
        }
      }),
      end: () => this.done(() => {
        fs.fsyncSync(handle);
        fs.closeSync(handle);
      }),
    };
  }

  async end(text) {
    const last = this.write(manifest);
    await last.put(Buffer.from(text));
    await last.end();
    await this.done(() => fs.renameSync(this.folder, path.join(this.root, this.copy)));
  }

  async abandon() {
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  async copies() {
    return this.done(() => fs.readdirSync(this.root).filter((one) => whole.test(one) && fs.existsSync(path.join(this.root, one, manifest))).sort());
  }

  async read(copy, file) {
    const found = [unfinished + copy, copy].map((one) => path.join(this.root, one, file)).find((one) => fs.existsSync(one));
    if (!found) {
      throw new Failure("copy " + copy + " has no file " + file);
    }
    return fs.createReadStream(found);
  }

  async remove(copy) {
    await this.done(() => {
      fs.rmSync(path.join(this.root, copy, manifest), { force: true });
      fs.rmSync(path.join(this.root, copy), { recursive: true, force: true });
    });
  }
}

// The target of the environment.
function openTarget() {
  const target = process.env.TARGET || "";
  if (/^https?:\/\//.test(target)) {
    const { Bucket } = require("./s3.js");
    return new Bucket(target);
  }
  if (!target.startsWith("/")) {
    throw new Failure("TARGET is \"" + target + "\", no path and no address");
  }
  return new Folder(target);
}

// Writes lines into a compressed file of the copy, and gives what there is to check:
// {file, lines, sha256 of the text, size of the file}.
async function writeLines(target, file, source) {
  const out = target.write(file);
  const gzip = zlib.createGzip({ level: 6 });
  const sum = crypto.createHash("sha256");
  const made = { file, lines: 0, sha256: "", size: 0 };
  const writing = (async () => {
    for await (const chunk of gzip) {
      made.size += chunk.length;
      await out.put(chunk);
    }
    await out.end();
  })();
  writing.catch(() => gzip.destroy());
  try {
    for await (const line of source) {
      const text = line + "\n";
      sum.update(text);
      made.lines++;
      if (!gzip.write(text)) {
        await Promise.race([new Promise((go) => gzip.once("drain", go)), writing]);
      }
    }
    gzip.end();
  } catch (e) {
    gzip.destroy();
    await writing.catch((first) => {
      e = first.code === "ERR_STREAM_PREMATURE_CLOSE" ? e : first;
    });
    throw e;
  }
  await writing;
  made.sha256 = sum.digest("hex");
  return made;
}

// The lines of a compressed file.
async function* readLines(target, copy, file) {
  const gunzip = zlib.createGunzip();
  const chunks = await target.read(copy, file);
  (async () => {
    try {
      for await (const chunk of chunks) {
        if (!gunzip.write(chunk)) {
          await new Promise((go) => gunzip.once("drain", go));
        }
      }
      gunzip.end();
    } catch (e) {
      gunzip.destroy(e);
    }
  })();
  let parts = [];
  try {
    for await (const chunk of gunzip) {
      let from = 0;
      for (let to = chunk.indexOf(10); to !== -1; to = chunk.indexOf(10, from)) {
        parts.push(chunk.subarray(from, to));
        yield Buffer.concat(parts).toString("utf8");
        parts = [];
        from = to + 1;
      }
      parts.push(Buffer.from(chunk.subarray(from)));
    }
  } catch (e) {
    throw e instanceof Failure ? e : new Failure("copy " + copy + ": " + file + " cannot be read: " + e.message);
  }
  if (parts.some((part) => part.length > 0)) {
    throw new Failure("copy " + copy + ": " + file + " ends in the middle of a line");
  }
}

// Reads a file of a copy to its end, and throws if it is not what was written.
async function readBack(target, made, copy) {
  const sum = crypto.createHash("sha256");
  let lines = 0;
  for await (const line of readLines(target, copy || target.copy, made.file)) {
    sum.update(line + "\n");
    lines++;
  }
  const sha256 = sum.digest("hex");
  if (lines !== made.lines || sha256 !== made.sha256) {
    throw new Failure("copy " + (copy || target.copy) + ": " + made.file + " has " + lines + " lines with the sum " + sha256 +
      ", and not the " + made.lines + " with " + made.sha256 + " that were written: what it is on loses data");
  }
}

module.exports = { openTarget, writeLines, readLines, readBack, manifest };
