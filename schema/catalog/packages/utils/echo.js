// Gives back what it gets.
const main = (params) => params;
