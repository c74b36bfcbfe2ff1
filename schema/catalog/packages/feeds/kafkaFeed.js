const main = (params) => feed(params, {});
