const main = (params) => feed(params, { type: "cron" });
