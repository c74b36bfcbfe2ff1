// The time of the machine, as ISO 8601 has it.
const main = () => ({ date: new Date().toISOString() });
