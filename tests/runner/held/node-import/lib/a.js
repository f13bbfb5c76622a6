exports.name = __filename; exports.parent = module.parent?.filename; exports.main = require.main.filename;
